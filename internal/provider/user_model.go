package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"terraform-provider-chat/internal/chat"
)

// userModel is what chat_user holds of a user, as resource and as data source.
type userModel struct {
	ID        types.String      `tfsdk:"id"`
	Username  types.String      `tfsdk:"username"`
	UUID      types.String      `tfsdk:"uuid"`
	CreatedAt timetypes.RFC3339 `tfsdk:"created_at"`
	Nickname  types.String      `tfsdk:"nickname"`
	Activated types.Bool        `tfsdk:"activated"`
	Push      types.Object      `tfsdk:"push"`
	Profile   types.Object      `tfsdk:"profile"`
}

type pushModel struct {
	DisplayStyle types.String `tfsdk:"display_style"`
	DoNotDisturb types.Bool   `tfsdk:"do_not_disturb"`
	Start        types.Int64  `tfsdk:"do_not_disturb_start"`
	End          types.Int64  `tfsdk:"do_not_disturb_end"`
}

var pushTypes = map[string]attr.Type{
	"display_style":        types.StringType,
	"do_not_disturb":       types.BoolType,
	"do_not_disturb_start": types.Int64Type,
	"do_not_disturb_end":   types.Int64Type,
}

type profileModel struct {
	Avatar    types.String         `tfsdk:"avatar"`
	Birthday  types.String         `tfsdk:"birthday"`
	Gender    types.String         `tfsdk:"gender"`
	Signature types.String         `tfsdk:"signature"`
	Region    types.String         `tfsdk:"region"`
	Address   types.String         `tfsdk:"address"`
	Extras    jsontypes.Normalized `tfsdk:"extras"`
	Phone     types.String         `tfsdk:"phone"`
	Email     types.String         `tfsdk:"email"`
}

var profileTypes = map[string]attr.Type{
	"avatar":    types.StringType,
	"birthday":  types.StringType,
	"gender":    types.StringType,
	"signature": types.StringType,
	"region":    types.StringType,
	"address":   types.StringType,
	"extras":    jsontypes.NormalizedType{},
	"phone":     types.StringType,
	"email":     types.StringType,
}

// read maps a user to the model. What the platform does not return keeps the value that
// the model has, so that a spelling, an empty string or a state that cannot be read back
// stays what the configuration says.
func (m *userModel) read(ctx context.Context, user *chat.User) diag.Diagnostics {
	var diags diag.Diagnostics
	if m.Username.IsNull() || m.Username.IsUnknown() {
		m.Username = types.StringValue(user.Username)
	}
	m.ID = m.Username
	m.UUID = types.StringNull()
	if user.UUID != "" {
		m.UUID = types.StringValue(user.UUID)
	}
	m.CreatedAt = timetypes.NewRFC3339Null()
	if !user.CreatedAt.IsZero() {
		m.CreatedAt = timetypes.NewRFC3339TimeValue(user.CreatedAt.UTC())
	}
	m.Nickname = readString(m.Nickname, user.Nickname)
	if user.Activated != nil {
		m.Activated = types.BoolPointerValue(user.Activated)
	} else if m.Activated.IsUnknown() {
		m.Activated = types.BoolNull()
	}

	push := pushModel{}
	if known(m.Push) {
		diags.Append(m.Push.As(ctx, &push, basetypes.ObjectAsOptions{})...)
	}
	remotePush := orZero(user.Push)
	push.DisplayStyle = readString(push.DisplayStyle, remotePush.DisplayStyle)
	push.DoNotDisturb = types.BoolPointerValue(remotePush.DoNotDisturb)
	push.Start = types.Int64PointerValue(remotePush.Start)
	push.End = types.Int64PointerValue(remotePush.End)
	m.Push = readObject(ctx, &diags, m.Push, pushTypes, push, remotePush != chat.Push{})

	if user.Profile == nil && known(m.Profile) {
		return diags
	}
	profile := profileModel{}
	if known(m.Profile) {
		diags.Append(m.Profile.As(ctx, &profile, basetypes.ObjectAsOptions{})...)
	}
	remote := orZero(user.Profile)
	profile.Avatar = readString(profile.Avatar, remote.Avatar)
	profile.Birthday = readString(profile.Birthday, remote.Birthday)
	profile.Gender = readGender(profile.Gender, remote.Gender)
	profile.Signature = readString(profile.Signature, remote.Signature)
	profile.Region = readString(profile.Region, remote.Region)
	profile.Address = readString(profile.Address, remote.Address)
	profile.Extras = readJSON(profile.Extras, remote.Extras)
	profile.Phone = readString(profile.Phone, remote.Phone)
	profile.Email = readString(profile.Email, remote.Email)
	m.Profile = readObject(ctx, &diags, m.Profile, profileTypes, profile, remote != chat.Profile{})
	return diags
}

// readObject is null if the platform has nothing and nothing was declared.
func readObject(ctx context.Context, diags *diag.Diagnostics, have types.Object, attrs map[string]attr.Type, value any, there bool) types.Object {
	if !there && !known(have) {
		return types.ObjectNull(attrs)
	}
	object, d := types.ObjectValueFrom(ctx, attrs, value)
	diags.Append(d...)
	return object
}

// settings returns what the model holds; what is null or unknown is left out.
func (m *userModel) settings(ctx context.Context, diags *diag.Diagnostics) chat.Settings {
	s := chat.Settings{Nickname: stringPointer(m.Nickname)}
	if known(m.Push) {
		var push pushModel
		diags.Append(m.Push.As(ctx, &push, basetypes.ObjectAsOptions{})...)
		s.Push = &chat.Push{
			DisplayStyle: stringPointer(push.DisplayStyle),
			DoNotDisturb: boolPointer(push.DoNotDisturb),
			Start:        int64Pointer(push.Start),
			End:          int64Pointer(push.End),
		}
	}
	if known(m.Profile) {
		var profile profileModel
		diags.Append(m.Profile.As(ctx, &profile, basetypes.ObjectAsOptions{})...)
		s.Profile = &chat.Profile{
			Avatar:    stringPointer(profile.Avatar),
			Birthday:  stringPointer(profile.Birthday),
			Gender:    stringPointer(profile.Gender),
			Signature: stringPointer(profile.Signature),
			Region:    stringPointer(profile.Region),
			Address:   stringPointer(profile.Address),
			Extras:    stringPointer(profile.Extras.StringValue),
			Phone:     stringPointer(profile.Phone),
			Email:     stringPointer(profile.Email),
		}
	}
	return s
}

// user returns the user that the model describes: the inverse of read.
func (m *userModel) user(ctx context.Context, diags *diag.Diagnostics) *chat.User {
	return &chat.User{
		Username:     m.Username.ValueString(),
		Registration: m.registration(),
		Activated:    boolPointer(m.Activated),
		Settings:     m.settings(ctx, diags),
	}
}

// registration is the one that the model shows.
func (m *userModel) registration() chat.Registration {
	r := chat.Registration{UUID: m.UUID.ValueString()}
	if known(m.CreatedAt) {
		r.CreatedAt, _ = m.CreatedAt.ValueRFC3339Time()
		r.Since, r.Until, r.Approximate = r.CreatedAt, r.CreatedAt, r.UUID == ""
	}
	return r
}
