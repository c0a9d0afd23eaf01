package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

func push(style string, quiet bool, start, end int64) *chat.Push {
	return &chat.Push{DisplayStyle: &style, DoNotDisturb: &quiet, Start: &start, End: &end}
}

// profile is one whose fields all differ.
func profile(text string) *chat.Profile {
	p := &chat.Profile{}
	for i, field := range []**string{&p.Avatar, &p.Birthday, &p.Gender, &p.Signature, &p.Region, &p.Address, &p.Extras} {
		*field = pointer(fmt.Sprint(text, i))
	}
	return p
}

// What is written is the least that makes a user as declared, and what is omitted is
// left alone.
func TestDifferences(t *testing.T) {
	text := func(s string) *string { return &s }
	all := chat.Settings{Nickname: text("Ann"), Push: push("detail", true, 1, 2), Profile: profile("x")}
	for name, tt := range map[string]struct{ want, have, diff, after chat.Settings }{
		"nothing declared":           {chat.Settings{}, all, chat.Settings{}, all},
		"nothing there":              {all, chat.Settings{}, all, all},
		"the same":                   {chat.Settings{Nickname: text("Ann"), Push: push("detail", true, 1, 2), Profile: profile("x")}, all, chat.Settings{}, all},
		"another nickname":           {chat.Settings{Nickname: text("Bob")}, all, chat.Settings{Nickname: text("Bob")}, chat.Settings{Nickname: text("Bob"), Push: all.Push, Profile: all.Profile}},
		"a nickname that is cleared": {chat.Settings{Nickname: text("")}, all, chat.Settings{Nickname: text("")}, chat.Settings{Nickname: text(""), Push: all.Push, Profile: all.Profile}},
		"an empty one where there is none": {
			chat.Settings{Nickname: text(""), Profile: &chat.Profile{Avatar: text("")}}, chat.Settings{}, chat.Settings{}, chat.Settings{},
		},
		"an hour": {
			chat.Settings{Push: push("detail", true, 1, 3)}, all, chat.Settings{Push: &chat.Push{End: pointer(int64(3))}},
			chat.Settings{Nickname: all.Nickname, Push: push("detail", true, 1, 3), Profile: all.Profile},
		},
		"hours of zero": {
			chat.Settings{Push: &chat.Push{Start: pointer(int64(0)), DoNotDisturb: pointer(false)}}, chat.Settings{},
			chat.Settings{Push: &chat.Push{Start: pointer(int64(0)), DoNotDisturb: pointer(false)}},
			chat.Settings{Push: &chat.Push{Start: pointer(int64(0)), DoNotDisturb: pointer(false)}},
		},
		"a field of the profile": {
			chat.Settings{Profile: &chat.Profile{Region: text("there"), Avatar: all.Profile.Avatar}}, all, chat.Settings{Profile: &chat.Profile{Region: text("there")}},
			chat.Settings{Nickname: all.Nickname, Push: all.Push, Profile: func() *chat.Profile { p := *profile("x"); p.Region = text("there"); return &p }()},
		},
		"every field of the profile": {chat.Settings{Profile: profile("yy")}, all, chat.Settings{Profile: profile("yy")}, chat.Settings{Nickname: all.Nickname, Push: all.Push, Profile: profile("yy")}},
	} {
		t.Run(name, func(t *testing.T) {
			diff := reconcile.Differences(tt.want, tt.have)
			if d := cmp.Diff(tt.diff, diff); d != "" {
				t.Errorf("differences: %s", d)
			}
			after := reconcile.Overlay(tt.have, diff)
			if d := cmp.Diff(tt.after, after); d != "" {
				t.Errorf("after it was written: %s", d)
			}
			if again := reconcile.Differences(tt.want, after); !again.Empty() {
				t.Errorf("then there is still to write: %+v", again)
			}
		})
	}
}

func TestNoteDifferences(t *testing.T) {
	old := chat.Notes{NoteName: pointer("pal"), Note: pointer("met there")}
	for name, tt := range map[string]struct{ want, have, diff, after chat.Notes }{
		"nothing declared": {chat.Notes{}, old, chat.Notes{}, old},
		"cleared":          {chat.Notes{NoteName: pointer("")}, old, chat.Notes{NoteName: pointer("")}, chat.Notes{NoteName: pointer(""), Note: old.Note}},
		"new":              {old, chat.Notes{}, old, old},
		"nothing to clear": {chat.Notes{Note: pointer("")}, chat.Notes{}, chat.Notes{}, chat.Notes{}},
	} {
		diff := reconcile.NoteDifferences(tt.want, tt.have)
		if d := cmp.Diff(tt.diff, diff); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if d := cmp.Diff(tt.after, reconcile.OverlayNotes(tt.have, diff)); d != "" {
			t.Errorf("%s, after it was written: %s", name, d)
		}
	}
}

// After every call that succeeded the user is up to date, and what a lost call would
// have written is unsettled.
func TestWrite(t *testing.T) {
	nick := chat.Settings{Nickname: pointer("Ann")}
	whole := reconcile.Change{Settings: nick, Activated: pointer(false), Password: pointer("new")}
	for name, tt := range map[string]struct {
		change    reconcile.Change
		breaks    string
		how       fault
		saved     int
		unsettled reconcile.Change
		calls     string
	}{
		"all":                     {whole, "", none, 2, reconcile.Change{}, "Update SetActivated SetPassword"},
		"nothing":                 {reconcile.Change{}, "", none, 0, reconcile.Change{}, ""},
		"only a password":         {reconcile.Change{Password: pointer("new")}, "", none, 0, reconcile.Change{}, "SetPassword"},
		"settings are refused":    {whole, "Update", refused, 0, reconcile.Change{}, "Update"},
		"settings are lost":       {whole, "Update", before, 0, reconcile.Change{Settings: nick}, "Update"},
		"activation is refused":   {whole, "SetActivated", refused, 1, reconcile.Change{}, "Update SetActivated"},
		"activation is lost":      {whole, "SetActivated", after, 1, reconcile.Change{Activated: whole.Activated}, "Update SetActivated"},
		"the password is refused": {whole, "SetPassword", refused, 2, reconcile.Change{}, "Update SetActivated SetPassword"},
		"the password is lost":    {whole, "SetPassword", before, 2, reconcile.Change{Password: whole.Password}, "Update SetActivated SetPassword"},
	} {
		t.Run(name, func(t *testing.T) {
			eachPlatform(t, func(t *testing.T, p *platform) {
				p.put("ann", "old")
				p.breaks(func(request string) fault {
					if tt.breaks != "" && strings.HasPrefix(request, tt.breaks) {
						return tt.how
					}
					return none
				})
				user := &chat.User{Username: "ann", Activated: pointer(true)}
				saved := 0
				unsettled, err := tt.change.Write(t.Context(), p.service(), user, func() {
					saved++
					if saved == 1 && user.Nickname == nil || saved == 2 && *user.Activated {
						t.Errorf("saved as %+v", user)
					}
				})
				if failed := tt.how != none; failed != (err != nil) || saved != tt.saved {
					t.Errorf("saved %d times, %v", saved, err)
				}
				if d := cmp.Diff(tt.unsettled, unsettled); d != "" {
					t.Errorf("unsettled: %s", d)
				}
				var calls []string
				for _, request := range p.requests {
					call, _, _ := strings.Cut(request, " ")
					calls = append(calls, call)
				}
				if got := strings.Join(calls, " "); got != tt.calls {
					t.Errorf("calls %s", got)
				}
			})
		})
	}
}

// A change of a user that is gone says so.
func TestWrite_ofAMissingUser(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		_, err := reconcile.Change{Password: pointer("new")}.Write(context.Background(), p.service(), &chat.User{Username: "ann"}, func() {})
		if !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func TestChangeOf(t *testing.T) {
	user := &chat.User{Activated: pointer(true), Settings: chat.Settings{Nickname: pointer("Ann")}}
	if c := reconcile.ChangeOf(chat.Settings{Nickname: pointer("Ann")}, pointer(true), user); !c.Empty() {
		t.Errorf("%+v", c)
	}
	if c := reconcile.ChangeOf(chat.Settings{}, pointer(false), user); c.Activated == nil || *c.Activated || !c.Settings.Empty() || c.Password != nil {
		t.Errorf("%+v", c)
	}
	user.Activated = nil // not known
	if c := reconcile.ChangeOf(chat.Settings{}, pointer(true), user); c.Activated == nil || c.Empty() {
		t.Errorf("%+v", c)
	}
}
