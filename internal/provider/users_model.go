package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/reconcile"
)

// usersModel is what chat_users holds.
type usersModel struct {
	ID                types.String `tfsdk:"id"`
	Users             types.Map    `tfsdk:"users"`
	Passwords         types.Map    `tfsdk:"passwords"`
	PasswordsWO       types.Map    `tfsdk:"passwords_wo"`
	PasswordWO        types.String `tfsdk:"password_wo"`
	PasswordWOVersion types.Int64  `tfsdk:"password_wo_version"`
	Source            types.String `tfsdk:"source"`
	UserCount         types.Int64  `tfsdk:"user_count"`
	ContentSHA256     types.String `tfsdk:"content_sha256"`
	Drift             types.Object `tfsdk:"drift"`
}

// driftTypes are the types of drift.
var driftTypes = map[string]attr.Type{"missing": types.Int64Type, "changed": types.Int64Type}

// driftValue is the value of drift.
func driftValue(missing, changed int) types.Object {
	return types.ObjectValueMust(driftTypes, map[string]attr.Value{"missing": types.Int64Value(int64(missing)), "changed": types.Int64Value(int64(changed))})
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
	// null reports whether the user is declared without anything, as null.
	null bool
}

// members returns the users of the map by chat.Platform's UserKey; none if it is unknown
// as a whole. Of several names of the same user, the last in alphabetical order counts.
func (m *usersModel) members(key func(string) string) map[string]member {
	elements := m.Users.Elements()
	users := make(map[string]member, len(elements))
	for name, value := range elements {
		u := member{name: name}
		if object, ok := value.(types.Object); ok && known(object) {
			attributes := object.Attributes()
			u.nickname, _ = attributes["nickname"].(types.String)
			u.activated, _ = attributes["activated"].(types.Bool)
		} else {
			u.null = value.IsNull()
		}
		if twin, ok := users[key(name)]; !ok || twin.name < name {
			users[key(name)] = u
		}
	}
	return users
}

// usersValue is the map of members: the inverse of members.
func usersValue(users map[string]member) types.Map {
	elements := make(map[string]attr.Value, len(users))
	for _, u := range users {
		elements[u.name] = u.value()
	}
	return types.MapValueMust(memberType, elements)
}

// value is the element of the map.
func (m member) value() types.Object {
	if m.null {
		return types.ObjectNull(memberType.AttrTypes)
	}
	return types.ObjectValueMust(memberType.AttrTypes, map[string]attr.Value{"nickname": m.nickname, "activated": m.activated})
}

// declared returns members as the engine takes them.
func declared(users map[string]member) map[string]reconcile.User {
	list := make(map[string]reconcile.User, len(users))
	for key, u := range users {
		list[key] = reconcile.User{Name: u.name, Nickname: stringPointer(u.nickname), Activated: boolPointer(u.activated)}
	}
	return list
}

// membersOf is the inverse of declared. Users are null if they were before.
func membersOf(users map[string]reconcile.User, before map[string]member) map[string]member {
	list := make(map[string]member, len(users))
	for key, u := range users {
		list[key] = member{
			name: u.Name, nickname: types.StringPointerValue(u.Nickname), activated: types.BoolPointerValue(u.Activated),
			null: before[key].null,
		}
	}
	return list
}

// usersID is an identifier for a resource that begins with the given users. The same
// users have the same one, so that an import finds what a creation made.
func usersID[T any](users map[string]T) types.String {
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(maps.Keys(users)), ",")))
	return types.StringValue(hex.EncodeToString(sum[:8]))
}

// passwords are the passwords that a configuration declares, from whichever of the
// three places.
type passwords struct {
	// from is the attribute they come from.
	from string
	// all is for every user; null if each has one of its own.
	all types.String
	// each holds them by chat.Platform's UserKey.
	each map[string]types.String
	// unknown reports that each is not known yet.
	unknown bool
}

func (m *usersModel) passwords(key func(string) string) passwords {
	p := passwords{from: "passwords", all: types.StringNull()}
	each := m.Passwords
	switch {
	case !m.PasswordWO.IsNull():
		p.from, p.all = "password_wo", m.PasswordWO
	case !m.PasswordsWO.IsNull():
		p.from, each = "passwords_wo", m.PasswordsWO
	}
	p.unknown = each.IsUnknown()
	p.each = passwordsByKey(key, each)
	return p
}

func passwordsByKey(key func(string) string, from types.Map) map[string]types.String {
	elements := from.Elements()
	each := make(map[string]types.String, len(elements))
	for name, value := range elements {
		each[key(name)], _ = value.(types.String)
	}
	return each
}

// of returns the password of a user: null if none is declared.
func (p passwords) of(key string) types.String {
	switch {
	case !p.all.IsNull():
		return p.all
	case p.unknown:
		return types.StringUnknown()
	}
	return p.each[key]
}
