package provider

import (
	"strings"

	"terraform-provider-chat/internal/chat"
)

// relation describes a relation that an owner (a user, a group, a room) has to users, to
// everything that shows it: the resource of one edge, that of all edges of an owner, the
// list resource and the data source. Found is what the platform returns of an edge.
type relation[Found any] struct {
	// what names the relation in messages, before its owner: "contacts of".
	what string
	// owner is the attribute that names the owner.
	owner string
	// ofUser reports whether the owner is a user.
	ofUser bool
	of     func(*chat.Service) chat.Edges[Found]
	ref    func(Found) chat.Ref
}

// runKey names an edge of this run. It has no direction if the relation has none.
func (r relation[Found]) runKey(c *client, owner string, other chat.Ref) string {
	from, to := c.userKey(owner), c.userKey(other.Username)
	if r.of(c.Service).Limits().Mutual && other.AppKey == "" && to < from {
		from, to = to, from
	}
	return strings.Join([]string{r.what, from, to, strings.ToLower(other.AppKey)}, "\x00")
}

var (
	contactRelation = relation[chat.Contact]{
		what: "contacts of", owner: "owner", ofUser: true,
		of:  func(s *chat.Service) chat.Edges[chat.Contact] { return s.Contacts },
		ref: func(c chat.Contact) chat.Ref { return c.Ref },
	}
	blockRelation = relation[chat.Ref]{
		what: "blocks of", owner: "owner", ofUser: true,
		of:  func(s *chat.Service) chat.Edges[chat.Ref] { return s.Blocks },
		ref: func(ref chat.Ref) chat.Ref { return ref },
	}
	groupMemberRelation = relation[chat.Member]{
		what: "members of group", owner: "group",
		of:  func(s *chat.Service) chat.Edges[chat.Member] { return s.GroupMembers },
		ref: func(m chat.Member) chat.Ref { return m.Ref },
	}
	roomMemberRelation = relation[chat.Member]{
		what: "members of room", owner: "room",
		of:  func(s *chat.Service) chat.Edges[chat.Member] { return s.RoomMembers },
		ref: func(m chat.Member) chat.Ref { return m.Ref },
	}
)
