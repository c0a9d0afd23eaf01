package reconcile_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

// Only what is known of a user is read, unless all of it is asked for.
func TestReadUsers_values(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		p.put("ann", "pw").nickname = pointer("Annie")
		p.put("bob", "pw").active = false
		p.put("eve", "pw")
		have := map[string]reconcile.User{
			"ann": {Name: "Ann"},
			"bob": {Name: "bob", Nickname: pointer("Bobby"), Activated: pointer(true)},
			"eve": {Name: "eve", Nickname: pointer("")},
		}
		want := map[string]reconcile.User{
			"ann": {Name: "Ann"},
			"bob": {Name: "bob", Activated: pointer(p.likeJMessage)}, // which cannot be read there
			"eve": {Name: "eve", Nickname: pointer("")},
		}
		account := reconcile.NewAccount()
		seen := reconcile.ReadUsers(t.Context(), p.service(), nil, have, account, false)
		if diff := cmp.Diff(reconcile.Seen{Users: want}, seen); diff != "" {
			t.Errorf("what is known: %s", diff)
		}
		for key := range have {
			if !account.Users[key].Registration().Known() {
				t.Errorf("the registration of %s is not remembered", key)
			}
		}

		want["ann"] = reconcile.User{Name: "Ann", Nickname: pointer("Annie")}
		if !p.likeJMessage {
			want["ann"] = reconcile.User{Name: "Ann", Nickname: pointer("Annie"), Activated: pointer(true)}
			want["eve"] = reconcile.User{Name: "eve", Nickname: pointer(""), Activated: pointer(true)}
		}
		seen = reconcile.ReadUsers(t.Context(), p.service(), nil, have, reconcile.NewAccount(), true)
		if diff := cmp.Diff(want, seen.Users); diff != "" {
			t.Errorf("all of it: %s", diff)
		}
	})
}

func TestReadUsers_missingAndForeign(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		r := newResource(p)
		want := map[string]user{"Ann": {password: "pw"}, "bob": {password: "pw"}, "eve": {password: "pw"}}
		r.mustApply(t, want)
		p.drop("ann")
		p.drop("bob")
		time.Sleep(time.Minute)
		p.put("bob", "theirs")

		seen := r.refresh(t.Context(), t)
		if len(seen.Users) != 1 || !slices.Equal(seen.Missing, []string{"Ann"}) || !slices.Equal(seen.Foreign, []string{"bob"}) || len(seen.Failed) > 0 {
			t.Errorf("%+v", seen)
		}
		foreign := func() {
			t.Helper()
			account := r.account(t)
			if note := account.Users["bob"]; !note.Foreign || note.Created != p.users["bob"].created.Unix() || len(account.Users) != 2 {
				t.Errorf("the account is %+v", account.Users)
			}
		}
		foreign()
		seen = r.refresh(t.Context(), t) // it stays foreign
		if len(seen.Users) != 1 || len(seen.Missing)+len(seen.Foreign) > 0 {
			t.Errorf("later: %+v", seen)
		}
		foreign()
		p.drop("bob")
		p.put("bob", "another one's")
		r.refresh(t.Context(), t)
		foreign()
		p.drop("bob")
		r.refresh(t.Context(), t)
		if account := r.account(t); len(account.Users) != 1 {
			t.Errorf("bob is gone, and the account is %+v", account.Users)
		}
	})
}

// A slow registration on a platform that does not say when it was: any time between
// sending and answering is ours.
func TestReadUsers_afterASlowRegistration(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		r := newResource(p)
		p.slow = 20 * time.Second
		r.mustApply(t, map[string]user{"ann": {password: "pw"}})
		if approximate := r.account(t).Users["ann"].Registration().Approximate; approximate != p.likeJMessage {
			t.Errorf("after the answer, approximate: %v", approximate)
		}
		p.users["ann"].created = p.users["ann"].created.Add(-15 * time.Second)
		for range 2 {
			seen := r.refresh(t.Context(), t)
			if len(seen.Foreign) > 0 && p.likeJMessage || len(seen.Users) != 1 {
				t.Errorf("%+v", seen)
			}
			if r.account(t).Users["ann"].Registration().Approximate {
				t.Error("what was read is approximate")
			}
		}
	})
}

// A registration whose outcome is not known is settled by reading: a user that was
// registered since is ours, an older one is somebody else's.
func TestReadUsers_unfinished(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		p.put("old", "theirs")
		time.Sleep(time.Hour)
		account := reconcile.NewAccount()
		for _, name := range []string{"old", "mine", "nobody", "there"} {
			account.Sent(name, time.Now(), &chat.Platform{})
		}
		time.Sleep(time.Second)
		p.put("Mine", "pw").nickname = pointer("Mine")
		p.put("there", "pw")
		p.put("bob", "theirs")
		account.Change("bob", func(n *reconcile.Note) { n.Foreign = true })
		have := map[string]reconcile.User{"there": {Name: "There"}}
		seen := reconcile.ReadUsers(t.Context(), p.service(), nil, have, account, false)
		mine := reconcile.User{Name: "mine", Nickname: pointer("Mine"), Activated: pointer(true)}
		if p.likeJMessage {
			mine.Activated = nil
		}
		if diff := cmp.Diff(reconcile.Seen{Users: map[string]reconcile.User{"there": {Name: "There"}, "mine": mine}}, seen); diff != "" {
			t.Error(diff)
		}
		var noted []string
		for _, key := range []string{"old", "mine", "nobody", "there", "bob"} {
			note, ok := account.Users[key]
			if ok {
				noted = append(noted, key)
			}
			if note.Unfinished() {
				t.Errorf("%s is unfinished", key)
			}
		}
		if diff := cmp.Diff([]string{"mine", "there", "bob"}, noted); diff != "" {
			t.Errorf("the account has notes on (want, got): %s", diff)
		}
	})
}

// If somebody cannot be read, what is known of everybody stays.
func TestReadUsers_failures(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		r := newResource(p)
		r.mustApply(t, map[string]user{"ann": {password: "pw"}, "bob": {password: "pw"}})
		account := r.account(t)
		account.Sent("eve", time.Now(), &chat.Platform{})
		r.keep(t, account)
		p.put("eve", "pw")
		document := string(r.document)
		for _, broken := range []string{"Get ann", "Get eve"} {
			p.breaks(func(request string) fault {
				if request == broken || isList(request) {
					return refused
				}
				return none
			})
			seen := r.refresh(t.Context(), t)
			if len(seen.Failed) != 1 || "Get "+seen.Failed[0].Name != broken || !errors.Is(seen.Failed[0].Err, chat.ErrThrottled) {
				t.Errorf("%s: %+v", broken, seen.Failed)
			}
			if string(r.document) != document || len(r.have) != 2 {
				t.Errorf("%s: %s, %v", broken, r.document, r.have)
			}
		}
		p.breaks(nil)
		if seen := r.refresh(t.Context(), t); len(seen.Users) != 3 {
			t.Errorf("%+v", seen)
		}
	})
}
