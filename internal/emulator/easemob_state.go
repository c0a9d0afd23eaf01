package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// easemobState is the platform's part of the state document.
type easemobState struct {
	Application easemobApplication  `json:"application"`
	Users       []easemobUserState  `json:"users"`
	Contacts    map[string][]string `json:"contacts"` // newest first; one direction is enough
	Blocks      map[string][]string `json:"blocks"`   // newest first
}

// easemobUserState is a user, whose name is all it must have: the rest has a default.
type easemobUserState struct {
	Username     string            `json:"username"`
	UUID         string            `json:"uuid,omitempty"`
	Password     string            `json:"password,omitempty"`
	Created      int64             `json:"created,omitempty"`
	Modified     int64             `json:"modified,omitempty"`
	Activated    *bool             `json:"activated,omitempty"`
	Online       bool              `json:"online,omitempty"`
	Nickname     *string           `json:"nickname,omitempty"`
	DisplayStyle *int              `json:"notification_display_style,omitempty"`
	NoDisturbing *bool             `json:"notification_no_disturbing,omitempty"`
	Start        *int              `json:"notification_no_disturbing_start,omitempty"`
	End          *int              `json:"notification_no_disturbing_end,omitempty"`
	Ignored      map[string]bool   `json:"notification_ignore,omitempty"` // by group
	NotifierName *string           `json:"notifier_name,omitempty"`
	DeviceToken  *string           `json:"device_token,omitempty"`
	Offline      map[string]string `json:"offline_messages,omitempty"` // by message, "delivered" or "undelivered"
	Generation   uint32            `json:"token_generation,omitempty"`
}

func (e *easemob) snapshot() any {
	e.mu.RLock()
	defer e.mu.RUnlock()
	state := easemobState{
		Application: e.app,
		Users:       make([]easemobUserState, 0, len(e.users.order)),
		Contacts:    map[string][]string{},
		Blocks:      map[string][]string{},
	}
	for _, u := range e.users.order {
		activated := u.activated
		state.Users = append(state.Users, easemobUserState{
			Username: u.name, UUID: u.id.String(), Password: u.password,
			Created: u.created, Modified: u.modified, Activated: &activated, Online: u.online,
			Nickname: u.nickname, DisplayStyle: u.displayStyle, NoDisturbing: u.noDisturbing,
			Start: u.start, End: u.end, Ignored: u.ignored, NotifierName: u.notifierName,
			DeviceToken: u.deviceToken, Offline: u.offline, Generation: u.generation,
		})
		if len(u.contacts) > 0 {
			state.Contacts[u.name] = easemobNames(u.contacts)
		}
		if len(u.blocks) > 0 {
			state.Blocks[u.name] = easemobNames(u.blocks)
		}
	}
	return state
}

func (e *easemob) restore(document json.RawMessage) error {
	state := easemobState{Application: newEasemobApplication()}
	e.mu.RLock()
	state.Application.TokenKey = e.app.TokenKey // tokens outlive a document that says nothing of them
	e.mu.RUnlock()
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&state); err != nil {
		return err
	}
	users := newEasemobUsers()
	now := e.env.now()
	for _, user := range state.Users {
		u, err := users.restore(user, ticksOf(now))
		if err != nil {
			return err
		}
		if users.byName[u.name] != nil {
			return fmt.Errorf("user %q is there twice", u.name)
		}
		if users.byID[u.id] != nil {
			return fmt.Errorf("uuid %s is there twice", u.id)
		}
		users.byName[u.name], users.byID[u.id] = u, u
		users.order = append(users.order, u)
	}
	slices.SortFunc(users.order, easemobBefore)
	if err := users.restoreLists("contacts", state.Contacts, func(owner, other *easemobUser) {
		owner.contacts = append(easemobWithout(owner.contacts, other), other)
	}); err != nil {
		return err
	}
	for _, owner := range users.order {
		for _, other := range owner.contacts {
			owner.connect(other)
		}
	}
	if err := users.restoreLists("blocks", state.Blocks, (*easemobUser).block); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.app, e.users = state.Application, users
	return nil
}

// restore makes a user of its state. One without a time of creation is created now, in
// ticks, and in the order of the document.
func (s *easemobUsers) restore(state easemobUserState, now int64) (*easemobUser, error) {
	if !easemobLegal(state.Username) {
		return nil, fmt.Errorf("username %q is not legal", state.Username)
	}
	u := &easemobUser{
		name: easemobFold(state.Username), password: state.Password,
		created: state.Created, modified: state.Modified,
		activated: state.Activated == nil || *state.Activated, online: state.Online,
		nickname: state.Nickname, displayStyle: state.DisplayStyle, noDisturbing: state.NoDisturbing,
		start: state.Start, end: state.End, ignored: maps.Clone(state.Ignored),
		notifierName: state.NotifierName, deviceToken: state.DeviceToken,
		offline: maps.Clone(state.Offline), generation: state.Generation,
	}
	for message, status := range u.offline {
		if status != "delivered" && status != "undelivered" {
			return nil, fmt.Errorf("offline message %q of %q is %q but must be delivered or undelivered", message, u.name, status)
		}
	}
	hasID := state.UUID != ""
	if hasID {
		if u.id, hasID = parseEasemobID(state.UUID); !hasID {
			return nil, fmt.Errorf("uuid %q of %q is none", state.UUID, u.name)
		}
	}
	ticks := u.created * ticksPerMillisecond
	switch {
	case u.created == 0 && hasID && u.id.timed():
		u.created = u.id.ticks() / ticksPerMillisecond
	case u.created == 0:
		s.last = max(now, s.last+1)
		ticks, u.created = s.last, s.last/ticksPerMillisecond
	default:
		// Within a millisecond the UUIDs keep the order of the document.
		ticks += min(int64(len(s.order)), ticksPerMillisecond-1)
	}
	if !hasID {
		u.id = newEasemobID(ticks)
	}
	u.modified = max(u.modified, u.created)
	return u, nil
}

// restoreLists adds to every owner's list the names that the state has for it.
func (s *easemobUsers) restoreLists(what string, lists map[string][]string, add func(owner, other *easemobUser)) error {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		owner := s.find(name)
		if owner == nil {
			return fmt.Errorf("%s has a list of %q, who is not among the users", what, name)
		}
		for _, name := range slices.Backward(lists[name]) {
			other := s.find(name)
			if other == nil {
				return fmt.Errorf("%s of %q name %q, who is not among the users", what, owner.name, name)
			}
			add(owner, other)
		}
	}
	return nil
}
