package provider

import (
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// departures brings together, while planning, the users that are deleted or replaced and
// the groups and rooms that they own. Terraform plans them in any order: whatever comes
// second finds the first. It is safe for concurrent use.
type departures struct {
	mu sync.Mutex
	// planned are the users of the state that were planned so far, deleted those of them
	// that are deleted or replaced. Users are known by chat.Platform's UserKey.
	planned, deleted map[string]bool
	owned            map[string][]string
}

// keep notes a user whom the state holds.
func (d *departures) keep(user string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.planned == nil {
		d.planned = map[string]bool{}
	}
	d.planned[user] = true
}

// create notes a user who is created, and returns what the user owns if this replaces one
// of the state.
func (d *departures) create(user string) []string {
	d.mu.Lock()
	replaced := d.planned[user]
	d.mu.Unlock()
	if !replaced {
		return nil
	}
	return d.delete(user)
}

// delete notes a user who is deleted, and returns what the user owns as far as it was
// planned.
func (d *departures) delete(user string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.deleted == nil {
		d.deleted = map[string]bool{}
	}
	d.deleted[user] = true
	return d.owned[user]
}

// own notes that a user owns a group that stays, and reports whether the user is deleted.
func (d *departures) own(user, what string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.owned == nil {
		d.owned = map[string][]string{}
	}
	d.owned[user] = append(d.owned[user], what)
	return d.deleted[user]
}

// warnOfDeparture warns that groups may be deleted with their owner.
func warnOfDeparture(diags *diag.Diagnostics, owner string, owned []string) {
	if len(owned) == 0 {
		return
	}
	list := strings.Join(owned, ", ")
	diags.AddWarning(fmt.Sprintf("%s may be deleted with user %q", capitalized(list), owner),
		fmt.Sprintf("This plan deletes or replaces user %[1]q, who owns %[2]s. The platform may delete what the user owns as well, with members and messages: "+
			"Terraform deletes the user first, even if %[2]s gets another owner in the same run. "+
			"To keep it, apply the new owner first, and delete or replace user %[1]q in a later run.", owner, list))
}
