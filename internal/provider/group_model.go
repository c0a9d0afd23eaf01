package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// groupFields are the values of a model of a group or room. Nil is one that it lacks.
type groupFields struct {
	id, name, owner, description *types.String
	avatar, custom, announcement *types.String
	public, allowInvites         *types.Bool
	membersOnly, muted           *types.Bool
	maxMembers                   *types.Int64
	createdAt                    *timetypes.RFC3339
}

// settings returns what the model holds; what is null or unknown is left out.
func (f groupFields) settings() chat.GroupSettings {
	return chat.GroupSettings{
		Name:         stringPointer(orNull(f.name, types.StringNull())),
		Description:  stringPointer(orNull(f.description, types.StringNull())),
		Avatar:       stringPointer(orNull(f.avatar, types.StringNull())),
		Public:       boolPointer(orNull(f.public, types.BoolNull())),
		MaxMembers:   int64Pointer(orNull(f.maxMembers, types.Int64Null())),
		AllowInvites: boolPointer(orNull(f.allowInvites, types.BoolNull())),
		MembersOnly:  boolPointer(orNull(f.membersOnly, types.BoolNull())),
		Custom:       stringPointer(orNull(f.custom, types.StringNull())),
		Announcement: stringPointer(orNull(f.announcement, types.StringNull())),
		Muted:        boolPointer(orNull(f.muted, types.BoolNull())),
	}
}

// orNull returns what v points to, or null if the model lacks it.
func orNull[T any](v *T, null T) T {
	if v == nil {
		return null
	}
	return *v
}

// read maps a group to the model. What the platform does not return keeps the value that
// the model has; what is not known yet becomes null.
func (f groupFields) read(group *chat.Group, key func(string) string) {
	*f.id = types.StringValue(group.ID)
	if group.Owner != "" && (!known(*f.owner) || key(f.owner.ValueString()) != key(group.Owner)) {
		*f.owner = types.StringValue(group.Owner)
	}
	*f.createdAt = timetypes.NewRFC3339Null()
	if !group.CreatedAt.IsZero() {
		*f.createdAt = timetypes.NewRFC3339TimeValue(group.CreatedAt.UTC())
	}
	*f.name = types.StringValue(orZero(group.Name))
	*f.description = readString(*f.description, group.Description)
	readKnown(f.avatar, group.Avatar, func(v string) types.String { return readString(*f.avatar, &v) }, types.StringNull())
	readKnown(f.custom, group.Custom, func(v string) types.String { return readString(*f.custom, &v) }, types.StringNull())
	readKnown(f.announcement, group.Announcement, func(v string) types.String { return readString(*f.announcement, &v) }, types.StringNull())
	readKnown(f.public, group.Public, types.BoolValue, types.BoolNull())
	readKnown(f.maxMembers, group.MaxMembers, types.Int64Value, types.Int64Null())
	readKnown(f.allowInvites, group.AllowInvites, types.BoolValue, types.BoolNull())
	readKnown(f.muted, group.Muted, types.BoolValue, types.BoolNull())
	readKnown(f.membersOnly, group.MembersOnly, types.BoolValue, types.BoolNull())
}
