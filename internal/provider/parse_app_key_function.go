package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/easemob"
)

func newParseAppKeyFunction() function.Function { return parseAppKeyFunction{} }

type parseAppKeyFunction struct{}

func (parseAppKeyFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_app_key"
}

func (parseAppKeyFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Splits an Easemob app key",
		MarkdownDescription: "Splits the app key of an application on Easemob, `org_name#app_name`, into an object with the attributes " +
			"`org` and `app`. An argument of another form is an error.\n\n" +
			"Requires Terraform 1.8 or later, or OpenTofu 1.7 or later.",
		Parameters: []function.Parameter{
			function.StringParameter{
				Name:                "app_key",
				MarkdownDescription: "The app key, for example `chat-demo#testapp`.",
			},
		},
		Return: function.ObjectReturn{
			AttributeTypes: map[string]attr.Type{"org": types.StringType, "app": types.StringType},
		},
	}
}

func (parseAppKeyFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var appKey string
	if resp.Error = req.Arguments.Get(ctx, &appKey); resp.Error != nil {
		return
	}
	org, app, err := easemob.ParseAppKey(appKey)
	if err != nil {
		// The command line adds a full stop of its own.
		resp.Error = function.NewArgumentFuncError(0, strings.TrimSuffix(err.Error(), "."))
		return
	}
	resp.Error = resp.Result.Set(ctx, struct {
		Org string `tfsdk:"org"`
		App string `tfsdk:"app"`
	}{org, app})
}
