package provider

import (
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
	"terraform-provider-chat/internal/rest"
)

// easemobPlatform is the Chat Platform API (Easemob).
type easemobPlatform struct{}

func (easemobPlatform) name() string { return "easemob" }

func (easemobPlatform) inEnvironment() bool { return os.Getenv("EASEMOB_APP_KEY") != "" }

func (easemobPlatform) attribute() schema.SingleNestedAttribute {
	sibling := func(name string) path.Expression { return path.MatchRelative().AtParent().AtName(name) }
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "An application on the Chat Platform API, also sold as Easemob. Conflicts with `jmessage`.",
		Attributes: map[string]schema.Attribute{
			"app_key": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The key of the application, `org_name#app_name`. Defaults to the environment variable `EASEMOB_APP_KEY`.",
			},
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The address of the REST API, for example `https://a1.easemob.com`. Defaults to the environment variable `EASEMOB_BASE_URL`. " +
					"Required unless `data_center` is set. Conflicts with `data_center`.",
				Validators: []validator.String{stringvalidator.ConflictsWith(sibling("data_center"))},
			},
			"data_center": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The data center of the application, instead of `base_url`. One of " + quotedList(easemob.DataCenters()) + ". Conflicts with `base_url`.",
				Validators:          []validator.String{stringvalidator.OneOf(easemob.DataCenters()...)},
			},
			"client_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The client id of the application, from its page in the console. Defaults to the environment variable `EASEMOB_CLIENT_ID`. Conflicts with `token`.",
			},
			"client_secret": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "The client secret of the application, from its page in the console. Defaults to the environment variable `EASEMOB_CLIENT_SECRET`. Conflicts with `token`.",
			},
			"token": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "An app token, instead of `client_id` and `client_secret`. The provider does not renew it. Defaults to the environment variable `EASEMOB_TOKEN`. " +
					"Conflicts with `client_id` and `client_secret`.",
				Validators: []validator.String{stringvalidator.ConflictsWith(sibling("client_id"), sibling("client_secret"))},
			},
		},
	}
}

func (easemobPlatform) open(s settings, transport rest.Config) *chat.Service {
	config := easemob.Config{AppKey: s.get("app_key", "EASEMOB_APP_KEY"), REST: transport}
	if config.AppKey == "" {
		s.fail("app_key", "Missing app key", "Set app_key, or the environment variable EASEMOB_APP_KEY, to the application's key: org_name#app_name.")
	} else if _, _, err := easemob.ParseAppKey(config.AppKey); err != nil {
		s.fail("app_key", "Invalid app key", "%s", err)
	}

	config.REST.BaseURL = s.get("base_url", "EASEMOB_BASE_URL")
	if center := s.literal("data_center"); center != "" {
		url, ok := easemob.DataCenterURL(center)
		if !ok {
			s.fail("data_center", "Unknown data center", "%q is not a data center. It must be one of %s. For any other address, set base_url.", center, strings.Join(easemob.DataCenters(), ", "))
		}
		config.REST.BaseURL = url
	} else if config.REST.BaseURL == "" {
		s.fail("base_url", "Missing address", "Set base_url, or the environment variable EASEMOB_BASE_URL, or data_center (one of %s).", strings.Join(easemob.DataCenters(), ", "))
	}
	s.checkBaseURL(config.REST.BaseURL)

	easemobCredentials(s, &config)
	if s.diags.HasError() {
		return nil
	}
	service, err := easemob.New(config)
	if err != nil {
		s.fail("base_url", "Invalid provider configuration", "%s", err)
		return nil
	}
	return service
}

// easemobCredentials takes a token, or else a client id and secret. The block takes
// precedence over the environment as a whole and not value by value, so that a
// forgotten EASEMOB_TOKEN never replaces credentials in the block.
func easemobCredentials(s settings, config *easemob.Config) {
	const need = "Set client_id and client_secret (EASEMOB_CLIENT_ID and EASEMOB_CLIENT_SECRET), or token (EASEMOB_TOKEN)."
	if token := s.literal("token"); token != "" {
		config.Token = token
		return
	}
	declared := s.literal("client_id") != "" || s.literal("client_secret") != ""
	id, secret := s.get("client_id", "EASEMOB_CLIENT_ID"), s.get("client_secret", "EASEMOB_CLIENT_SECRET")
	if token := os.Getenv("EASEMOB_TOKEN"); token != "" && !declared {
		if id != "" || secret != "" {
			s.fail("token", "Two kinds of credentials", "The environment has EASEMOB_TOKEN and also EASEMOB_CLIENT_ID or EASEMOB_CLIENT_SECRET. Unset one kind.")
		}
		config.Token = token
		return
	}
	switch {
	case id == "" && secret == "":
		s.fail("client_id", "Missing credentials", "%s", need)
	case id == "":
		s.fail("client_id", "Missing client id", "There is a client secret but no client id. %s", need)
	case secret == "":
		s.fail("client_secret", "Missing client secret", "There is a client id but no client secret. %s", need)
	}
	config.ClientID, config.ClientSecret = id, secret
}
