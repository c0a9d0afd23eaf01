package easemob

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"terraform-provider-chat/internal/emulator/platform"
)

// switches are what tests may set and the platform's console or plan decides. They hold
// for all applications.
type switches struct {
	// RoomDropOut makes users who are offline for two minutes leave chat rooms.
	RoomDropOut bool `json:"room_drop_out"`
	// FeaturesOff are the features that are not there.
	FeaturesOff []string `json:"features_off"`
	// MaxGroups is how many groups, and how many chat rooms, an application may have;
	// 0 is no limit.
	MaxGroups int `json:"max_groups"`
	// MaxGroupMembers is the largest maxusers of a group.
	MaxGroupMembers int `json:"max_group_members"`
	// MaxJoined is how many groups, and how many chat rooms, a user may be in.
	MaxJoined int `json:"max_joined"`
}

// usualSwitches are those of the largest plan.
func usualSwitches() switches {
	return switches{FeaturesOff: []string{}, MaxGroupMembers: 3000, MaxJoined: 3000}
}

// The features that can be switched off.
const (
	chatRooms    = "chatrooms"
	globalMuting = "mutes"
	pushing      = "push"
	recalling    = "recall"
)

// featureErrors are the answers of what is switched off.
var featureErrors = map[string]error{
	chatRooms:    notUsed("chatroom"),
	globalMuting: notUsed("user_mute"),
	pushing:      notUsed("push"),
	recalling: &failure{
		status: http.StatusForbidden, code: "forbidden_op", exception: "EasemobForbiddenOpException",
		description: "message recall service is unopened",
	},
}

func notUsed(feature string) error {
	return &failure{
		status: http.StatusForbidden, code: "forbidden_op",
		exception: "com.easemob.group.exception.ForbiddenOpException", description: feature + " is not used for this app",
	}
}

// usual reports whether the switches are those of the start.
func (s switches) usual() bool {
	usual := usualSwitches()
	off := s.FeaturesOff
	s.FeaturesOff, usual.FeaturesOff = nil, nil
	return len(off) == 0 && reflect.DeepEqual(s, usual)
}

// check returns an error if the switches make no sense.
func (s switches) check() error {
	for _, feature := range s.FeaturesOff {
		if featureErrors[feature] == nil {
			return fmt.Errorf("there is no feature %q", feature)
		}
	}
	if s.MaxGroups < 0 || s.MaxGroupMembers < 1 || s.MaxJoined < 1 {
		return fmt.Errorf("a limit is negative or 0")
	}
	return nil
}

// off returns the error of a feature that is switched off, or nil.
func (s switches) off(feature string) error {
	if slices.Contains(s.FeaturesOff, feature) {
		return featureErrors[feature]
	}
	return nil
}

// Settings returns the switches.
func (p *Platform) Settings() any {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.world.switches
}

// Configure changes those switches that the document names.
func (p *Platform) Configure(document json.RawMessage) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed := p.world.switches
	changed.FeaturesOff = slices.Clone(changed.FeaturesOff)
	if err := platform.DecodeStrict(bytes.NewReader(document), &changed); err != nil {
		return err
	}
	if err := changed.check(); err != nil {
		return err
	}
	p.world.switches = changed
	return nil
}
