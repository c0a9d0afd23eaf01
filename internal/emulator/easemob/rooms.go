package easemob

import "encoding/json"

// createRoom implements "Create a chat room".
func (c *call) createRoom() (*reply, error) {
	var request newGroup
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	switch {
	case request.Name == nil:
		return nil, invalidParameter("chatroom must contain title/name field!")
	case request.Description == nil:
		return nil, invalidParameter("chatroom must contain description field!")
	}
	g := &group{
		kind: roomKind, app: c.app, id: value(request.RoomID), created: c.now.UnixMilli(), modified: c.now.UnixMilli(),
		name: *request.Name, description: *request.Description, custom: value(request.Custom),
		public: true, inviteNeedConfirm: true, maxUsers: c.server.era.roomMaxUsers,
	}
	if err := c.create(g, request); err != nil {
		return nil, err
	}
	return c.groupReply(map[string]string{"id": g.id}), nil
}

// listRooms implements "Get all chat rooms of an application", newest first.
func (c *call) listRooms() (*reply, error) {
	usual := 10
	if query := c.r.URL.Query(); c.server.era.listsEverything && !query.Has("limit") && !query.Has("cursor") {
		usual = anyPage
	}
	limit, err := c.parameter("limit", usual, 1, max(usual, c.server.era.mostListed))
	if err != nil {
		return nil, err
	}
	page, next, err := c.newest(c.app.rooms, limit)
	if err != nil {
		return nil, err
	}
	type item struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Owner string `json:"owner"`
		Count int    `json:"affiliations_count"`
	}
	items := []item{}
	for _, g := range page {
		items = append(items, item{g.id, g.name, g.owner.name, g.size()})
	}
	reply := c.groupList(items, len(items))
	reply.Cursor = next
	return reply, nil
}

// roomFields are what a change of a chat room may name.
var roomFields = map[string]func(g *group, value json.RawMessage) error{
	"name":        func(g *group, value json.RawMessage) error { return json.Unmarshal(value, &g.name) },
	"description": groupFields["description"],
	"maxusers":    groupFields["maxusers"],
}

// putRoom implements "Modify a chat room" and "Transfer a chat room".
func (c *call) putRoom() (*reply, error) { return c.put(roomFields) }
