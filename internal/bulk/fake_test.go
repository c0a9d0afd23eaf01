package bulk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
)

const (
	// T is the latency of a call.
	T = time.Second
	// grace is how long the fake's calls may take after their context has ended.
	grace = 30 * time.Second
)

// call is one request a fake has seen.
type call struct {
	op, owner string
	names     []string
	at        time.Duration // since the fake was made
	ended     bool
	// interrupted reports that the context of the call ended before the call did.
	interrupted bool
}

// limits are what a call of each kind may hold.
type limits struct {
	CreateUsers, DeleteUsers, AddContacts, RemoveContacts, AddBlocks, RemoveBlocks, Statuses chat.Limit
	UserPage                                                                                 int
}

// fake is a platform in memory, with mutual contacts and names without case. Its clock
// is that of this machine.
type fake struct {
	t       *testing.T
	limits  limits
	latency func(op string) time.Duration
	// fail, if set, may fail a call as a whole, some of its inputs, or panic, before the
	// call takes effect.
	fail func(op string, names []string) ([]error, error)
	// lose, if set, may lose the answer of a write after it took effect.
	lose func(op string, names []string) error
	// counted is set if pages of the listing can be asked for out of order. The listing
	// then says how many users there are: claims, or the truth if that is 0.
	counted bool
	claims  int
	// listsProfiles is set if users in the listing have profiles.
	listsProfiles bool

	mu       sync.Mutex
	born     time.Time
	calls    []*call
	flying   map[string]bool // what is being written
	order    []string        // users, oldest first
	users    map[string]*chat.User
	contacts map[string][]string
	blocks   map[string][]string
}

// onEachListing runs a test on a platform with users whose listing says how long it is
// (counted), and on one whose listing does not.
func onEachListing(t *testing.T, users int, test func(t *testing.T, f *fake)) {
	t.Helper()
	for _, counted := range []bool{false, true} {
		t.Run(fmt.Sprint("counted ", counted), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, users)
				f.counted = counted
				test(t, f)
			})
		})
	}
}

// newFake returns a platform with users that were registered a day ago, one a second.
func newFake(t *testing.T, users int) *fake {
	f := &fake{
		t: t, born: time.Now(),
		latency: func(string) time.Duration { return T },
		flying:  map[string]bool{}, users: map[string]*chat.User{},
		contacts: map[string][]string{}, blocks: map[string][]string{},
		limits: limits{
			CreateUsers: chat.Limit{Items: 60}, DeleteUsers: chat.Limit{Items: 60},
			AddContacts: chat.Limit{Items: 60}, RemoveContacts: chat.Limit{Items: 60},
			AddBlocks: chat.Limit{Items: 60}, RemoveBlocks: chat.Limit{Items: 60},
			Statuses: chat.Limit{Items: 60}, UserPage: 100,
		},
	}
	for i := range users {
		f.put(nth(i), f.born.Add(time.Duration(i-users)*time.Second-24*time.Hour))
	}
	return f
}

func nth(i int) string { return fmt.Sprintf("u%06d", i) }

func newUser(name string) chat.NewUser { return chat.NewUser{Username: name, Password: "pw-" + name} }

func newUsers(from, to int) []chat.NewUser {
	var users []chat.NewUser
	for i := from; i < to; i++ {
		users = append(users, newUser(nth(i)))
	}
	return users
}

func nths(from, to int) []string {
	var names []string
	for i := from; i < to; i++ {
		names = append(names, nth(i))
	}
	return names
}

// put registers a user. The platform writes the time of it in whole seconds.
func (f *fake) put(name string, at time.Time) *chat.User {
	nick := "nick of " + name
	created := at.Truncate(time.Second)
	u := &chat.User{
		Username:     strings.ToLower(name),
		Registration: chat.Registration{CreatedAt: created, Since: created, Until: created.Add(time.Second)},
		Settings:     chat.Settings{Nickname: &nick},
	}
	f.users[f.UserKey(name)] = u
	f.order = append(f.order, f.UserKey(name))
	return u
}

// has reports whether a user exists.
func (f *fake) has(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.users[f.UserKey(name)] != nil
}

// service is the fake as what bulk wraps.
func (f *fake) service() *chat.Service {
	return &chat.Service{
		Platform: &chat.Platform{
			Title: "the fake", UserKey: f.UserKey, ClockGrain: time.Second,
			Users: chat.UserLimits{
				Create: f.limits.CreateUsers, Delete: f.limits.DeleteUsers, Page: f.limits.UserPage,
				Size: func(u chat.NewUser) int { return len(u.Username) + 3 },
			},
		},
		Users:    fakeUsers{f},
		Contacts: fakeContacts{f},
		Blocks:   fakeBlocks{f},
		Statuses: fakeStatuses{f},
		Grace:    graceOf,
	}
}

// graceOf outlives ctx by the grace period.
func graceOf(ctx context.Context) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-late.Done():
		}
	})
	return late, func() {
		stop()
		cancel()
	}
}

type (
	fakeUsers    struct{ *fake }
	fakeContacts struct{ *fake }
	fakeBlocks   struct{ *fake }
	fakeStatuses struct{ *fake }
)

func (f *fake) UserKey(name string) string { return strings.ToLower(name) }
func (f *fake) elapsed() time.Duration     { return time.Since(f.born) }

// begin records a call and lets half of its latency pass. A platform answers a little
// after it has done what it was asked, so that who reads in between sees half the truth.
// Nothing is sent under a context that has ended.
func (f *fake) begin(ctx context.Context, op, owner string, names []string) (*call, error) {
	if ctx.Err() != nil {
		return nil, &chat.Error{Op: op, Kind: chat.ErrUnavailable, Err: ctx.Err()}
	}
	f.mu.Lock()
	c := &call{op: op, owner: owner, names: slices.Clone(names), at: f.elapsed()}
	f.calls = append(f.calls, c)
	f.mu.Unlock()
	return c, pause(ctx, f.latency(op)/2)
}

// end lets the other half of the latency of a call pass.
func (f *fake) end(ctx context.Context, c *call) error {
	err := pause(ctx, f.latency(c.op)/2)
	f.mu.Lock()
	defer f.mu.Unlock()
	c.ended = true
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return &chat.Error{Op: "wait", Kind: chat.ErrUnavailable, Err: ctx.Err()}
	}
}

// writing begins a call that changes something. It is finished when its context ends, if
// that takes no longer than the grace period.
func (f *fake) writing(ctx context.Context, op, owner string, names []string) (*call, context.Context, func(), error) {
	late, cancel := graceOf(ctx)
	if ctx.Err() != nil {
		late = ctx // nothing is sent
	}
	c, err := f.begin(late, op, owner, names)
	return c, late, func() {
		if c != nil {
			f.mu.Lock()
			c.interrupted = ctx.Err() != nil
			f.mu.Unlock()
		}
		cancel()
	}, lost(err, c, f)
}

// lost is the error of a call that began and got no answer in time.
func lost(err error, c *call, f *fake) error {
	if err == nil || c == nil {
		return err
	}
	return chat.For(err, c.op, func(e *chat.Error) { e.MaybeApplied, e.SentAt = true, f.born.Add(c.at) })
}

// write is a bulk write of about (users, contacts or blocks).
func (f *fake) write(ctx context.Context, op, about, owner string, names []string, limit chat.Limit, apply func(i int, key string) error) ([]error, error) {
	if len(names) == 0 || len(names) > max(1, limit.Items) {
		f.t.Errorf("%s with %d inputs", op, len(names))
	}
	keys := make([]string, len(names))
	f.mu.Lock()
	for i, name := range names {
		keys[i] = f.subject(about, owner, name)
		if about != "" && f.flying[keys[i]] {
			f.t.Errorf("%s: %s is on its way twice", op, keys[i])
		}
		f.flying[keys[i]] = true
	}
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, key := range keys {
			delete(f.flying, key)
		}
	}()
	c, late, done, err := f.writing(ctx, op, owner, names)
	defer done()
	if err != nil {
		return nil, err
	}
	errs := make([]error, len(names))
	if f.fail != nil {
		some, err := f.fail(op, names)
		if err != nil {
			return nil, err
		}
		if some != nil {
			errs = some
		}
	}
	f.mu.Lock()
	for i, name := range names {
		if i < len(errs) && errs[i] == nil {
			errs[i] = apply(i, f.UserKey(name))
		}
	}
	f.mu.Unlock()
	err = lost(f.end(late, c), c, f)
	if err == nil && f.lose != nil {
		err = lost(f.lose(op, names), c, f)
	}
	if err != nil {
		return nil, err
	}
	return errs, nil
}

// refNames are the names of users, with the application if it is another.
func refNames(refs []chat.Ref) []string {
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = ref.String()
	}
	return names
}

// subject is what a write is about: contacts are the same in both directions.
func (f *fake) subject(about, owner, name string) string {
	ends := []string{f.UserKey(owner), f.UserKey(name)}
	if about == "contact" {
		slices.Sort(ends)
	}
	return strings.Join(append([]string{about}, ends...), "/")
}

func (f fakeUsers) Create(ctx context.Context, users []chat.NewUser) ([]chat.UserResult, error) {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.Username
	}
	created := make([]*chat.User, len(users)+1) // one more for a broken answer
	errs, err := f.write(ctx, "CreateUsers", "user", "", names, f.limits.CreateUsers, func(i int, key string) error {
		if f.users[key] != nil {
			return &chat.Error{Op: "register user", Kind: chat.ErrAlreadyExists}
		}
		u := *f.put(names[i], time.Now())
		created[i] = &u
		return nil
	})
	if err != nil {
		return nil, err
	}
	results := make([]chat.UserResult, len(errs))
	for i, err := range errs {
		results[i] = chat.UserResult{User: created[i], Err: err}
	}
	return results, nil
}

func (f fakeUsers) Delete(ctx context.Context, names []string) ([]error, error) {
	return f.write(ctx, "DeleteUsers", "user", "", names, f.limits.DeleteUsers, func(_ int, key string) error {
		delete(f.users, key)
		f.order = slices.DeleteFunc(f.order, func(k string) bool { return k == key })
		return nil
	})
}

func (f fakeContacts) Add(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return f.write(ctx, "AddContacts", "contact", owner, refNames(others), f.limits.AddContacts, func(_ int, key string) error {
		f.contacts[owner] = append(f.contacts[owner], key)
		f.contacts[key] = append(f.contacts[key], owner)
		return nil
	})
}

func (f fakeContacts) Remove(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return f.write(ctx, "RemoveContacts", "contact", owner, refNames(others), f.limits.RemoveContacts, func(_ int, key string) error {
		f.contacts[owner] = slices.DeleteFunc(f.contacts[owner], func(k string) bool { return k == key })
		f.contacts[key] = slices.DeleteFunc(f.contacts[key], func(k string) bool { return k == owner })
		return nil
	})
}

func (f fakeBlocks) Add(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return f.write(ctx, "AddBlocks", "block", owner, chat.Usernames(others), f.limits.AddBlocks, func(_ int, key string) error {
		f.blocks[owner] = append(f.blocks[owner], key)
		return nil
	})
}

func (f fakeBlocks) Remove(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return f.write(ctx, "RemoveBlocks", "block", owner, chat.Usernames(others), f.limits.RemoveBlocks, func(_ int, key string) error {
		f.blocks[owner] = slices.DeleteFunc(f.blocks[owner], func(k string) bool { return k == key })
		return nil
	})
}

func (f fakeContacts) Limits() chat.EdgeLimits {
	return chat.EdgeLimits{Add: f.limits.AddContacts, Remove: f.limits.RemoveContacts, Mutual: true}
}

func (f fakeBlocks) Limits() chat.EdgeLimits {
	return chat.EdgeLimits{Add: f.limits.AddBlocks, Remove: f.limits.RemoveBlocks}
}

func (f fakeStatuses) Limit() chat.Limit { return f.limits.Statuses }

func (f fakeStatuses) Of(ctx context.Context, names []string) ([]chat.Status, error) {
	if len(names) == 0 || len(names) > f.limits.Statuses.Items && f.limits.Statuses.Items > 0 {
		f.t.Errorf("Statuses of %d users", len(names))
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(names))); len(unique) < len(names) {
		f.t.Errorf("Statuses asks twice in %v", names)
	}
	statuses := make([]chat.Status, len(names))
	err := f.reading(ctx, "Statuses", "", names, func() {
		for i, name := range names {
			statuses[i] = chat.Offline
			if f.users[f.UserKey(name)] != nil {
				statuses[i] = chat.Online
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return statuses, nil
}

// reading is a call that changes nothing. It ends when its context does.
func (f *fake) reading(ctx context.Context, op, owner string, names []string, read func()) error {
	c, err := f.begin(ctx, op, owner, names)
	if err != nil {
		return err
	}
	if f.fail != nil {
		if _, err := f.fail(op, names); err != nil {
			return err
		}
	}
	f.mu.Lock()
	read()
	f.mu.Unlock()
	return f.end(ctx, c)
}

// readOne reads what belongs to a user that exists.
func (f *fake) readOne(ctx context.Context, op, name string, read func(*chat.User)) error {
	found := false
	err := f.reading(ctx, op, "", []string{name}, func() {
		if u := f.users[f.UserKey(name)]; u != nil {
			found = true
			read(u)
		}
	})
	if err == nil && !found {
		err = &chat.Error{Op: op, Kind: chat.ErrNotFound}
	}
	return err
}

// change writes to a user that exists.
func (f *fake) change(ctx context.Context, op, name string, do func(*chat.User)) error {
	errs, err := f.write(ctx, op, "change", "", []string{name}, chat.Limit{Items: 1}, func(_ int, key string) error {
		if f.users[key] == nil {
			return &chat.Error{Op: op, Kind: chat.ErrNotFound}
		}
		do(f.users[key])
		return nil
	})
	if err != nil {
		return err
	}
	return errs[0]
}

func (f fakeUsers) Get(ctx context.Context, name string, detail chat.Detail) (*chat.User, error) {
	var user chat.User
	err := f.readOne(ctx, "GetUser", name, func(u *chat.User) {
		user = *u
		if detail == chat.WithProfile {
			user.Profile = &chat.Profile{}
		}
	})
	if err != nil {
		return nil, err
	}
	return &user, nil
}

func (f fakeUsers) Update(ctx context.Context, name string, settings chat.Settings) error {
	return f.change(ctx, "UpdateUser", name, func(u *chat.User) { u.Nickname = settings.Nickname })
}

func (f fakeUsers) SetActivated(ctx context.Context, name string, activated bool) error {
	return f.change(ctx, "SetActivated", name, func(u *chat.User) { u.Activated = &activated })
}

func (f fakeUsers) SetPassword(ctx context.Context, name, _ string) error {
	return f.change(ctx, "SetPassword", name, func(*chat.User) {})
}

func (f fakeContacts) SetNotes(ctx context.Context, owner string, contact chat.Ref, _ chat.Notes) error {
	return f.change(ctx, "UpdateContact", owner, func(*chat.User) { f.contacts[owner] = append(f.contacts[owner], "note on "+contact.Username) })
}

func (f fakeContacts) List(ctx context.Context, owner string) ([]chat.Contact, error) {
	var contacts []chat.Contact
	err := f.readOne(ctx, "Contacts", owner, func(*chat.User) {
		for _, name := range f.contacts[f.UserKey(owner)] {
			note := "note"
			contacts = append(contacts, chat.Contact{Ref: chat.Ref{Username: name}, Notes: chat.Notes{Note: &note}})
		}
	})
	return contacts, err
}

func (f fakeBlocks) List(ctx context.Context, owner string) ([]chat.Ref, error) {
	var blocks []string
	err := f.readOne(ctx, "Blocks", owner, func(*chat.User) { blocks = slices.Clone(f.blocks[f.UserKey(owner)]) })
	return chat.Refs(blocks...), err
}

func (f fakeUsers) List(ctx context.Context, cursor string) (*chat.Page[chat.User], error) {
	start := 0
	if cursor != "" {
		start, _ = strconv.Atoi(cursor)
	}
	p := &chat.Page[chat.User]{Total: -1}
	err := f.reading(ctx, "ListUsers", "", []string{strconv.Itoa(start)}, func() {
		stop := min(start+f.limits.UserPage, len(f.order))
		for _, key := range f.order[min(start, stop):stop] {
			u := *f.users[key]
			if f.listsProfiles {
				u.Profile = &chat.Profile{}
			}
			p.Items = append(p.Items, u)
		}
		total := len(f.order)
		if f.counted {
			if f.claims > 0 {
				total = f.claims
			}
			p.Total, p.Skip = total, strconv.Itoa
		}
		if stop < total && stop > start {
			p.Next = strconv.Itoa(stop)
		}
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// paced is a fake that admits a call every interval.
type paced struct {
	*fake
	interval time.Duration
	refuse   error

	mu       sync.Mutex
	next     time.Time
	waiting  int
	most     int // how many waited at once
	admitted int
	released int
}

func (p *paced) service() *chat.Service {
	s := p.fake.service()
	s.Pacer = p
	return s
}

func (p *paced) Admit(ctx context.Context) (context.Context, func(), error) {
	p.mu.Lock()
	if now := time.Now(); p.next.Before(now) {
		p.next = now
	}
	wait := time.Until(p.next)
	p.next = p.next.Add(p.interval)
	p.waiting++
	p.most = max(p.most, p.waiting)
	p.mu.Unlock()
	err := pause(ctx, wait)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting--
	if p.refuse != nil {
		err = p.refuse
	}
	if err != nil {
		return nil, nil, err
	}
	p.admitted++
	return ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.released++
	}, nil
}

// count is how many calls of the given operations were made; of all if none are given.
func (f *fake) count(ops ...string) int { return len(f.seen(ops...)) }

func (f *fake) seen(ops ...string) []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	var seen []call
	for _, c := range f.calls {
		if len(ops) == 0 || slices.Contains(ops, c.op) {
			seen = append(seen, *c)
		}
	}
	return seen
}

// sizes are how many inputs the calls of an operation held, largest first.
func (f *fake) sizes(op string) []int {
	var sizes []int
	for _, c := range f.seen(op) {
		sizes = append(sizes, len(c.names))
	}
	slices.Sort(sizes)
	slices.Reverse(sizes)
	return sizes
}

func jsonSize(names []string) int {
	b, _ := json.Marshal(names)
	return len(b)
}

// each runs do for 0 to n-1 at once and waits.
func each(n int, do func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { do(i) })
	}
	wg.Wait()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
