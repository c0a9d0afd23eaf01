package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// listBase is embedded by every list resource.
type listBase struct{ base }

// Configure implements list.ListResourceWithConfigure.
func (l *listBase) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.configure(req.ProviderData, &resp.Diagnostics)
}

// result is one result: always the identity, and the resource if it is asked for.
func (l *listBase) result(ctx context.Context, req list.ListRequest, displayName string, names map[string]types.String, model any) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = displayName
	l.setIdentity(ctx, names, result.Identity, &result.Diagnostics)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return result
}

// results makes the results of a list as they are asked for. An error ends it; failed
// makes a diagnostic of it.
func results[T any](seq iter.Seq2[T, error], failed func(diags *diag.Diagnostics, err error), result func(T) list.ListResult) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		for value, err := range seq {
			if err != nil {
				var diags diag.Diagnostics
				failed(&diags, err)
				push(list.ListResult{Diagnostics: diags})
				return
			}
			if !push(result(value)) {
				return
			}
		}
	}
}
