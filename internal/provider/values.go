package provider

import (
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// known reports whether a value is there and known.
func known(v attr.Value) bool { return !v.IsNull() && !v.IsUnknown() }

// stringPointer returns nil for a value that is null or unknown.
func stringPointer(v types.String) *string {
	if !known(v) {
		return nil
	}
	return v.ValueStringPointer()
}

// boolPointer returns nil for a value that is null or unknown.
func boolPointer(v types.Bool) *bool {
	if !known(v) {
		return nil
	}
	return v.ValueBoolPointer()
}

// int64Pointer returns nil for a value that is null or unknown.
func int64Pointer(v types.Int64) *int64 {
	if !known(v) {
		return nil
	}
	return v.ValueInt64Pointer()
}

// readString keeps a declared empty string if the platform has nothing, since to a
// platform the two are the same.
func readString(have types.String, remote *string) types.String {
	if remote == nil || *remote == "" {
		if known(have) && have.ValueString() == "" {
			return have
		}
		return types.StringNull()
	}
	return types.StringValue(*remote)
}

// readKnown sets an attribute that the model has to what the platform returned. If it
// returned nothing, the attribute keeps its value, or becomes null if that is unknown.
func readKnown[V interface{ IsUnknown() bool }, T any](to *V, remote *T, value func(T) V, null V) {
	switch {
	case to == nil:
	case remote != nil:
		*to = value(*remote)
	case (*to).IsUnknown():
		*to = null
	}
}

// readGender keeps a declared "unknown" if the platform has nothing.
func readGender(have types.String, remote *string) types.String {
	if remote == nil && known(have) && have.ValueString() == chat.GenderUnknown {
		return have
	}
	return readString(have, remote)
}

// readJSON keeps the spelling of a declared document that means the same as the
// platform's, and of an empty one if the platform has nothing.
func readJSON(have jsontypes.Normalized, remote *string) jsontypes.Normalized {
	if remote == nil || isEmptyJSON(*remote) {
		if known(have) && isEmptyJSON(have.ValueString()) {
			return have
		}
		return jsontypes.NewNormalizedNull()
	}
	return jsontypes.NewNormalizedValue(*remote)
}

func isEmptyJSON(document string) bool {
	var object map[string]any
	return document == "" || json.Unmarshal([]byte(document), &object) == nil && len(object) == 0
}

// orZero returns what v points to, or the zero value.
func orZero[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}
