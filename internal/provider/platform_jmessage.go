package provider

import (
	"os"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/jmessage"
	"terraform-provider-chat/internal/rest"
)

// jmessagePlatform is JMessage (Jiguang IM).
type jmessagePlatform struct{}

func (jmessagePlatform) name() string { return "jmessage" }

func (jmessagePlatform) inEnvironment() bool { return os.Getenv("JMESSAGE_APP_KEY") != "" }

func (jmessagePlatform) attribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "An application on JMessage (Jiguang IM). Conflicts with `easemob`.",
		Attributes: map[string]schema.Attribute{
			"app_key": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The key of the application, 24 letters or digits. Defaults to the environment variable `JMESSAGE_APP_KEY`.",
			},
			"master_secret": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "The master secret of the application, from its page in the console. Defaults to the environment variable `JMESSAGE_MASTER_SECRET`.",
			},
			"base_url": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The address of the REST API. Defaults to the environment variable `JMESSAGE_BASE_URL`, and without it to `" + jmessage.DefaultBaseURL + "`.",
			},
		},
	}
}

func (jmessagePlatform) open(s settings, transport rest.Config) *chat.Service {
	config := jmessage.Config{
		AppKey:       s.get("app_key", "JMESSAGE_APP_KEY"),
		MasterSecret: s.get("master_secret", "JMESSAGE_MASTER_SECRET"),
		REST:         transport,
	}
	if config.AppKey == "" {
		s.fail("app_key", "Missing app key", "Set app_key, or the environment variable JMESSAGE_APP_KEY, to the application's key.")
	} else if err := jmessage.CheckAppKey(config.AppKey); err != nil {
		s.fail("app_key", "Invalid app key", "%s", err)
	}
	if config.MasterSecret == "" {
		s.fail("master_secret", "Missing master secret", "Set master_secret, or the environment variable JMESSAGE_MASTER_SECRET, to the application's master secret.")
	} else if err := jmessage.CheckMasterSecret(config.MasterSecret); err != nil {
		s.fail("master_secret", "Invalid master secret", "%s", err)
	}
	config.REST.BaseURL = s.get("base_url", "JMESSAGE_BASE_URL")
	s.checkBaseURL(config.REST.BaseURL)
	if s.diags.HasError() {
		return nil
	}
	service, err := jmessage.New(config)
	if err != nil {
		s.fail("base_url", "Invalid provider configuration", "%s", err)
		return nil
	}
	return service
}
