package provider_test

import (
	"context"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// rpc speaks to a configured provider as Terraform does, for what the installed
// one is too old to ask.
type rpc struct {
	t       *testing.T
	server  tfprotov6.ProviderServer
	schemas *tfprotov6.GetProviderSchemaResponse
}

// rpc configures a provider for the world's emulator.
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
	server, err := factories()["chat"]()
	w.must(err)
	schemas, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	w.must(err)
	r := &rpc{t: w.t, server: server, schemas: schemas}

	config := schemas.Provider.ValueType().(tftypes.Object)
	block := map[string]tftypes.Value{}
	for name, value := range settings[w.platform] {
		block[name] = tftypes.NewValue(tftypes.String, value)
	}
	set := map[string]tftypes.Value{w.platform: object(config.AttributeTypes[w.platform], block)}
	maps.Copy(set, arguments)
	resp, err := server.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: r.value(config, set)})
	w.must(err)
	expectDiagnostics(w.t, resp.Diagnostics, "")
	return r
}

// value is an object on the wire.
func (r *rpc) value(of tftypes.Type, set map[string]tftypes.Value) *tfprotov6.DynamicValue {
	r.t.Helper()
	v, err := tfprotov6.NewDynamicValue(of, object(of, set))
	if err != nil {
		r.t.Fatal(err)
	}
	return &v
}

// object is an object with some attributes set and the rest null.
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

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func unknownStr() tftypes.Value { return tftypes.NewValue(tftypes.String, tftypes.UnknownValue) }
