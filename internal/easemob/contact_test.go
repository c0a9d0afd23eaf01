package easemob_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"terraform-provider-chat/internal/chat"
)

func TestContactNoteCalls(t *testing.T) {
	set := func(notes chat.Notes) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return nil, s.Contacts.SetNotes(ctx, "Ann", chat.Ref{Username: "Bob"}, notes)
		}
	}
	list := func(ctx context.Context, s *chat.Service) (any, error) { return s.ContactNotes.Of(ctx, "Ann") }
	const remark = `PUT /user/ann/contacts/users/bob {"remark":"B"}`
	const page = "GET /user/ann/contacts?limit=50&needReturnRemark=true"
	testWire(t, []wireTest{
		{
			name: "write a note name", call: set(chat.Notes{NoteName: ptr("B")}),
			exchanges: []exchange{works(remark, `{"uri":"http://a1/chat-demo/testapp/user/ann/contacts/users/bob","timestamp":1706256736000,"action":"put","status":"ok","duration":36}`)},
		},
		{
			name: "clear a note name", call: set(chat.Notes{NoteName: ptr("")}),
			exchanges: []exchange{works(`PUT /user/ann/contacts/users/bob {"remark":""}`, `{"action":"put","status":"ok"}`)},
		},
		{name: "note nothing", call: set(chat.Notes{})},
		{
			name: "write a note", call: set(chat.Notes{NoteName: ptr("B"), Note: ptr("n")}), kind: chat.ErrUnsupported,
			text: `write the notes of user "Ann" about contact "Bob": unsupported: The Chat Platform API (Easemob) does not support note.`,
		},
		{
			name: "write the note name of a user of another application",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nil, s.Contacts.SetNotes(ctx, "ann", chat.Ref{AppKey: "a#b", Username: "bob"}, chat.Notes{NoteName: ptr("B")})
			},
			kind: chat.ErrUnsupported,
		},
		{
			name: "write the note name of somebody who is no contact", call: set(chat.Notes{NoteName: ptr("B")}),
			exchanges: []exchange{fails(remark, 400, "illegal_argument", "updateRemark they are not friends, please add as a friend first.")},
			kind:      chat.ErrNotFound,
			text:      `write the notes of user "Ann" about contact "Bob": not found: HTTP 400 illegal_argument: updateRemark they are not friends, please add as a friend first.`,
		},
		{
			name: "write a note name of a missing user", call: set(chat.Notes{NoteName: ptr("B")}),
			exchanges: []exchange{fails(remark, 404, "service_resource_not_found", "Service resource not found")}, kind: chat.ErrNotFound,
		},
		{
			name: "list notes", call: list,
			exchanges: []exchange{
				works(page, `{"data":{"contacts":[{"remark":null,"username":"bob"},{"remark":"C","username":"Cat"}]},"entities":[],"count":2,"cursor":"a+/="}`),
				works("GET /user/ann/contacts?cursor=a%2B%2F%3D&limit=50&needReturnRemark=true", `{"data":{"contacts":[{"remark":"","username":"dan"},{"username":"bob"}],"cursor":"b"}}`),
				works("GET /user/ann/contacts?cursor=b&limit=50&needReturnRemark=true", `{"data":{"contacts":[]}}`),
			},
			want: []chat.Contact{
				{Ref: chat.Ref{Username: "bob"}}, {Ref: chat.Ref{Username: "Cat"}, Notes: chat.Notes{NoteName: ptr("C")}}, {Ref: chat.Ref{Username: "dan"}},
			},
		},
		{name: "list no notes", call: list, exchanges: []exchange{works(page, `{"data":{"contacts":[]},"count":0}`)}, want: []chat.Contact{}},
		{
			name: "list notes of a missing user", call: list, exchanges: []exchange{fails(page, 404, "service_resource_not_found", "Service resource not found")},
			want: []chat.Contact(nil), kind: chat.ErrNotFound,
			text: `list the notes of user "Ann" about its contacts: not found: HTTP 404 service_resource_not_found: Service resource not found`,
		},
		{
			name: "list notes without an end", call: list,
			exchanges: []exchange{
				works(page, `{"data":{"contacts":[{"username":"bob"}]},"cursor":"a"}`),
				works("GET /user/ann/contacts?cursor=a&limit=50&needReturnRemark=true", `{"data":{"contacts":[{"username":"cat"}]},"cursor":"a"}`),
			},
			want: []chat.Contact(nil), kind: chat.ErrUnavailable,
		},
	})
}

func TestContactNotesOnTheEmulator(t *testing.T) {
	eras(t, func(t *testing.T, e http.Handler, service *chat.Service) {
		ctx := t.Context()
		create(t, service, "ann")
		want := map[string]*string{}
		for i := range 120 {
			name := fmt.Sprintf("user%03d", i)
			create(t, service, name)
			if err := chat.Single(service.Contacts.Add(ctx, "ann", chat.Refs(name))); err != nil {
				t.Fatal(err)
			}
			want[name] = nil
			if i%2 == 0 {
				want[name] = ptr(fmt.Sprintf("No. %d", i))
				if err := service.Contacts.SetNotes(ctx, "ANN", chat.Ref{Username: name}, chat.Notes{NoteName: want[name]}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := service.Contacts.SetNotes(ctx, "ann", chat.Ref{Username: "user002"}, chat.Notes{NoteName: ptr("")}); err != nil {
			t.Error(err)
		}
		want["user002"] = nil
		list, err := service.ContactNotes.Of(ctx, "Ann")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]*string{}
		for _, contact := range list {
			got[contact.Username] = contact.NoteName
		}
		same(t, "notes", got, want)
		// The other direction has notes of its own.
		list, err = service.ContactNotes.Of(ctx, "user000")
		if err != nil || len(list) != 1 || list[0].Username != "ann" || list[0].NoteName != nil {
			t.Errorf("%+v, %v", list, err)
		}
		for _, other := range []string{"nobody", "ann"} {
			if err := service.Contacts.SetNotes(ctx, "ann", chat.Ref{Username: other}, chat.Notes{NoteName: ptr("x")}); !hasKind(err, chat.ErrNotFound) {
				t.Errorf("note of %s: %v", other, err)
			}
		}
		if _, err := service.ContactNotes.Of(ctx, "nobody"); !hasKind(err, chat.ErrNotFound) {
			t.Errorf("notes of nobody: %v", err)
		}
	})
}
