package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"terraform-provider-chat/internal/chat"
)

// capability returns the service as T, which only some platforms are. Where this
// one is not, the diagnostic names the platform and what needs it.
func capability[T any](diags *diag.Diagnostics, c *client, what string) (T, bool) {
	service, ok := chat.As[T](c.Service)
	if !ok {
		diags.AddError("Not supported by this platform", chat.Unsupported(c.Platform().Title(), what).Error())
	}
	return service, ok
}
