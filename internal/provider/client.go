package provider

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

// client is what Configure hands to resources, data sources and the rest: the
// application, and what is known of this run. Terraform configures the provider anew
// for every plan and every apply.
type client struct {
	*chat.Service
	// adoptExisting lets Create take over users that exist.
	adoptExisting bool
	// run is what this run has created.
	run reconcile.Run
	// log reports progress.
	log reconcile.Log

	// missing are the users of the state that this run found deleted.
	missing marks
	// deactivated are the users that this run deactivated instead of deleting them.
	deactivated marks
	// mismatches are the other applications that this run has refused.
	mismatches marks
	// kindsRead are the kinds of which this run has read resources in the state.
	kindsRead marks
	// rosters are those of chat_users that this run has read or replaces.
	rosters rosters
	// owners are the planned owners of groups and rooms, which may not be the present ones.
	owners owners
	// departures are the users that this run plans to delete, and what they own.
	departures departures
}

// owners are user names by the noun and id of what the users own. It is safe for
// concurrent use.
type owners struct{ names sync.Map }

func (o *owners) set(noun, id, owner string) { o.names.Store(noun+"\x00"+id, owner) }

// of returns the planned owner, or the present one if nothing is planned.
func (o *owners) of(noun, id, present string) string {
	if planned, ok := o.names.Load(noun + "\x00" + id); ok {
		return planned.(string)
	}
	return present
}

// marks is a set of keys. It is safe for concurrent use.
type marks struct{ keys sync.Map }

// set adds a key and reports whether it is new.
func (m *marks) set(key string) bool {
	_, there := m.keys.LoadOrStore(key, true)
	return !there
}

func (m *marks) has(key string) bool {
	_, there := m.keys.Load(key)
	return there
}

// userKey is the form of a user name that is equal for names of the same user.
func (c *client) userKey(username string) string { return c.Platform.UserKey(username) }

// userExists returns an ErrNotFound if there is no such user.
func (c *client) userExists(ctx context.Context, username string) error {
	_, err := c.Users.Get(ctx, username, chat.Basic)
	return err
}

// groupExists returns an ErrNotFound if there is no such group.
func (c *client) groupExists(ctx context.Context, id string) error {
	found, err := c.Groups.Get(ctx, []string{id})
	if err == nil && found[0] == nil {
		return fmt.Errorf("group %q: %w", id, chat.ErrNotFound)
	}
	return err
}

// configured is embedded by everything that the provider configures.
type configured struct{ client *client }

// configure takes what the provider's Configure made: nil before it ran, as during
// validation.
func (c *configured) configure(data any, diags *diag.Diagnostics) {
	if data == nil {
		return
	}
	made, ok := data.(*client)
	if !ok {
		diags.AddError("Unexpected provider data", fmt.Sprintf("Expected *client, got %T. This is a bug in the provider.", data))
	}
	c.client = made
}

// supported reports whether the platform has what a resource or action needs. If it
// lacks it, the diagnostic names the platform and what needs it.
func (c *client) supported(diags *diag.Diagnostics, what string, there bool) bool {
	if !there {
		diags.AddError(notSupported, chat.Unsupported(c.Platform.Title, what).Error())
	}
	return there
}
