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
	"time"

	"terraform-provider-chat/internal/chat"
)

// call is one request a fake has seen.
type call struct {
	op, owner string
	names     []string
	at        time.Duration // since the fake was made
	ended     bool
}

// platform has the rules of a fake that somebody here asks for.
type platform struct {
	chat.Platform
	fake *fake
}

func (p platform) Limits() chat.Limits         { return p.fake.limits }
func (p platform) UserKey(name string) string  { return p.fake.UserKey(name) }
func (p platform) UserSize(u chat.NewUser) int { return len(u.Username) + 3 }

// fake is a platform in memory, with mutual contacts and names without case.
type fake struct {
	t       *testing.T
	limits  chat.Limits
	latency func(op string) time.Duration
	// fail, where set, may fail a call as a whole, some of its inputs, or panic.
	fail          func(op string, names []string) ([]error, error)
	listsProfiles bool // whether users in the listing have profiles

	mu       sync.Mutex
	born     time.Time
	calls    []*call
	flying   map[string]bool // what is being written
	order    []string        // users, oldest first
	users    map[string]*chat.User
	contacts map[string][]string
	blocks   map[string][]string
}

func newFake(t *testing.T, users int) *fake {
	f := &fake{
		t: t, born: time.Now(),
		latency: func(string) time.Duration { return time.Second },
		flying:  map[string]bool{}, users: map[string]*chat.User{},
		contacts: map[string][]string{}, blocks: map[string][]string{},
		limits: chat.Limits{
			CreateUsers: chat.Limit{Items: 60}, DeleteUsers: chat.Limit{Items: 60},
			AddContacts: chat.Limit{Items: 60}, RemoveContacts: chat.Limit{Items: 60},
			AddBlocks: chat.Limit{Items: 60}, RemoveBlocks: chat.Limit{Items: 60},
			Statuses: chat.Limit{Items: 60}, UserPage: 100,
		},
	}
	for i := range users {
		f.put(nth(i))
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

func (f *fake) put(name string) *chat.User {
	nick := "nick of " + name
	u := &chat.User{Username: strings.ToLower(name), Settings: chat.Settings{Nickname: &nick}}
	f.users[f.UserKey(name)] = u
	f.order = append(f.order, f.UserKey(name))
	return u
}

func (f *fake) Platform() chat.Platform    { return platform{fake: f} }
func (f *fake) UserKey(name string) string { return strings.ToLower(name) }
func (f *fake) elapsed() time.Duration     { return time.Since(f.born) }

// begin records a call and lets its latency pass. A platform answers a little after
// it has done what it was asked, so whoever reads in between sees half the truth.
func (f *fake) begin(ctx context.Context, op, owner string, names []string) (*call, error) {
	f.mu.Lock()
	c := &call{op: op, owner: owner, names: slices.Clone(names), at: f.elapsed()}
	f.calls = append(f.calls, c)
	f.mu.Unlock()
	return c, pause(ctx, f.latency(op)/2)
}

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

// write is a bulk write of about (users, contacts or blocks).
func (f *fake) write(ctx context.Context, op, about, owner string, names []string, limit chat.Limit, apply func(i int, key string) error) ([]error, error) {
	if len(names) == 0 || len(names) > max(1, limit.Items) {
		f.t.Errorf("%s with %d inputs", op, len(names))
	}
	keys := make([]string, len(names))
	f.mu.Lock()
	for i, name := range names {
		keys[i] = strings.Join([]string{about, f.UserKey(owner), f.UserKey(name)}, "/")
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
	c, err := f.begin(ctx, op, owner, names)
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
	return errs, f.end(ctx, c)
}

func (f *fake) CreateUsers(ctx context.Context, users []chat.NewUser) ([]chat.UserResult, error) {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.Username
	}
	created := make([]*chat.User, len(users)+1) // one more for a broken answer
	errs, err := f.write(ctx, "CreateUsers", "user", "", names, f.limits.CreateUsers, func(i int, key string) error {
		if f.users[key] != nil {
			return &chat.Error{Op: "register user", Kind: chat.ErrAlreadyExists, Users: []string{names[i]}}
		}
		created[i] = f.put(names[i])
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

func (f *fake) DeleteUsers(ctx context.Context, names []string) ([]error, error) {
	return f.write(ctx, "DeleteUsers", "user", "", names, f.limits.DeleteUsers, func(_ int, key string) error {
		delete(f.users, key)
		f.order = slices.DeleteFunc(f.order, func(k string) bool { return k == key })
		return nil
	})
}

func (f *fake) AddContacts(ctx context.Context, owner string, names []string) ([]error, error) {
	return f.write(ctx, "AddContacts", "contact", owner, names, f.limits.AddContacts, func(_ int, key string) error {
		f.contacts[owner] = append(f.contacts[owner], key)
		f.contacts[key] = append(f.contacts[key], owner)
		return nil
	})
}

func (f *fake) RemoveContacts(ctx context.Context, owner string, names []string) ([]error, error) {
	return f.write(ctx, "RemoveContacts", "contact", owner, names, f.limits.RemoveContacts, func(_ int, key string) error {
		f.contacts[owner] = slices.DeleteFunc(f.contacts[owner], func(k string) bool { return k == key })
		f.contacts[key] = slices.DeleteFunc(f.contacts[key], func(k string) bool { return k == owner })
		return nil
	})
}

func (f *fake) AddBlocks(ctx context.Context, owner string, names []string) ([]error, error) {
	return f.write(ctx, "AddBlocks", "block", owner, names, f.limits.AddBlocks, func(_ int, key string) error {
		f.blocks[owner] = append(f.blocks[owner], key)
		return nil
	})
}

func (f *fake) RemoveBlocks(ctx context.Context, owner string, names []string) ([]error, error) {
	return f.write(ctx, "RemoveBlocks", "block", owner, names, f.limits.RemoveBlocks, func(_ int, key string) error {
		f.blocks[owner] = slices.DeleteFunc(f.blocks[owner], func(k string) bool { return k == key })
		return nil
	})
}

func (f *fake) Statuses(ctx context.Context, names []string) ([]chat.Status, error) {
	statuses := make([]chat.Status, len(names))
	if unique := slices.Compact(slices.Sorted(slices.Values(names))); len(unique) < len(names) {
		f.t.Errorf("Statuses asks twice in %v", names)
	}
	_, err := f.write(ctx, "Statuses", "", "", names, f.limits.Statuses, func(i int, key string) error {
		statuses[i] = chat.Offline
		if f.users[key] != nil {
			statuses[i] = chat.Online
		}
		return nil
	})
	return statuses, err
}

// single is a call for one user that exists.
func (f *fake) single(ctx context.Context, op string, name string, do func(*chat.User)) error {
	c, err := f.begin(ctx, op, "", []string{name})
	if err != nil {
		return err
	}
	if f.fail != nil {
		if _, err := f.fail(op, []string{name}); err != nil {
			return err
		}
	}
	f.mu.Lock()
	u := f.users[f.UserKey(name)]
	if u != nil {
		do(u)
	}
	f.mu.Unlock()
	if err := f.end(ctx, c); err != nil {
		return err
	}
	if u == nil {
		return &chat.Error{Op: op, Kind: chat.ErrNotFound, Users: []string{name}}
	}
	return nil
}

func (f *fake) GetUser(ctx context.Context, name string, detail chat.Detail) (*chat.User, error) {
	var user chat.User
	err := f.single(ctx, "GetUser", name, func(u *chat.User) {
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

func (f *fake) UpdateUser(ctx context.Context, name string, settings chat.Settings) error {
	return f.single(ctx, "UpdateUser", name, func(u *chat.User) { u.Nickname = settings.Nickname })
}

func (f *fake) SetActivated(ctx context.Context, name string, activated bool) error {
	return f.single(ctx, "SetActivated", name, func(u *chat.User) { u.Activated = &activated })
}

func (f *fake) SetPassword(ctx context.Context, name, _ string) error {
	return f.single(ctx, "SetPassword", name, func(*chat.User) {})
}

func (f *fake) UpdateContact(ctx context.Context, owner, contact string, _ chat.Notes) error {
	return f.single(ctx, "UpdateContact", owner, func(*chat.User) { f.contacts[owner] = append(f.contacts[owner], "note on "+contact) })
}

func (f *fake) Contacts(ctx context.Context, owner string) ([]chat.Contact, error) {
	var contacts []chat.Contact
	err := f.single(ctx, "Contacts", owner, func(*chat.User) {
		for _, name := range f.contacts[f.UserKey(owner)] {
			note := "note"
			contacts = append(contacts, chat.Contact{Username: name, Notes: chat.Notes{Note: &note}})
		}
	})
	return contacts, err
}

func (f *fake) Blocks(ctx context.Context, owner string) ([]string, error) {
	var blocks []string
	err := f.single(ctx, "Blocks", owner, func(*chat.User) { blocks = slices.Clone(f.blocks[f.UserKey(owner)]) })
	return blocks, err
}

func (f *fake) ListUsers(ctx context.Context, cursor string) (*chat.UserPage, error) {
	start := 0
	if cursor != "" {
		start, _ = strconv.Atoi(cursor)
	}
	return f.page(ctx, "ListUsers", start, -1)
}

func (f *fake) page(ctx context.Context, op string, start, total int) (*chat.UserPage, error) {
	c, err := f.begin(ctx, op, "", []string{strconv.Itoa(start)})
	if err != nil {
		return nil, err
	}
	if f.fail != nil {
		if _, err := f.fail(op, []string{strconv.Itoa(start)}); err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	p := &chat.UserPage{Total: total}
	stop := min(start+f.limits.UserPage, len(f.order))
	for _, key := range f.order[min(start, stop):stop] {
		u := *f.users[key]
		if f.listsProfiles {
			u.Profile = &chat.Profile{}
		}
		p.Users = append(p.Users, u)
	}
	if stop < len(f.order) {
		p.Next = strconv.Itoa(stop)
	}
	f.mu.Unlock()
	return p, f.end(ctx, c)
}

// byOffset is a fake whose pages can be asked for out of order.
type byOffset struct{ *fake }

func (f byOffset) ListUsers(ctx context.Context, _ string) (*chat.UserPage, error) {
	return f.page(ctx, "ListUsers", 0, len(f.order))
}

func (f byOffset) ListUsersAt(ctx context.Context, offset int) (*chat.UserPage, error) {
	return f.page(ctx, "ListUsersAt", offset, len(f.order))
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

// count is how many calls of the given operations were made; of all, where none are given.
func (f *fake) count(ops ...string) int { return len(f.seen(ops...)) }

func (f *fake) seen(ops ...string) []*call {
	f.mu.Lock()
	defer f.mu.Unlock()
	var seen []*call
	for _, c := range f.calls {
		if len(ops) == 0 || slices.Contains(ops, c.op) {
			seen = append(seen, c)
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
