package jmessage

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// friend is a friend as the platform writes it.
type friend struct {
	Username string  `json:"username"`
	NoteName *string `json:"note_name,omitempty"`
	Others   *string `json:"others,omitempty"`
}

// Contacts returns the friends of owner with what the owner notes of them
// ("获取好友列表"), or ErrNotFound when there is no such owner.
func (c *Client) Contacts(ctx context.Context, owner string) ([]chat.Contact, error) {
	req := rest.Request{
		Op: "list contacts of user", Users: []string{owner},
		Method: http.MethodGet, Path: user(owner, "friends"),
	}
	var answer []friend
	if err := c.read(ctx, req, &answer); err != nil {
		return nil, err
	}
	contacts := make([]chat.Contact, len(answer))
	for i, f := range answer {
		contacts[i] = chat.Contact{
			Username: f.Username,
			Notes:    chat.Notes{NoteName: set(f.NoteName), Note: set(f.Others)},
		}
	}
	return contacts, nil
}

// AddContacts makes users friends of owner ("添加好友"). A single one that is a
// friend already is a success; one among several makes the call fail with
// ErrAlreadyExists. ErrNotFound: the owner or one of the users does not exist.
func (c *Client) AddContacts(ctx context.Context, owner string, contacts []string) ([]error, error) {
	return c.relate(ctx, relation{
		op: "add", what: "contact", method: http.MethodPost, list: "friends",
		limit: c.platform.Limits().AddContacts, done: []int{codeFriends},
	}, owner, contacts)
}

// UpdateContact changes what the owner notes of a friend ("更新好友备注"). ErrNotFound:
// one of the two does not exist, or they are not friends.
func (c *Client) UpdateContact(ctx context.Context, owner, contact string, notes chat.Notes) error {
	req := rest.Request{
		Op: fmt.Sprintf("update contact %q of user", contact), Users: []string{owner},
		Method: http.MethodPut, Path: user(owner, "friends"),
		Body: []friend{{Username: contact, NoteName: notes.NoteName, Others: notes.Note}},
	}
	if notes.Empty() {
		return nil
	}
	return c.write(ctx, req)
}

// RemoveContacts ends friendships of owner ("删除好友"). A single user that is no
// friend, or does not exist, or whose owner does not, is a success; one among
// several makes the call fail with ErrNotFound.
func (c *Client) RemoveContacts(ctx context.Context, owner string, contacts []string) ([]error, error) {
	return c.relate(ctx, relation{
		op: "remove", what: "contact", method: http.MethodDelete, list: "friends",
		limit: c.platform.Limits().RemoveContacts, done: []int{codeNotFriends, codeNoSuchUser},
	}, owner, contacts)
}
