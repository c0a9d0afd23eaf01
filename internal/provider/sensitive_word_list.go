package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ list.ListResourceWithConfigure = (*sensitiveWordList)(nil)

func newSensitiveWordList() list.ListResource {
	return &sensitiveWordList{listBase{base{kind: kind{name: "sensitive_word"}}}}
}

type sensitiveWordList struct{ listBase }

// ListResourceConfigSchema implements list.ListResource.
func (l *sensitiveWordList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: "Lists the sensitive words of the application. JMessage only."}
}

// List implements list.ListResource.
func (l *sensitiveWordList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	if !l.client.supported(&diags, "chat_sensitive_word", hasWords(l.client.Service)) {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	failed := func(diags *diag.Diagnostics, err error) { addError(diags, "Could not list the sensitive words", err) }
	stream.Results = results(limited(allWords(ctx, l.client.Words), req.Limit), failed, func(word *string) list.ListResult {
		var model sensitiveWordModel
		model.read(*word)
		return l.result(ctx, req, *word, map[string]types.String{"word": model.Word}, model)
	})
}
