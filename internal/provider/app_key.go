package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// appKeyAttribute is the attribute of a relation that names the application of the user
// at the other end.
func appKeyAttribute(user string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional:      true,
		Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
		PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		MarkdownDescription: "The app key of the application that the " + user + " belongs to, if it is not the provider's application. JMessage only. " +
			"Changing this forces a new resource.",
	}
}
