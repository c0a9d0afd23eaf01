package chat

import (
	"context"
	"fmt"
	"slices"
)

// Groups are the groups of an application, or its chat rooms: on every platform a room
// is managed like a group, with fewer settings.
//
// Names are not unique, and creating a group twice makes two.
type Groups interface {
	// Create makes a group. It is sent once: if the error is one with MaybeApplied, whether
	// there is a group now is not known. ErrNotFound: there is no such owner. What the group
	// that is returned does not have as it was wanted takes an Update.
	Create(ctx context.Context, group NewGroup) (*Group, error)
	// Get returns groups, one per id in order; nil is one that does not exist. It is a bulk call.
	Get(ctx context.Context, ids []string) ([]*Group, error)
	// List returns one page of groups: all of the application, or those that a user is in
	// (as owner or member), or ErrNotFound if there is no such user. An empty cursor asks for
	// the first page. The groups may hold no more than id and name.
	List(ctx context.Context, member, cursor string) (*Page[Group], error)
	// Announcement returns the announcement of a group, empty if there is none.
	Announcement(ctx context.Context, id string) (string, error)
	// Update changes what is not nil in settings and leaves the rest alone. It takes up to
	// three calls; if one fails, those before it have taken effect.
	Update(ctx context.Context, id string, settings GroupSettings) error
	// Transfer makes a user the owner. One that is the owner already is a success; one that
	// is no member becomes one if the platform wants that.
	Transfer(ctx context.Context, id, owner string) error
	// Delete deletes a group. One that does not exist is a success.
	Delete(ctx context.Context, id string) error
}

// GroupLimits bound the calls about groups or rooms.
type GroupLimits struct {
	Get Limit
	// PublicIsFixed reports whether NewGroup decides for good if a group is public, and it cannot be read.
	PublicIsFixed bool
	// ListsMembers reports whether Get returns the members of groups as well.
	ListsMembers bool
}

// NewGroup is a group to create.
type NewGroup struct {
	Owner string
	GroupSettings
}

// GroupSettings are what can be changed of a group. When read, nil is "not set" or "not
// known"; when written, nil is "leave alone" and an empty text clears.
type GroupSettings struct {
	Name        *string
	Description *string
	// Avatar is a media id or a URL, as the platform has it.
	Avatar *string
	// Public reports whether the group can be found and joined by everybody.
	Public *bool
	// MaxMembers is how many members the group may have, the owner included.
	MaxMembers *int64
	// AllowInvites reports whether members may add others.
	AllowInvites *bool
	// MembersOnly reports whether joining needs the owner's approval. It is not known of a
	// group that is not public.
	MembersOnly *bool
	// Custom is custom data of the application for the group.
	Custom *string
	// Announcement is not returned by Get; see Groups.Announcement.
	Announcement *string
	// Muted reports whether only the owner and admins may send messages.
	Muted *bool
}

// Empty reports whether there is nothing to write.
func (s GroupSettings) Empty() bool { return s == GroupSettings{} }

// Group is a group or a room as read from a platform.
type Group struct {
	ID string
	// Owner is empty if the platform does not return it with the group: it is the member
	// with Owner set.
	Owner string
	// Registration dates the creation; it has no UUID.
	Registration
	GroupSettings
	// Members are set if GroupLimits.ListsMembers and there are not too many.
	Members []Member
}

// CreatedGroups returns the groups of a name and owner that may be what became of a
// creation whose answer was lost: those that were created late enough to be ours.
func CreatedGroups(ctx context.Context, groups Groups, platform *Platform, limit Limit, owner, name string, ours func(Registration) bool) ([]*Group, error) {
	list := func(ctx context.Context, cursor string) (*Page[Group], error) { return groups.List(ctx, owner, cursor) }
	var ids []string
	for group, err := range All(ctx, fmt.Sprintf("list the groups of user %q", owner), list, func(g *Group) string { return g.ID }) {
		if err != nil {
			return nil, err
		}
		if orEmpty(group.Name) == name {
			ids = append(ids, group.ID)
		}
	}
	var created []*Group
	for chunk := range slices.Chunk(ids, max(1, limit.Items)) {
		found, err := groups.Get(ctx, chunk)
		if err != nil {
			return nil, err
		}
		for _, group := range found {
			mine := group != nil && (group.Owner == "" || platform.UserKey(group.Owner) == platform.UserKey(owner))
			if mine && ours(group.Registration) {
				created = append(created, group)
			}
		}
	}
	return created, nil
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
