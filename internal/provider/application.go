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

const (
	// keyApplication is where the private state of a resource names its application.
	keyApplication = "application"
	// keyReplacing reports that the private state is not that of the resource, but of the plan
	// that replaces it because it is tainted.
	keyReplacing = "replacing"
	// keyImported reports that the resource was imported, and not read since.
	keyImported = "imported"
)

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

// noteRead notes that this run reads resources of this kind that were in the state. They
// belong to the provider's application. What is being imported says nothing: it is read
// also with -refresh=false.
func (b *base) noteRead(ctx context.Context, private privateState, diags *diag.Diagnostics) {
	imported, d := private.GetKey(ctx, keyImported)
	diags.Append(d...)
	if imported != nil {
		diags.Append(private.SetKey(ctx, keyImported, nil)...)
		return
	}
	b.client.kindsRead.set(b.kind.name)
}

// planReplacing notes in the plan of a new resource that the one that it may replace belongs
// to the provider's application. To a tainted resource that is replaced, Terraform gives no
// private state but that of this plan. If the resource was not read before, in the same
// process, nothing is known of it.
func (b *base) planReplacing(ctx context.Context, private privateState, diags *diag.Diagnostics) {
	belongs, d := private.GetKey(ctx, keyApplication)
	diags.Append(d...)
	if belongs != nil || !b.client.kindsRead.has(b.kind.name) { // its own private state is there, or unknown
		return
	}
	b.belong(ctx, private, diags)
	diags.Append(private.SetKey(ctx, keyReplacing, []byte("true"))...)
}

// replacing reports whether the private state that a Delete has is only that of the plan
// that replaces the resource.
func replacing(ctx context.Context, private privateState, diags *diag.Diagnostics) bool {
	value, d := private.GetKey(ctx, keyReplacing)
	diags.Append(d...)
	return value != nil
}

// inUnknownApplication reports whether it is not known which application a resource belongs
// to that is to be destroyed. Then nothing may be deleted.
func (b *base) inUnknownApplication(ctx context.Context, private privateState, diags *diag.Diagnostics) bool {
	belongs, d := private.GetKey(ctx, keyApplication)
	diags.Append(d...)
	if belongs == nil {
		diags.AddError("It is not known which application the resource belongs to",
			"Terraform does not pass on the private state of a tainted resource that is replaced, and this plan was made without a refresh. Nothing was deleted, and the state is unchanged. "+
				"Apply again with a refresh, without -refresh=false. To keep the resource instead of replacing it, run terraform untaint with its address.")
	}
	return belongs == nil
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
