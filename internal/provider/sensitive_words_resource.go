package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"terraform-provider-chat/internal/reconcile"
)

var _ implementation = (*sensitiveWordsResource)(nil)

func newSensitiveWordsResource() resource.Resource {
	return manage(&sensitiveWordsResource{base{kind: kind{name: "sensitive_words", ofApplication: true, supported: hasWords}}})
}

// sensitiveWordsResource is all sensitive words of the application.
type sensitiveWordsResource struct{ base }

// Schema implements resource.Resource.
func (r *sensitiveWordsResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All sensitive words of the application, which the filter hides in messages: words that are not declared are removed. JMessage only. " +
			"To manage some words and leave the others alone, use `chat_sensitive_word`. Do not use both for one application.\n\n" +
			"The filter is turned on with `chat_application_settings`.\n\n" +
			"~> **Creating and updating this resource removes words that are not declared. Destroying this resource removes all sensitive words of the application.** Import the resource first to see in the plan what would be removed.",
		Attributes: map[string]schema.Attribute{
			// Required
			"words": schema.SetAttribute{
				Required:            true,
				ElementType:         types.StringType,
				Validators:          []validator.Set{setvalidator.NoNullValues()},
				MarkdownDescription: "The words, at most 100, each with at most 10 characters. They are case-sensitive.",
			},

			// Read-only
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The key of the application.",
			},
		},
	}
}

type sensitiveWordsModel struct {
	ID    types.String `tfsdk:"id"`
	Words types.Set    `tfsdk:"words"`
}

// read maps the words of the platform to the model.
func (m *sensitiveWordsModel) read(ctx context.Context, appKey string, words []string) diag.Diagnostics {
	var diags diag.Diagnostics
	m.ID = types.StringValue(appKey)
	m.Words, diags = types.SetValueFrom(ctx, types.StringType, words)
	return diags
}

// known returns the words of the model that are known.
func (m *sensitiveWordsModel) known() []string {
	var words []string
	for _, element := range m.Words.Elements() {
		if word, ok := element.(types.String); ok && known(word) {
			words = append(words, word.ValueString())
		}
	}
	return words
}

// ModifyPlan refuses what the platform would refuse, and warns of words that a new resource
// would remove.
func (r *sensitiveWordsResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil || req.Plan.Raw.IsNull() || req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	var plan sensitiveWordsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || plan.Words.IsUnknown() {
		return
	}
	words := plan.known()
	for _, word := range words {
		addRule(&resp.Diagnostics, path.Root("words").AtSetValue(types.StringValue(word)), r.client.Platform.Rules.Check(wordRule, word))
	}
	if most := r.client.Words.Limits().Words; len(plan.Words.Elements()) > most {
		resp.Diagnostics.AddAttributeError(path.Root("words"), "Too many elements",
			fmt.Sprintf("A %s application has at most %d sensitive words; %d are declared.", r.client.Platform.Title, most, len(plan.Words.Elements())))
	}
	if req.State.Raw.IsNull() && !resp.Diagnostics.HasError() {
		r.warnOfOthers(ctx, words, len(words) < len(plan.Words.Elements()), &resp.Diagnostics)
	}
}

// warnOfOthers warns of words that are there and not declared, unless some declared words
// are not known yet.
func (r *sensitiveWordsResource) warnOfOthers(ctx context.Context, declared []string, someUnknown bool, diags *diag.Diagnostics) {
	there, err := readWords(ctx, r.client.Words)
	if err != nil || someUnknown {
		return // the apply reports it
	}
	extra := slices.DeleteFunc(there, func(word string) bool { return slices.Contains(declared, word) })
	if len(extra) > 0 {
		slices.Sort(extra)
		diags.AddWarning("Sensitive words will be removed",
			fmt.Sprintf("This resource manages all of them, and these are not declared: %s. Declare those that should stay, or import the resource first to see them in the plan.", nameList(extra)))
	}
}

// apply makes the words those that are wanted, and returns what is there by then. Words are
// removed first, since their number is limited. It returns false if nothing was done.
func (r *sensitiveWordsResource) apply(ctx context.Context, wanted []string, diags *diag.Diagnostics) ([]string, bool) {
	list, release, err := r.hold(ctx, wanted)
	if err != nil {
		addError(diags, "Could not read the sensitive words", err)
		return nil, false
	}
	defer release()
	there := map[string]bool{}
	for _, word := range list {
		there[word] = true
	}
	wants := map[string]bool{}
	var missing []string
	for _, word := range wanted {
		wants[word] = true
		if !there[word] {
			missing = append(missing, word)
		}
	}
	extra := slices.DeleteFunc(list, func(word string) bool { return wants[word] || r.client.run.Confirmed(wordRunKey(word)) })
	record := func(doing string, words []string, errs []error, now bool) {
		failures := reconcile.Failures{Doing: doing, Total: len(words)}
		for i, word := range words {
			if errs[i] != nil {
				failures.Users = append(failures.Users, reconcile.Failure{Name: word, Err: errs[i]})
			} else {
				there[word] = now
			}
		}
		if len(failures.Users) > 0 {
			addFailuresOf(diags, "sensitive words", failures)
		}
	}
	record("remove", extra, r.remove(ctx, extra), false)
	if len(missing) > 0 {
		errs, err := r.client.Words.Add(ctx, missing)
		if err != nil {
			errs = slices.Repeat([]error{err}, len(missing))
		}
		record("add", missing, errs, true)
	}
	now := []string{}
	for _, word := range slices.Sorted(maps.Keys(there)) {
		switch {
		case wants[word] && there[word]:
			r.client.run.Confirm(wordRunKey(word))
			now = append(now, word)
		case there[word] && slices.Contains(extra, word):
			now = append(now, word) // it could not be removed
		}
	}
	return now, true
}

// hold holds the words that are wanted and those that are there, and returns those of them
// that are there once they are held: until then, another resource may change them.
func (r *sensitiveWordsResource) hold(ctx context.Context, wanted []string) (there []string, release func(), err error) {
	list, err := readWords(ctx, r.client.Words)
	if err != nil {
		return nil, nil, err
	}
	held := map[string]bool{}
	for _, word := range slices.Concat(wanted, list) {
		held[word] = true
	}
	keys := make([]string, 0, len(held))
	for word := range held {
		keys = append(keys, wordRunKey(word))
	}
	release = r.client.run.Hold(keys...)
	if list, err = readWords(ctx, r.client.Words); err != nil {
		release()
		return nil, nil, err
	}
	return slices.DeleteFunc(list, func(word string) bool { return !held[word] }), release, nil
}

// removalsAtOnce is how many words are removed side by side.
const removalsAtOnce = 16

// remove removes words, each with a call of its own, as the platform has it.
func (r *sensitiveWordsResource) remove(ctx context.Context, words []string) []error {
	errs := make([]error, len(words))
	var group errgroup.Group
	group.SetLimit(removalsAtOnce)
	for i, word := range words {
		group.Go(func() error {
			errs[i] = r.client.Words.Remove(ctx, word)
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	return errs
}

// write makes the words those of the plan, and keeps in the state what is there by then.
func (r *sensitiveWordsResource) write(ctx context.Context, planned tfsdk.Plan, state *tfsdk.State, diags *diag.Diagnostics) {
	var plan sensitiveWordsModel
	diags.Append(planned.Get(ctx, &plan)...)
	if diags.HasError() {
		return
	}
	if words, ok := r.apply(ctx, plan.known(), diags); ok {
		diags.Append(plan.read(ctx, r.client.Platform.AppKey, words)...)
		diags.Append(state.Set(ctx, plan)...)
	}
}

// Create implements resource.Resource.
func (r *sensitiveWordsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.write(ctx, req.Plan, &resp.State, &resp.Diagnostics)
}

// Read implements resource.Resource.
func (r *sensitiveWordsResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state sensitiveWordsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	words, err := readWords(ctx, r.client.Words)
	if err != nil {
		addError(&resp.Diagnostics, "Could not read the sensitive words", err)
		return
	}
	resp.Diagnostics.Append(state.read(ctx, r.client.Platform.AppKey, words)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update implements resource.Resource.
func (r *sensitiveWordsResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.write(ctx, req.Plan, &resp.State, &resp.Diagnostics)
}

// Delete implements resource.Resource: it removes all words.
func (r *sensitiveWordsResource) Delete(ctx context.Context, _ resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.apply(ctx, nil, &resp.Diagnostics)
}

// ImportState takes the key of the application, or an identity.
func (r *sensitiveWordsResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importApplication(ctx, req, resp)
}
