package reconcile

import (
	"context"
	"slices"

	"terraform-provider-chat/internal/chat"
)

// Change is what has to be written so that a user is as declared. Nil values are not
// written.
type Change struct {
	Settings  chat.Settings
	Activated *bool
	Password  *string
}

// Empty reports whether there is nothing to write.
func (c Change) Empty() bool { return c == Change{} }

// ChangeOf returns the declared settings and activation that differ from those of user.
func ChangeOf(want chat.Settings, activated *bool, user *chat.User) Change {
	return Change{Settings: Differences(want, user.Settings), Activated: differing(activated, user.Activated)}
}

// Write makes the calls, one after the other. After each one that succeeded it brings
// user up to date and calls saved, so that a later failure loses nothing. If it is not
// known whether the call that failed took effect, what it would have written is unsettled.
func (c Change) Write(ctx context.Context, service *chat.Service, user *chat.User, saved func()) (unsettled Change, err error) {
	for _, settings := range c.updates(service) {
		if err := service.Users.Update(ctx, user.Username, settings); err != nil {
			return ifUnsettled(err, Change{Settings: settings}), err
		}
		user.Settings = Overlay(user.Settings, settings)
		saved()
	}
	if c.Activated != nil {
		if err := service.Users.SetActivated(ctx, user.Username, *c.Activated); err != nil {
			return ifUnsettled(err, Change{Activated: c.Activated}), err
		}
		user.Activated = c.Activated
		saved()
	}
	if c.Password != nil {
		if err := service.Users.SetPassword(ctx, user.Username, *c.Password); err != nil {
			return ifUnsettled(err, Change{Password: c.Password}), err
		}
	}
	return Change{}, nil
}

// updates are the settings to write, apart if the platform has a call for each.
func (c Change) updates(service *chat.Service) []chat.Settings {
	parts := []chat.Settings{c.Settings}
	if service.Profiles != nil {
		rest := c.Settings
		rest.Profile = nil
		parts = []chat.Settings{rest, {Profile: c.Settings.Profile}}
	}
	return slices.DeleteFunc(parts, chat.Settings.Empty)
}

func ifUnsettled(err error, change Change) Change {
	if _, unsettled := chat.Unsettled(err); unsettled {
		return change
	}
	return Change{}
}

// Differences returns the settings of want that differ from have, which are those to
// write.
func Differences(want, have chat.Settings) chat.Settings {
	out := chat.Settings{Nickname: differingText(want.Nickname, have.Nickname)}
	if want.Push != nil {
		old := orZero(have.Push)
		push := chat.Push{
			DisplayStyle: differingText(want.Push.DisplayStyle, old.DisplayStyle),
			DoNotDisturb: differing(want.Push.DoNotDisturb, old.DoNotDisturb),
			Start:        differing(want.Push.Start, old.Start),
			End:          differing(want.Push.End, old.End),
		}
		if push != (chat.Push{}) {
			out.Push = &push
		}
	}
	if want.Profile != nil {
		old := orZero(have.Profile)
		profile := chat.Profile{
			Avatar:    differingText(want.Profile.Avatar, old.Avatar),
			Birthday:  differingText(want.Profile.Birthday, old.Birthday),
			Gender:    differingText(want.Profile.Gender, old.Gender),
			Signature: differingText(want.Profile.Signature, old.Signature),
			Region:    differingText(want.Profile.Region, old.Region),
			Address:   differingText(want.Profile.Address, old.Address),
			Extras:    differingText(want.Profile.Extras, old.Extras),
			Phone:     differingText(want.Profile.Phone, old.Phone),
			Email:     differingText(want.Profile.Email, old.Email),
		}
		if profile != (chat.Profile{}) {
			out.Profile = &profile
		}
	}
	return out
}

// NoteDifferences returns the notes of want that differ from have.
func NoteDifferences(want, have chat.Notes) chat.Notes {
	return chat.Notes{NoteName: differingText(want.NoteName, have.NoteName), Note: differingText(want.Note, have.Note)}
}

// OverlayNotes returns notes after a change was written.
func OverlayNotes(have, change chat.Notes) chat.Notes {
	return chat.Notes{NoteName: first(change.NoteName, have.NoteName), Note: first(change.Note, have.Note)}
}

// GroupDifferences returns the settings of want that differ from have.
func GroupDifferences(want, have chat.GroupSettings) chat.GroupSettings {
	return chat.GroupSettings{
		Name:         differingText(want.Name, have.Name),
		Description:  differingText(want.Description, have.Description),
		Avatar:       differingText(want.Avatar, have.Avatar),
		Public:       differing(want.Public, have.Public),
		MaxMembers:   differing(want.MaxMembers, have.MaxMembers),
		AllowInvites: differing(want.AllowInvites, have.AllowInvites),
		MembersOnly:  differing(want.MembersOnly, have.MembersOnly),
		Custom:       differingText(want.Custom, have.Custom),
		Announcement: differingText(want.Announcement, have.Announcement),
		Muted:        differing(want.Muted, have.Muted),
	}
}

// OverlayGroup returns settings after a change was written.
func OverlayGroup(have, change chat.GroupSettings) chat.GroupSettings {
	return chat.GroupSettings{
		Name:         first(change.Name, have.Name),
		Description:  first(change.Description, have.Description),
		Avatar:       first(change.Avatar, have.Avatar),
		Public:       first(change.Public, have.Public),
		MaxMembers:   first(change.MaxMembers, have.MaxMembers),
		AllowInvites: first(change.AllowInvites, have.AllowInvites),
		MembersOnly:  first(change.MembersOnly, have.MembersOnly),
		Custom:       first(change.Custom, have.Custom),
		Announcement: first(change.Announcement, have.Announcement),
		Muted:        first(change.Muted, have.Muted),
	}
}

// differing returns want if it is declared and not what is there already.
func differing[T comparable](want, have *T) *T {
	if want == nil || have != nil && *have == *want {
		return nil
	}
	return want
}

// differingText is differing for strings, of which an empty one is the same as none.
func differingText(want, have *string) *string {
	if want != nil && *want == "" && have == nil {
		return nil
	}
	return differing(want, have)
}

// Overlay returns settings after a change was written.
func Overlay(have, change chat.Settings) chat.Settings {
	out := chat.Settings{Nickname: first(change.Nickname, have.Nickname)}
	if change.Push != nil || have.Push != nil {
		c, h := orZero(change.Push), orZero(have.Push)
		out.Push = &chat.Push{
			DisplayStyle: first(c.DisplayStyle, h.DisplayStyle),
			DoNotDisturb: first(c.DoNotDisturb, h.DoNotDisturb),
			Start:        first(c.Start, h.Start),
			End:          first(c.End, h.End),
		}
	}
	if change.Profile != nil || have.Profile != nil {
		c, h := orZero(change.Profile), orZero(have.Profile)
		out.Profile = &chat.Profile{
			Avatar:    first(c.Avatar, h.Avatar),
			Birthday:  first(c.Birthday, h.Birthday),
			Gender:    first(c.Gender, h.Gender),
			Signature: first(c.Signature, h.Signature),
			Region:    first(c.Region, h.Region),
			Address:   first(c.Address, h.Address),
			Extras:    first(c.Extras, h.Extras),
			Phone:     first(c.Phone, h.Phone),
			Email:     first(c.Email, h.Email),
		}
	}
	return out
}

// first returns a, or b if a is nil.
func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

func orZero[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}
