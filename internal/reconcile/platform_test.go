package reconcile_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

const (
	latency = time.Second
	grace   = 30 * time.Second
)

// fault is how a request fails.
type fault int

const (
	none    fault = iota
	refused       // without effect, and the answer says so
	before        // without effect, but the answer is lost
	after         // with effect, but the answer is lost
)

// account is a user of a platform.
type account struct {
	name, password string
	nickname       *string
	active         bool
	uuid           string
	created        time.Time
	ours           bool // whether it was registered by a request
}

// platform is a platform in memory, with names without case.
type platform struct {
	// likeJMessage is set if the platform says of a new user only that it was registered,
	// if activation cannot be read, and if pages of the listing can be read in any order.
	likeJMessage bool
	// slow is how much longer than latency a write takes.
	slow time.Duration

	mu sync.Mutex
	// fault, if set, is called when a request arrives and may make it fail. A request is
	// an operation and the names it is about.
	fault    func(request string) fault
	users    map[string]*account // by name in lower case
	order    []string            // oldest first
	requests []string
	uuids    int
}

func newPlatform(likeJMessage bool) *platform {
	return &platform{likeJMessage: likeJMessage, users: map[string]*account{}}
}

// eachPlatform runs a test on both kinds of platforms.
func eachPlatform(t *testing.T, test func(t *testing.T, p *platform)) {
	for _, likeJMessage := range []bool{false, true} {
		t.Run(fmt.Sprint("like JMessage ", likeJMessage), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, newPlatform(likeJMessage)) })
		})
	}
}

func key(name string) string { return strings.ToLower(name) }

// service is the platform as the provider sees it.
func (p *platform) service() *chat.Service {
	limits := chat.UserLimits{
		Create: chat.Limit{Items: 60}, Delete: chat.Limit{Items: 1}, Page: 100,
		Size: func(u chat.NewUser) int { return len(u.Username) },
	}
	if p.likeJMessage {
		limits.Create.Items, limits.Delete.Items, limits.Page = 500, 100, 500
	}
	return bulk.New(&chat.Service{
		Platform: &chat.Platform{UserKey: key, Users: limits, ClockGrain: 100 * time.Millisecond},
		Users:    p,
		Grace: func(ctx context.Context) (context.Context, context.CancelFunc) {
			late, cancel := context.WithCancel(context.WithoutCancel(ctx))
			stop := context.AfterFunc(ctx, func() {
				select {
				case <-time.After(grace):
					cancel()
				case <-late.Done():
				}
			})
			return late, func() { stop(); cancel() }
		},
	}, bulk.Options{})
}

// breaks makes requests fail, or none if fault is nil.
func (p *platform) breaks(fault func(request string) fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
}

// put registers a user.
func (p *platform) put(name, password string) *account {
	p.uuids++
	a := &account{name: key(name), password: password, active: true, created: time.Now(), uuid: fmt.Sprint("uuid-", p.uuids)}
	p.users[key(name)] = a
	p.order = append(p.order, key(name))
	return a
}

// drop deletes a user.
func (p *platform) drop(name string) {
	delete(p.users, key(name))
	p.order = slices.DeleteFunc(p.order, func(k string) bool { return k == key(name) })
}

// written is how many requests changed anything, or may have.
func (p *platform) written() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, request := range p.requests {
		if !isRead(request) {
			n++
		}
	}
	return n
}

// count is how many requests begin with one of the prefixes; all if none are given.
func (p *platform) count(prefixes ...string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, request := range p.requests {
		if len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(request, prefix) }) {
			n++
		}
	}
	return n
}

// passwords are the users and their passwords.
func (p *platform) passwords() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[string]string{}
	for name, a := range p.users {
		all[name] = a.password
	}
	return all
}

// request makes a request. Reads end with ctx, writes are finished.
func (p *platform) request(ctx context.Context, op string, names []string, effect func() error) error {
	if ctx.Err() != nil {
		return &chat.Error{Op: op, Kind: chat.ErrUnavailable, Err: ctx.Err()}
	}
	text := op + " " + strings.Join(names, " ")
	reads := isRead(text)
	sentAt := time.Now()
	how := none
	p.mu.Lock()
	p.requests = append(p.requests, text)
	if p.fault != nil {
		how = p.fault(text)
	}
	p.mu.Unlock()
	if reads {
		select {
		case <-time.After(latency):
		case <-ctx.Done():
			return &chat.Error{Op: op, Kind: chat.ErrUnavailable, Err: ctx.Err()}
		}
	} else {
		time.Sleep(latency + p.slow)
	}
	lost := &chat.Error{Op: op, Kind: chat.ErrUnavailable, Status: 502, MaybeApplied: !reads, SentAt: sentAt}
	switch how {
	case none:
	case refused:
		return &chat.Error{Op: op, Kind: chat.ErrThrottled, Status: 429, SentAt: sentAt}
	case before:
		return lost
	case after:
		defer time.Sleep(latency) // as the client does before it tries again
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := effect(); err != nil && how == none {
		return err
	}
	if how == after {
		return lost
	}
	return nil
}

func (p *platform) read(a *account) chat.User {
	u := chat.User{Username: a.name, Settings: chat.Settings{Nickname: a.nickname}}
	u.CreatedAt = a.created.Truncate(time.Second)
	u.Since, u.Until = u.CreatedAt, u.CreatedAt.Add(time.Second)
	if !p.likeJMessage {
		active := a.active
		u.UUID, u.Activated = a.uuid, &active
	}
	return u
}

func (p *platform) Create(ctx context.Context, users []chat.NewUser) ([]chat.UserResult, error) {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.Username
	}
	sentAt := time.Now()
	results := make([]chat.UserResult, len(users))
	err := p.request(ctx, "Create", names, func() error {
		for i, u := range users {
			if p.users[key(u.Username)] != nil {
				results[i].Err = &chat.Error{Op: chat.About("register user", u.Username), Kind: chat.ErrAlreadyExists}
				continue
			}
			a := p.put(u.Username, u.Password)
			a.nickname, a.ours = u.Nickname, true
			read := p.read(a)
			if p.likeJMessage {
				read = chat.User{Username: u.Username}
				read.CreatedAt, read.Since, read.Until, read.Approximate = time.Now().Truncate(time.Second), sentAt, time.Now(), true
			}
			results[i].User = &read
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

func (p *platform) Get(ctx context.Context, username string, _ chat.Detail) (user *chat.User, err error) {
	err = p.request(ctx, "Get", []string{key(username)}, func() error {
		a := p.users[key(username)]
		if a == nil {
			return &chat.Error{Op: chat.About("read user", username), Kind: chat.ErrNotFound}
		}
		read := p.read(a)
		user = &read
		return nil
	})
	return user, err
}

func (p *platform) List(ctx context.Context, cursor string) (*chat.Page[chat.User], error) {
	size := 100
	if p.likeJMessage {
		size = 500
	}
	page := &chat.Page[chat.User]{Total: -1}
	err := p.request(ctx, "List", []string{cursor}, func() error {
		from, _ := strconv.Atoi(cursor)
		to := min(from+size, len(p.order))
		for _, k := range p.order[min(from, to):to] {
			page.Items = append(page.Items, p.read(p.users[k]))
		}
		if to < len(p.order) {
			page.Next = strconv.Itoa(to)
		}
		if p.likeJMessage {
			page.Total, page.Skip = len(p.order), strconv.Itoa
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// change writes to a user that exists.
func (p *platform) change(ctx context.Context, op, username string, do func(*account)) error {
	return p.request(ctx, op, []string{key(username)}, func() error {
		a := p.users[key(username)]
		if a == nil {
			return &chat.Error{Op: op, Kind: chat.ErrNotFound}
		}
		do(a)
		return nil
	})
}

func (p *platform) Update(ctx context.Context, username string, settings chat.Settings) error {
	return p.change(ctx, "Update", username, func(a *account) {
		if settings.Nickname != nil {
			if a.nickname = settings.Nickname; *a.nickname == "" {
				a.nickname = nil
			}
		}
	})
}

func (p *platform) SetPassword(ctx context.Context, username, password string) error {
	return p.change(ctx, "SetPassword", username, func(a *account) { a.password = password })
}

func (p *platform) SetActivated(ctx context.Context, username string, activated bool) error {
	return p.change(ctx, "SetActivated", username, func(a *account) { a.active = activated })
}

func (p *platform) Delete(ctx context.Context, usernames []string) ([]error, error) {
	err := p.request(ctx, "Delete", usernames, func() error {
		for _, name := range usernames {
			if p.users[key(name)] == nil && len(usernames) > 1 {
				return &chat.Error{Op: "delete users", Kind: chat.ErrNotFound}
			}
		}
		for _, name := range usernames {
			p.drop(name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return make([]error, len(usernames)), nil
}
