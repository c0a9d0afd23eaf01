package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"terraform-provider-chat/internal/reconcile"
)

// keyAccount is where the private state of a resource keeps its account of users.
const keyAccount = "account"

// recall returns the account of a resource.
func recall(ctx context.Context, private privateState, diags *diag.Diagnostics) *reconcile.Account {
	encoded, d := private.GetKey(ctx, keyAccount)
	diags.Append(d...)
	account, err := reconcile.ParseAccount(encoded)
	if err != nil {
		diags.AddError("Unreadable private state", err.Error())
		return reconcile.NewAccount()
	}
	return account
}

// keep saves the account of a resource.
func keep(ctx context.Context, account *reconcile.Account, private privateState, diags *diag.Diagnostics) {
	encoded, err := account.Encode()
	if err != nil {
		diags.AddError("Unwritable private state", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, keyAccount, encoded)...)
}
