package provider_test

import (
	"context"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// rpc is a configured provider that is called as the command line calls it. It tests
// what an older command line does not call, and what needs a certain order of calls.
type rpc struct {
	t       *testing.T
	server  tfprotov6.ProviderServer
	schemas *tfprotov6.GetProviderSchemaResponse
}

// rpc configures a provider for the world's application.
func (w *world) rpc() *rpc { return w.rpcWith(nil) }

// rpcWith is rpc with more arguments in the provider block.
func (w *world) rpcWith(arguments map[string]tftypes.Value) *rpc {
	w.t.Helper()
	settings := map[string]map[string]string{
		"easemob": {
			"app_key": w.appKey, "base_url": w.emulator.url,
			"client_id": easemobClientID, "client_secret": easemobClientSecret,
		},
		"jmessage": {"app_key": w.appKey, "base_url": w.emulator.url, "master_secret": jmessageSecret},
	}
	r := w.rpcUnconfigured()
	config := r.schemas.Provider.ValueType().(tftypes.Object)
	block := map[string]tftypes.Value{}
	for name, value := range settings[w.platform] {
		block[name] = str(value)
	}
	set := map[string]tftypes.Value{w.platform: object(config.AttributeTypes[w.platform], block)}
	maps.Copy(set, arguments)
	resp, err := r.server.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: r.value(config, set)})
	w.must(err)
	expectDiagnostics(w.t, resp.Diagnostics, "")
	return r
}

// rpcUnconfigured returns a provider before it is configured.
func (w *world) rpcUnconfigured() *rpc {
	w.t.Helper()
	server, err := factories()["chat"]()
	w.must(err)
	schemas, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	w.must(err)
	return &rpc{t: w.t, server: server, schemas: schemas}
}

// stop interrupts the provider, as Ctrl-C does.
func (r *rpc) stop() {
	r.t.Helper()
	if _, err := r.server.StopProvider(context.Background(), &tfprotov6.StopProviderRequest{}); err != nil {
		r.t.Error(err)
	}
}

// value encodes an object of which some attributes are set and the others are null.
func (r *rpc) value(of tftypes.Type, set map[string]tftypes.Value) *tfprotov6.DynamicValue {
	r.t.Helper()
	v, err := tfprotov6.NewDynamicValue(of, object(of, set))
	if err != nil {
		r.t.Fatal(err)
	}
	return &v
}

// object returns an object of which some attributes are set and the others are null.
func object(of tftypes.Type, set map[string]tftypes.Value) tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, attribute := range of.(tftypes.Object).AttributeTypes {
		values[name] = tftypes.NewValue(attribute, nil)
	}
	for name, value := range set {
		values[name] = value
	}
	return tftypes.NewValue(of, values)
}

// str returns a string value.
func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

// unknownStr returns a string that is known only after the apply.
func unknownStr() tftypes.Value { return tftypes.NewValue(tftypes.String, tftypes.UnknownValue) }
