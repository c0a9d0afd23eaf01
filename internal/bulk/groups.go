package bulk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"terraform-provider-chat/internal/chat"
)

// mostCreations is how often the creation of a group is sent, each time after it was
// found that the one before had no effect.
const mostCreations = 3

// groups gathers reads of groups or rooms, shares them until a write drops them, and
// settles creations whose answer was lost.
type groups struct {
	inner     chat.Groups
	platform  *chat.Platform
	limits    chat.GroupLimits
	gatherer  *gatherer
	read      *operation[string, *chat.Group]
	reads     *shared[string, *chat.Group]
	creations creations
	// forgetMembers forgets what was read of the members of a group.
	forgetMembers func(id string)
}

// creations keeps apart groups of the same name and owner: one is created after the
// other, and what was created before is no candidate for what became of a lost answer.
// Once such an answer could not be settled, no other one is created: a later run could not
// tell which is which.
type creations struct {
	mu        sync.Mutex
	turns     map[nameAndOwner]chan struct{}
	made      map[nameAndOwner][]string // ids
	unsettled map[nameAndOwner]bool
}

type nameAndOwner struct{ name, owner string }

// turn waits until nobody else creates a group of this name and owner, and returns what
// ends the turn.
func (c *creations) turn(ctx context.Context, key nameAndOwner) (end func(), err error) {
	c.mu.Lock()
	if c.turns == nil {
		c.turns, c.made, c.unsettled = map[nameAndOwner]chan struct{}{}, map[nameAndOwner][]string{}, map[nameAndOwner]bool{}
	}
	if c.turns[key] == nil {
		c.turns[key] = make(chan struct{}, 1)
	}
	turn := c.turns[key]
	c.mu.Unlock()
	op := fmt.Sprintf("create %q of user %q", key.name, key.owner)
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return nil, cancelled(ctx, op)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unsettled[key] {
		<-turn
		return nil, &chat.Error{
			Op: op, Kind: chat.ErrUnavailable,
			Text: "another one of this name and owner was being created, and whether it exists is not known yet; nothing was sent, apply again",
		}
	}
	return func() { <-turn }, nil
}

// end notes the outcome of a creation. The error of one that could not be settled names
// the groups that were created before.
func (c *creations) end(key nameAndOwner, created *chat.Group, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.made[key] = append(c.made[key], created.ID)
	}
	if _, unsettled := chat.Unsettled(err); !unsettled {
		return err
	}
	c.unsettled[key] = true
	return chat.For(err, opOf(err), func(e *chat.Error) { e.Others = slices.Clone(c.made[key]) })
}

// others leaves out the groups that were created before.
func (c *creations) others(key nameAndOwner, found []*chat.Group) []*chat.Group {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(found, func(group *chat.Group) bool { return slices.Contains(c.made[key], group.ID) })
}

// newGroups wraps groups or rooms; nil if the platform lacks them.
func newGroups(g *gatherer, inner *chat.Service, of chat.Groups, limits chat.GroupLimits) *groups {
	if of == nil {
		return nil
	}
	s := &groups{inner: of, platform: inner.Platform, limits: limits, gatherer: g, forgetMembers: func(string) {}}
	s.read = &operation[string, *chat.Group]{
		// One call at a time: what is asked for meanwhile travels in the next.
		gatherer: g, limit: g.limit(limits.Get), slots: 1, size: quotedSize,
		about:    func(_, id string) subject { return subject{name: id} },
		describe: func(_, id string) string { return fmt.Sprintf("read %q", id) },
		call: func(ctx context.Context, _ string, ids []string) ([]*chat.Group, error) {
			return of.Get(ctx, ids)
		},
	}
	s.reads = &shared[string, *chat.Group]{op: "read groups", keep: func(err error) bool { return err == nil }}
	g.relations = append(g.relations, s.reads.dropAll)
	return s
}

// orNil returns the groups as an interface, nil if there are none.
func (s *groups) orNil() chat.Groups {
	if s == nil {
		return nil
	}
	return s
}

// begin joins the read of a group, whose value is nil if it does not exist, or begins it.
func (s *groups) begin(ctx context.Context, id string) *read[string, *chat.Group] {
	return s.reads.join(ctx, id, func(ctx context.Context) (*chat.Group, error) {
		r := s.read.do(ctx, "", []string{id})[0]
		return r.out, r.err
	})
}

// Get implements chat.Groups.
func (s *groups) Get(ctx context.Context, ids []string) ([]*chat.Group, error) {
	if s.gatherer.off {
		return s.inner.Get(ctx, ids)
	}
	reads := make([]*read[string, *chat.Group], len(ids))
	for i, id := range ids {
		reads[i] = s.begin(ctx, id) // all before the first is waited for: they travel together
	}
	found := make([]*chat.Group, len(ids))
	var failed error
	for i := range ids {
		group, err := s.reads.wait(ctx, reads[i])
		switch {
		case err != nil:
			failed = err
		case group != nil:
			own := *group
			found[i] = &own
		}
	}
	if failed != nil {
		return nil, failed
	}
	return found, nil
}

// List implements chat.Groups.
func (s *groups) List(ctx context.Context, member, cursor string) (*chat.Page[chat.Group], error) {
	return s.inner.List(ctx, member, cursor)
}

// Announcement implements chat.Groups.
func (s *groups) Announcement(ctx context.Context, id string) (string, error) {
	return s.inner.Announcement(ctx, id)
}

// Create implements chat.Groups. A creation whose answer was lost is looked for by name,
// owner and time. It is sent again only if there is none and the platform has answered,
// see chat.NotYetApplied.
func (s *groups) Create(ctx context.Context, group chat.NewGroup) (*chat.Group, error) {
	name := ""
	if group.Name != nil {
		name = *group.Name
	}
	key := nameAndOwner{name, s.platform.UserKey(group.Owner)}
	end, err := s.creations.turn(ctx, key)
	if err != nil {
		return nil, err
	}
	defer end()
	created, err := s.create(ctx, key, group)
	return created, s.creations.end(key, created, err)
}

// create creates a group whose name and owner no other creation under way has.
func (s *groups) create(ctx context.Context, key nameAndOwner, group chat.NewGroup) (*chat.Group, error) {
	late, cancel := s.gatherer.grace(ctx)
	defer cancel()
	for tries := 1; ; tries++ {
		begun := time.Now()
		created, err := s.inner.Create(ctx, group)
		sentAt, unsettled := chat.Unsettled(err)
		if !unsettled {
			return created, err
		}
		if sentAt.IsZero() {
			sentAt = begun
		}
		found, reading := chat.CreatedGroups(late, s.inner, s.platform, s.limits.Get, group.Owner, key.name, func(r chat.Registration) bool {
			return r.CreatedSince(sentAt, s.platform.ClockGrain)
		})
		found = s.creations.others(key, found)
		switch {
		case reading != nil:
			return nil, chat.For(err, opOf(err), func(e *chat.Error) {
				e.Text = "the response was lost, and looking for the group failed too: " + chat.Reason(reading)
			})
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			return nil, severalGroups(err, found)
		}
		err = chat.NotYetApplied(err)
		if _, unsettled := chat.Unsettled(err); unsettled || tries == mostCreations || ctx.Err() != nil {
			return nil, err
		}
	}
}

// severalGroups is the error of a creation that one of several groups may be the result of.
func severalGroups(err error, found []*chat.Group) error {
	ids := make([]string, len(found))
	for i, group := range found {
		ids[i] = fmt.Sprintf("%q", group.ID)
	}
	slices.Sort(ids)
	return chat.For(err, opOf(err), func(e *chat.Error) {
		e.Text = "the response was lost, and several of this name and owner were created after the request was sent: " + strings.Join(ids, ", ")
	})
}

func opOf(err error) string {
	if e := (*chat.Error)(nil); errors.As(err, &e) {
		return e.Op
	}
	return "create"
}

// Update implements chat.Groups.
func (s *groups) Update(ctx context.Context, id string, settings chat.GroupSettings) error {
	defer around(func() { s.reads.drop(id) })()
	return s.inner.Update(ctx, id, settings)
}

// Transfer implements chat.Groups.
func (s *groups) Transfer(ctx context.Context, id, owner string) error {
	defer around(func() { s.forget(id) })()
	return s.inner.Transfer(ctx, id, owner)
}

// Delete implements chat.Groups.
func (s *groups) Delete(ctx context.Context, id string) error {
	defer around(func() { s.forget(id) })()
	return s.inner.Delete(ctx, id)
}

// forget forgets a group and its members.
func (s *groups) forget(id string) {
	s.reads.drop(id)
	s.forgetMembers(id)
}

// members are the members of groups or rooms. A platform may return them with the group.
type members struct {
	*edges[chat.Member]
	inner  chat.Members
	groups *groups
	states *shared[stateOf, []string]
	set    map[stateChange]*operation[chat.Ref, error]
}

type stateOf struct {
	id    string
	state chat.MemberState
}

type stateChange struct {
	state chat.MemberState
	on    bool
}

// newMembers wraps members; what names them in errors. Nil if the platform lacks them.
func newMembers(g *gatherer, what string, inner chat.Members, of *groups) chat.Members {
	if inner == nil {
		return nil
	}
	m := &members{
		edges: gatherEdges(g, what, inner, copyMember), inner: inner, groups: of,
		states: &shared[stateOf, []string]{op: "list the " + what, keep: func(err error) bool {
			return err == nil || errors.Is(err, chat.ErrNotFound) || errors.Is(err, chat.ErrUnsupported)
		}},
		set: map[stateChange]*operation[chat.Ref, error]{},
	}
	g.relations = append(g.relations, m.states.dropAll)
	of.forgetMembers = m.forgetMembers
	for change, op := range map[stateChange]string{
		{chat.Muted, true}: "mute user", {chat.Muted, false}: "unmute user",
		{chat.Admin, true}: "make an admin of user", {chat.Admin, false}: "make no admin of user",
	} {
		m.set[change] = &operation[chat.Ref, error]{
			gatherer: g, limit: g.limit(inner.Limits().Set), about: m.add.about,
			describe: func(id string, member chat.Ref) string {
				return fmt.Sprintf("%s among the %s %q", chat.About(op, member.Username), what, id)
			},
			size: func(member chat.Ref) int { return quotedSize(member.Username) },
			call: func(ctx context.Context, id string, members []chat.Ref) ([]error, error) {
				defer around(func() { m.forgetMembers(id) })()
				return inner.Set(ctx, id, change.state, members, change.on)
			},
		}
	}
	return m
}

func (m *members) forgetMembers(id string) {
	m.forget(id, nil)
	m.groups.reads.drop(id)
	m.states.dropIf(func(of stateOf) bool { return of.id == id })
}

// List implements chat.Edges.
func (m *members) List(ctx context.Context, id string) ([]chat.Member, error) {
	if m.off || !m.groups.limits.ListsMembers {
		return m.edges.List(ctx, id)
	}
	group, err := m.groups.reads.wait(ctx, m.groups.begin(ctx, id))
	switch {
	case err != nil:
		return nil, err
	case group == nil:
		return nil, &chat.Error{Kind: chat.ErrNotFound, Op: fmt.Sprintf("list the members of %q", id)}
	case group.Members == nil:
		return m.edges.List(ctx, id)
	}
	return clones(group.Members, copyMember), nil
}

// Add implements chat.Edges.
func (m *members) Add(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	defer around(func() { m.forgetMembers(id) })()
	return m.edges.Add(ctx, id, others)
}

// Remove implements chat.Edges.
func (m *members) Remove(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	defer around(func() { m.forgetMembers(id) })()
	return m.edges.Remove(ctx, id, others)
}

// Having implements chat.Members.
func (m *members) Having(ctx context.Context, id string, state chat.MemberState) ([]string, error) {
	if m.off {
		return m.inner.Having(ctx, id, state)
	}
	names, err := m.states.get(ctx, stateOf{id, state}, func(ctx context.Context) ([]string, error) { return m.inner.Having(ctx, id, state) })
	return slices.Clone(names), err
}

// Set implements chat.Members.
func (m *members) Set(ctx context.Context, id string, state chat.MemberState, others []chat.Ref, on bool) ([]error, error) {
	return errorsOf(m.set[stateChange{state, on}].do(ctx, id, others))
}

func copyMember(member chat.Member) chat.Member {
	member.Muted, member.Admin = copyOf(member.Muted), copyOf(member.Admin)
	return member
}
