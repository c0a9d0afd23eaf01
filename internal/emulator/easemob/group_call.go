package easemob

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"terraform-provider-chat/internal/emulator/platform"
)

// groupID returns the id in the path, of a group or of a chat room.
func (c *call) groupID() string { return cmp.Or(c.vars["group_id"], c.vars["chatroom_id"]) }

// kind returns what that id is of.
func (c *call) kind() *kind {
	if _, ok := c.vars["chatroom_id"]; ok {
		return roomKind
	}
	return groupKind
}

// groupNamed returns the group or chat room of an id, or nil.
func (c *call) groupNamed(k *kind, id string) *group {
	g := c.app.collection(k).byID[id]
	if g != nil && c.world.switches.RoomDropOut {
		g.dropOut(c.now)
	}
	return g
}

// group returns the group or chat room in the path.
func (c *call) group() (*group, error) {
	g := c.groupNamed(c.kind(), c.groupID())
	if g == nil {
		return nil, groupNotFound(c.groupID())
	}
	return g, nil
}

// changeableGroup is group for calls that change something: a disabled one cannot be
// changed.
func (c *call) changeableGroup() (*group, error) {
	g, err := c.group()
	if err == nil && g.disabled {
		return nil, forbiddenOperation("group " + g.id + " is disabled!")
	}
	return g, err
}

// known returns the user of a name, or the error of one that is missing.
func (c *call) known(name string) (*user, error) {
	u := c.app.users.find(name)
	if u == nil {
		return nil, usernameNotFound(name)
	}
	return u, nil
}

// names returns the names in the last part of the path, which commas separate.
func (c *call) names() []string { return strings.Split(c.vars["usernames"], ",") }

// decodeGroup reads the body as the service of groups and chat rooms does.
func (c *call) decodeGroup(target any) error {
	if err := platform.Decode(c.body, target); err != nil {
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			return invalidParameter(wrong.Field + " is not legal")
		}
		return badJSON(err)
	}
	return nil
}

// usernames reads a body that names users: at least one, and at most most.
func (c *call) usernames(most int, tooManyText string) ([]string, error) {
	var request struct {
		Usernames []string `json:"usernames"`
	}
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	return request.Usernames, checkNumber(request.Usernames, most, tooManyText)
}

func checkNumber(names []string, most int, tooManyText string) error {
	switch n := len(names); {
	case n == 0:
		return invalidParameter("usernames must be provided")
	case n > most:
		return tooMany(tooManyText, most)
	}
	return nil
}

// groupReply is the answer to a call about groups or chat rooms.
func (c *call) groupReply(data any) *reply {
	r := &reply{
		Action: strings.ToLower(c.r.Method), Application: c.app.UUID, Params: c.params(),
		URI: "http://" + c.r.Host + c.r.URL.EscapedPath(), Entities: []any{}, Data: data,
		Organization: c.app.Org, ApplicationName: c.app.App,
	}
	if c.server.era.properties {
		r.Properties = map[string]any{}
	}
	return r
}

// groupList is groupReply for a list of count items.
func (c *call) groupList(data any, count int) *reply {
	r := c.groupReply(data)
	r.Count = &count
	return r
}

// parameter reads a number of the query, at least least. What is larger than most is
// cut to it.
func (c *call) parameter(name string, usual, least, most int) (int, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return 0, invalidParameter(name + " [" + text + "] is not legal")
	}
	return min(n, most), nil
}

// page is which items of a list a call asks for.
type page struct{ start, count int }

const anyPage = 1 << 30

// page reads pagenum, whose first page is first, and pagesize.
func (c *call) page(first, usual, most int) (page, error) {
	number, err := c.parameter("pagenum", first, first, anyPage)
	if err != nil {
		return page{}, err
	}
	size, err := c.parameter("pagesize", usual, 1, most)
	if err != nil {
		return page{}, err
	}
	return page{start: (number - first) * size, count: size}, nil
}

// nameList is the answer that lists users.
func (c *call) nameList(names []string) *reply { return c.groupList(names, len(names)) }

// oldestNames are the names of a list of users, oldest first.
func oldestNames[V any](users platform.Map[*user, V]) []string {
	names := make([]string, 0, users.Len())
	for u := range users.All() {
		names = append(names, u.name)
	}
	return names
}

// outcome is what became of one user in an answer about members and their lists.
type outcome struct {
	key, id string // of the group or chat room
	action  string
	user    string
	reason  string // of a failure
}

// MarshalJSON names the id as the list does.
func (o outcome) MarshalJSON() ([]byte, error) {
	fields := map[string]any{"result": o.reason == "", "action": o.action, "user": o.user, o.key: o.id}
	if o.reason != "" {
		fields["reason"] = o.reason
	}
	return json.Marshal(fields)
}
