package easemob_test

import (
	"fmt"
	"sync"
	"testing"

	"terraform-provider-chat/internal/emulator"
)

// TestGroupsLoad calls from many sides at once, while users come and go.
func TestGroupsLoad(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Want(204, "PUT", "/_emulator/settings", `{"easemob":{"room_drop_out":true}}`)
	s.Register("hub")
	s.Want(200, "POST", appPath+"/chatgroups", `{"groupid":"g","groupname":"g","description":"","public":true,"maxusers":1000,"owner":"hub"}`)
	s.Want(200, "POST", appPath+"/chatrooms", `{"roomid":"r","name":"r","description":"","maxusers":1000,"owner":"hub"}`)
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Go(func() {
			for i := range 6 {
				name := fmt.Sprintf("user%d-%d", worker, i)
				for _, call := range [][3]string{
					{"POST", "/users", `{"username":"` + name + `","password":"1"}`},
					{"POST", "/chatgroups/g/users/" + name, ""},
					{"POST", "/chatrooms/r/users", `{"usernames":["` + name + `"]}`},
					{"POST", "/chatgroups/g/mute", `{"usernames":["` + name + `"],"mute_duration":-1}`},
					{"POST", "/chatrooms/r/white/users/" + name, ""},
					{"POST", "/chatgroups", `{"groupname":"own","description":"","public":false,"owner":"` + name + `","members":["hub"]}`},
					{"PUT", "/metadata/chatgroup/g/user/" + name, `{"metaData":{"a":"1"}}`},
					{"PUT", "/metadata/chatroom/r/user/" + name, `{"metaData":{"a":"1"}}`},
					{"GET", "/chatgroups/g", ""},
					{"GET", "/chatrooms/r/users", ""},
					{"GET", "/chatgroups?limit=100", ""},
					{"GET", "/users/hub/joined_chatgroups", ""},
					{"GET", "/metadata/chatgroup/g/user/" + name, ""},
					{"GET", "/chatgroups/g/mute", ""},
				} {
					if answer, err := s.Try(call[0], appPath+call[1], call[2]); err != nil || answer.Status != 200 {
						t.Errorf("%s %s: %d %s %v", call[0], call[1], answer.Status, answer.Body, err)
					}
				}
				if answer, err := s.Try("GET", "/_emulator/state", ""); err != nil || answer.Status != 200 {
					t.Errorf("state: %d %v", answer.Status, err)
				}
				if i%2 == 0 {
					s.Call("DELETE", appPath+"/users/"+name, "")
				}
			}
		})
	}
	workers.Wait()
	if got := s.detail("/chatgroups/g")["affiliations_count"]; fmt.Sprint(got) != "25" {
		t.Errorf("the group has %v, want 24 members and the owner", got)
	}
	before := s.State("easemob")
	s.restore(before)
}
