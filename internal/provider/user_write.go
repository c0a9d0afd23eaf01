package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// createUser registers one user and returns it with what was declared, which not
// every platform repeats in its answer.
func createUser(ctx context.Context, service chat.Service, user chat.NewUser) (*chat.User, error) {
	results, err := service.CreateUsers(ctx, []chat.NewUser{user})
	if err != nil {
		return nil, err
	}
	if results[0].Err != nil {
		return nil, results[0].Err
	}
	created := *results[0].User
	created.Settings = overlay(created.Settings, chat.Settings{Nickname: user.Nickname, Profile: user.Profile})
	return &created, nil
}

// one returns what became of the only input of a bulk call.
func one(results []error, err error) error {
	if err != nil {
		return err
	}
	return results[0]
}

// userChange is what has to be written to make a user as declared; nil is nothing.
type userChange struct {
	settings  chat.Settings
	password  *string
	activated *bool
}

// changeOf returns what of the declared settings and activation differs from user.
func changeOf(user *chat.User, want chat.Settings, activated types.Bool) userChange {
	change := userChange{settings: changes(want, user.Settings)}
	if known(activated) {
		change.activated = changed(activated.ValueBoolPointer(), user.Activated)
	}
	return change
}

// write makes the calls, one after the other, and after each one that succeeded
// brings user up to date and calls saved, so that a later failure loses nothing.
func (c userChange) write(ctx context.Context, service chat.Service, user *chat.User, saved func()) error {
	if !c.settings.Empty() {
		if err := service.UpdateUser(ctx, user.Username, c.settings); err != nil {
			return err
		}
		user.Settings = overlay(user.Settings, c.settings)
		saved()
	}
	if c.activated != nil {
		if err := service.SetActivated(ctx, user.Username, *c.activated); err != nil {
			return err
		}
		user.Activated = c.activated
		saved()
	}
	if c.password != nil {
		return service.SetPassword(ctx, user.Username, *c.password)
	}
	return nil
}

// saveUser puts a user in the state as declared in model, except for what differs
// on the platform.
func saveUser(ctx context.Context, model userResourceModel, user *chat.User, state *tfsdk.State) diag.Diagnostics {
	if user.Activated == nil {
		model.Activated = types.BoolNull()
	}
	truth := *user
	if truth.Profile == nil {
		truth.Profile = &chat.Profile{}
	}
	diags := model.read(ctx, &truth)
	diags.Append(state.Set(ctx, model)...)
	return diags
}
