package easemob

import (
	"context"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// Contacts implements chat.Service ("Get a list of contacts").
func (c *Client) Contacts(ctx context.Context, owner string) ([]chat.Contact, error) {
	var reply namesReply
	if _, err := c.call(ctx, rest.Request{
		Op:     "list the contacts of user",
		Users:  []string{owner},
		Method: http.MethodGet,
		Path:   []string{"users", c.UserKey(owner), "contacts", "users"},
	}, &reply); err != nil {
		return nil, err
	}
	contacts := make([]chat.Contact, len(reply.Data))
	for i, name := range reply.Data {
		contacts[i].Username = name
	}
	return contacts, nil
}

// AddContacts implements chat.Service ("Add Contacts"). Contacts are mutual.
func (c *Client) AddContacts(ctx context.Context, owner string, contacts []string) ([]error, error) {
	const op = "add a contact between users"
	if err := tooMany(op, contacts, 1); err != nil || len(contacts) == 0 {
		return nil, err
	}
	return each(1, c.contact(ctx, op, http.MethodPost, owner, contacts[0]))
}

// RemoveContacts implements chat.Service ("Remove Contacts"). Contacts are mutual.
func (c *Client) RemoveContacts(ctx context.Context, owner string, contacts []string) ([]error, error) {
	const op = "remove the contact between users"
	if err := tooMany(op, contacts, 1); err != nil || len(contacts) == 0 {
		return nil, err
	}
	return each(1, gone(c.contact(ctx, op, http.MethodDelete, owner, contacts[0])))
}

func (c *Client) contact(ctx context.Context, op, method, owner, contact string) error {
	_, err := c.call(ctx, rest.Request{
		Op:     op,
		Users:  []string{owner, contact},
		Method: method,
		Path:   []string{"users", c.UserKey(owner), "contacts", "users", c.UserKey(contact)},
	}, &usersReply{})
	return err
}

// UpdateContact implements chat.Service. The platform has no notes of contacts, so
// anything to write is ErrUnsupported.
func (c *Client) UpdateContact(_ context.Context, owner, contact string, notes chat.Notes) error {
	if notes.Empty() {
		return nil
	}
	return c.unsupported("update the contact between users", "notes of contacts", owner, contact)
}
