package jmessage

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// Restore replaces all that the platform holds by a document such as Snapshot returns.
// One that does not hold together is refused and changes nothing. The applications of
// the start are always there.
func (p *Platform) Restore(document json.RawMessage) error {
	var wanted worldDocument
	if err := platform.DecodeStrict(bytes.NewReader(document), &wanted); err != nil {
		return err
	}
	world, err := p.restoreWorld(wanted)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.world = world
	return nil
}

// restorer builds a world from a document.
type restorer struct {
	world *world
	now   time.Time
	// taken are the ids seen so far, by what they belong to: no two may be the same,
	// whatever their applications.
	taken map[string]map[int64]bool
	// groupsByID are the groups of all applications.
	groupsByID map[int64]*group
}

func (p *Platform) restoreWorld(document worldDocument) (*world, error) {
	r := &restorer{
		world: p.start(), now: p.env.Now(), taken: map[string]map[int64]bool{}, groupsByID: map[int64]*group{},
	}
	r.world.switches = document.switches
	if err := r.reserve(document); err != nil {
		return nil, err
	}
	keys := slices.Sorted(maps.Keys(document.Applications))
	for _, key := range keys {
		if err := CheckAppKey(canonicalKey(key)); err != nil {
			return nil, err
		}
	}
	// Users come first, because everything else names them, then groups, which the
	// users' settings name.
	for _, step := range []func(*application, applicationDocument) error{
		r.settings, r.users, r.groups, r.rooms, r.relations, r.friendsOfFriends, r.messages,
	} {
		for _, key := range keys {
			if err := step(r.application(key), document.Applications[key]); err != nil {
				return nil, fmt.Errorf("application %s: %w", key, err)
			}
		}
	}
	return r.world, nil
}

// lastID is the largest id that new ones may come after: some are left to be given.
const lastID = 1 << 62

// reserve makes new ids come after all ids of the document.
func (r *restorer) reserve(document worldDocument) error {
	for _, last := range []int64{document.LastGroup, document.LastRoom, document.LastMessage} {
		if last < 0 || last > lastID {
			return fmt.Errorf("last_gid, last_room_id or last_msg_id is %d, not between 0 and %d", last, int64(lastID))
		}
	}
	r.world.lastGroup = cmp.Or(document.LastGroup, r.world.lastGroup)
	r.world.lastRoom = cmp.Or(document.LastRoom, r.world.lastRoom)
	r.world.lastMessage = cmp.Or(document.LastMessage, r.world.lastMessage)
	for _, app := range document.Applications {
		for _, g := range app.Groups {
			r.world.lastGroup = max(r.world.lastGroup, g.ID)
		}
		for _, room := range app.Rooms {
			r.world.lastRoom = max(r.world.lastRoom, room.ID)
		}
		for _, message := range app.Messages {
			r.world.lastMessage = max(r.world.lastMessage, message.ID)
		}
	}
	return nil
}

// application returns the application with that key and makes it if it is new.
func (r *restorer) application(key string) *application {
	key = canonicalKey(key)
	app := r.world.applications[key]
	if app == nil {
		app = &application{key: key, registration: true}
		r.world.applications[key] = app
	}
	return app
}

// id returns the id of a kind of thing, the next one if the document has none.
func (r *restorer) id(kind string, id int64, last *int64) (int64, error) {
	if id == 0 {
		*last++
		id = *last
	}
	if id < 0 || id > lastID || r.taken[kind][id] {
		return 0, fmt.Errorf("the id %d of a %s is negative, too large or taken", id, kind)
	}
	if r.taken[kind] == nil {
		r.taken[kind] = map[int64]bool{}
	}
	r.taken[kind][id] = true
	return id, nil
}

// times sets those that are missing to now and checks the others.
func (r *restorer) times(times ...*string) error {
	for _, at := range times {
		if *at == "" {
			*at = timestamp(r.now)
		}
		if _, err := time.Parse(timeLayout, *at); err != nil {
			return fmt.Errorf("the time %q is not like %q", *at, timeLayout)
		}
	}
	return nil
}

// user returns the user that the document of app names.
func (r *restorer) user(app *application, key, name string) (*user, error) {
	if key != "" {
		app = r.world.applications[canonicalKey(key)]
	}
	if app != nil {
		if u := app.users.Get(name); u != nil {
			return u, nil
		}
	}
	return nil, fmt.Errorf("there is no user %q", name)
}

func (r *restorer) settings(app *application, document applicationDocument) error {
	app.secret = cmp.Or(document.Secret, app.secret)
	if app.secret == "" {
		return errors.New("master_secret is missing")
	}
	app.filterWords = document.FilterWords
	if document.Registration != nil {
		app.registration = *document.Registration
	}
	for _, word := range document.Words {
		if err := r.times(&word.Itime); err != nil {
			return err
		}
		app.words = append(app.words, word)
	}
	for _, wanted := range document.Media {
		file := wanted.media
		file.content = wanted.Content
		r.world.keep(app, &file)
	}
	return nil
}

func (r *restorer) users(app *application, document applicationDocument) error {
	for _, wanted := range document.Users {
		if !validUsername(wanted.Username) || app.users.Has(wanted.Username) {
			return fmt.Errorf("the user name %q is malformed or taken", wanted.Username)
		}
		if err := r.times(&wanted.Ctime, &wanted.Mtime); err != nil {
			return fmt.Errorf("user %q: %w", wanted.Username, err)
		}
		u := &user{
			app:      app,
			name:     wanted.Username,
			password: wanted.Password,
			ctime:    wanted.Ctime,
			mtime:    wanted.Mtime,
			admin:    wanted.Admin,
			disabled: wanted.Disabled,
			devices:  wanted.Devices,
		}
		if err := u.setProfile(wanted.profile, wanted.Extras); err != nil {
			return fmt.Errorf("user %q: the profile breaks a rule", wanted.Username)
		}
		app.add(u)
	}
	return nil
}

func (r *restorer) groups(app *application, document applicationDocument) error {
	for _, wanted := range document.Groups {
		id, err := r.id("group", wanted.ID, &r.world.lastGroup)
		if err != nil {
			return err
		}
		owner, err := r.user(app, wanted.Owner.AppKey, wanted.Owner.Username)
		if err != nil {
			return fmt.Errorf("group %d: owner: %w", id, err)
		}
		if err := r.times(&wanted.Ctime, &wanted.Mtime); err != nil {
			return fmt.Errorf("group %d: %w", id, err)
		}
		g := &group{
			id:     id,
			app:    app,
			name:   wanted.Name,
			desc:   wanted.Desc,
			avatar: wanted.Avatar,
			flag:   cmp.Or(wanted.Flag, groupPrivate),
			max:    cmp.Or(wanted.Max, maxGroupMembers),
			owner:  owner,
			ctime:  wanted.Ctime,
			mtime:  wanted.Mtime,
		}
		for _, member := range wanted.Members {
			u, err := r.user(app, member.AppKey, member.Username)
			if err != nil {
				return fmt.Errorf("group %d: members: %w", id, err)
			}
			g.add(u, member.Silenced)
		}
		if !g.members.Has(owner) {
			g.add(owner, false)
		}
		app.groups.Set(id, g)
		r.groupsByID[id] = g
	}
	return nil
}

func (r *restorer) rooms(app *application, document applicationDocument) error {
	for _, wanted := range document.Rooms {
		id, err := r.id("chat room", wanted.ID, &r.world.lastRoom)
		if err != nil {
			return err
		}
		owner, err := r.user(app, wanted.Owner.AppKey, wanted.Owner.Username)
		if err != nil {
			return fmt.Errorf("chat room %d: owner: %w", id, err)
		}
		if err := r.times(&wanted.Ctime); err != nil {
			return fmt.Errorf("chat room %d: %w", id, err)
		}
		room := &room{
			id:          id,
			app:         app,
			name:        wanted.Name,
			description: wanted.Description,
			max:         cmp.Or(wanted.Max, maxRoomMembers),
			owner:       owner,
			ctime:       wanted.Ctime,
		}
		for _, member := range wanted.Members {
			u, err := r.user(app, member.AppKey, member.Username)
			if err == nil {
				err = r.times(&member.Joined)
			}
			if err != nil {
				return fmt.Errorf("chat room %d: members: %w", id, err)
			}
			room.add(u, &roomMember{muted: member.Muted, joined: member.Joined})
		}
		if !room.members.Has(owner) {
			room.add(owner, &roomMember{joined: wanted.Ctime})
		}
		app.rooms.Set(id, room)
	}
	return nil
}

func (r *restorer) relations(app *application, document applicationDocument) error {
	for _, wanted := range document.Users {
		if err := r.relationsOf(app, wanted); err != nil {
			return fmt.Errorf("user %q: %w", wanted.Username, err)
		}
	}
	return nil
}

func (r *restorer) relationsOf(app *application, wanted userDocument) error {
	u := app.users.Get(wanted.Username)
	u.quiet = wanted.NoDisturb.Global
	for _, friend := range wanted.Friends {
		other, err := r.user(app, friend.AppKey, friend.Username)
		if err != nil {
			return fmt.Errorf("friends: %w", err)
		}
		u.friends.Set(other, friend.note)
	}
	for _, setting := range []struct {
		title string
		names []nameDocument
		add   func(*user)
	}{
		{"blacklist", wanted.Blacklist, u.block},
		{"no_disturb", wanted.NoDisturb.Single, u.quieten},
	} {
		for _, name := range setting.names {
			other, err := r.user(app, name.AppKey, name.Username)
			if err != nil {
				return fmt.Errorf("%s: %w", setting.title, err)
			}
			setting.add(other)
		}
	}
	for _, setting := range []struct {
		title string
		ids   []int64
		add   func(*group)
	}{
		{"no_disturb", wanted.NoDisturb.Group, u.quietenGroup},
		{"group_shield", wanted.Shield, u.shield},
	} {
		for _, id := range setting.ids {
			g := r.groupsByID[id]
			if g == nil {
				return fmt.Errorf("%s: there is no group %d", setting.title, id)
			}
			setting.add(g)
		}
	}
	return nil
}

// friendsOfFriends makes friendships mutual that the document gives in one direction.
func (r *restorer) friendsOfFriends(app *application, _ applicationDocument) error {
	for _, u := range app.users.All() {
		for _, friend := range u.friends.Keys() {
			u.befriend(friend)
		}
	}
	return nil
}

func (r *restorer) messages(app *application, document applicationDocument) error {
	for _, m := range document.Messages {
		id, err := r.id("message", m.ID, &r.world.lastMessage)
		if err != nil {
			return err
		}
		m.ID = id
		m.Ctime = cmp.Or(m.Ctime, r.now.UnixMilli())
		app.messages.Set(id, &m)
	}
	return nil
}
