package easemob

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"terraform-provider-chat/internal/chat"
)

// several is a list that the platform writes as a single element, too, if there is one.
type several[T any] []T

// UnmarshalJSON takes a list, an object as a list of one, and anything else as none.
func (s *several[T]) UnmarshalJSON(data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte("[")):
		return json.Unmarshal(data, (*[]T)(s))
	case bytes.HasPrefix(data, []byte("{")):
		*s = make([]T, 1)
		return json.Unmarshal(data, &(*s)[0])
	}
	*s = nil
	return nil
}

// groupEntity is a group or a chat room, in its details or in a list.
type groupEntity struct {
	ID           loose                `json:"id"`
	GroupID      loose                `json:"groupid"`
	Name         string               `json:"name"`
	GroupName    string               `json:"groupname"`
	Description  string               `json:"description"`
	Owner        string               `json:"owner"`
	Created      loose                `json:"created"`
	Public       loose                `json:"public"`
	MaxUsers     loose                `json:"maxusers"`
	AllowInvites loose                `json:"allowinvites"`
	MembersOnly  loose                `json:"membersonly"`
	Custom       string               `json:"custom"`
	Avatar       string               `json:"avatar"`
	Mute         loose                `json:"mute"`
	Count        loose                `json:"affiliations_count"`
	Affiliations several[affiliation] `json:"affiliations"` // in lists, their number
}

// affiliation is the owner or a member of a group.
type affiliation struct {
	Owner  string `json:"owner"`
	Member string `json:"member"`
}

// id returns the id, which has another name in some answers.
func (e groupEntity) id() string {
	if e.ID != "" {
		return string(e.ID)
	}
	return string(e.GroupID)
}

// group translates what was read just now.
func (c groups) group(e groupEntity) *chat.Group {
	g := &chat.Group{
		ID:           e.id(),
		Owner:        c.username(e.Owner),
		Registration: chat.Registration{CreatedAt: e.Created.time()},
		GroupSettings: chat.GroupSettings{
			Name:        nonEmpty(e.Name + e.GroupName), // only one of them is there
			Description: nonEmpty(e.Description),
			MaxMembers:  e.MaxUsers.int(),
			Custom:      nonEmpty(e.Custom),
			Muted:       e.Mute.bool(),
		},
	}
	if !g.CreatedAt.IsZero() {
		g.Since, g.Until = c.rest.LocalTime(g.CreatedAt, time.Millisecond)
	}
	members := make([]chat.Member, len(e.Affiliations))
	for i, a := range e.Affiliations {
		members[i] = c.member(a)
		if members[i].Owner && g.Owner == "" {
			g.Owner = members[i].Username
		}
	}
	if c.kind.open {
		return g
	}
	g.Avatar, g.Public, g.AllowInvites = nonEmpty(e.Avatar), e.Public.bool(), e.AllowInvites.bool()
	if g.Public != nil && *g.Public {
		g.MembersOnly = e.MembersOnly.bool() // it means nothing for other groups, which read as true
	}
	if n := e.Count.int(); n != nil && *n == int64(len(members)) {
		g.Members = members
	}
	return g
}

// member translates the owner or a member.
func (c *client) member(a affiliation) chat.Member {
	if a.Owner != "" {
		return chat.Member{Ref: chat.Ref{Username: c.username(a.Owner)}, Owner: true}
	}
	return chat.Member{Ref: chat.Ref{Username: c.username(a.Member)}}
}

// username returns a user name without the app key that precedes it in some answers.
func (c *client) username(text string) string {
	prefix := c.org + "#" + c.app + "_"
	if len(text) > len(prefix) && strings.EqualFold(text[:len(prefix)], prefix) {
		return text[len(prefix):]
	}
	return text
}

// nonEmpty returns a text, or nil if it is empty: the platform has no other way to say that
// there is none.
func nonEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// outcome is what became of one user in an answer about several.
type outcome struct {
	User   string `json:"user"`
	Result loose  `json:"result"`
	Reason string `json:"reason"`
}
