package provider_test

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// wire is rpc with the calls about resources and data sources, in which values are plain
// Go values (see attrs) and errors are texts.
type wire struct {
	*rpc
	// states and identities are the types of resources' states and identities.
	states, identities map[string]tftypes.Type
}

// attrs is an object or a map. What an object leaves out is null. Numbers are int64.
type attrs = map[string]any

// unknown is a value that is known only after the apply.
const unknown = tftypes.UnknownValue

// instance is a resource in the state. The state is nil if there is none.
type instance struct {
	state, identity attrs
	private         []byte
}

// wire configures a provider for the world's application.
func (w *world) wire() *wire { return w.wireWith(nil) }

// wireWith is wire with more arguments in the provider block.
func (w *world) wireWith(arguments map[string]tftypes.Value) *wire {
	w.t.Helper()
	r := &wire{rpc: w.rpcWith(arguments), states: map[string]tftypes.Type{}, identities: map[string]tftypes.Type{}}
	for name, s := range r.schemas.ResourceSchemas {
		r.states[name] = s.ValueType()
	}
	identities, err := r.server.GetResourceIdentitySchemas(context.Background(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	r.must(err, identities.Diagnostics)
	for name, s := range identities.IdentitySchemas {
		r.identities[name] = s.ValueType()
	}
	return r
}

// imported imports a resource by an ID (a string) or an identity (attrs) and reads it, as
// the command line does. It returns the problems that were errors.
func (r *wire) imported(kind string, by any) (instance, []string) {
	r.t.Helper()
	req := &tfprotov6.ImportResourceStateRequest{TypeName: kind}
	switch by := by.(type) {
	case string:
		req.ID = by
	case attrs:
		req.Identity = r.identity(kind, by)
	}
	resp, err := r.server.ImportResourceState(context.Background(), req)
	r.must(err, nil)
	if problems := summaries(resp.Diagnostics); len(problems) > 0 {
		return instance{}, problems
	}
	got := resp.ImportedResources[0]
	return r.read(kind, instance{r.decode(r.states[kind], got.State), r.decodeIdentity(kind, got.Identity), got.Private})
}

// read refreshes a resource. It returns the problems that were errors.
func (r *wire) read(kind string, i instance) (instance, []string) {
	r.t.Helper()
	resp, err := r.server.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{
		TypeName: kind, CurrentState: r.encode(r.states[kind], i.state), CurrentIdentity: r.identity(kind, i.identity), Private: i.private,
	})
	r.must(err, nil)
	return instance{r.decode(r.states[kind], resp.NewState), r.decodeIdentity(kind, resp.NewIdentity), resp.Private}, summaries(resp.Diagnostics)
}

// apply plans a configuration and applies the plan. It creates the resource if i is
// empty, destroys it if config is nil, and otherwise updates it; a plan that replaces it
// ends the test. It returns the problems that were errors.
func (r *wire) apply(kind string, i instance, config attrs) (instance, []string) {
	r.t.Helper()
	return r.applyPlan(kind, r.planned(kind, i, config))
}

// planned plans as apply does, and returns what is to be applied.
func (r *wire) planned(kind string, i instance, config attrs) *tfprotov6.ApplyResourceChangeRequest {
	r.t.Helper()
	of := r.states[kind]
	proposed := maps.Clone(config)
	for name, v := range i.state {
		if _, declared := proposed[name]; !declared && config != nil {
			proposed[name] = v
		}
	}
	delete(proposed, "password_wo")
	plan, err := r.server.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: kind, Config: r.encode(of, config), ProposedNewState: r.encode(of, proposed),
		PriorState: r.encode(of, i.state), PriorIdentity: r.identity(kind, i.identity), PriorPrivate: i.private,
	})
	r.must(err, plan.Diagnostics)
	if i.state != nil && len(plan.RequiresReplace) > 0 {
		r.t.Fatalf("the plan replaces because of %v", plan.RequiresReplace)
	}
	return &tfprotov6.ApplyResourceChangeRequest{
		TypeName: kind, Config: r.encode(of, config), PriorState: r.encode(of, i.state),
		PlannedState: plan.PlannedState, PlannedIdentity: plan.PlannedIdentity, PlannedPrivate: plan.PlannedPrivate,
	}
}

// applied applies a change without asking the provider for a plan: an update to the state
// as it is, or a destroy if config is nil. It returns the problems that were errors.
func (r *wire) applied(kind string, i instance, config attrs) (instance, []string) {
	r.t.Helper()
	of, planned := r.states[kind], config
	if config != nil {
		planned = i.state
	}
	return r.applyPlan(kind, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: kind, Config: r.encode(of, planned), PriorState: r.encode(of, i.state),
		PlannedState: r.encode(of, planned), PlannedIdentity: r.identity(kind, i.identity), PlannedPrivate: i.private,
	})
}

// applyPlan applies a planned change.
func (r *wire) applyPlan(kind string, planned *tfprotov6.ApplyResourceChangeRequest) (instance, []string) {
	r.t.Helper()
	resp, err := r.server.ApplyResourceChange(context.Background(), planned)
	r.must(err, nil)
	return instance{r.decode(r.states[kind], resp.NewState), r.decodeIdentity(kind, resp.NewIdentity), resp.Private}, summaries(resp.Diagnostics)
}

// data reads a data source. It returns the problems that were errors.
func (r *wire) data(kind string, config attrs) (attrs, []string) {
	r.t.Helper()
	of := r.schemas.DataSourceSchemas[kind].ValueType()
	resp, err := r.server.ReadDataSource(context.Background(), &tfprotov6.ReadDataSourceRequest{TypeName: kind, Config: r.encode(of, config)})
	r.must(err, nil)
	return r.decode(of, resp.State), summaries(resp.Diagnostics)
}

// must ends the test if a call failed or a diagnostic is an error.
func (r *wire) must(err error, diagnostics []*tfprotov6.Diagnostic) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	if problems := summaries(diagnostics); len(problems) > 0 {
		r.t.Fatal(problems)
	}
}

// summaries returns the summaries and details of those diagnostics that are errors.
func summaries(diagnostics []*tfprotov6.Diagnostic) []string {
	var all []string
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			all = append(all, fmt.Sprintf("%s: %s", d.Summary, d.Detail))
		}
	}
	return all
}

// identity encodes the identity of a resource, or returns nil if there is none.
func (r *wire) identity(kind string, v attrs) *tfprotov6.ResourceIdentityData {
	if v == nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: r.encode(r.identities[kind], v)}
}

// decodeIdentity is the reverse of identity.
func (r *wire) decodeIdentity(kind string, v *tfprotov6.ResourceIdentityData) attrs {
	if v == nil {
		return nil
	}
	return r.decode(r.identities[kind], v.IdentityData)
}

// encode encodes a value of a type; see value.
func (r *wire) encode(of tftypes.Type, v any) *tfprotov6.DynamicValue {
	r.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(of, value(of, v))
	if err != nil {
		r.t.Fatal(err)
	}
	return &encoded
}

// decode is the reverse of encode for objects. A null object is nil.
func (r *wire) decode(of tftypes.Type, v *tfprotov6.DynamicValue) attrs {
	r.t.Helper()
	if v == nil {
		return nil
	}
	decoded, err := v.Unmarshal(of)
	if err != nil {
		r.t.Fatal(err)
	}
	o, _ := plain(r.t, decoded).(attrs)
	return o
}

// value converts a Go value to a value of a type. What an object leaves out is null, and
// so is nil.
func value(of tftypes.Type, v any) tftypes.Value {
	members, isAttrs := v.(attrs)
	if isAttrs && members == nil {
		return tftypes.NewValue(of, nil)
	}
	values := map[string]tftypes.Value{}
	switch of := of.(type) {
	case tftypes.Map:
		if isAttrs {
			for key, member := range members {
				values[key] = value(of.ElementType, member)
			}
			return tftypes.NewValue(of, values)
		}
	case tftypes.Object:
		if isAttrs {
			for name, attribute := range of.AttributeTypes {
				values[name] = value(attribute, members[name])
			}
			return tftypes.NewValue(of, values)
		}
	case tftypes.List:
		if elements, ok := v.([]any); ok {
			list := []tftypes.Value{}
			for _, element := range elements {
				list = append(list, value(of.ElementType, element))
			}
			return tftypes.NewValue(of, list)
		}
	case tftypes.Set:
		if elements, ok := v.([]any); ok {
			set := []tftypes.Value{}
			for _, element := range elements {
				set = append(set, value(of.ElementType, element))
			}
			return tftypes.NewValue(of, set)
		}
	}
	return tftypes.NewValue(of, v)
}

// plain is the reverse of value. Nulls are left out of objects.
func plain(t *testing.T, v tftypes.Value) any {
	t.Helper()
	if v.IsNull() {
		return nil
	}
	if !v.IsKnown() {
		return unknown
	}
	into := func(target any) {
		if err := v.As(target); err != nil {
			t.Fatal(err)
		}
	}
	switch of := v.Type(); {
	case of.Is(tftypes.Object{}), of.Is(tftypes.Map{}):
		var values map[string]tftypes.Value
		into(&values)
		o := attrs{}
		for name, member := range values {
			if !member.IsNull() {
				o[name] = plain(t, member)
			}
		}
		return o
	case of.Is(tftypes.List{}), of.Is(tftypes.Set{}):
		var values []tftypes.Value
		into(&values)
		list := []any{}
		for _, member := range values {
			list = append(list, plain(t, member))
		}
		return list
	case of.Is(tftypes.String):
		var s string
		into(&s)
		return s
	case of.Is(tftypes.Bool):
		var b bool
		into(&b)
		return b
	case of.Is(tftypes.Number):
		var n *big.Float
		into(&n)
		whole, _ := n.Int64()
		return whole
	default:
		t.Fatalf("unexpected type %s", of)
		return nil
	}
}
