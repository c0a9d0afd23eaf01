package jmessage

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// quiet implements chat.Quiet with the platform's no-disturb settings, which cannot be
// read.
type quiet struct{ *client }

// The codes that say that a setting is as it should be. The document names those of the
// shield for no-disturb as well; a list of the vendor's has others.
var (
	onAlready  = []int{codeUserQuiet, codeGroupQuiet, codeAllQuiet, codeShielded}
	offAlready = []int{codeUserNotQuiet, codeGroupNotQuiet, codeAllNotQuiet, codeNotShielded}
	// nobodyToDisturb are the codes that say that the user or the target does not exist, or
	// is not in the group: there is nothing to end.
	nobodyToDisturb = []int{codeNoSuchUser, codeNoSuchApp, codeNoSuchGroup, codeNoGroupToQuiet, codeNotInGroup, codeNoGroupToShield}
)

// flip is a change of a list of names or numbers: one is added, or removed.
type flip[T any] struct {
	Add    []T `json:"add,omitempty"`
	Remove []T `json:"remove,omitempty"`
}

func flipped[T any](what T, on bool) *flip[T] {
	if on {
		return &flip[T]{Add: []T{what}}
	}
	return &flip[T]{Remove: []T{what}}
}

// quietChange is a change of what does not disturb a user. The platform takes several,
// but it does not say what took effect if it refuses one of them.
type quietChange struct {
	AppKey string        `json:"appkey,omitempty"`
	Single *flip[string] `json:"single,omitempty"`
	Group  *flip[int64]  `json:"group,omitempty"`
	Global *int          `json:"global,omitempty"`
}

// Get is an ErrUnsupported: the platform does not return the settings.
func (quiet) Get(_ context.Context, username string, _ chat.QuietTarget) (bool, error) {
	req := rest.Request{Op: fmt.Sprintf("read what does not disturb user %q", username)}
	return false, refusedInput(req, chat.Unsupported(title, "reading do-not-disturb settings"))
}

// Set implements chat.Quiet ("免打扰设置", and for a user of another application
// "跨应用免打扰设置").
func (c quiet) Set(ctx context.Context, username string, target chat.QuietTarget, on bool) error {
	req := rest.Request{Method: http.MethodPost, Path: userPath(username, "nodisturb")}
	var change quietChange
	var refused error
	switch {
	case target.Contact != chat.Ref{} && target.Group != "":
		refused = chat.Refuse("Do-not-disturb is for a contact or for a group, not for both.")
	case target.Contact != chat.Ref{}:
		ref := c.ref(target.Contact.AppKey, target.Contact.Username)
		change = quietChange{AppKey: ref.AppKey, Single: flipped(ref.Username, on)}
	case target.Group != "":
		var id int64
		id, refused = idNumber(target.Group)
		change.Group = flipped(id, on)
	default:
		global := 0
		if on {
			global = 1
		}
		change.Global = &global
	}
	req.Op = fmt.Sprintf("let %s not disturb user %q", target, username)
	if !on {
		req.Op = fmt.Sprintf("let %s disturb user %q again", target, username)
	}
	if refused != nil {
		return refusedInput(req, refused)
	}
	req.Body = change
	if change.AppKey != "" {
		req.Path, req.Body = acrossPath("users", username, "nodisturb"), []quietChange{change}
	}
	return c.flip(ctx, req, on)
}

// flip makes a call that turns a setting of a user on or off.
func (c *client) flip(ctx context.Context, req rest.Request, on bool) error {
	err := c.write(ctx, req)
	switch {
	case on && hasCode(err, onAlready...), !on && (hasCode(err, offAlready...) || hasCode(err, nobodyToDisturb...)):
		return nil
	case hasCode(err, codeNoSuchApp):
		return noSuchApp(err, req.Op)
	}
	return err
}
