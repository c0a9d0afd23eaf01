package easemob

import (
	"maps"
	"net/http"
)

// What the attributes of a member of a group may hold, in bytes.
const (
	maxMemberKey        = 16
	maxMemberValue      = 512
	maxMemberAttributes = 4 << 10
	mostMemberTargets   = 10
)

func metadataError(description string) error {
	return &failure{status: http.StatusBadRequest, code: "metadata_error", description: description}
}

func metadataException(status int, description string) error {
	return &failure{status: status, code: "MetadataException", description: description}
}

// memberOf returns the member in the path, of a group. The owner is one, too.
func (c *call) memberOf(g *group) (*user, error) {
	u := c.user()
	if !g.has(u) {
		return nil, metadataException(http.StatusNotFound, "user not in group")
	}
	return u, nil
}

// setMemberAttributes implements "Set the attributes of a member of a group". Other
// keys stay, and an empty value removes its key.
func (c *call) setMemberAttributes() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	u, err := c.memberOf(g)
	if err != nil {
		return nil, err
	}
	var request struct {
		MetaData map[string]string `json:"metaData"`
	}
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	if request.MetaData == nil {
		return nil, metadataError("metaData is null")
	}
	changed := maps.Clone(g.memberAttributes(u))
	if changed == nil {
		changed = map[string]string{}
	}
	for key, value := range request.MetaData {
		switch {
		case key == "" || len(key) > maxMemberKey:
			return nil, metadataError("exceeds chatgroup user metadata single key limit")
		case len(value) > maxMemberValue:
			return nil, metadataError("exceeds chatgroup user metadata single value limit")
		case value == "":
			delete(changed, key)
		default:
			changed[key] = value
		}
	}
	size := 0
	for key, value := range changed {
		size += len(key) + len(value)
	}
	if size > maxMemberAttributes {
		return nil, metadataError("exceeds chatgroup user metadata total limit")
	}
	if u == g.owner {
		g.ownerAttributes = changed
	} else {
		g.members.Get(u).attributes = changed
	}
	return &reply{Data: request.MetaData}, nil
}

// memberAttributes returns the attributes of the owner or a member.
func (g *group) memberAttributes(u *user) map[string]string {
	if u == g.owner {
		return g.ownerAttributes
	}
	return g.members.Get(u).attributes
}

// getMemberAttributes implements "Get the attributes of a member of a group".
func (c *call) getMemberAttributes() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	u, err := c.memberOf(g)
	if err != nil {
		return nil, err
	}
	return &reply{Data: chosen(g.memberAttributes(u), nil)}, nil
}

// getMembersAttributes implements "Get attributes of several members of a group". Who
// is no member has none.
func (c *call) getMembersAttributes() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	var request struct {
		Targets    []string `json:"targets"`
		Properties []string `json:"properties"`
	}
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	switch n := len(request.Targets); {
	case n == 0:
		return nil, metadataError("targets is null")
	case n > mostMemberTargets:
		return nil, metadataError("query param reaches limit.")
	}
	data := map[string]map[string]string{}
	for _, name := range request.Targets {
		data[fold(name)] = map[string]string{}
		if u := c.app.users.find(name); g.has(u) {
			data[fold(name)] = chosen(g.memberAttributes(u), request.Properties)
		}
	}
	return &reply{Data: data}, nil
}

// chosen returns a copy of the attributes of those names, of all if there are no names.
func chosen(attributes map[string]string, names []string) map[string]string {
	if len(names) == 0 {
		all := maps.Clone(attributes)
		if all == nil {
			all = map[string]string{}
		}
		return all
	}
	some := map[string]string{}
	for _, name := range names {
		if value, ok := attributes[name]; ok {
			some[name] = value
		}
	}
	return some
}
