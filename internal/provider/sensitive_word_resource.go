package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ implementation = (*sensitiveWordResource)(nil)

func newSensitiveWordResource() resource.Resource {
	return manage(&sensitiveWordResource{base{kind: kind{
		name:      "sensitive_word",
		identity:  []identityAttribute{{name: "word", description: "The sensitive word."}},
		renames:   true,
		supported: hasWords,
	}}})
}

// sensitiveWordResource is one sensitive word of the application.
type sensitiveWordResource struct{ base }

// Schema implements resource.Resource.
func (r *sensitiveWordResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "One sensitive word of the application, which the filter hides in messages. JMessage only. " +
			"Creating a word that exists already changes nothing. To manage all words of the application, use `chat_sensitive_words`; use one or the other, not both.\n\n" +
			"The filter is turned on with `chat_application_settings`.\n\n" +
			"~> Destroying this resource removes the word, even if it existed before Terraform managed it.",
		Attributes: map[string]schema.Attribute{
			// Required
			"word": schema.StringAttribute{
				Required:   true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "The word, with at most 10 characters. Its case matters. Changing this renames the word. " +
					"If the new word exists already, the old one is removed.",
			},

			// Read-only
			"id": schema.StringAttribute{Computed: true, MarkdownDescription: "The word."},
		},
	}
}

type sensitiveWordModel struct {
	ID   types.String `tfsdk:"id"`
	Word types.String `tfsdk:"word"`
}

// read maps a word of the platform to the model.
func (m *sensitiveWordModel) read(word string) {
	m.ID, m.Word = types.StringValue(word), types.StringValue(word)
}

// ModifyPlan plans the id, which changes with the word.
func (r *sensitiveWordResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var word types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("word"), &word)...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), word)...)
}

// Create implements resource.Resource.
func (r *sensitiveWordResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan sensitiveWordModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	word := plan.Word.ValueString()
	defer r.client.run.Hold(wordRunKey(word))()
	if err := firstError(r.client.Words.Add(ctx, []string{word})); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not add the sensitive word %q", word), err)
		return
	}
	r.client.run.Confirm(wordRunKey(word))
	plan.read(word)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Read implements resource.Resource.
func (r *sensitiveWordResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state sensitiveWordModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	word := state.Word.ValueString()
	for found, err := range allWords(ctx, r.client.Words) {
		if err != nil {
			addError(&resp.Diagnostics, fmt.Sprintf("Could not read the sensitive word %q", word), err)
			return
		}
		if *found == word {
			state.read(word)
			resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
			return
		}
	}
	resp.State.RemoveResource(ctx)
}

// Update implements resource.Resource: it renames the word.
func (r *sensitiveWordResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state sensitiveWordModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	from, to := state.Word.ValueString(), plan.Word.ValueString()
	if from != to {
		defer r.client.run.Hold(wordRunKey(from), wordRunKey(to))()
		if err := r.rename(ctx, from, to); err != nil {
			// If the outcome is not known, the next refresh finds out.
			addError(&resp.Diagnostics, fmt.Sprintf("Could not rename the sensitive word %q to %q", from, to), err)
			return
		}
		r.client.run.Confirm(wordRunKey(to))
	}
	plan.read(to)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// rename makes one word another. In the end, the other one is there and the first is not,
// unless this run has created it.
func (r *sensitiveWordResource) rename(ctx context.Context, from, to string) error {
	keeps := r.client.run.Confirmed(wordRunKey(from))
	if !keeps {
		err := r.client.Words.Rename(ctx, from, to)
		if !errors.Is(err, chat.ErrNotFound) && !errors.Is(err, chat.ErrAlreadyExists) {
			return err
		}
	}
	if err := firstError(r.client.Words.Add(ctx, []string{to})); err != nil || keeps {
		return err
	}
	return r.client.Words.Remove(ctx, from)
}

// Delete implements resource.Resource.
func (r *sensitiveWordResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state sensitiveWordModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	word := state.Word.ValueString()
	defer r.client.run.Hold(wordRunKey(word))()
	if r.client.run.Confirmed(wordRunKey(word)) {
		return
	}
	if err := r.client.Words.Remove(ctx, word); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not remove the sensitive word %q", word), err)
	}
}

// ImportState takes the word, or an identity.
func (r *sensitiveWordResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importNames(ctx, req, resp, func(id string) ([]string, string) {
		if id == "" {
			return nil, "The id must be the word."
		}
		return []string{id}, ""
	})
}
