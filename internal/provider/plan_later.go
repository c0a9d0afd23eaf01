package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// planLater hides a map of objects while the framework looks for plan modifiers below it:
// it would copy the whole map for each element. ModifyPlan brings the map back.
type planLater struct{ of types.ObjectType }

func (planLater) Description(context.Context) string { return "planned with the resource" }

func (m planLater) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (m planLater) PlanModifyMap(_ context.Context, req planmodifier.MapRequest, resp *planmodifier.MapResponse) {
	if req.ConfigValue.IsNull() {
		return // there is nothing below it
	}
	resp.PlanValue = types.MapUnknown(m.of)
}
