package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// usersMemory is what a resource remembers of its users beyond the state, by
// chat.Platform's UserKey.
type usersMemory struct {
	// Identities tell apart users that had the same name one after the other.
	Identities map[string]identity `json:"identities"`
	// Reregistered are users of ours that somebody else registered again. They are
	// not in the state, and taken over without asking where they are still declared.
	Reregistered map[string]bool `json:"reregistered,omitempty"`
}

// identity is a registration: its UUID, or where the platform has none the second.
type identity struct {
	UUID string `json:"uuid,omitempty"`
	Unix int64  `json:"unix,omitempty"`
}

func identityOf(user *chat.User) identity {
	switch {
	case user.UUID != "":
		return identity{UUID: user.UUID}
	case !user.CreatedAt.IsZero():
		return identity{Unix: user.CreatedAt.Unix()}
	}
	return identity{}
}

// lost tells whether the user is another one than the one that is remembered.
func (id identity) lost(user *chat.User) bool {
	var model userModel
	if id.UUID != "" {
		model.UUID = types.StringValue(id.UUID)
	}
	if id.Unix != 0 {
		model.CreatedAt = timetypes.NewRFC3339TimeValue(time.Unix(id.Unix, 0).UTC())
	}
	return reregistered(&model, user)
}

const keyUsersMemory = "users"

func newUsersMemory() *usersMemory {
	return &usersMemory{Identities: map[string]identity{}, Reregistered: map[string]bool{}}
}

// privateState is where a resource keeps its memory.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func recall(ctx context.Context, private privateState, diags *diag.Diagnostics) *usersMemory {
	memory := newUsersMemory()
	encoded, d := private.GetKey(ctx, keyUsersMemory)
	diags.Append(d...)
	if encoded != nil {
		if err := json.Unmarshal(encoded, memory); err != nil {
			diags.AddError("Unreadable private state", fmt.Sprintf("What the provider keeps beside the state of this resource cannot be read: %s.", err))
		}
	}
	return memory
}

func (m *usersMemory) save(ctx context.Context, private privateState, diags *diag.Diagnostics) {
	encoded, err := json.Marshal(m)
	if err != nil {
		diags.AddError("Unwritable private state", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, keyUsersMemory, encoded)...)
}

// remember keeps the registration of a user that is ours.
func (m *usersMemory) remember(key string, user *chat.User) {
	delete(m.Reregistered, key)
	if id := identityOf(user); id != (identity{}) {
		m.Identities[key] = id
	}
}

// forget drops a user that is ours no longer.
func (m *usersMemory) forget(key string) {
	delete(m.Identities, key)
	delete(m.Reregistered, key)
}
