package provider

import (
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// platform is a platform in the provider block. After Configure, no code depends on which
// platform it is.
type platform interface {
	// name is the name of the platform's attribute.
	name() string
	attribute() schema.SingleNestedAttribute
	// inEnvironment reports whether the environment chooses this platform.
	inEnvironment() bool
	// open checks the settings and returns the service; what is wrong goes to the
	// settings' diagnostics.
	open(s settings, transport rest.Config) *chat.Service
}

func platforms() []platform { return []platform{easemobPlatform{}, jmessagePlatform{}} }

// choosePlatform returns the one platform that is configured and its block, which
// is null if only the environment chooses.
func choosePlatform(blocks map[string]types.Object, diags *diag.Diagnostics) (platform, types.Object) {
	var names []string
	var declared, environment []platform
	for _, p := range platforms() {
		names = append(names, p.name())
		block := blocks[p.name()]
		if block.IsUnknown() {
			addUnknown(diags, path.Root(p.name()))
			return nil, block
		}
		if !block.IsNull() {
			declared = append(declared, p)
		}
		if p.inEnvironment() {
			environment = append(environment, p)
		}
	}
	chosen := declared
	if len(chosen) == 0 {
		chosen = environment
	}
	switch len(chosen) {
	case 1:
		return chosen[0], blocks[chosen[0].name()]
	case 0:
		diags.AddError("No chat platform is configured",
			fmt.Sprintf("Set one of the arguments %s in the provider block, or the environment variables of one platform.", strings.Join(names, ", ")))
	default:
		const summary = "More than one chat platform is configured"
		if len(declared) > 0 {
			diags.AddAttributeError(path.Root(chosen[1].name()), summary,
				fmt.Sprintf("A provider block configures one application. Keep one of %s, and add a provider block with an alias for the other.", strings.Join(names, ", ")))
			break
		}
		diags.AddError(summary,
			fmt.Sprintf("The environment has app keys of several platforms. Unset all but one, or set one of the arguments %s in the provider block.", strings.Join(names, ", ")))
	}
	return nil, types.Object{}
}

// settings are the strings of a platform's block, with environment variables as
// defaults.
type settings struct {
	platform string
	block    types.Object
	diags    *diag.Diagnostics
}

func (s settings) at(name string) path.Path { return path.Root(s.platform).AtName(name) }

// literal returns the value in the block, empty if there is none.
func (s settings) literal(name string) string {
	value, ok := s.block.Attributes()[name].(types.String)
	if !ok {
		return ""
	}
	if value.IsUnknown() {
		addUnknown(s.diags, s.at(name))
	}
	return value.ValueString()
}

// get returns the value in the block, or else in the environment.
func (s settings) get(name, variable string) string {
	if v := s.literal(name); v != "" {
		return v
	}
	return os.Getenv(variable)
}

func (s settings) fail(name, summary, format string, args ...any) {
	s.diags.AddAttributeError(s.at(name), summary, fmt.Sprintf(format, args...))
}

// checkBaseURL warns of credentials that would be sent without encryption.
func (s settings) checkBaseURL(url string) {
	if rest.PlainHTTPWarning(url) {
		s.diags.AddAttributeWarning(s.at("base_url"), "Credentials are sent without encryption",
			"The address is plain http to another machine, so others on the network can read credentials and passwords. Use https.")
	}
}
