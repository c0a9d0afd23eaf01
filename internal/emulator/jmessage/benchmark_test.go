package jmessage_test

import (
	"fmt"
	"testing"

	"terraform-provider-chat/internal/emulator/emulatortest"
)

const manyUsers = 100_000

// BenchmarkManyUsers registers 100,000 users in batches, lists them and deletes them in
// batches and one by one.
func BenchmarkManyUsers(b *testing.B) {
	server := serve(b)
	for b.Loop() {
		start := b.Elapsed()
		lap := func(what string) {
			b.ReportMetric((b.Elapsed() - start).Seconds(), "s-"+what)
			start = b.Elapsed()
		}
		var all []string
		for i := range manyUsers / 500 {
			_, names := someNames(b, fmt.Sprintf("user%d_", i), 500)
			server.register(names...)
			all = append(all, names...)
		}
		lap("register")
		for i := 0; i < manyUsers; i += 500 {
			answer := server.Want(200, "GET", fmt.Sprintf("/v1/users?start=%d&count=500", i), "")
			if count := number(b, answer.Body, "count"); count != "500" {
				b.Fatalf("the page at %d has %s users", i, count)
			}
		}
		lap("list")
		for i := 0; i < manyUsers/2; i += 100 {
			server.Want(200, "DELETE", "/v1/users", emulatortest.JSON(b, all[i:i+100]))
		}
		lap("delete-half-in-batches")
		for _, name := range all[manyUsers/2:] {
			server.Want(204, "DELETE", "/v1/users/"+name, "")
		}
		lap("delete-half-one-by-one")
	}
}
