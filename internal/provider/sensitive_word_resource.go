package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
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
			"Creating a word that exists already changes nothing. To manage all words of the application, use `chat_sensitive_words`. Do not use both for one application.\n\n" +
			"The filter is turned on with `chat_application_settings`.\n\n" +
			"~> Destroying this resource removes the word, even if it existed before Terraform managed it.",
		Attributes: map[string]schema.Attribute{
			// Required
			"word": schema.StringAttribute{
				Required:   true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "The word, at most 10 characters. It is case-sensitive. Changing this renames the word. " +
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

// ModifyPlan plans the id, which changes with the word. It is unknown, which demands an
// update, as long as it is not known what the word is called.
func (r *sensitiveWordResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var word types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("word"), &word)...)
	if renamedTo(ctx, req.Private, &resp.Diagnostics) != "" { // Read has not settled it
		word = types.StringUnknown()
	}
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
	err := r.settle(ctx, chat.Single(r.client.Words.Add(ctx, []string{word})), func(there []string) bool { return slices.Contains(there, word) })
	if err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not add the sensitive word %q", word), err)
		if _, unsettled := chat.Unsettled(err); !unsettled {
			return
		}
		// It may be there: in the state, it is not forgotten.
	} else {
		r.client.run.Confirm(wordRunKey(word))
	}
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
	there, err := readWords(ctx, r.client.Words)
	if err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read the sensitive word %q", word), err)
		return
	}
	if maybe := renamedTo(ctx, req.Private, &resp.Diagnostics); maybe != "" {
		word = nameNow(word, maybe, there)
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyRenamed, nil)...)
	if !slices.Contains(there, word) {
		resp.State.RemoveResource(ctx)
		return
	}
	state.read(word)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// keyRenamed is where the private state keeps what a word may be called by now.
const keyRenamed = "renamed"

// renamedTo returns what a word may be called by now, empty if that is known.
func renamedTo(ctx context.Context, private privateState, diags *diag.Diagnostics) string {
	encoded, d := private.GetKey(ctx, keyRenamed)
	diags.Append(d...)
	var to string
	if encoded != nil {
		_ = json.Unmarshal(encoded, &to) // what cannot be read is not known
	}
	return to
}

// nameNow returns what a word is called whose rename had an unknown outcome.
func nameNow(word, maybe string, there []string) string {
	if slices.Contains(there, word) {
		return word
	}
	return maybe
}

// settle finds out by reading what became of a call whose outcome is not known; took
// reports whether it took effect, given the words that are there. If reading fails too, the
// outcome stays unknown.
func (r *sensitiveWordResource) settle(ctx context.Context, err error, took func(there []string) bool) error {
	if _, unsettled := chat.Unsettled(err); !unsettled {
		return err
	}
	late, cancel := r.client.Grace(ctx)
	defer cancel()
	there, readErr := readWords(late, r.client.Words)
	switch {
	case readErr != nil:
		return err
	case took(there):
		return nil
	}
	return chat.NotYetApplied(err)
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
	if maybe := renamedTo(ctx, req.Private, &resp.Diagnostics); maybe != "" {
		there, err := readWords(ctx, r.client.Words)
		if err != nil {
			addError(&resp.Diagnostics, fmt.Sprintf("Could not read the sensitive word %q", from), err)
			return
		}
		from = nameNow(from, maybe, there)
		state.read(from)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyRenamed, nil)...)
	}
	if from != to {
		defer r.client.run.Hold(wordRunKey(from), wordRunKey(to))()
		if err := r.rename(ctx, from, to); err != nil {
			addError(&resp.Diagnostics, fmt.Sprintf("Could not rename the sensitive word %q to %q", from, to), err)
			if _, unsettled := chat.Unsettled(err); unsettled {
				encoded, _ := json.Marshal(to) // a text never fails
				resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyRenamed, encoded)...)
			}
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
		err := r.settle(ctx, r.client.Words.Rename(ctx, from, to), func(there []string) bool {
			return slices.Contains(there, to) && !slices.Contains(there, from)
		})
		if !errors.Is(err, chat.ErrNotFound) && !errors.Is(err, chat.ErrAlreadyExists) {
			return err
		}
	}
	if err := chat.Single(r.client.Words.Add(ctx, []string{to})); err != nil || keeps {
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
	words := []string{state.Word.ValueString()}
	// Terraform may destroy what it has not refreshed.
	if to := renamedTo(ctx, req.Private, &resp.Diagnostics); to != "" && to != words[0] {
		words = append(words, to)
	}
	for _, word := range words {
		if err := r.remove(ctx, word); err != nil {
			addError(&resp.Diagnostics, fmt.Sprintf("Could not remove the sensitive word %q", word), err)
		}
	}
}

// remove removes a word, unless this run has created it.
func (r *sensitiveWordResource) remove(ctx context.Context, word string) error {
	defer r.client.run.Hold(wordRunKey(word))()
	if r.client.run.Confirmed(wordRunKey(word)) {
		return nil
	}
	return r.client.Words.Remove(ctx, word)
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
