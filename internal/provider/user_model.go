package provider

import (
	"context"
	"encoding/json"
	"time"

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
}

var profileTypes = map[string]attr.Type{
	"avatar":    types.StringType,
	"birthday":  types.StringType,
	"gender":    types.StringType,
	"signature": types.StringType,
	"region":    types.StringType,
	"address":   types.StringType,
	"extras":    jsontypes.NormalizedType{},
}

// read maps a user to the model. What the platform does not tell keeps the value
// the model has, so that a spelling, an empty string or a state that cannot be
// read back stays what the configuration says.
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
	remotePush := deref(user.Push)
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
	remote := deref(user.Profile)
	profile.Avatar = readString(profile.Avatar, remote.Avatar)
	profile.Birthday = readString(profile.Birthday, remote.Birthday)
	profile.Gender = readGender(profile.Gender, remote.Gender)
	profile.Signature = readString(profile.Signature, remote.Signature)
	profile.Region = readString(profile.Region, remote.Region)
	profile.Address = readString(profile.Address, remote.Address)
	profile.Extras = readJSON(profile.Extras, remote.Extras)
	m.Profile = readObject(ctx, &diags, m.Profile, profileTypes, profile, remote != chat.Profile{})
	return diags
}

// known tells whether a value is there and known.
func known(v attr.Value) bool { return !v.IsNull() && !v.IsUnknown() }

// readString keeps a declared empty string where the platform has nothing, since
// to a platform the two are the same.
func readString(have types.String, remote *string) types.String {
	if remote == nil || *remote == "" {
		if known(have) && have.ValueString() == "" {
			return have
		}
		return types.StringNull()
	}
	return types.StringValue(*remote)
}

// readGender keeps a declared "unknown" where the platform has nothing.
func readGender(have types.String, remote *string) types.String {
	if remote == nil && known(have) && have.ValueString() == chat.GenderUnknown {
		return have
	}
	return readString(have, remote)
}

// readJSON keeps the spelling of a declared document that means the same as the
// platform's, and of an empty one where the platform has nothing.
func readJSON(have jsontypes.Normalized, remote *string) jsontypes.Normalized {
	if remote == nil || jsonEmpty(*remote) {
		if known(have) && jsonEmpty(have.ValueString()) {
			return have
		}
		return jsontypes.NewNormalizedNull()
	}
	return jsontypes.NewNormalizedValue(*remote)
}

func deref[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}

func jsonEmpty(document string) bool {
	var object map[string]any
	return document == "" || json.Unmarshal([]byte(document), &object) == nil && len(object) == 0
}

// readObject is null where the platform has nothing and nothing was declared.
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
	s := chat.Settings{Nickname: pointer(m.Nickname)}
	if known(m.Push) {
		var push pushModel
		diags.Append(m.Push.As(ctx, &push, basetypes.ObjectAsOptions{})...)
		s.Push = &chat.Push{DisplayStyle: pointer(push.DisplayStyle)}
		if known(push.DoNotDisturb) {
			s.Push.DoNotDisturb = push.DoNotDisturb.ValueBoolPointer()
		}
		if known(push.Start) {
			s.Push.Start = push.Start.ValueInt64Pointer()
		}
		if known(push.End) {
			s.Push.End = push.End.ValueInt64Pointer()
		}
	}
	if known(m.Profile) {
		var profile profileModel
		diags.Append(m.Profile.As(ctx, &profile, basetypes.ObjectAsOptions{})...)
		s.Profile = &chat.Profile{
			Avatar:    pointer(profile.Avatar),
			Birthday:  pointer(profile.Birthday),
			Gender:    pointer(profile.Gender),
			Signature: pointer(profile.Signature),
			Region:    pointer(profile.Region),
			Address:   pointer(profile.Address),
			Extras:    pointer(profile.Extras.StringValue),
		}
	}
	return s
}

func pointer(v types.String) *string {
	if !known(v) {
		return nil
	}
	return v.ValueStringPointer()
}

// changes returns what of want differs from have: the least that has to be written.
func changes(want, have chat.Settings) chat.Settings {
	out := chat.Settings{Nickname: changedString(want.Nickname, have.Nickname)}
	if want.Push != nil {
		old := deref(have.Push)
		push := chat.Push{
			DisplayStyle: changedString(want.Push.DisplayStyle, old.DisplayStyle),
			DoNotDisturb: changed(want.Push.DoNotDisturb, old.DoNotDisturb),
			Start:        changed(want.Push.Start, old.Start),
			End:          changed(want.Push.End, old.End),
		}
		if push != (chat.Push{}) {
			out.Push = &push
		}
	}
	if want.Profile != nil {
		old := deref(have.Profile)
		profile := chat.Profile{
			Avatar:    changedString(want.Profile.Avatar, old.Avatar),
			Birthday:  changedString(want.Profile.Birthday, old.Birthday),
			Gender:    changedString(want.Profile.Gender, old.Gender),
			Signature: changedString(want.Profile.Signature, old.Signature),
			Region:    changedString(want.Profile.Region, old.Region),
			Address:   changedString(want.Profile.Address, old.Address),
			Extras:    changedString(want.Profile.Extras, old.Extras),
		}
		if profile != (chat.Profile{}) {
			out.Profile = &profile
		}
	}
	return out
}

// changed returns want where it is declared and not what is there already.
func changed[T comparable](want, have *T) *T {
	if want == nil || have != nil && *have == *want {
		return nil
	}
	return want
}

// changedString is changed for strings, of which an empty one is the same as none.
func changedString(want, have *string) *string {
	if want != nil && *want == "" && have == nil {
		return nil
	}
	return changed(want, have)
}

// reregistered tells whether a user is another one than the one the state knows
// under its name. Without a uuid only the creation time tells, and that is exact
// to a few seconds at best.
func reregistered(state *userModel, user *chat.User) bool {
	if known(state.UUID) && user.UUID != "" {
		return state.UUID.ValueString() != user.UUID
	}
	before := state.createdAt()
	return !before.IsZero() && !user.CreatedAt.IsZero() && user.CreatedAt.Sub(before).Abs() > 5*time.Second
}

// user is the user as the model knows it: the inverse of read.
func (m *userModel) user(ctx context.Context, diags *diag.Diagnostics) *chat.User {
	return &chat.User{
		Username:  m.Username.ValueString(),
		UUID:      m.UUID.ValueString(),
		CreatedAt: m.createdAt(),
		Activated: m.Activated.ValueBoolPointer(),
		Settings:  m.settings(ctx, diags),
	}
}

// createdAt is the zero time where the model knows none.
func (m *userModel) createdAt() time.Time {
	if !known(m.CreatedAt) {
		return time.Time{}
	}
	t, _ := m.CreatedAt.ValueRFC3339Time()
	return t
}

// overlay returns settings after a change was written.
func overlay(have, change chat.Settings) chat.Settings {
	out := chat.Settings{Nickname: first(change.Nickname, have.Nickname)}
	if change.Push != nil || have.Push != nil {
		c, h := deref(change.Push), deref(have.Push)
		out.Push = &chat.Push{
			DisplayStyle: first(c.DisplayStyle, h.DisplayStyle),
			DoNotDisturb: first(c.DoNotDisturb, h.DoNotDisturb),
			Start:        first(c.Start, h.Start),
			End:          first(c.End, h.End),
		}
	}
	if change.Profile != nil || have.Profile != nil {
		c, h := deref(change.Profile), deref(have.Profile)
		out.Profile = &chat.Profile{
			Avatar:    first(c.Avatar, h.Avatar),
			Birthday:  first(c.Birthday, h.Birthday),
			Gender:    first(c.Gender, h.Gender),
			Signature: first(c.Signature, h.Signature),
			Region:    first(c.Region, h.Region),
			Address:   first(c.Address, h.Address),
			Extras:    first(c.Extras, h.Extras),
		}
	}
	return out
}

func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}
