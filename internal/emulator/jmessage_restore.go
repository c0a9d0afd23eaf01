package emulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// restore replaces all that the platform holds by a document such as snapshot
// returns. One that does not hold together is refused and changes nothing. The
// applications of the start are always there.
func (j *jmessage) restore(document json.RawMessage) error {
	var wanted jmWorldDocument
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&wanted); err != nil {
		return err
	}
	world, err := jmRestoreWorld(wanted, j.env.now())
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.world = world
	return nil
}

// jmRestorer builds a world from a document.
type jmRestorer struct {
	world *jmWorld
	now   time.Time
	// taken are the ids seen so far, by what they belong to: no two may be the same,
	// whatever their applications.
	taken map[string]map[int64]bool
}

func jmRestoreWorld(document jmWorldDocument, now time.Time) (*jmWorld, error) {
	r := &jmRestorer{world: jmStart(), now: now, taken: map[string]map[int64]bool{}}
	r.world.enforceRateLimit = document.EnforceRateLimit
	r.world.documentedNoDisturbCodes = document.DocumentedNoDisturbCodes
	r.reserve(document)
	keys := slices.Sorted(maps.Keys(document.Applications))
	// Users come first, because everything else names them, then groups, which the
	// users' settings name.
	for _, step := range []func(*jmApplication, jmApplicationDocument) error{
		r.settings, r.users, r.groups, r.rooms, r.relations, r.messages,
	} {
		for _, key := range keys {
			if err := step(r.application(key), document.Applications[key]); err != nil {
				return nil, fmt.Errorf("application %s: %w", key, err)
			}
		}
	}
	return r.world, nil
}

// reserve makes new ids come after all ids of the document.
func (r *jmRestorer) reserve(document jmWorldDocument) {
	r.world.lastGroup = cmp.Or(document.LastGroup, r.world.lastGroup)
	r.world.lastRoom = cmp.Or(document.LastRoom, r.world.lastRoom)
	r.world.lastMessage = cmp.Or(document.LastMessage, r.world.lastMessage)
	for _, app := range document.Applications {
		for _, group := range app.Groups {
			r.world.lastGroup = max(r.world.lastGroup, group.ID)
		}
		for _, room := range app.Rooms {
			r.world.lastRoom = max(r.world.lastRoom, room.ID)
		}
		for _, message := range app.Messages {
			r.world.lastMessage = max(r.world.lastMessage, message.ID)
		}
	}
}

// application returns the application with that key and makes it when it is new.
func (r *jmRestorer) application(key string) *jmApplication {
	key = strings.ToLower(key)
	app := r.world.applications[key]
	if app == nil {
		app = &jmApplication{key: key, registration: true}
		r.world.applications[key] = app
	}
	return app
}

// id returns the id of a kind of thing, the next one where the document has none.
func (r *jmRestorer) id(kind string, id int64, last *int64) (int64, error) {
	if id == 0 {
		*last++
		id = *last
	}
	if id < 0 || r.taken[kind][id] {
		return 0, fmt.Errorf("the id %d of a %s is negative or taken", id, kind)
	}
	if r.taken[kind] == nil {
		r.taken[kind] = map[int64]bool{}
	}
	r.taken[kind][id] = true
	return id, nil
}

// times sets those that are missing to now and checks the others.
func (r *jmRestorer) times(times ...*string) error {
	for _, at := range times {
		if *at == "" {
			*at = jmTimestamp(r.now)
		}
		if _, err := time.Parse(jmTimeLayout, *at); err != nil {
			return fmt.Errorf("the time %q is not like %q", *at, jmTimeLayout)
		}
	}
	return nil
}

// name returns the user that the document of app names.
func (r *jmRestorer) name(app *jmApplication, key, user string) (jmName, error) {
	name := jmName{app: cmp.Or(strings.ToLower(key), app.key), user: user}
	if r.world.user(name) == nil {
		return name, fmt.Errorf("there is no user %q", user)
	}
	return name, nil
}

func (r *jmRestorer) settings(app *jmApplication, document jmApplicationDocument) error {
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
	for _, media := range document.Media {
		app.media.add(media.ID, &media)
	}
	return nil
}

func (r *jmRestorer) users(app *jmApplication, document jmApplicationDocument) error {
	for _, wanted := range document.Users {
		if !jmValidUsername(wanted.Username) || app.users.has(wanted.Username) {
			return fmt.Errorf("the user name %q is malformed or taken", wanted.Username)
		}
		if err := r.times(&wanted.Ctime, &wanted.Mtime); err != nil {
			return fmt.Errorf("user %q: %w", wanted.Username, err)
		}
		user := &jmUser{
			name:     jmName{app: app.key, user: wanted.Username},
			password: wanted.Password,
			ctime:    wanted.Ctime,
			mtime:    wanted.Mtime,
			admin:    wanted.Admin,
			disabled: wanted.Disabled,
			devices:  wanted.Devices,
		}
		if err := user.setProfile(wanted.jmProfile, wanted.Extras); err != nil {
			return fmt.Errorf("user %q: the profile breaks a rule", wanted.Username)
		}
		app.users.add(wanted.Username, user)
	}
	return nil
}

func (r *jmRestorer) groups(app *jmApplication, document jmApplicationDocument) error {
	for _, wanted := range document.Groups {
		id, err := r.id("group", wanted.ID, &r.world.lastGroup)
		if err != nil {
			return err
		}
		owner, err := r.name(app, wanted.Owner.AppKey, wanted.Owner.Username)
		if err != nil {
			return fmt.Errorf("group %d: owner: %w", id, err)
		}
		if err := r.times(&wanted.Ctime, &wanted.Mtime); err != nil {
			return fmt.Errorf("group %d: %w", id, err)
		}
		group := &jmGroup{
			id:     id,
			app:    app.key,
			name:   wanted.Name,
			desc:   wanted.Desc,
			avatar: wanted.Avatar,
			flag:   cmp.Or(wanted.Flag, jmGroupPrivate),
			max:    cmp.Or(wanted.Max, jmMaxGroupMembers),
			owner:  owner,
			ctime:  wanted.Ctime,
			mtime:  wanted.Mtime,
		}
		for _, member := range wanted.Members {
			name, err := r.name(app, member.AppKey, member.Username)
			if err != nil {
				return fmt.Errorf("group %d: members: %w", id, err)
			}
			group.members.add(name, &jmGroupMember{silenced: member.Silenced})
		}
		if !group.members.has(owner) {
			group.members.add(owner, &jmGroupMember{})
		}
		app.groups.add(id, group)
	}
	return nil
}

func (r *jmRestorer) rooms(app *jmApplication, document jmApplicationDocument) error {
	for _, wanted := range document.Rooms {
		id, err := r.id("chat room", wanted.ID, &r.world.lastRoom)
		if err != nil {
			return err
		}
		owner, err := r.name(app, wanted.Owner.AppKey, wanted.Owner.Username)
		if err != nil {
			return fmt.Errorf("chat room %d: owner: %w", id, err)
		}
		if err := r.times(&wanted.Ctime); err != nil {
			return fmt.Errorf("chat room %d: %w", id, err)
		}
		room := &jmRoom{
			id:          id,
			app:         app.key,
			name:        wanted.Name,
			description: wanted.Description,
			max:         cmp.Or(wanted.Max, jmMaxRoomMembers),
			owner:       owner,
			ctime:       wanted.Ctime,
		}
		for _, member := range wanted.Members {
			name, err := r.name(app, member.AppKey, member.Username)
			if err == nil {
				err = r.times(&member.Joined)
			}
			if err != nil {
				return fmt.Errorf("chat room %d: members: %w", id, err)
			}
			room.members.add(name, &jmRoomMember{muted: member.Muted, joined: member.Joined})
		}
		if !room.members.has(owner) {
			room.members.add(owner, &jmRoomMember{joined: wanted.Ctime})
		}
		app.rooms.add(id, room)
	}
	return nil
}

func (r *jmRestorer) relations(app *jmApplication, document jmApplicationDocument) error {
	for _, wanted := range document.Users {
		if err := r.relationsOf(app, wanted); err != nil {
			return fmt.Errorf("user %q: %w", wanted.Username, err)
		}
	}
	return nil
}

func (r *jmRestorer) relationsOf(app *jmApplication, wanted jmUserDocument) error {
	user := app.users.get(wanted.Username)
	user.quiet = wanted.NoDisturb.Global
	for _, friend := range wanted.Friends {
		name, err := r.name(app, friend.AppKey, friend.Username)
		if err != nil {
			return fmt.Errorf("friends: %w", err)
		}
		user.friends.add(name, friend.jmNote)
	}
	for _, setting := range []struct {
		title string
		names []jmNameDocument
		into  *jmOrdered[jmName, struct{}]
	}{
		{"blacklist", wanted.Blacklist, &user.blacklist},
		{"no_disturb", wanted.NoDisturb.Single, &user.quietUsers},
	} {
		for _, other := range setting.names {
			name, err := r.name(app, other.AppKey, other.Username)
			if err != nil {
				return fmt.Errorf("%s: %w", setting.title, err)
			}
			setting.into.add(name, struct{}{})
		}
	}
	for _, setting := range []struct {
		title string
		ids   []int64
		into  *jmOrdered[int64, struct{}]
	}{
		{"no_disturb", wanted.NoDisturb.Group, &user.quietGroups},
		{"group_shield", wanted.Shield, &user.shieldGroups},
	} {
		for _, id := range setting.ids {
			if !r.taken["group"][id] {
				return fmt.Errorf("%s: there is no group %d", setting.title, id)
			}
			setting.into.add(id, struct{}{})
		}
	}
	return nil
}

func (r *jmRestorer) messages(app *jmApplication, document jmApplicationDocument) error {
	for _, message := range document.Messages {
		id, err := r.id("message", message.ID, &r.world.lastMessage)
		if err != nil {
			return err
		}
		message.ID = id
		message.Ctime = cmp.Or(message.Ctime, r.now.UnixMilli())
		app.messages.add(id, &message)
	}
	return nil
}
