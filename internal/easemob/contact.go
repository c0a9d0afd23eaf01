package easemob

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

const (
	// maxRemark counts characters.
	maxRemark = 100
	// maxContacts is how many contacts a page of "Get contacts by page" holds.
	maxContacts = 50
)

var contactRules = chat.Rules{
	"contact.note_name": chat.Characters("The note name of a contact", maxRemark),
	"contact.note":      chat.Lacking(title, "note"),

	"contact.contact_app_key": chat.Lacking(title, "contact_app_key"),
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

// SetNotes implements chat.Contacts ("Set the remark of a contact").
func (c contacts) SetNotes(ctx context.Context, owner string, contact chat.Ref, notes chat.Notes) error {
	request := rest.Request{
		Op:     fmt.Sprintf("write the notes of user %q about contact %q", owner, contact.Username),
		Method: http.MethodPut,
		Path:   []string{"user", userKey(owner), "contacts", "users", userKey(contact.Username)},
	}
	if notes.Note != nil {
		return unsupported(request, "note")
	}
	if err := checkRefs(request, []chat.Ref{contact}, chat.Limit{Items: 1}); err != nil || notes.Empty() {
		return err
	}
	request.Body = map[string]string{"remark": *notes.NoteName}
	return c.call(ctx, request, &struct{}{})
}

// contactNotes implements chat.ContactNotes.
type contactNotes struct{ *client }

// Of implements chat.ContactNotes ("Get contacts by page").
func (c contactNotes) Of(ctx context.Context, owner string) ([]chat.Contact, error) {
	request := rest.Request{
		Op:     fmt.Sprintf("list the notes of user %q about its contacts", owner),
		Method: http.MethodGet,
		Path:   []string{"user", userKey(owner), "contacts"},
	}
	list := []chat.Contact{}
	for contact, err := range chat.All(ctx, request.Op, func(ctx context.Context, cursor string) (*chat.Page[chat.Contact], error) {
		return c.page(ctx, request, cursor)
	}, func(contact *chat.Contact) string { return userKey(contact.Username) }) {
		if err != nil {
			return nil, err
		}
		list = append(list, *contact)
	}
	return list, nil
}

// page reads one page of contacts with notes.
func (c contactNotes) page(ctx context.Context, request rest.Request, cursor string) (*chat.Page[chat.Contact], error) {
	request.Query = url.Values{"limit": {strconv.Itoa(maxContacts)}, "needReturnRemark": {"true"}}
	if cursor != "" {
		request.Query.Set("cursor", cursor)
	}
	var reply struct {
		Data struct {
			Contacts []struct {
				Username string `json:"username"`
				Remark   string `json:"remark"`
			} `json:"contacts"`
			Cursor string `json:"cursor"`
		} `json:"data"`
		Cursor string `json:"cursor"`
	}
	if err := c.call(ctx, request, &reply); err != nil {
		return nil, err
	}
	page := &chat.Page[chat.Contact]{Items: make([]chat.Contact, len(reply.Data.Contacts)), Next: cmp.Or(reply.Cursor, reply.Data.Cursor), Total: -1}
	for i, contact := range reply.Data.Contacts {
		page.Items[i] = chat.Contact{Ref: chat.Ref{Username: contact.Username}, Notes: chat.Notes{NoteName: nonEmpty(contact.Remark)}}
	}
	return page, nil
}
