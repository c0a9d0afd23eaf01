package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"terraform-provider-chat/internal/chat"
)

func newUsernameFromFunction() function.Function { return usernameFromFunction{} }

type usernameFromFunction struct{}

func (usernameFromFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "username_from"
}

func (usernameFromFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Derives a user name from an account",
		MarkdownDescription: "Derives a user name from the name of any account, such as an e-mail address, which is not a valid user name on every platform. " +
			"The result is the readable part of the account, a hyphen and a digest of the whole account: `alice-example.com-76gzqgp4byjl6dje`.\n\n" +
			"The result is valid on every platform, has only lower-case letters, and is at most 64 characters long. " +
			"The same account has the same result in every version of this provider, and different accounts have different results.\n\n" +
			"Accounts that differ only in case or spaces have different results. If they are the same account for you, normalize them first: " +
			"`username_from(lower(trimspace(account)))`.\n\n" +
			"Requires Terraform 1.8 or later, or OpenTofu 1.7 or later.",
		Parameters: []function.Parameter{
			function.StringParameter{
				Name:                "account",
				MarkdownDescription: "The name of the account. It must not be empty.",
			},
		},
		Return: function.StringReturn{},
	}
}

func (usernameFromFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var account string
	if resp.Error = req.Arguments.Get(ctx, &account); resp.Error != nil {
		return
	}
	username, err := chat.UsernameFrom(account)
	if err != nil {
		// The command line adds a full stop of its own.
		resp.Error = function.NewArgumentFuncError(0, strings.TrimSuffix(err.Error(), "."))
		return
	}
	resp.Error = resp.Result.Set(ctx, username)
}
