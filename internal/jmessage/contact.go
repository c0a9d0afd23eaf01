package jmessage

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

var contactRules = chat.Rules{
	"contact.note_name": oneLine("note name"),
	"contact.note":      anyText("note"),
}

// contacts implements chat.Contacts with the platform's friends.
type contacts struct{ *client }

// friend is a friend as the platform writes it.
type friend struct {
	AppKey   string  `json:"appkey,omitempty"`
	Username string  `json:"username"`
	NoteName *string `json:"note_name,omitempty"`
	Others   *string `json:"others,omitempty"`
}

// Limits are those that the platform documents. It does not say that friends are mutual;
// its SDKs make them so.
func (contacts) Limits() chat.EdgeLimits {
	return chat.EdgeLimits{Add: chat.Limit{Items: 500}, Remove: chat.Limit{Items: 500}, Mutual: true}
}

// List returns the friends of owner with what the owner notes of them ("获取好友列表"), or
// ErrNotFound if there is no such owner.
func (c contacts) List(ctx context.Context, owner string) ([]chat.Contact, error) {
	req := rest.Request{
		Op:     fmt.Sprintf("list the contacts of user %q", owner),
		Method: http.MethodGet, Path: userPath(owner, "friends"),
	}
	var answer []friend
	if err := c.read(ctx, req, &answer); err != nil {
		return nil, err
	}
	list := make([]chat.Contact, len(answer))
	for i, f := range answer {
		list[i] = chat.Contact{
			Ref:   c.ref(f.AppKey, f.Username),
			Notes: chat.Notes{NoteName: nonEmpty(f.NoteName), Note: nonEmpty(f.Others)},
		}
	}
	return list, nil
}

// Add makes users friends of owner ("添加好友", "跨应用添加好友"). A single one that is a
// friend already is a success; one among several makes the call fail with
// ErrAlreadyExists. ErrNotFound: the owner, one of the users or the application does not
// exist.
func (c contacts) Add(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return c.relate(ctx, others, friendsChange(http.MethodPost, owner, change{
		op:    chat.About("add user", names(others)...) + fmt.Sprintf(" to the contacts of user %q", owner),
		limit: c.Limits().Add,
		done:  []int{codeFriends},
	}))
}

// Remove ends friendships of owner ("删除好友", "跨应用删除好友"). A single user that is no
// friend, or does not exist, or whose owner or application does not, is a success; one
// among several makes the call fail with ErrNotFound.
func (c contacts) Remove(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return c.relate(ctx, others, friendsChange(http.MethodDelete, owner, change{
		op:    chat.About("remove user", names(others)...) + fmt.Sprintf(" from the contacts of user %q", owner),
		limit: c.Limits().Remove,
		done:  []int{codeNotFriends, codeNoSuchUser, codeNoSuchApp},
	}))
}

func friendsChange(method, owner string, ch change) change {
	ch.own = func(usernames []string) rest.Request {
		return rest.Request{Method: method, Path: userPath(owner, "friends"), Body: usernames}
	}
	ch.oneApp = true
	ch.across = func(apps []appUsers) rest.Request {
		return rest.Request{
			Method: method, Path: acrossPath("users", owner, "friends"),
			Body: struct {
				AppKey string   `json:"appkey"`
				Users  []string `json:"users"`
			}{apps[0].appKey, apps[0].usernames},
		}
	}
	return ch
}

// SetNotes changes what the owner notes of a friend ("更新好友备注", "跨应用更新好友备注").
// ErrNotFound: one of the two, or the application of the friend, does not exist, or they
// are not friends.
func (c contacts) SetNotes(ctx context.Context, owner string, contact chat.Ref, notes chat.Notes) error {
	if notes.Empty() {
		return nil
	}
	_, err := c.relate(ctx, []chat.Ref{contact}, change{
		op:    fmt.Sprintf("write the notes of user %q about contact %q", owner, contact),
		limit: chat.Limit{Items: 1},
		own: func(usernames []string) rest.Request {
			return rest.Request{
				Method: http.MethodPut, Path: userPath(owner, "friends"),
				Body: []friend{{Username: usernames[0], NoteName: notes.NoteName, Others: notes.Note}},
			}
		},
		across: func(apps []appUsers) rest.Request {
			return rest.Request{
				Method: http.MethodPut, Path: acrossPath("users", owner, "friends"),
				Body: []friend{{AppKey: apps[0].appKey, Username: apps[0].usernames[0], NoteName: notes.NoteName, Others: notes.Note}},
			}
		},
	})
	return err
}
