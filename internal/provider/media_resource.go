package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ implementation = (*mediaResource)(nil)

func newMediaResource() resource.Resource {
	return manage(&mediaResource{base{kind: kind{name: "media", supported: func(s *chat.Service) bool { return s.Media != nil }}}})
}

// mediaResource is a file that was uploaded.
type mediaResource struct{ base }

// Schema implements resource.Resource.
func (r *mediaResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A file that is uploaded to the platform: an image, a recording or any other file of at most 8 MB. JMessage only. " +
			"The `id` is the media id that avatars of users and groups and messages with an image refer to. " +
			"The provider reads the file during a plan. The apply uploads the content that the file has at that time. Changing its content forces a new resource. Changing its path updates the resource: the file is uploaded only if its content is another one, and otherwise the media id stays the same.\n\n" +
			"The upload is logged with its progress at the level `INFO`. This resource cannot be imported: declare the file, and apply. Uploading a file twice is harmless.\n\n" +
			"~> Destroying this resource, or replacing it, does not delete the file: the platform has no call for this, and the media id stays valid.",
		Attributes: map[string]schema.Attribute{
			// Required
			"source": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "The path of the file, for example `\"${path.module}/logo.png\"`. The file must exist when Terraform plans, and have 1 byte to 8 MB.",
			},

			// Optional
			"type": schema.StringAttribute{
				Optional: true, Computed: true,
				Validators: []validator.String{stringvalidator.OneOf(chat.MediaTypes()...)},
				MarkdownDescription: "The type of the file: " + quotedList(chat.MediaTypes()) + ". An image is a JPEG, BMP, GIF or PNG file. " +
					"By default, the type is `\"image\"` if the content is an image, `\"voice\"` for a recording (by its content, or an extension such as `.m4a` or `.amr`), and otherwise `\"file\"`. " +
					"Changing this forces a new resource.",
			},

			// Read-only
			"id":     schema.StringAttribute{Computed: true, MarkdownDescription: "The media id."},
			"sha256": schema.StringAttribute{Computed: true, MarkdownDescription: "The SHA-256 digest of the content, in hexadecimal. If it changes, this forces a new resource."},
			"crc32":  schema.Int64Attribute{Computed: true, MarkdownDescription: "The CRC-32 checksum that the platform returned."},
			"size":   schema.Int64Attribute{Computed: true, MarkdownDescription: "The size of the file in bytes."},
			"width":  schema.Int64Attribute{Computed: true, MarkdownDescription: "The width of an image in pixels. Null for other files."},
			"height": schema.Int64Attribute{Computed: true, MarkdownDescription: "The height of an image in pixels. Null for other files."},
		},
	}
}

type mediaModel struct {
	ID     types.String `tfsdk:"id"`
	Source types.String `tfsdk:"source"`
	Type   types.String `tfsdk:"type"`
	SHA256 types.String `tfsdk:"sha256"`
	CRC32  types.Int64  `tfsdk:"crc32"`
	Size   types.Int64  `tfsdk:"size"`
	Width  types.Int64  `tfsdk:"width"`
	Height types.Int64  `tfsdk:"height"`
}

// read maps an uploaded file to the model.
func (m *mediaModel) read(file *sourceFile, uploaded *chat.Uploaded) {
	m.ID, m.SHA256, m.Size = types.StringValue(uploaded.ID), types.StringValue(file.sha256), types.Int64Value(int64(len(file.content)))
	m.CRC32 = types.Int64Value(uploaded.CRC32)
	if uploaded.CRC32 == 0 { // the platform may leave it out
		m.CRC32 = types.Int64Value(int64(crc32.ChecksumIEEE(file.content)))
	}
	m.Width, m.Height = types.Int64Null(), types.Int64Null()
	if uploaded.Width > 0 {
		m.Width, m.Height = types.Int64Value(uploaded.Width), types.Int64Value(uploaded.Height)
	}
}

// unknown makes everything unknown that the file decides, as it is when it is uploaded.
// Terraform plans again during an apply, and the file may be another by then.
func (m *mediaModel) unknown() {
	if m.Type.IsNull() {
		m.Type = types.StringUnknown()
	}
	m.ID, m.SHA256 = types.StringUnknown(), types.StringUnknown()
	m.CRC32, m.Size = types.Int64Unknown(), types.Int64Unknown()
	m.Width, m.Height = types.Int64Unknown(), types.Int64Unknown()
}

// ModifyPlan reads the file: it refuses one that the platform would refuse, and plans to
// upload it if its content is another.
func (r *mediaResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil {
		return
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.AddWarning("The file stays on the platform",
			"Destroying chat_media does not delete the file, because the platform has no call for this. The media id stays valid, and is only removed from the state.")
		return
	}
	var plan, config, state mediaModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	exists := !req.State.Raw.IsNull()
	if exists {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	plan.Type = config.Type
	if !known(config.Source) {
		plan.unknown()
		if exists { // its content may be another
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root("source"))
		}
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
		return
	}
	file := readSource(config.Source.ValueString(), r.client.Platform.Rules, &resp.Diagnostics)
	if file == nil {
		return
	}
	same := exists && state.SHA256.ValueString() == file.sha256
	moves := exists && !plan.Source.Equal(state.Source)
	if known(plan.Type) {
		file.check(plan.Type.ValueString(), r.client.Platform.Rules, &resp.Diagnostics)
	}
	retyped := exists && !plan.Type.IsNull() && !plan.Type.Equal(state.Type)
	if same && !moves && !retyped {
		plan = state
	} else {
		plan.unknown()
	}
	if exists && !same && !moves {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("sha256"))
	}
	if retyped {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("type"))
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// upload uploads a file as planned, and completes the plan. It reports false if it failed.
func (r *mediaResource) upload(ctx context.Context, file *sourceFile, plan *mediaModel, diags *diag.Diagnostics) bool {
	name := plan.Source.ValueString()
	if !known(plan.Type) {
		plan.Type = types.StringValue(file.kind())
	}
	if file.check(plan.Type.ValueString(), r.client.Platform.Rules, diags); diags.HasError() {
		return false
	}
	uploaded, err := r.client.Media.Upload(ctx, chat.MediaFile{
		Name: filepath.Base(name), Type: plan.Type.ValueString(), Size: int64(len(file.content)), Content: bytes.NewReader(file.content),
	}, r.progress(ctx, name))
	if err != nil {
		addError(diags, fmt.Sprintf("Could not upload the file %q", name), err)
		return false
	}
	plan.read(file, uploaded)
	return true
}

// progressStep is after how many bytes the log says how much of a file was sent.
const progressStep = 1 << 20

// progress writes to the log how much of a file was sent.
func (r *mediaResource) progress(ctx context.Context, name string) func(sent, total int64) {
	var next int64
	return func(sent, total int64) {
		if sent < next-progressStep {
			next = 0 // the upload begins again
		}
		if sent >= next || sent == total {
			next = sent - sent%progressStep + progressStep
			r.client.log(ctx, "uploading a file", map[string]any{"file": name, "sent": sent, "total": total})
		}
	}
}

// Create implements resource.Resource.
func (r *mediaResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan mediaModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	file := readSource(plan.Source.ValueString(), r.client.Platform.Rules, &resp.Diagnostics)
	if file != nil && r.upload(ctx, file, &plan, &resp.Diagnostics) {
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
}

// Read implements resource.Resource. The platform does not return more of a file than its
// address, and does not say how it answers if there is no such file: it refuses the id.
func (r *mediaResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state mediaModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	_, err := r.client.Media.URL(ctx, state.ID.ValueString())
	switch {
	case noSuchMedia(err):
		resp.State.RemoveResource(ctx)
	case err != nil:
		addError(&resp.Diagnostics, fmt.Sprintf("Could not check whether media %q exists", state.ID.ValueString()), err)
	}
}

// noSuchMedia reports whether an error says that there is no such file.
func noSuchMedia(err error) bool {
	return errors.Is(err, chat.ErrNotFound) || errors.Is(err, chat.ErrInvalid)
}

// Update implements resource.Resource: the path is another. The file is uploaded only if its
// content is another as well.
func (r *mediaResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state mediaModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	file := readSource(plan.Source.ValueString(), r.client.Platform.Rules, &resp.Diagnostics)
	switch {
	case file == nil:
	case file.sha256 == state.SHA256.ValueString():
		state.Source = plan.Source
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	case r.upload(ctx, file, &plan, &resp.Diagnostics):
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
}

// Delete implements resource.Resource: the platform has no call for that.
func (r *mediaResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// ImportState refuses: the content cannot be read from the platform.
func (r *mediaResource) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.AddError("chat_media cannot be imported",
		"The content of a file cannot be compared with what was uploaded before. Declare the file with its source, and apply. Uploading it again is harmless.")
}
