package easemob_test

import (
	"fmt"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
)

const manyUsers = 100_000

// BenchmarkManyUsers registers 100,000 users in batches, lists them and deletes them
// one by one.
func BenchmarkManyUsers(b *testing.B) {
	s := serve(b, emulator.Options{})
	for b.Loop() {
		start := b.Elapsed()
		lap := func(what string) {
			b.ReportMetric((b.Elapsed() - start).Seconds(), "s-"+what)
			start = b.Elapsed()
		}
		for i := 0; i < manyUsers; i += 60 {
			var users []string
			for j := i; j < min(i+60, manyUsers); j++ {
				users = append(users, fmt.Sprintf(`{"username":"user%06d","password":"1"}`, j))
			}
			s.Want(200, "POST", appPath+"/users", "["+strings.Join(users, ",")+"]")
		}
		lap("register")
		listed := 0
		for cursor, more := "", true; more; more = cursor != "" {
			var names []string
			names, cursor = s.page("limit=100&cursor=" + cursor)
			listed += len(names)
		}
		if listed != manyUsers {
			b.Fatalf("%d users were listed", listed)
		}
		lap("list")
		for i := range manyUsers {
			s.Want(200, "DELETE", fmt.Sprintf("%s/users/user%06d", appPath, i), "")
		}
		lap("delete")
	}
}

// BenchmarkManyMembers fills 1,000 groups of 3,000 members each, reads the details of
// 100 at once and pages of members, and deletes users who are in all of them.
func BenchmarkManyMembers(b *testing.B) {
	const groups, members = 1000, 3000
	s := serve(b, emulator.Options{})
	var users []string
	for i := range members {
		users = append(users, fmt.Sprintf(`{"username":"user%d"}`, i))
	}
	s.restore(`{"users":[{"username":"ann"},` + strings.Join(users, ",") + `]}`)
	for b.Loop() {
		start := b.Elapsed()
		lap := func(what string) {
			b.ReportMetric((b.Elapsed() - start).Seconds(), "s-"+what)
			start = b.Elapsed()
		}
		var ids []string
		for i := range groups {
			ids = append(ids, fmt.Sprintf("g%d", i))
			s.Want(200, "POST", appPath+"/chatgroups", `{"groupid":"`+ids[i]+`","groupname":"g","description":"","public":true,"maxusers":3000,"owner":"ann"}`)
		}
		lap("create")
		for i := range groups {
			for j := 0; j < members-100; j += 100 {
				var names []string
				for k := range 100 {
					names = append(names, fmt.Sprintf(`"user%d"`, j+k))
				}
				s.Want(200, "POST", appPath+"/chatgroups/"+ids[i]+"/users", `{"usernames":[`+strings.Join(names, ",")+`]}`)
			}
		}
		lap("add")
		for i := 0; i < groups; i += 100 {
			s.Want(200, "GET", appPath+"/chatgroups/"+strings.Join(ids[i:i+100], ","), "")
		}
		lap("details")
		for i := range groups {
			s.Want(200, "GET", appPath+"/chatgroups/"+ids[i]+"/users?pagesize=100&pagenum=29", "")
		}
		lap("page")
		for i := range 100 {
			s.Want(200, "DELETE", fmt.Sprintf("%s/users/user%d", appPath, i), "")
		}
		lap("delete-100-users")
		for i := range groups {
			s.Want(200, "DELETE", appPath+"/chatgroups/"+ids[i], "")
		}
		lap("delete-groups")
	}
}
