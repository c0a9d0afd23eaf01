package easemob

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

const (
	// maxStates is how many members one call mutes in every version of the platform.
	maxStates = 10
	// muteForever is when a mute without an end ends, in milliseconds since 1970.
	muteForever = 4638873600000
)

// members implements chat.Members for groups. Chat rooms have roomMembers.
type members struct {
	*client
	kind *groupKind
}

// Limits implements chat.Edges.
func (members) Limits() chat.EdgeLimits {
	return chat.EdgeLimits{
		Add:    chat.Limit{Items: maxBatch, Bytes: maxBody},
		Remove: chat.Limit{Items: maxBatch, Bytes: maxListed},
		Set:    chat.Limit{Items: maxStates, Bytes: maxListed},
	}
}

// List implements chat.Edges ("Get the members of a group").
func (c members) List(ctx context.Context, id string) ([]chat.Member, error) {
	list, err := numbered(ctx, c.client, rest.Request{
		Op:     "list the members of " + c.kind.called(id),
		Method: http.MethodGet,
		Path:   c.kind.under(id, "users"),
	}, func(a *affiliation) string { return userKey(c.member(*a).Username) })
	if err != nil {
		return nil, err
	}
	members := make([]chat.Member, len(list))
	for i, a := range list {
		members[i] = c.member(a)
	}
	return members, nil
}

// Add implements chat.Edges ("Add users to a group"). The platform adds all or nobody.
func (c members) Add(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	op := operation{"add user", "to", c.kind.called(id)}
	request := rest.Request{Op: op.on(others...), Method: http.MethodPost, Path: c.kind.under(id, "users")}
	if err := checkRefs(request, others, c.Limits().Add); err != nil || len(others) == 0 {
		return nil, err
	}
	request.Body = map[string][]string{"usernames": keys(others)}
	err := c.call(ctx, request, &struct{}{})
	if errors.Is(err, errMember) {
		err = nil // all of them are members
	}
	if i := slices.IndexFunc(others, func(other chat.Ref) bool { return hasJoinedTooMany(err, other) }); i >= 0 && len(others) > 1 {
		// A quota of one user must not keep the others out.
		errs, otherErr := c.Add(ctx, id, slices.Delete(slices.Clone(others), i, i+1))
		if otherErr != nil {
			return nil, otherErr
		}
		return slices.Insert(errs, i, chat.For(err, op.on(others[i]))), nil
	}
	return resultsOf(len(others), err)
}

// hasJoinedTooMany reports whether err says that the user is in too many groups.
func hasJoinedTooMany(err error, other chat.Ref) bool {
	var failure *chat.Error
	if !errors.Is(err, errJoinedTooMany) || !errors.As(err, &failure) {
		return false
	}
	named := joinedTooMany.FindStringSubmatch(failure.Text)
	return named != nil && userKey(named[1]) == userKey(other.Username)
}

// Remove implements chat.Edges ("Remove users from a group").
func (c members) Remove(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	op := operation{"remove user", "from", c.kind.called(id)}
	request := rest.Request{Op: op.on(others...), Method: http.MethodDelete}
	if err := checkRefs(request, others, c.Limits().Remove); err != nil || len(others) == 0 {
		return nil, err
	}
	return c.take(ctx, request, op, others, id, "users")
}

// Having implements chat.Members ("Get the mute list of a group", "Get the admins of a
// group"). Mutes with an end do not count. They outlive the membership: who is muted need
// not be a member.
func (c members) Having(ctx context.Context, id string, state chat.MemberState) ([]string, error) {
	if state == chat.Admin {
		var reply namesReply
		err := c.call(ctx, rest.Request{
			Op:     "list the admins of " + c.kind.called(id),
			Method: http.MethodGet,
			Path:   c.kind.under(id, "admin"),
		}, &reply)
		return reply.Data, err
	}
	var reply struct {
		Data []struct {
			User   string `json:"user"`
			Expire loose  `json:"expire"`
		} `json:"data"`
	}
	err := c.call(ctx, rest.Request{
		Op:     "list who is muted in " + c.kind.called(id),
		Method: http.MethodGet,
		Path:   c.kind.under(id, "mute"),
	}, &reply)
	var names []string
	for _, mute := range reply.Data {
		if until := mute.Expire.int(); until != nil && *until >= muteForever {
			names = append(names, mute.User)
		}
	}
	return names, err
}

// Set implements chat.Members. Nobody has a state in a group that does not exist, so that
// taking it away is a success.
func (c members) Set(ctx context.Context, id string, state chat.MemberState, others []chat.Ref, on bool) ([]error, error) {
	if state == chat.Muted {
		return c.setMuted(ctx, id, others, on)
	}
	errs, err := c.setAdmins(ctx, id, others, on)
	if on {
		return errs, err
	}
	return gone(len(others), errs, err)
}

// setMuted mutes members of a group, or lifts that ("Mute members of a group", "Unmute
// members of a group").
func (c members) setMuted(ctx context.Context, id string, others []chat.Ref, on bool) ([]error, error) {
	op := operation{"unmute user", "in", c.kind.called(id)}
	if on {
		op.do = "mute user"
	}
	request := rest.Request{Op: op.on(others...), Method: http.MethodDelete}
	if err := checkRefs(request, others, c.Limits().Set); err != nil || len(others) == 0 {
		return nil, err
	}
	if !on {
		return c.take(ctx, request, op, others, id, "mute")
	}
	request.Method, request.Path = http.MethodPost, c.kind.under(id, "mute")
	request.Body = map[string]any{"usernames": keys(others), "mute_duration": -1}
	return c.change(ctx, request, op, others)
}

// setAdmins makes members admins of a group, or removes them as such ("Add an admin to a
// group", "Remove an admin from a group"), one a call. Removing who is none is an
// ErrNotFound.
func (c members) setAdmins(ctx context.Context, id string, others []chat.Ref, on bool) ([]error, error) {
	op := operation{"remove user", "as an admin of", c.kind.called(id)}
	if on {
		op.do, op.to = "make user", "an admin of"
	}
	if err := checkRefs(rest.Request{Op: op.on(others...)}, others, c.Limits().Set); err != nil || len(others) == 0 {
		return nil, err
	}
	errs := make([]error, len(others))
	for i, other := range others {
		request := rest.Request{Op: op.on(other), Method: http.MethodPost, Path: c.kind.under(id, "admin")}
		if name := userKey(other.Username); on {
			request.Body = map[string]string{"newadmin": name}
		} else {
			request.Method, request.Path = http.MethodDelete, append(request.Path, name)
		}
		var reply dataReply
		errs[i] = c.call(ctx, request, &reply)
		if errs[i] == nil && reply.Data["result"] != "success" {
			errs[i] = c.refused(request, string(reply.Data["reason"]))
		}
	}
	return errs, nil
}

// operation names what is done with users of a group, for errors.
type operation struct{ do, to, group string }

// on is the verb phrase of the operation on users.
func (o operation) on(others ...chat.Ref) string {
	return chat.About(o.do, chat.Usernames(others)...) + " " + o.to + " " + o.group
}

// take makes a call that takes users off one of the lists of a group. Whoever is not on
// it, or does not exist, is a success.
func (c members) take(ctx context.Context, request rest.Request, op operation, others []chat.Ref, id string, list ...string) ([]error, error) {
	names, err := listed(request, keys(others))
	if err != nil {
		return nil, err
	}
	request.Path = c.kind.under(id, append(list, names)...)
	errs, err := c.change(ctx, request, op, others)
	return gone(len(others), errs, err)
}

// gone returns the results of a call about n users, for which it is a success that they, or
// the group, are not there. That none of several is there is said of the call.
func gone(n int, errs []error, err error) ([]error, error) {
	if errors.Is(err, errNotMember) || errors.Is(err, errNoGroup) {
		return make([]error, n), nil
	}
	for i := range errs {
		errs[i] = unlessNotFound(errs[i])
	}
	return errs, err
}

// change makes a call whose answer says of each user what became of it.
func (c members) change(ctx context.Context, request rest.Request, op operation, others []chat.Ref) ([]error, error) {
	var reply struct {
		Data several[outcome] `json:"data"`
	}
	sent, err := c.send(ctx, request, &reply)
	if err != nil {
		return resultsOf(len(others), err)
	}
	said := map[string]outcome{}
	for _, o := range reply.Data {
		said[userKey(c.username(o.User))] = o
	}
	errs := make([]error, len(others))
	for i, other := range others {
		own := request
		own.Op = op.on(other)
		o, mentioned := said[userKey(other.Username)]
		result := o.Result.bool()
		switch {
		case !mentioned || result == nil:
			errs[i] = unconfirmed(own, sent)
		case !*result:
			errs[i] = c.refused(own, o.Reason)
		}
	}
	return errs, nil
}
