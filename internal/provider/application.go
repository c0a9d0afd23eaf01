package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// A state belongs to one application. Under the same name there may be somebody else in
// another one, who is not the state's to manage.

// keyApplication is where the private state of a resource names its application.
const keyApplication = "application"

// application is what a resource belongs to.
type application struct {
	Platform string `json:"platform"`
	AppKey   string `json:"app_key"`
}

func (c *client) application() application {
	return application{Platform: c.Platform.Name, AppKey: c.Platform.AppKey}
}

func (a application) is(other application) bool {
	return a.Platform == other.Platform && strings.EqualFold(a.AppKey, other.AppKey)
}

// belong notes that a resource belongs to the provider's application.
func (b *base) belong(ctx context.Context, private privateState, diags *diag.Diagnostics) {
	encoded, err := json.Marshal(b.client.application())
	if err != nil {
		diags.AddError("Unwritable private state", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, keyApplication, encoded)...)
}

// How often a mismatch is reported.
type report bool

const (
	// once in a run: the plan fails as a whole, however many resources it concerns.
	once report = false
	// always: what is not done must not seem done.
	always report = true
)

// inOtherApplication reports whether a resource belongs to another application than the
// provider's. If it does, nothing may be read or written.
func (b *base) inOtherApplication(ctx context.Context, private privateState, how report, diags *diag.Diagnostics) bool {
	encoded, d := private.GetKey(ctx, keyApplication)
	diags.Append(d...)
	if encoded == nil {
		return false
	}
	var belongs application
	if err := json.Unmarshal(encoded, &belongs); err != nil {
		diags.AddError("Unreadable private state", fmt.Sprintf("The application that this resource belongs to cannot be read: %s.", err))
		return true
	}
	configured := b.client.application()
	if belongs.is(configured) {
		return false
	}
	if b.client.mismatches.set(belongs.Platform+" "+belongs.AppKey) || how == always {
		diags.AddError("The state belongs to another application",
			fmt.Sprintf("This resource is in the application %q on %s, but the provider is configured for %q on %s. "+
				"Nothing was read or changed in either application, and the state is unchanged.\n\n"+
				"Configure the provider for %[1]q again. To manage %[3]q as well, use another workspace or backend, "+
				"or additional resources with a provider block that has an alias. To stop managing the resource in %[1]q, remove it from the state with terraform state rm.",
				belongs.AppKey, belongs.Platform, configured.AppKey, configured.Platform))
	}
	return true
}
