package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-chat/internal/chat"
)

// notSupported is the summary of what a platform lacks.
const notSupported = "Not supported by this platform"

// checkRules refuses declared values that the platform would refuse. What is in the
// state was accepted already.
func (b *base) checkRules(_ context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.Equal(req.State.Raw) {
		return // nothing will be written
	}
	var declared, have map[string]tftypes.Value
	if req.Config.Raw.As(&declared) != nil || !req.State.Raw.IsNull() && req.State.Raw.As(&have) != nil {
		return // the framework has checked that they are objects
	}
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		if value := declared[name]; !value.IsNull() && !value.Equal(have[name]) {
			b.checkRule(&resp.Diagnostics, chat.Field(b.kind.name+"."+name), path.Root(name), name, value)
		}
	}
}

// checkImported refuses an import that names what the platform does not have. Whether the
// names are valid is not checked: what exists is imported.
func (b *base) checkImported(ctx context.Context, resp *resource.ImportStateResponse) {
	for _, attribute := range b.kind.identity {
		at := path.Root(attribute.name)
		var name types.String
		resp.Diagnostics.Append(resp.State.GetAttribute(ctx, at, &name)...)
		if err := b.client.Platform.Rules.Check(chat.Field(b.kind.name+"."+attribute.name), plainValue(name)); known(name) && errors.Is(err, chat.ErrUnsupported) {
			addRule(&resp.Diagnostics, at, err)
		}
	}
}

// checkRule checks a value and, if it is an object, what is in it.
func (b *base) checkRule(diags *diag.Diagnostics, field chat.Field, at path.Path, name string, value tftypes.Value) {
	if shared, ok := b.kind.fields[name]; ok {
		field = shared
	}
	if err := b.client.Platform.Rules.Check(field, plain(value)); err != nil {
		addRule(diags, at, err)
		if errors.Is(err, chat.ErrUnsupported) {
			return
		}
	}
	var attributes map[string]tftypes.Value
	if !value.Type().Is(tftypes.Object{}) || !value.IsKnown() || value.As(&attributes) != nil {
		return
	}
	for _, nested := range slices.Sorted(maps.Keys(attributes)) {
		if !attributes[nested].IsNull() {
			b.checkRule(diags, field+chat.Field("."+nested), at.AtName(nested), name+"."+nested, attributes[nested])
		}
	}
}

// plain returns a value as rules take it: nil if it is not known.
func plain(value tftypes.Value) any {
	if !value.IsKnown() {
		return nil
	}
	var text string
	var truth bool
	var number big.Float
	var attributes map[string]tftypes.Value
	switch {
	case value.As(&text) == nil:
		return text
	case value.As(&truth) == nil:
		return truth
	case value.As(&number) == nil:
		whole, _ := number.Int64()
		return whole
	case value.Type().Is(tftypes.Object{}) && value.As(&attributes) == nil:
		object := make(map[string]any, len(attributes))
		for name, attribute := range attributes {
			if !attribute.IsNull() {
				object[name] = plain(attribute)
			}
		}
		return object
	}
	return nil
}

// plainValue is plain for a value of the framework.
func plainValue(value attr.Value) any {
	switch v := value.(type) {
	case types.String:
		if known(v) {
			return v.ValueString()
		}
	case types.Bool:
		if known(v) {
			return v.ValueBool()
		}
	}
	return nil
}

// addRule reports an input that breaks a rule.
func addRule(diags *diag.Diagnostics, at path.Path, err error) {
	if err == nil {
		return
	}
	summary := "Invalid value"
	if errors.Is(err, chat.ErrUnsupported) {
		summary = notSupported
	}
	diags.AddAttributeError(at, summary, err.Error())
}

// ruleBook reports broken rules, but not thousands of them.
type ruleBook struct {
	diags *diag.Diagnostics
	found int
}

// add reports a rule that a value of a user breaks. It names the user, since Terraform
// shows no key of a map that an expression made.
func (b *ruleBook) add(at path.Path, user string, err error) {
	if err == nil {
		return
	}
	if b.found++; b.found <= mostNamed {
		b.diags.AddAttributeError(at, fmt.Sprintf("Invalid value for user %q", user), err.Error())
	}
}

func (b *ruleBook) close() {
	if more := b.found - mostNamed; more > 0 {
		b.diags.AddError("More invalid values", fmt.Sprintf("%d more values are invalid.", more))
	}
}
