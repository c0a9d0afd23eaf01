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

// wire is rpc for what happens to resources: import, read, plan and apply, with
// identities, and lists.
type wire struct {
	*rpc
	// The types of states and of identities, by resource.
	states, identities map[string]tftypes.Type
}

// attrs is an object in tests; what it leaves out is null.
type attrs = map[string]any

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

// must fails the test where a call, or the provider, did.
func (r *wire) must(err error, diagnostics []*tfprotov6.Diagnostic) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			r.t.Fatalf("%s: %s", d.Summary, d.Detail)
		}
	}
}

func (r *wire) encode(kind tftypes.Type, v any) *tfprotov6.DynamicValue {
	r.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(kind, value(kind, v))
	if err != nil {
		r.t.Fatal(err)
	}
	return &encoded
}

func (r *wire) decode(kind tftypes.Type, v *tfprotov6.DynamicValue) attrs {
	r.t.Helper()
	if v == nil {
		return nil
	}
	decoded, err := v.Unmarshal(kind)
	if err != nil {
		r.t.Fatal(err)
	}
	o, _ := plain(r.t, decoded).(attrs)
	return o
}

// value makes a value of a type; what an object leaves out is null.
func value(kind tftypes.Type, v any) tftypes.Value {
	members, isAttrs := v.(attrs)
	if m, ok := kind.(tftypes.Map); ok && members != nil {
		elements := map[string]tftypes.Value{}
		for key, member := range members {
			elements[key] = value(m.ElementType, member)
		}
		return tftypes.NewValue(kind, elements)
	}
	o, ok := kind.(tftypes.Object)
	if !ok || !isAttrs || members == nil {
		if isAttrs {
			v = nil
		}
		return tftypes.NewValue(kind, v)
	}
	values := map[string]tftypes.Value{}
	for name, attribute := range o.AttributeTypes {
		values[name] = value(attribute, members[name])
	}
	return tftypes.NewValue(kind, values)
}

// unknown is what is known only after apply.
const unknown = tftypes.UnknownValue

// plain is the inverse of value; numbers are int64, and nulls are left out of objects.
func plain(t *testing.T, v tftypes.Value) any {
	t.Helper()
	if v.IsNull() {
		return nil
	}
	if !v.IsKnown() {
		return unknown
	}
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	switch kind := v.Type(); {
	case kind.Is(tftypes.Object{}), kind.Is(tftypes.Map{}):
		var values map[string]tftypes.Value
		fail(v.As(&values))
		o := attrs{}
		for name, member := range values {
			if !member.IsNull() {
				o[name] = plain(t, member)
			}
		}
		return o
	case kind.Is(tftypes.List{}):
		var values []tftypes.Value
		fail(v.As(&values))
		list := []any{}
		for _, member := range values {
			list = append(list, plain(t, member))
		}
		return list
	case kind.Is(tftypes.String):
		var s string
		fail(v.As(&s))
		return s
	case kind.Is(tftypes.Bool):
		var b bool
		fail(v.As(&b))
		return b
	case kind.Is(tftypes.Number):
		var n *big.Float
		fail(v.As(&n))
		whole, _ := n.Int64()
		return whole
	default:
		t.Fatalf("unexpected type %s", kind)
		return nil
	}
}

func (r *wire) identity(kind string, v attrs) *tfprotov6.ResourceIdentityData {
	if v == nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: r.encode(r.identities[kind], v)}
}

func (r *wire) decodeIdentity(kind string, v *tfprotov6.ResourceIdentityData) attrs {
	if v == nil {
		return nil
	}
	return r.decode(r.identities[kind], v.IdentityData)
}

// instance is a resource as the state holds it.
type instance struct {
	state, identity attrs
	private         []byte
}

// imported imports a resource by its identity, or by an id where that is a string,
// and reads it, as Terraform does. The summaries of errors come back.
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

// read refreshes a resource. The summaries of errors come back.
func (r *wire) read(kind string, i instance) (instance, []string) {
	r.t.Helper()
	resp, err := r.server.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{
		TypeName: kind, CurrentState: r.encode(r.states[kind], i.state), CurrentIdentity: r.identity(kind, i.identity), Private: i.private,
	})
	r.must(err, nil)
	return instance{r.decode(r.states[kind], resp.NewState), r.decodeIdentity(kind, resp.NewIdentity), resp.Private}, summaries(resp.Diagnostics)
}

// apply plans a configuration and applies it: it creates where i is empty, updates
// where config is not, and destroys where it is. A plan that replaces fails the test.
func (r *wire) apply(kind string, i instance, config attrs) (instance, []string) {
	r.t.Helper()
	ctx, resource := context.Background(), r.states[kind]
	proposed := maps.Clone(config)
	for name, v := range i.state {
		if _, declared := proposed[name]; !declared && config != nil {
			proposed[name] = v
		}
	}
	delete(proposed, "password_wo")
	plan, err := r.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: kind, Config: r.encode(resource, config), ProposedNewState: r.encode(resource, proposed),
		PriorState: r.encode(resource, i.state), PriorIdentity: r.identity(kind, i.identity), PriorPrivate: i.private,
	})
	r.must(err, plan.Diagnostics)
	if i.state != nil && len(plan.RequiresReplace) > 0 {
		r.t.Fatalf("the plan replaces because of %v", plan.RequiresReplace)
	}
	resp, err := r.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: kind, Config: r.encode(resource, config), PriorState: r.encode(resource, i.state),
		PlannedState: plan.PlannedState, PlannedIdentity: plan.PlannedIdentity, PlannedPrivate: plan.PlannedPrivate,
	})
	r.must(err, nil)
	return instance{r.decode(resource, resp.NewState), r.decodeIdentity(kind, resp.NewIdentity), resp.Private}, summaries(resp.Diagnostics)
}

// summaries are the texts of errors.
func summaries(diagnostics []*tfprotov6.Diagnostic) []string {
	var all []string
	for _, d := range diagnostics {
		if d.Severity != tfprotov6.DiagnosticSeverityError {
			continue
		}
		all = append(all, fmt.Sprintf("%s: %s", d.Summary, d.Detail))
	}
	return all
}

// data reads a data source. The problems are errors.
func (r *wire) data(kind string, config attrs) (attrs, []string) {
	r.t.Helper()
	of := r.schemas.DataSourceSchemas[kind].ValueType()
	resp, err := r.server.ReadDataSource(context.Background(), &tfprotov6.ReadDataSourceRequest{TypeName: kind, Config: r.encode(of, config)})
	r.must(err, nil)
	return r.decode(of, resp.State), summaries(resp.Diagnostics)
}
