package jmessage

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// change is a change of a relation. The platform has one call for users of the own
// application, and another for users of others.
type change struct {
	// op is the verb phrase for errors.
	op    string
	limit chat.Limit
	// own is the call about users of the own application.
	own func(usernames []string) rest.Request
	// across is the call about users of other applications; nil if there is none.
	across func(apps []appUsers) rest.Request
	// oneApp reports whether across takes users of one application at a time.
	oneApp bool
	// done are the codes of an answer that says that there is nothing to do for one of
	// the users. The platform refuses the whole call then, so that it is a success for a
	// single user only. gone are those that say that there is nothing to do for any.
	done, gone []int
}

// appUsers are users of one application.
type appUsers struct {
	appKey    string
	usernames []string
}

// relate makes a change. Users of the own application and of others cannot be part of
// the same call, nor, if the platform says so, users of different applications: that is
// an ErrTooLarge, after which smaller calls go through.
func (c *client) relate(ctx context.Context, others []chat.Ref, ch change) ([]error, error) {
	if err := ch.limit.Check(ch.op, len(others)); err != nil {
		return nil, err
	}
	if len(others) == 0 {
		return nil, nil
	}
	own, apps := c.byApp(others)
	var req rest.Request
	switch {
	case len(apps) == 0:
		req = ch.own(own)
	case ch.across == nil:
		return nil, &chat.Error{Kind: chat.ErrUnsupported, Op: ch.op, Err: chat.Unsupported(title, "this for users of other applications")}
	case len(own) > 0 || ch.oneApp && len(apps) > 1:
		return nil, &chat.Error{Kind: chat.ErrTooLarge, Op: ch.op, Text: "users of different applications; the platform takes them in calls of their own"}
	default:
		req = ch.across(apps)
	}
	req.Op = ch.op
	err := c.write(ctx, req)
	switch {
	case len(apps) > 0 && hasCode(err, codeNoSuchApp):
		err = noSuchApp(err, ch.op)
	case len(others) > 1 && hasCode(err, codeTooManyGroups):
		// That is true of one of the users, and does not concern the others.
		err = chat.For(err, ch.op, func(e *chat.Error) { e.Kind = chat.ErrTooLarge })
	}
	if len(others) == 1 && hasCode(err, ch.done...) || hasCode(err, ch.gone...) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return make([]error, len(others)), nil
}

// noSuchApp is the error of a call that names an application that does not exist: its
// users do not exist either. Elsewhere the same code means wrong credentials.
func noSuchApp(err error, op string) error {
	return chat.For(err, op, func(e *chat.Error) { e.Kind = chat.ErrNotFound })
}

// byApp parts users of the own application from those of others.
func (c *client) byApp(refs []chat.Ref) (own []string, apps []appUsers) {
	for _, ref := range refs {
		ref = c.ref(ref.AppKey, ref.Username)
		if ref.AppKey == "" {
			own = append(own, ref.Username)
			continue
		}
		i := slices.IndexFunc(apps, func(a appUsers) bool { return a.appKey == ref.AppKey })
		if i < 0 {
			i = len(apps)
			apps = append(apps, appUsers{appKey: ref.AppKey})
		}
		apps[i].usernames = append(apps[i].usernames, ref.Username)
	}
	return own, apps
}

// ref names a user of an application, which is the own one if its key is empty. App keys
// are the same whatever their case.
func (c *client) ref(appKey, username string) chat.Ref {
	appKey = strings.ToLower(strings.TrimSpace(appKey))
	if appKey == strings.ToLower(c.appKey) {
		appKey = ""
	}
	return chat.Ref{AppKey: appKey, Username: username}
}

// names returns what errors call users.
func names(refs []chat.Ref) []string {
	list := make([]string, len(refs))
	for i, ref := range refs {
		list[i] = ref.String()
	}
	return list
}

// person is a user in a list of users.
type person struct {
	Username string `json:"username"`
	AppKey   string `json:"appkey"`
	// Flag is 1 for the owner of a group, and for a member of a room who is muted.
	Flag int `json:"flag"`
}

// people reads a list of users by two paths. The one across applications says whose
// users they are. The document does not say that it lists users of the own application,
// nor that every application may use it: if it lists none, or is refused, the plain one
// is read as well.
func (c *client) people(ctx context.Context, op string, across, plain []string) ([]person, error) {
	var all []person
	if !c.alone.Load() {
		err := c.read(ctx, rest.Request{Op: op, Method: http.MethodGet, Path: across}, &all)
		isOwn := func(p person) bool { return c.ref(p.AppKey, "").AppKey == "" }
		switch {
		case err == nil && slices.ContainsFunc(all, isOwn):
			return all, nil
		case err != nil && !refused(err):
			return nil, err
		case hasCode(err, codeOtherApp):
			c.alone.Store(true)
		}
	}
	var own []person
	err := c.read(ctx, rest.Request{Op: op, Method: http.MethodGet, Path: plain}, &own)
	if len(all) > 0 && hasCode(err, codeUseCrossApp) {
		return all, nil // there are no others
	}
	return append(own, all...), err
}

// refused reports whether the platform will not take a call that may be made in another
// way.
func refused(err error) bool {
	var e *chat.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return true
	case http.StatusBadRequest, http.StatusForbidden:
		return e.Kind == nil || errors.Is(e, chat.ErrInvalid)
	}
	return false
}
