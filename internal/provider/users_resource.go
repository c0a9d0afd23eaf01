package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ resource.ResourceWithConfigure      = (*usersResource)(nil)
	_ resource.ResourceWithValidateConfig = (*usersResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*usersResource)(nil)
	_ resource.ResourceWithImportState    = (*usersResource)(nil)
)

func newUsersResource() resource.Resource { return &usersResource{} }

type usersResource struct {
	client *client
}

func (r *usersResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_users"
}

// Schema has no validators or plan modifiers below users: Terraform and the
// framework would run them for every one of thousands. See checkUsers.
func (r *usersResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Many users of the application in one resource. Terraform's own work grows with the square of the number of resource instances, " +
			"so that thousands of users are planned and applied many times faster here than as one `chat_user` each.\n\n" +
			"What is declared of a user is kept; what is omitted is left alone and not shown. Adding a name to `users` creates that user, removing one deletes it, " +
			"and nothing is created where a new name exists already, unless the provider says `adopt_existing`.\n\n" +
			"Where some users fail, the others are done all the same, the error names those that failed, and the state holds what is true. " +
			"An update that failed for some is completed by the next apply. When it is the creation of the whole resource that fails for some, " +
			"Terraform marks the resource as tainted, and the next apply would delete the users that were created and create all again. " +
			"Run `terraform untaint` with the address of the resource to keep them: the next apply then creates only those that are missing.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Made from the first user names when the resource is created or imported; it stays the same when users are added or removed.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"users": schema.MapNestedAttribute{
				Required:      true,
				PlanModifiers: []planmodifier.Map{planLater{}},
				MarkdownDescription: "The users by user name. On platforms that compare names without case, another spelling of the same name changes nothing. " +
					"The rules for names are those of `chat_user`.",
				NestedObject: schema.NestedAttributeObject{
					Attributes: map[string]schema.Attribute{
						"nickname": schema.StringAttribute{
							Optional:            true,
							MarkdownDescription: "The name shown to others, as in `chat_user`. An empty string clears it.",
						},
						"activated": schema.BoolAttribute{
							Optional: true,
							MarkdownDescription: "Whether the user may log in. " +
								"JMessage does not tell whether a user is disabled: there the value is only kept in the state, set again only when it changes, and null after an import.",
						},
					},
				},
			},
			"passwords": schema.MapAttribute{
				Optional:    true,
				Sensitive:   true,
				ElementType: types.StringType,
				MarkdownDescription: "The passwords by user name, kept in the state. Prefer `passwords_wo` or `password_wo`. " +
					"Every user that is to be created needs a password from one of the three; an imported user needs none. " +
					"A password of a name that is not in `users` is ignored.",
			},
			"passwords_wo": schema.MapAttribute{
				Optional:            true,
				Sensitive:           true,
				WriteOnly:           true,
				ElementType:         types.StringType,
				MarkdownDescription: "The passwords by user name, kept neither in the plan nor in the state. Raise `password_wo_version` to set them again.",
			},
			"password_wo": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				WriteOnly:           true,
				MarkdownDescription: "One password for all users, kept neither in the plan nor in the state. Raise `password_wo_version` to set it again.",
			},
			"password_wo_version": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "The version of `passwords_wo` or `password_wo`. A change sets the passwords of all users.",
			},
		},
	}
}

func (r *usersResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

func (r *usersResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config usersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	var given []string
	for name, value := range map[string]interface{ IsNull() bool }{
		"passwords": config.Passwords, "passwords_wo": config.PasswordsWO, "password_wo": config.PasswordWO,
	} {
		if !value.IsNull() {
			given = append(given, name)
		}
	}
	slices.Sort(given)
	if len(given) > 1 {
		resp.Diagnostics.AddAttributeError(path.Root(given[0]), "Invalid Attribute Combination",
			fmt.Sprintf("Passwords come from one place, so only one of %s can be set.", strings.Join(given, ", ")))
	}
	if !config.PasswordWOVersion.IsNull() && config.PasswordsWO.IsNull() && config.PasswordWO.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("password_wo_version"), "Invalid Attribute Combination",
			"A password_wo_version needs passwords_wo or password_wo.")
	}
}

// planLater hides the users while the framework looks for plan modifiers below
// them: it would copy the whole map for each user. ModifyPlan brings them back.
type planLater struct{}

func (planLater) Description(context.Context) string { return "planned with the resource" }

func (m planLater) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (planLater) PlanModifyMap(_ context.Context, _ planmodifier.MapRequest, resp *planmodifier.MapResponse) {
	resp.PlanValue = types.MapUnknown(memberType)
}

// ModifyPlan refuses what the platform would refuse.
func (r *usersResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var config, state usersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("users"), config.Users)...) // see planLater
	if r.client == nil {
		return
	}
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	memory := recall(ctx, req.Private, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		checkUsers(&resp.Diagnostics, r.client.Platform(), &config, state.members(r.client.Platform()), memory)
	}
}

func (r *usersResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config usersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	work := newUsersWork(r.client, &config, &usersModel{}, newUsersMemory(), &resp.Diagnostics)
	taken := work.apply(ctx)
	if resp.Diagnostics.HasError() {
		// Terraform taints what it could not create wholly and deletes it before it
		// tries again. Users that were there before must not be among them; those are
		// taken over again.
		for _, key := range taken {
			work.forget(key)
		}
		if len(work.have) == 0 {
			return
		}
		resp.Diagnostics.AddError(fmt.Sprintf("%d users were created and are in the state", len(work.have)),
			"Since others failed, Terraform marks the resource as tainted: the next apply would delete these and create all again. "+
				"To keep them, run terraform untaint with the address of this resource; the next apply then creates only those that are missing.")
	}
	model := work.model()
	model.ID = usersID(work.want)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	work.memory.save(ctx, resp.Private, &resp.Diagnostics)
}

func (r *usersResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state usersModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	memory := recall(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	members := state.members(r.client.Platform())
	imported := state.ID.IsNull()
	read, missing := readUsers(ctx, r.client, members, memory, imported, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	switch {
	case imported && len(missing) > 0:
		resp.Diagnostics.AddError("Cannot import users that do not exist",
			fmt.Sprintf("The application has no %s. Import those that exist; the others are created when they are declared.", nameList(missing)))
		return
	case imported:
		state.ID = usersID(read)
	case len(members) > 0 && len(read) == 0 && len(memory.Reregistered) == 0:
		resp.State.RemoveResource(ctx)
		return
	}
	state.Users = usersValue(read)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	memory.save(ctx, resp.Private, &resp.Diagnostics)
}

func (r *usersResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, state usersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	memory := recall(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	work := newUsersWork(r.client, &config, &state, memory, &resp.Diagnostics)
	work.apply(ctx)
	if !work.begun {
		return
	}
	model := work.model()
	model.ID = state.ID
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	work.memory.save(ctx, resp.Private, &resp.Diagnostics)
}

func (r *usersResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state usersModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	memory := recall(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	work := newUsersWork(r.client, &state, &state, memory, &resp.Diagnostics)
	work.remove(ctx, slices.Sorted(maps.Keys(work.have)))
	if len(work.have) > 0 {
		state.Users = usersValue(work.have)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		work.memory.save(ctx, resp.Private, &resp.Diagnostics)
	}
}

// ImportState takes user names with commas in between. Read tells the rest.
func (r *usersResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	users := map[string]member{}
	for name := range strings.SplitSeq(req.ID, ",") {
		name = strings.TrimSpace(name)
		if err := r.client.Platform().CheckUsername(name); err != nil {
			resp.Diagnostics.AddError("Invalid import ID", fmt.Sprintf("The ID is the names of the users with commas in between, such as alice,bob. %s", err))
			return
		}
		key := r.client.Platform().UserKey(name)
		if twin, ok := users[key]; ok {
			resp.Diagnostics.AddError("Invalid import ID", fmt.Sprintf("%q and %q are the same user. Name each user once.", twin.name, name))
			return
		}
		users[key] = newMember(name, types.StringNull(), types.BoolNull())
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("users"), usersValue(users))...)
}
