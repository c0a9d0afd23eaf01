package easemob

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

var contactRules = chat.Rules{
	"contact.note_name": chat.Lacking(title, "note_name"),
	"contact.note":      chat.Lacking(title, "note"),
}

// contacts implements chat.Contacts. Contacts are mutual.
type contacts struct{ *client }

// Limits implements chat.Edges. A call is about one contact.
func (contacts) Limits() chat.EdgeLimits {
	return chat.EdgeLimits{Add: chat.Limit{Items: 1}, Remove: chat.Limit{Items: 1}, Mutual: true}
}

// List implements chat.Edges ("Get a list of contacts").
func (c contacts) List(ctx context.Context, owner string) ([]chat.Contact, error) {
	var reply namesReply
	if err := c.call(ctx, rest.Request{
		Op:     fmt.Sprintf("list the contacts of user %q", owner),
		Method: http.MethodGet,
		Path:   userPath(owner, "contacts", "users"),
	}, &reply); err != nil {
		return nil, err
	}
	list := make([]chat.Contact, len(reply.Data))
	for i, name := range reply.Data {
		list[i].Username = name
	}
	return list, nil
}

// Add implements chat.Edges ("Add Contacts").
func (c contacts) Add(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	op := chat.About("add user", chat.Usernames(others)...) + fmt.Sprintf(" to the contacts of user %q", owner)
	return c.change(ctx, rest.Request{Op: op, Method: http.MethodPost}, owner, others)
}

// Remove implements chat.Edges ("Remove Contacts").
func (c contacts) Remove(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	op := chat.About("remove user", chat.Usernames(others)...) + fmt.Sprintf(" from the contacts of user %q", owner)
	errs, err := c.change(ctx, rest.Request{Op: op, Method: http.MethodDelete}, owner, others)
	for i := range errs {
		errs[i] = unlessNotFound(errs[i])
	}
	return errs, err
}

// change sends a call about one contact, the only one of others.
func (c contacts) change(ctx context.Context, request rest.Request, owner string, others []chat.Ref) ([]error, error) {
	if err := checkRefs(request, others, chat.Limit{Items: 1}); err != nil || len(others) == 0 {
		return nil, err
	}
	request.Path = userPath(owner, "contacts", "users", userKey(others[0].Username))
	return resultsOf(1, c.call(ctx, request, &usersReply{}))
}

// SetNotes implements chat.Contacts. The platform has no notes of contacts, so anything
// to write is ErrUnsupported.
func (c contacts) SetNotes(_ context.Context, owner string, contact chat.Ref, notes chat.Notes) error {
	if notes.Empty() {
		return nil
	}
	return unsupported(rest.Request{Op: fmt.Sprintf("write the notes of user %q about contact %q", owner, contact.Username)}, "notes of contacts")
}
