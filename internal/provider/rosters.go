package provider

import (
	"slices"
	"sync"

	"terraform-provider-chat/internal/reconcile"
	"terraform-provider-chat/internal/userfile"
)

// rosters are those of the resources that this run has read or replaces. Terraform gives
// neither the plan nor the Create of a tainted resource what it had in its private state.
// The zero value is ready to use.
type rosters struct {
	mu     sync.Mutex
	known  []knownRoster
	handed []knownRoster
}

// knownRoster is a roster and the path of its file; empty if its users are in the state.
type knownRoster struct {
	source string
	roster *reconcile.Roster
}

// read notes the roster of a resource that was read.
func (r *rosters) read(source string, roster *reconcile.Roster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = slices.DeleteFunc(r.known, func(k knownRoster) bool { return k.roster.ID == roster.ID })
	r.known = append(r.known, knownRoster{source, roster})
}

// hand notes the roster of a resource that is replaced, for the Create.
func (r *rosters) hand(source string, roster *reconcile.Roster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.handed = append(r.handed, knownRoster{source, roster})
}

// find returns the roster that a new resource for a file may replace: one that was handed
// over, or read, and is for the same file or has users of it. Nil if there is none.
func (r *rosters) find(source string, file *userfile.File) *reconcile.Roster {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, list := range [][]knownRoster{r.handed, r.known} {
		if i := closest(list, source, inFile(file)); i >= 0 {
			return list[i].roster
		}
	}
	return nil
}

// take returns the roster that was handed over to the Create of a resource, and forgets it.
// Without a file, only one of the same path counts.
func (r *rosters) take(source string, file *userfile.File) *reconcile.Roster {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := closest(r.handed, source, inFile(file))
	if i < 0 {
		return nil
	}
	roster := r.handed[i].roster
	r.handed = slices.Delete(r.handed, i, i+1)
	return roster
}

// findUsers returns the roster of users in the state that new users in a configuration may
// replace: the one that shares most of them. Nil if there is none.
func (r *rosters) findUsers(declared func(key string) bool) *reconcile.Roster {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := closest(r.known, "", declared); i >= 0 && r.known[i].source == "" {
		return r.known[i].roster
	}
	return nil
}

// inFile reports whether a file declares a user; nil declares none.
func inFile(file *userfile.File) func(key string) bool {
	return func(key string) bool { return file != nil && file.Of(key) != nil }
}

// closest returns the index of the roster for a path or else of the one that shares most
// users with what is declared, -1 if there is none.
func closest(list []knownRoster, source string, declared func(key string) bool) int {
	best, most := -1, 0
	for i, k := range list {
		if source != "" && k.source == source {
			return i
		}
		shared := 0
		for key := range k.roster.Users {
			if declared(key) {
				shared++
			}
		}
		for key := range k.roster.Account.Users { // those that somebody else registered again
			if _, counted := k.roster.Users[key]; !counted && declared(key) {
				shared++
			}
		}
		if shared > most {
			best, most = i, shared
		}
	}
	return best
}
