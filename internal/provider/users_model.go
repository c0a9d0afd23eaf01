package provider

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// usersModel is what chat_users holds.
type usersModel struct {
	ID                types.String `tfsdk:"id"`
	Users             types.Map    `tfsdk:"users"`
	Passwords         types.Map    `tfsdk:"passwords"`
	PasswordsWO       types.Map    `tfsdk:"passwords_wo"`
	PasswordWO        types.String `tfsdk:"password_wo"`
	PasswordWOVersion types.Int64  `tfsdk:"password_wo_version"`
}

var memberType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"nickname":  types.StringType,
	"activated": types.BoolType,
}}

// member is one user of the map.
type member struct {
	// name is the key as it is spelled.
	name      string
	nickname  types.String
	activated types.Bool
	// value is the element of the map.
	value attr.Value
}

func newMember(name string, nickname types.String, activated types.Bool) member {
	return member{name, nickname, activated,
		types.ObjectValueMust(memberType.AttrTypes, map[string]attr.Value{"nickname": nickname, "activated": activated})}
}

// list returns the users of the map in the order of their names; none where it is
// unknown as a whole.
func (m *usersModel) list() []member {
	elements := m.Users.Elements()
	list := make([]member, 0, len(elements))
	for name, value := range elements {
		u := member{name: name, value: value}
		if object, ok := value.(types.Object); ok && known(object) {
			attributes := object.Attributes()
			u.nickname, _ = attributes["nickname"].(types.String)
			u.activated, _ = attributes["activated"].(types.Bool)
		}
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	return list
}

// members returns the users of the map by chat.Platform's UserKey.
func (m *usersModel) members(platform chat.Platform) map[string]member {
	list := m.list()
	users := make(map[string]member, len(list))
	for _, u := range list {
		users[platform.UserKey(u.name)] = u
	}
	return users
}

// usersValue is the map of the users: the inverse of members.
func usersValue(users map[string]member) types.Map {
	elements := make(map[string]attr.Value, len(users))
	for _, u := range users {
		elements[u.name] = u.value
	}
	return types.MapValueMust(memberType, elements)
}

// usersID is an identifier for a resource that begins with the given users. The
// same users have the same, so that an import finds what a creation made.
func usersID(users map[string]member) types.String {
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(maps.Keys(users)), ",")))
	return types.StringValue(hex.EncodeToString(sum[:8]))
}

// passwords are the passwords that a configuration declares, from whichever of the
// three places.
type passwords struct {
	// at is the attribute they come from; empty where there is none.
	at string
	// all is for every user; null where each has one of its own.
	all types.String
	// each holds them by chat.Platform's UserKey.
	each map[string]types.String
	// unknown tells that each is not known yet.
	unknown bool
}

func (m *usersModel) passwords(platform chat.Platform) passwords {
	p := passwords{at: "passwords", all: types.StringNull()}
	from := m.Passwords
	switch {
	case !m.PasswordWO.IsNull():
		p.at, p.all = "password_wo", m.PasswordWO
	case !m.PasswordsWO.IsNull():
		p.at, from = "passwords_wo", m.PasswordsWO
	}
	p.unknown = from.IsUnknown()
	p.each = passwordsByKey(platform, from)
	return p
}

func passwordsByKey(platform chat.Platform, from types.Map) map[string]types.String {
	elements := from.Elements()
	each := make(map[string]types.String, len(elements))
	for name, value := range elements {
		each[platform.UserKey(name)], _ = value.(types.String)
	}
	return each
}

// of returns the password of a user: null where none is declared.
func (p passwords) of(key string) types.String {
	switch {
	case !p.all.IsNull():
		return p.all
	case p.unknown:
		return types.StringUnknown()
	}
	return p.each[key]
}
