package easemob

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

const (
	// maxDetails is how many groups one call reads.
	maxDetails = 100
	// maxTitle, maxDescription, maxAvatar and maxAnnouncement count characters.
	maxTitle        = 128
	maxDescription  = 512
	maxAvatar       = 1024
	maxAnnouncement = 512
	// maxCustom counts bytes.
	maxCustom = 8 << 10
)

// groupRules are those of "Create a group" and "Modify a group".
var groupRules = chat.Rules{
	"group.name":        titleRule("The name of a group", "/"),
	"group.description": chat.Characters("The description of a group", maxDescription),
	"group.avatar": chat.Text(func(avatar string) error {
		u, err := url.Parse(avatar)
		isURL := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
		if n := utf8.RuneCountInString(avatar); avatar != "" && !isURL || n > maxAvatar {
			return chat.Refuse("The avatar of a group must be a URL that begins with https:// or http:// and has at most %d characters.", maxAvatar)
		}
		return nil
	}),
	"group.max_members": func(value any) error {
		if n, ok := value.(int64); ok && n < 1 {
			return chat.Refuse("max_members must be at least 1, because the owner counts; it is %d. The highest value depends on your plan on the platform.", n)
		}
		return nil
	},
	"group.custom": customRule("group"),
	chat.FieldGroupID: chat.Text(func(id string) error {
		if id == "" {
			return chat.Refuse("The id of a group or room must not be empty.")
		}
		return nil
	}),
	"group.announcement": chat.Characters("The announcement of a group", maxAnnouncement),

	"group_member.user_app_key": chat.Lacking(title, "user_app_key"),
}

// titleRule is the rule of names that are not user names. what names the value in a
// sentence.
func titleRule(what, without string) chat.Rule {
	return chat.Text(func(name string) error {
		switch n := utf8.RuneCountInString(name); {
		case n < 1 || n > maxTitle:
			return chat.Refuse("%s must have 1 to %d characters; this one has %d.", what, maxTitle, n)
		case without != "" && strings.Contains(name, without):
			return chat.Refuse("%s must not contain %q.", what, without)
		}
		return nil
	})
}

func customRule(noun string) chat.Rule {
	return chat.Text(func(custom string) error {
		if n := len(custom); n > maxCustom {
			return chat.Refuse("The custom data of a %s must have at most %d bytes; this one has %d.", noun, maxCustom, n)
		}
		return nil
	})
}

// groupKind is what differs between groups and chat rooms.
type groupKind struct {
	// noun names one in errors.
	noun string
	// path is the first segment of their paths, joined the last one of the path of those
	// that a user is in.
	path, joined string
	// name is the key of the name in what is written.
	name string
	// open reports whether everybody may join, so that there is nothing to say of who may,
	// and who is in it comes and goes.
	open bool
	// limits bound the calls.
	limits chat.GroupLimits
}

var plainGroups = &groupKind{
	noun: "group", path: "chatgroups", joined: "joined_chatgroups", name: "groupname",
	limits: chat.GroupLimits{Get: detailsLimit, ListsMembers: true},
}

var detailsLimit = chat.Limit{Items: maxDetails, Bytes: maxListed}

// called names one in an error.
func (k *groupKind) called(id string) string { return fmt.Sprintf("%s %q", k.noun, id) }

// under is the path of one and what is under it.
func (k *groupKind) under(id string, under ...string) []string {
	return append([]string{k.path, id}, under...)
}

// groups implements chat.Groups, for groups or for chat rooms.
type groups struct {
	*client
	kind *groupKind
}

// groupsReply answers calls that read groups.
type groupsReply struct {
	Data   several[groupEntity] `json:"data"`
	Cursor string               `json:"cursor"`
}

// Create implements chat.Groups ("Create a group"). Announcement and Muted take calls of
// their own and are not written, and a public group is created without AllowInvites: what
// is returned tells.
func (c groups) Create(ctx context.Context, group chat.NewGroup) (*chat.Group, error) {
	request := rest.Request{
		Op:     fmt.Sprintf("create %s of user %q", c.kind.called(orZero(group.Name)), group.Owner),
		Method: http.MethodPost,
		Path:   []string{c.kind.path},
		Once:   true,
	}
	stored := group.GroupSettings
	stored.Announcement, stored.Muted = nil, pointer(false)
	for _, text := range []**string{&stored.Name, &stored.Description, &stored.Avatar, &stored.Custom} {
		*text = nonEmpty(orZero(*text))
	}
	if !c.kind.open {
		stored.Public = pointer(orZero(stored.Public))
	}
	body, err := c.body(request, stored)
	if err != nil {
		return nil, err
	}
	body["owner"] = userKey(group.Owner)
	body[c.kind.name] = orZero(stored.Name)
	body["description"] = orZero(stored.Description)
	put(body, "custom", stored.Custom)
	if orZero(stored.Public) && stored.AllowInvites != nil {
		stored.AllowInvites = pointer(false)
	}
	request.Body = body
	var reply struct {
		Data      groupEntity `json:"data"`
		Timestamp loose       `json:"timestamp"`
	}
	sent, err := c.send(ctx, request, &reply)
	if err != nil {
		return nil, err
	}
	id := reply.Data.id()
	if id == "" {
		return nil, unconfirmed(request, sent)
	}
	answered := time.Now()
	created := reply.Timestamp.time()
	if created.IsZero() {
		created = answered
	}
	return &chat.Group{
		ID: id, Owner: group.Owner, GroupSettings: stored,
		Registration: chat.Registration{CreatedAt: created, Since: sent.at, Until: answered, Approximate: true},
	}, nil
}

// body returns what PUT takes of settings, or an ErrUnsupported.
func (c groups) body(request rest.Request, s chat.GroupSettings) (map[string]any, error) {
	body := map[string]any{}
	put(body, c.kind.name, s.Name)
	put(body, "description", s.Description)
	put(body, "maxusers", s.MaxMembers)
	if !c.kind.open {
		put(body, "avatar", s.Avatar)
		put(body, "public", s.Public)
		put(body, "allowinvites", s.AllowInvites)
		put(body, "membersonly", s.MembersOnly)
		put(body, "custom", s.Custom)
		return body, nil
	}
	for _, lacking := range []struct {
		what  string
		given bool
	}{
		{"avatar", s.Avatar != nil}, {"public", s.Public != nil},
		{"allow_invites", s.AllowInvites != nil}, {"members_only", s.MembersOnly != nil},
	} {
		if lacking.given {
			return nil, unsupported(request, lacking.what+" of chat rooms")
		}
	}
	return body, nil
}

// put puts a value in a body, if there is one.
func put[T any](body map[string]any, key string, value *T) {
	if value != nil {
		body[key] = *value
	}
}

func orZero[T any](value *T) T {
	if value == nil {
		var zero T
		return zero
	}
	return *value
}

// Get implements chat.Groups ("Get the details of groups"). Groups with more members than
// an answer names have none in theirs.
func (c groups) Get(ctx context.Context, ids []string) ([]*chat.Group, error) {
	request := rest.Request{Op: chat.About("read "+c.kind.noun, ids...), Method: http.MethodGet}
	if err := c.kind.limits.Get.Check(request.Op, len(ids)); err != nil || len(ids) == 0 {
		return nil, err
	}
	names, err := listed(request, ids)
	if err != nil {
		return nil, err
	}
	request.Path = c.kind.under(names)
	var reply groupsReply
	err = c.call(ctx, request, &reply)
	if half := len(ids) / 2; half > 0 && (errors.Is(err, chat.ErrNotFound) || errors.Is(err, chat.ErrTooLarge)) {
		// One of them may be missing, and the others not; or the answer is too long.
		first, err := c.Get(ctx, ids[:half])
		if err != nil {
			return nil, err
		}
		second, err := c.Get(ctx, ids[half:])
		return append(first, second...), err
	}
	if unlessNotFound(err) != nil {
		return nil, err
	}
	found := map[string]groupEntity{}
	for _, e := range reply.Data {
		found[e.id()] = e
	}
	result := make([]*chat.Group, len(ids))
	for i, id := range ids {
		if e, ok := found[id]; ok {
			result[i] = c.group(e)
		}
	}
	return result, nil
}

// List implements chat.Groups ("Get all groups of an application", "Get all groups that a
// user is in"). Those of a user are one page. ErrNotFound: there is no such user.
func (c groups) List(ctx context.Context, member, cursor string) (*chat.Page[chat.Group], error) {
	page := &chat.Page[chat.Group]{Total: -1}
	var entities []groupEntity
	if member == "" {
		query := url.Values{"limit": {strconv.Itoa(maxPage)}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		var reply groupsReply
		if err := c.call(ctx, rest.Request{
			Op:     fmt.Sprintf("list %ss", c.kind.noun),
			Method: http.MethodGet,
			Path:   []string{c.kind.path},
			Query:  query,
		}, &reply); err != nil {
			return nil, err
		}
		entities, page.Next = reply.Data, reply.Cursor
	} else {
		var err error
		if entities, err = numbered(ctx, c.client, rest.Request{
			Op:     fmt.Sprintf("list the %ss of user %q", c.kind.noun, member),
			Method: http.MethodGet,
			Path:   userPath(member, c.kind.joined),
		}, func(e *groupEntity) string { return e.id() }); err != nil {
			return nil, err
		}
	}
	page.Items = make([]chat.Group, len(entities))
	for i, e := range entities {
		page.Items[i] = *c.group(e)
	}
	return page, nil
}

// Announcement implements chat.Groups ("Get the announcement of a group").
func (c groups) Announcement(ctx context.Context, id string) (string, error) {
	var reply struct {
		Data struct {
			Announcement string `json:"announcement"`
		} `json:"data"`
	}
	err := c.call(ctx, rest.Request{
		Op:     "read the announcement of " + c.kind.called(id),
		Method: http.MethodGet,
		Path:   c.kind.under(id, "announcement"),
	}, &reply)
	return reply.Data.Announcement, err
}

// Update implements chat.Groups ("Modify a group", "Modify the announcement of a group",
// "Mute all members of a group", "Unmute all members of a group").
func (c groups) Update(ctx context.Context, id string, settings chat.GroupSettings) error {
	request := rest.Request{
		Op:     "update " + c.kind.called(id),
		Method: http.MethodPut,
		Path:   c.kind.under(id),
	}
	if c.kind.open && settings.Custom != nil {
		return unsupported(request, "changes of custom of chat rooms")
	}
	body, err := c.body(request, settings)
	if err != nil {
		return err
	}
	if len(body) > 0 {
		request.Body = body
		if err := c.confirmed(ctx, request, slices.Sorted(maps.Keys(body))...); err != nil {
			return err
		}
	}
	if text := settings.Announcement; text != nil {
		if err := c.confirmed(ctx, rest.Request{
			Op:     "write the announcement of " + c.kind.called(id),
			Method: http.MethodPost,
			Path:   c.kind.under(id, "announcement"),
			Body:   map[string]string{"announcement": *text},
		}, "result"); err != nil {
			return err
		}
	}
	if settings.Muted == nil {
		return nil
	}
	return c.setMuted(ctx, id, *settings.Muted)
}

// setMuted mutes all members of a group, or lifts that.
func (c groups) setMuted(ctx context.Context, id string, muted bool) error {
	request := rest.Request{
		Op:     "mute all members of " + c.kind.called(id),
		Method: http.MethodPost,
		Path:   c.kind.under(id, "ban"),
	}
	if !muted {
		request.Op, request.Method = "unmute all members of "+c.kind.called(id), http.MethodDelete
	}
	var reply dataReply
	sent, err := c.send(ctx, request, &reply)
	switch now := reply.Data["mute"].bool(); {
	case err != nil:
		return err
	case now == nil:
		return unconfirmed(request, sent)
	case *now != muted:
		return c.refused(request, "")
	}
	return nil
}

// confirmed makes a call whose answer must confirm everything that keys name.
func (c groups) confirmed(ctx context.Context, request rest.Request, keys ...string) error {
	var reply dataReply
	sent, err := c.send(ctx, request, &reply)
	if err != nil {
		return err
	}
	for _, key := range keys {
		said, ok := reply.Data[key]
		if !ok && key == chatRooms.name {
			said = reply.Data[plainGroups.name] // the answer about a chat room calls its name so
		}
		switch done := said.bool(); {
		case done == nil:
			return unconfirmed(request, sent)
		case !*done:
			return c.refused(request, "the platform did not change "+key)
		}
	}
	return nil
}

// Transfer implements chat.Groups ("Transfer a group"). The platform takes a member only:
// who is none becomes one first.
func (c groups) Transfer(ctx context.Context, id, owner string) error {
	request := rest.Request{
		Op:     fmt.Sprintf("make user %q the owner of %s", owner, c.kind.called(id)),
		Method: http.MethodPut,
		Path:   c.kind.under(id),
		Body:   map[string]string{"newowner": userKey(owner)},
	}
	err := c.confirmed(ctx, request, "newowner")
	if errors.Is(err, errNotMember) {
		if err := chat.Single(members(c).Add(ctx, id, chat.Refs(owner))); err != nil {
			return err
		}
		err = c.confirmed(ctx, request, "newowner")
	}
	if errors.Is(err, errSameOwner) {
		return nil
	}
	return err
}

// Delete implements chat.Groups ("Delete a group").
func (c groups) Delete(ctx context.Context, id string) error {
	return unlessNotFound(c.confirmed(ctx, rest.Request{
		Op:     "delete " + c.kind.called(id),
		Method: http.MethodDelete,
		Path:   c.kind.under(id),
	}, "success"))
}
