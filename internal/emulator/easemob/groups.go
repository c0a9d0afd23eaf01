package easemob

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"terraform-provider-chat/internal/emulator/platform"
)

// newGroup is a group or a chat room to create.
type newGroup struct {
	GroupID           *string  `json:"groupid"`
	RoomID            *string  `json:"roomid"`
	GroupName         *string  `json:"groupname"`
	Name              *string  `json:"name"`
	Description       *string  `json:"description"`
	Desc              *string  `json:"desc"`
	Public            *bool    `json:"public"`
	MaxUsers          *int     `json:"maxusers"`
	AllowInvites      *bool    `json:"allowinvites"`
	MembersOnly       *bool    `json:"membersonly"`
	MembersOnlyAlias  *bool    `json:"members_only"`
	InviteNeedConfirm *bool    `json:"invite_need_confirm"`
	Owner             *string  `json:"owner"`
	Members           []string `json:"members"`
	Custom            *string  `json:"custom"`
	Avatar            *string  `json:"avatar"`
}

// createGroup implements "Create a group".
func (c *call) createGroup() (*reply, error) {
	var request newGroup
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	if request.Description == nil {
		request.Description = request.Desc
	}
	if request.MembersOnly == nil {
		request.MembersOnly = request.MembersOnlyAlias
	}
	switch required := c.server.era.namesRequired; {
	case request.Public == nil:
		return nil, invalidParameter("group must contain public field!")
	case required && request.GroupName == nil:
		return nil, invalidParameter("groupname must be provided")
	case required && request.Description == nil:
		return nil, invalidParameter("description must be provided")
	}
	if most := c.server.era.mostNamed; most > 0 && len(request.Members) > most {
		return nil, tooMany("members number more than max limit", most)
	}
	g := &group{
		kind: groupKind, app: c.app, id: value(request.GroupID), created: c.now.UnixMilli(), modified: c.now.UnixMilli(),
		name: value(request.GroupName), description: value(request.Description), custom: value(request.Custom),
		avatar: request.Avatar, public: *request.Public, membersOnly: value(request.MembersOnly),
		// A later change may let the members of a public group invite others.
		allowInvites:      value(request.AllowInvites) && !*request.Public,
		inviteNeedConfirm: request.InviteNeedConfirm == nil || *request.InviteNeedConfirm,
		maxUsers:          200,
	}
	if err := c.create(g, request); err != nil {
		return nil, err
	}
	return c.groupReply(map[string]string{"groupid": g.id}), nil
}

// value returns what a pointer points to, or the zero value.
func value[T any](pointer *T) T {
	if pointer == nil {
		var none T
		return none
	}
	return *pointer
}

// create checks a new group or chat room and adds it, with its owner and its members.
func (c *call) create(g *group, request newGroup) error {
	if request.Owner == nil || *request.Owner == "" {
		return invalidParameter("owner must be provided")
	}
	if request.MaxUsers != nil {
		g.maxUsers = *request.MaxUsers
	}
	if err := c.checkGroup(g); err != nil {
		return err
	}
	if g.id != "" && c.app.collection(g.kind).byID[g.id] != nil {
		return illegal("group ID " + g.id + " already exists!")
	}
	owner, err := c.known(*request.Owner)
	if err != nil {
		return err
	}
	var members platform.Map[*user, struct{}]
	for _, name := range request.Members {
		u, err := c.known(name)
		if err != nil {
			return err
		}
		if u != owner {
			members.Set(u, struct{}{})
		}
	}
	if most := c.world.switches.MaxGroups; most > 0 && c.app.collection(g.kind).order.Len() >= most {
		return groupFailure(403, "exceed_limit", "appKey:"+c.app.key()+" has create too many "+g.kind.plural+"!")
	}
	if members.Len()+1 > g.maxUsers {
		return groupFailure(403, "exceed_limit", "members size is greater than max user size !")
	}
	for _, u := range append([]*user{owner}, members.Keys()...) {
		if err := c.checkJoined(g.kind, u); err != nil {
			return err
		}
	}
	c.world.found(g)
	g.setOwner(owner)
	for u := range members.All() {
		g.add(u, &member{joined: c.now.UnixMilli(), founding: true})
	}
	return nil
}

// checkGroup returns what is wrong with what a group or chat room is to be, or nil.
func (c *call) checkGroup(g *group) error {
	if err := tooLong("title", g.name, maxTitle); err != nil {
		return err
	}
	if err := tooLong("desc", g.description, maxDescription); err != nil {
		return err
	}
	most := g.kind.mostUsers(c.world.switches)
	switch {
	case len(g.custom) > maxCustom:
		return groupFailure(403, "exceed_limit", "custom cannot exceed to 8192")
	case len([]rune(value(g.avatar))) > maxAvatar:
		return invalidParameter("avatar length is too big")
	case g.maxUsers < 1:
		return invalidParameter("maxusers must be positive")
	case g.maxUsers > most:
		return groupFailure(403, "exceed_limit", "maxUsers cannot exceed "+strconv.Itoa(most))
	case g.id != "" && !legalGroupID(g.id):
		return invalidParameter("group ID " + g.id + " is not legal")
	}
	return nil
}

// legalGroupID reports whether a group or a chat room can have the id.
func legalGroupID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// checkJoined returns the error of a user who is in too many groups or chat rooms, or nil.
func (c *call) checkJoined(k *kind, u *user) error {
	if u.joined(k).Len() < c.world.switches.MaxJoined {
		return nil
	}
	if k == roomKind {
		return groupFailure(403, k.fullCode, "can not join this group, reason:user "+u.name+" has joined too many chatrooms!")
	}
	return groupFailure(403, k.fullCode, "user "+u.name+" has joined too many groups!")
}

// groupDetail is a group or a chat room as the platform shows it.
type groupDetail struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	MembersOnly  bool          `json:"membersonly"`
	AllowInvites bool          `json:"allowinvites"`
	MaxUsers     int           `json:"maxusers"`
	Owner        string        `json:"owner"`
	Created      int64         `json:"created"`
	Custom       string        `json:"custom"`
	Count        int           `json:"affiliations_count"`
	Affiliations []affiliation `json:"affiliations"`
	Public       bool          `json:"public"`
	Mute         bool          `json:"mute"`
	Disabled     *bool         `json:"disabled,omitempty"` // of groups
	Avatar       *string       `json:"avatar,omitempty"`
}

// affiliation is somebody who is in a group or a chat room, as the owner or as a member.
type affiliation struct {
	Owner  string `json:"owner,omitempty"`
	Member string `json:"member,omitempty"`
	Joined *int64 `json:"joined_time,omitempty"`
}

// maxAffiliations is how many names the details hold at most.
const maxAffiliations = 10_000

func (g *group) detail() groupDetail {
	d := groupDetail{
		ID: g.id, Name: g.name, Description: g.description,
		// Nobody can ask to join a private group.
		MembersOnly:  g.membersOnly || !g.public,
		AllowInvites: g.allowInvites, MaxUsers: g.maxUsers, Owner: g.owner.name, Created: g.created,
		Custom: g.custom, Count: g.size(), Affiliations: make([]affiliation, 0, min(g.size(), maxAffiliations)),
		Public: g.public, Mute: g.muted, Avatar: g.avatar,
	}
	for u := range g.members.From(0, maxAffiliations-1) {
		d.Affiliations = append(d.Affiliations, affiliation{Member: u.name})
	}
	d.Affiliations = append(d.Affiliations, affiliation{Owner: g.owner.name})
	if g.kind == groupKind {
		disabled := g.disabled
		d.Disabled = &disabled
	}
	return d
}

// mostDetails is how many groups or chat rooms one call reads.
const mostDetails = 100

// getGroups implements "Get details of groups" and the same of chat rooms: those that
// exist, of as many ids as commas separate.
func (c *call) getGroups() (*reply, error) {
	ids := strings.Split(c.groupID(), ",")
	if len(ids) > mostDetails {
		return nil, tooMany("group ids more than max limit", mostDetails)
	}
	details := []groupDetail{}
	for _, id := range ids {
		if g := c.groupNamed(c.kind(), id); g != nil {
			details = append(details, g.detail())
		}
	}
	if len(details) == 0 {
		return nil, detailNotFound(c.groupID())
	}
	return c.groupList(details, len(details)), nil
}

// listGroups implements "Get all groups of an application", newest first.
func (c *call) listGroups() (*reply, error) {
	limit, err := c.parameter("limit", 10, 1, c.server.era.mostListed)
	if err != nil {
		return nil, err
	}
	page, next, err := c.newest(c.app.groups, limit)
	if err != nil {
		return nil, err
	}
	items := []map[string]any{}
	for _, g := range page {
		item := map[string]any{
			"groupid": g.id, "groupname": g.name, "owner": c.app.key() + "_" + g.owner.name,
			"affiliations": g.size(), "type": "group", c.server.era.listModified: strconv.FormatInt(g.modified, 10),
		}
		if !c.server.era.namesRequired {
			item["created"] = strconv.FormatInt(g.created, 10)
		}
		items = append(items, item)
	}
	reply := c.groupList(items, len(items))
	reply.Cursor = next
	return reply, nil
}

func (c *call) newest(from *collection, limit int) (page []*group, next string, err error) {
	cursor := c.r.URL.Query().Get("cursor")
	page, next, ok := from.newest(cursor, limit)
	if !ok {
		return nil, "", invalidParameter("cursor [" + cursor + "] is not legal")
	}
	return page, next, nil
}

// groupFields are what a change of a group may name. Some are accepted and ignored.
var groupFields = map[string]func(g *group, value json.RawMessage) error{
	"groupname":           setName,
	"name":                setName,
	"description":         func(g *group, value json.RawMessage) error { return json.Unmarshal(value, &g.description) },
	"custom":              func(g *group, value json.RawMessage) error { return json.Unmarshal(value, &g.custom) },
	"avatar":              func(g *group, value json.RawMessage) error { return replace(&g.avatar, value) },
	"public":              func(g *group, value json.RawMessage) error { return json.Unmarshal(value, &g.public) },
	"maxusers":            func(g *group, value json.RawMessage) error { return json.Unmarshal(value, &g.maxUsers) },
	"allowinvites":        func(g *group, value json.RawMessage) error { return json.Unmarshal(value, &g.allowInvites) },
	"membersonly":         func(g *group, value json.RawMessage) error { return json.Unmarshal(value, &g.membersOnly) },
	"invite_need_confirm": func(g *group, value json.RawMessage) error { return json.Unmarshal(value, &g.inviteNeedConfirm) },
	"need_verify":         func(*group, json.RawMessage) error { return nil },
	"scale":               func(*group, json.RawMessage) error { return nil },
}

func setName(g *group, value json.RawMessage) error {
	if err := json.Unmarshal(value, &g.name); err != nil {
		return err
	}
	if strings.Contains(g.name, "/") {
		return invalidParameter("groupname must not contain /")
	}
	return nil
}

// replace reads a value into a new place, so that whoever has the old one keeps it.
func replace[T any](pointer **T, value json.RawMessage) error {
	*pointer = nil
	return json.Unmarshal(value, pointer)
}

// putGroup implements "Modify a group" and "Transfer a group".
func (c *call) putGroup() (*reply, error) { return c.put(groupFields) }

// put changes fields of a group or chat room, all or none, or hands it to another owner.
func (c *call) put(fields map[string]func(*group, json.RawMessage) error) (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	var request map[string]json.RawMessage
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	if owner, ok := request["newowner"]; ok && len(request) == 1 {
		return c.transfer(g, owner)
	}
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(request)) {
		if fields[key] == nil {
			unknown = append(unknown, key)
		}
	}
	switch {
	case len(unknown) > 0:
		return nil, invalidParameter("some of [" + strings.Join(unknown, ", ") + "] are not valid fields")
	case len(request) == 0:
		return nil, invalidParameter("some of [] are not valid fields")
	}
	changed := *g
	done := map[string]bool{}
	for key, value := range request {
		if err := fields[key](&changed, value); err != nil {
			if f := asFailure(err); f.status != 500 {
				return nil, f
			}
			return nil, invalidParameter(key + " is not legal")
		}
		if key == "name" && g.kind == roomKind {
			key = "groupname" // the service behind both knows no other name
		}
		done[key] = true
	}
	if err := c.checkGroup(&changed); err != nil {
		return nil, err
	}
	if changed.maxUsers < g.size() && changed.maxUsers != g.maxUsers {
		return nil, forbiddenOperation("current user count is larger than the maxUsers that you want to update !")
	}
	changed.modified = c.now.UnixMilli()
	*g = changed
	return c.groupReply(done), nil
}

// transfer makes a member the owner, and the old owner a member.
func (c *call) transfer(g *group, newOwner json.RawMessage) (*reply, error) {
	var name string
	if json.Unmarshal(newOwner, &name) != nil || name == "" {
		return nil, invalidParameter("newowner must be provided")
	}
	u, err := c.known(name)
	switch {
	case err != nil:
		return nil, err
	case u == g.owner:
		return nil, forbiddenOperation("new owner and old owner are the same")
	case !g.members.Has(u):
		return nil, forbiddenOperation(g.noSuchMember(u.name))
	}
	old := &member{joined: c.now.UnixMilli(), founding: true, attributes: g.ownerAttributes}
	oldOwner := g.owner
	g.setOwner(u)
	g.add(oldOwner, old)
	g.modified = c.now.UnixMilli()
	return c.groupReply(map[string]bool{"newowner": true}), nil
}

// deleteGroup implements "Delete a group" and the same of a chat room.
func (c *call) deleteGroup() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	g.delete()
	return c.groupReply(map[string]any{"success": true, g.kind.memberKey: g.id}), nil
}

// disableGroup implements "Disable a group".
func (c *call) disableGroup() (*reply, error) { return c.setDisabled(true) }

// enableGroup implements "Enable a group".
func (c *call) enableGroup() (*reply, error) { return c.setDisabled(false) }

func (c *call) setDisabled(disabled bool) (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	g.disabled = disabled
	return c.groupReply(map[string]bool{"disabled": disabled}), nil
}
