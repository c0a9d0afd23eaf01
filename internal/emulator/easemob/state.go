package easemob

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// document is the platform's part of the state document: the first application at the
// top and, if there are others, those by their keys.
type document[A any] struct {
	applicationDocument
	Applications map[string]A `json:"applications,omitempty"`
	// Settings are the switches, if they are not the usual ones.
	Settings *switches `json:"settings,omitempty"`
	// LastGroup is the last id that a group or a chat room was given, if there was one.
	LastGroup int64 `json:"last_group_id,omitempty"`
	// LastMessage is the id of the last message, if there was one.
	LastMessage int64 `json:"last_message_id,omitempty"`
}

// applicationDocument is an application with all that is in it, hidden state included.
type applicationDocument struct {
	Application settings            `json:"application"`
	Users       []userDocument      `json:"users"`
	Contacts    map[string][]string `json:"contacts"` // newest first; one direction is enough
	Blocks      map[string][]string `json:"blocks"`   // newest first
	Groups      []groupDocument     `json:"groups,omitempty"`
	Rooms       []groupDocument     `json:"chatrooms,omitempty"`
	SuperAdmins []string            `json:"super_admins,omitempty"`
	// Remarks are by owner and contact.
	Remarks     map[string]map[string]string `json:"remarks,omitempty"`
	GlobalMutes []globalMuteDocument         `json:"global_mutes,omitempty"`
	Templates   []template                   `json:"push_templates,omitempty"`
	Labels      []heldLabel                  `json:"push_labels,omitempty"`
	Messages    []message                    `json:"messages,omitempty"`
	Files       []file                       `json:"files,omitempty"`
}

// globalMuteDocument is until when a user is muted, in milliseconds; -1 is for ever.
type globalMuteDocument struct {
	Username string     `json:"username"`
	Until    globalMute `json:"until"`
}

// userDocument is a user, whose name is all it must have: the rest has a default.
type userDocument struct {
	Username     string            `json:"username"`
	UUID         string            `json:"uuid,omitempty"`
	Password     string            `json:"password,omitempty"`
	Created      int64             `json:"created,omitempty"`
	Modified     int64             `json:"modified,omitempty"`
	Activated    *bool             `json:"activated,omitempty"`
	Online       bool              `json:"online,omitempty"`
	OfflineSince int64             `json:"offline_since,omitempty"` // 0 if never online
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
	Attributes   map[string]string `json:"attributes,omitempty"`
	// Notifications are by conversation, "user/bob" or "chatgroup/66021836783617".
	Notifications map[string]notification `json:"notifications,omitempty"`
	Language      *string                 `json:"notification_language,omitempty"`
	TemplateName  *string                 `json:"notification_template,omitempty"`
	// JoinedGroups and JoinedRooms are the ids of what the user is in, oldest membership
	// first, if that is not the order of creation. What is left out is newer.
	JoinedGroups []string `json:"joined_chatgroups,omitempty"`
	JoinedRooms  []string `json:"joined_chatrooms,omitempty"`
}

// Snapshot returns all that the platform holds.
func (p *Platform) Snapshot() any {
	defer p.lock(true)()
	w, now := p.world, p.env.Now()
	if w.switches.RoomDropOut {
		for _, app := range w.apps {
			for g := range app.rooms.all() {
				g.dropOut(now)
			}
		}
	}
	snapshot := document[applicationDocument]{
		applicationDocument: w.first.document(now), Applications: map[string]applicationDocument{},
	}
	for key, app := range w.apps {
		if app != w.first {
			snapshot.Applications[key] = app.document(now)
		}
	}
	if !w.switches.usual() {
		snapshot.Settings = pointer(w.switches) // a copy: it is encoded when others may change them
	}
	if w.lastGroup != firstGroupID {
		snapshot.LastGroup = w.lastGroup
	}
	if w.lastMessage != firstMessageID {
		snapshot.LastMessage = w.lastMessage
	}
	return snapshot
}

func (a *application) document(now time.Time) applicationDocument {
	d := applicationDocument{
		Application: a.settings,
		Users:       make([]userDocument, 0, a.users.order.Len()),
		Contacts:    map[string][]string{},
		Blocks:      map[string][]string{},
		Remarks:     map[string]map[string]string{},
	}
	for u := range a.users.order.From(0, a.users.order.Len()) {
		d.Users = append(d.Users, u.document())
		if u.contacts.Len() > 0 {
			d.Contacts[u.name] = newestNames(u.contacts)
		}
		for contact, remark := range u.contacts.All() {
			if remark == "" {
				continue
			}
			if d.Remarks[u.name] == nil {
				d.Remarks[u.name] = map[string]string{}
			}
			d.Remarks[u.name][contact.name] = remark
		}
		if u.blocks.Len() > 0 {
			d.Blocks[u.name] = newestNames(u.blocks)
		}
	}
	for g := range a.groups.all() {
		d.Groups = append(d.Groups, g.document(now))
	}
	for g := range a.rooms.all() {
		d.Rooms = append(d.Rooms, g.document(now))
	}
	d.SuperAdmins = oldestNames(a.superAdmins)
	for u, mute := range a.globalMutes.All() {
		d.GlobalMutes = append(d.GlobalMutes, globalMuteDocument{u.name, mute})
	}
	for _, t := range a.templates.All() {
		d.Templates = append(d.Templates, *t)
	}
	for _, l := range a.labels.All() {
		held := heldLabel{labelDocument: l.document(false)}
		for u, created := range l.users.All() {
			held.Users = append(held.Users, labelUser{u.name, created})
		}
		d.Labels = append(d.Labels, held)
	}
	for _, m := range a.messages.All() {
		d.Messages = append(d.Messages, *m)
	}
	for _, f := range a.files.All() {
		d.Files = append(d.Files, *f)
	}
	return d
}

func (u *user) document() userDocument {
	activated := u.activated
	return userDocument{
		Username: u.name, UUID: u.id.String(), Password: u.password,
		Created: u.created, Modified: u.modified, Activated: &activated, Online: u.online, OfflineSince: u.offlineSince,
		Nickname: u.nickname, DisplayStyle: u.displayStyle, NoDisturbing: u.noDisturbing,
		Start: u.start, End: u.end, Ignored: u.ignored, NotifierName: u.notifierName,
		DeviceToken: u.deviceToken, Offline: maps.Clone(u.offline), Generation: u.generation,
		Attributes: u.attributes, Notifications: u.notifications, Language: u.language, TemplateName: u.templateName,
		JoinedGroups: u.joinedOrder(groupKind), JoinedRooms: u.joinedOrder(roomKind),
	}
}

// Restore replaces all that the platform holds. The applications of the start are
// always there; those that the document does not name are empty.
func (p *Platform) Restore(body json.RawMessage) error {
	p.mu.RLock()
	before := p.world.apps
	p.mu.RUnlock()
	r := &restorer{world: p.start(), now: p.env.Now()}
	w := r.world
	for key, app := range w.apps {
		app.settings = defaults(key, before).Application
	}
	key := firstKey // the document may give the first application another
	var wanted document[json.RawMessage]
	for {
		wanted = document[json.RawMessage]{applicationDocument: defaults(key, before), Settings: pointer(usualSwitches())}
		if err := platform.DecodeStrict(bytes.NewReader(body), &wanted); err != nil {
			return err
		}
		named := wanted.Application.key()
		if named == key {
			break
		}
		if err := CheckAppKey(named); err != nil {
			return fmt.Errorf("application: %w", err)
		}
		key = named
	}
	contents := map[string]applicationDocument{}
	for key, body := range wanted.Applications {
		content := defaults(key, before)
		if err := platform.DecodeStrict(bytes.NewReader(body), &content); err != nil {
			return fmt.Errorf("application %s: %w", key, err)
		}
		contents[key] = content
	}
	if wanted.Settings != nil { // null is the usual ones
		w.switches = *wanted.Settings
	}
	if err := w.switches.check(); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if wanted.LastGroup > lastID || wanted.LastMessage > lastID {
		return errors.New("last_group_id or last_message_id leaves no ids for what comes later")
	}
	w.lastMessage = max(w.lastMessage, wanted.LastMessage)
	r.reserve(wanted.LastGroup, append(slices.Collect(maps.Values(contents)), wanted.applicationDocument))

	w.first = newApplication(settings{})
	w.apps[key] = w.first
	if err := r.application(w.first, wanted.applicationDocument); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(contents)) {
		if err := CheckAppKey(key); err != nil {
			return err
		}
		if key == w.first.key() {
			return fmt.Errorf("application %s is there twice", key)
		}
		app := newApplication(settings{})
		if err := r.application(app, contents[key]); err != nil {
			return fmt.Errorf("application %s: %w", key, err)
		}
		if app.key() != key {
			return fmt.Errorf("application %s has the key %s in its settings", key, app.key())
		}
		w.apps[key] = app
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.world = w
	return nil
}

// lastID is the largest id that new ones may come after: some are left to be given.
const lastID = 1 << 62

// lastMillisecond is the last moment that a UUID can have, which is in the year 5236.
const lastMillisecond = (1<<60-1-ticksAtUnixEpoch)/ticksPerMillisecond - 1

// checkTimes returns an error unless all times are between 1970 and lastMillisecond.
func checkTimes(times ...int64) error {
	for _, at := range times {
		if at < 0 || at > lastMillisecond {
			return fmt.Errorf("the time %d is not between 0 and %d", at, lastMillisecond)
		}
	}
	return nil
}

// restorer builds a world from a document.
type restorer struct {
	world *world
	now   time.Time
}

// reserve makes new ids of groups and chat rooms come after all ids of the document.
func (r *restorer) reserve(last int64, applications []applicationDocument) {
	r.world.lastGroup = max(r.world.lastGroup, last)
	for _, app := range applications {
		for _, g := range slices.Concat(app.Groups, app.Rooms) {
			if id, err := strconv.ParseInt(g.ID, 10, 64); err == nil && id <= lastID {
				r.world.lastGroup = max(r.world.lastGroup, id)
			}
		}
	}
}

// defaults are what a document that says nothing means. Tokens outlive one that has no
// key of them.
func defaults(key string, before map[string]*application) applicationDocument {
	settings := newSettings(key)
	if app := before[key]; app != nil {
		settings.TokenKey = app.TokenKey
	}
	return applicationDocument{Application: settings}
}

// application fills an application that is empty.
func (r *restorer) application(app *application, wanted applicationDocument) error {
	app.settings = wanted.Application
	now := ticksOf(r.now)
	for _, user := range wanted.Users {
		u, err := app.users.restore(user, now)
		if err != nil {
			return err
		}
		if app.users.byName[u.name] != nil {
			return fmt.Errorf("user %q is there twice", u.name)
		}
		if app.users.byID[u.id] != nil {
			return fmt.Errorf("uuid %s is there twice", u.id)
		}
		app.users.add(u)
		for key := range u.notified() {
			app.keepNotification(u, key)
		}
	}
	if err := app.users.restoreLists("contacts", wanted.Contacts, func(owner, other *user) {
		owner.contacts.Remove(other) // named again, it is newer
		owner.contacts.Set(other, "")
	}); err != nil {
		return err
	}
	for owner := range app.users.order.From(0, app.users.order.Len()) {
		for _, other := range owner.contacts.Keys() {
			owner.connect(other)
		}
	}
	if err := app.users.restoreLists("blocks", wanted.Blocks, (*user).block); err != nil {
		return err
	}
	for _, group := range wanted.Groups {
		if err := r.group(app, groupKind, group); err != nil {
			return fmt.Errorf("group %q: %w", cmp.Or(group.ID, group.Name), err)
		}
	}
	for _, room := range wanted.Rooms {
		if err := r.group(app, roomKind, room); err != nil {
			return fmt.Errorf("chat room %q: %w", cmp.Or(room.ID, room.Name), err)
		}
	}
	for _, user := range wanted.Users {
		if err := app.users.find(user.Username).restoreJoined(user); err != nil {
			return fmt.Errorf("user %q: %w", user.Username, err)
		}
	}
	for _, name := range wanted.SuperAdmins {
		u, err := app.named(name)
		if err != nil {
			return fmt.Errorf("super_admins: %w", err)
		}
		app.superAdmins.Set(u, struct{}{})
	}
	if err := app.restoreRemarks(wanted.Remarks); err != nil {
		return fmt.Errorf("remarks: %w", err)
	}
	return r.records(app, wanted)
}

func (a *application) restoreRemarks(remarks map[string]map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(remarks)) {
		owner, err := a.named(name)
		if err != nil {
			return err
		}
		notes := remarks[name]
		for _, name := range slices.Sorted(maps.Keys(notes)) {
			contact, err := a.named(name)
			if err != nil {
				return err
			}
			if !owner.contacts.Has(contact) {
				return fmt.Errorf("%q is no contact of %q", contact.name, owner.name)
			}
			owner.contacts.Set(contact, notes[name])
		}
	}
	return nil
}

// records restores global mutes, templates, labels, messages and files.
func (r *restorer) records(app *application, wanted applicationDocument) error {
	for _, mute := range wanted.GlobalMutes {
		u, err := app.named(mute.Username)
		if err != nil {
			return fmt.Errorf("global_mutes: %w", err)
		}
		app.globalMutes.Set(u, mute.Until)
	}
	for _, t := range wanted.Templates {
		app.templates.Set(t.Name, &t)
	}
	for _, held := range wanted.Labels {
		l := &label{name: held.Name, description: held.Description, created: held.CreatedAt}
		for _, each := range held.Users {
			u, err := app.named(each.Username)
			if err != nil {
				return fmt.Errorf("push_labels: %w", err)
			}
			l.users.Set(u, each.Created)
		}
		app.labels.Set(l.name, l)
	}
	for _, m := range wanted.Messages {
		if m.ID == "" || app.messages.Has(m.ID) {
			return fmt.Errorf("messages: the id %q is missing or there twice", m.ID)
		}
		if id, err := strconv.ParseInt(m.ID, 10, 64); err == nil && id <= lastID {
			r.world.lastMessage = max(r.world.lastMessage, id)
		}
		app.keepMessage(&m)
	}
	for _, f := range wanted.Files {
		if f.UUID == "" || app.files.Has(f.UUID) {
			return fmt.Errorf("files: the uuid %q is missing or there twice", f.UUID)
		}
		app.files.Set(f.UUID, &f)
	}
	return nil
}

// named returns the user that a document names.
func (a *application) named(name string) (*user, error) {
	u := a.users.find(name)
	if u == nil {
		return nil, fmt.Errorf("%q is not among the users", name)
	}
	return u, nil
}

// restore makes a user of its document. One without a time of creation is created now,
// in ticks, and in the order of the document.
func (d *directory) restore(wanted userDocument, now int64) (*user, error) {
	if !legalName(wanted.Username) {
		return nil, fmt.Errorf("username %q is not legal", wanted.Username)
	}
	if err := checkTimes(wanted.Created, wanted.Modified, wanted.OfflineSince); err != nil {
		return nil, fmt.Errorf("user %q: %w", wanted.Username, err)
	}
	u := &user{
		name: fold(wanted.Username), password: wanted.Password,
		created: wanted.Created, modified: wanted.Modified,
		activated: wanted.Activated == nil || *wanted.Activated, online: wanted.Online, offlineSince: wanted.OfflineSince,
		nickname: wanted.Nickname, displayStyle: wanted.DisplayStyle, noDisturbing: wanted.NoDisturbing,
		start: wanted.Start, end: wanted.End, ignored: maps.Clone(wanted.Ignored),
		notifierName: wanted.NotifierName, deviceToken: wanted.DeviceToken,
		offline: maps.Clone(wanted.Offline), generation: wanted.Generation,
		attributes: wanted.Attributes, notifications: wanted.Notifications,
		language: wanted.Language, templateName: wanted.TemplateName,
	}
	for message, status := range u.offline {
		if status != "delivered" && status != "undelivered" {
			return nil, fmt.Errorf("offline message %q of %q is %q but must be delivered or undelivered", message, u.name, status)
		}
	}
	hasID := wanted.UUID != ""
	if hasID {
		if u.id, hasID = parseUUID(wanted.UUID); !hasID {
			return nil, fmt.Errorf("uuid %q of %q is none", wanted.UUID, u.name)
		}
	}
	ticks := u.created * ticksPerMillisecond
	switch {
	case u.created == 0 && hasID && u.id.timed():
		u.created = u.id.ticks() / ticksPerMillisecond
	case u.created == 0:
		d.last = max(now, d.last+1)
		ticks, u.created = d.last, d.last/ticksPerMillisecond
	default:
		// Within a millisecond the UUIDs keep the order of the document.
		ticks += min(int64(d.order.Len()), ticksPerMillisecond-1)
	}
	if !hasID {
		u.id = newUUID(ticks)
	}
	u.modified = max(u.modified, u.created)
	return u, nil
}

// restoreLists adds to every owner's list the names that the document has for it.
func (d *directory) restoreLists(what string, lists map[string][]string, add func(owner, other *user)) error {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		owner := d.find(name)
		if owner == nil {
			return fmt.Errorf("%s has a list of %q, who is not among the users", what, name)
		}
		for _, name := range slices.Backward(lists[name]) {
			other := d.find(name)
			if other == nil {
				return fmt.Errorf("%s of %q name %q, who is not among the users", what, owner.name, name)
			}
			add(owner, other)
		}
	}
	return nil
}
