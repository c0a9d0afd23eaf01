package bulk

import (
	"context"
	"errors"
	"slices"
	"sync"

	"terraform-provider-chat/internal/chat"
)

const (
	// ahead is how many pages may be fetched in all that no name was served from.
	ahead = 8
	// patience is after how many failures of the listing it is not tried again.
	patience = 2
)

// readAhead answers reads of single users from the listing of all users, as far as
// that pays. Nobody knows beforehand how many names will be asked for, nor how many
// users there are, so it goes by what is known by now:
//
//	pages <= served + min(ahead, asked/2)
//
// A name is either served from a page or costs one request of its own, so that n
// names cost at most n+ahead requests, one name exactly one, and most users of an
// application little more than its pages. Besides, every name that waits pays for
// one page only: a lone name never waits long for pages that would bring others.
type readAhead struct {
	inner chat.Service
	at    chat.OffsetLister // nil where pages come one after the other
	lines int
	key   func(username string) string
	gets  *shared[question, *chat.User]

	mu       sync.Mutex
	users    map[string]*chat.User // what the pages brought
	touched  map[string]bool       // names that were written to
	todo     []page                // pages that can be fetched now
	flying   int                   // pages on their way
	waiters  []*waiter             // never without a page on its way
	credit   int                   // names that waited, less the pages fetched for them
	asked    int
	served   int
	pages    int
	failures int
}

type question struct {
	key    string
	detail chat.Detail
}

// page says where a page of the listing begins.
type page struct {
	cursor string
	offset int // instead of a cursor, where not 0
}

// waiter is a caller that waits for pages.
type waiter struct {
	question
	ctx  context.Context
	name string
	done chan struct{}               // closed when one of these is set
	user *chat.User                  // what a page brought
	get  *read[question, *chat.User] // the request of its own
}

func newReadAhead(inner chat.Service, lines int) *readAhead {
	at, _ := chat.As[chat.OffsetLister](inner)
	return &readAhead{
		inner: inner, at: at, lines: lines, key: inner.Platform().UserKey,
		gets:    &shared[question, *chat.User]{op: "read user", keep: func(error) bool { return false }},
		users:   map[string]*chat.User{},
		touched: map[string]bool{},
		todo:    []page{{}},
	}
}

// get returns a user as GetUser does.
func (r *readAhead) get(ctx context.Context, name string, detail chat.Detail) (*chat.User, error) {
	w := &waiter{question: question{r.key(name), detail}, ctx: ctx, name: name, done: make(chan struct{})}
	r.mu.Lock()
	r.asked++
	if !r.serve(w) {
		if len(r.waiters) == 0 {
			r.credit = 0
		}
		r.waiters = append(r.waiters, w)
		r.credit++
		r.advance()
	}
	r.mu.Unlock()

	select {
	case <-w.done:
	case <-ctx.Done():
		if r.leave(w) {
			return nil, left(ctx, r.gets.op, name, false)
		}
	}
	if w.user != nil {
		return w.user, nil
	}
	u, err := r.gets.wait(ctx, w.get, name)
	return copyUser(u), err
}

// touch makes sure that nobody who asks for names from now on is served what is read so far.
func (r *readAhead) touch(names ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range names {
		key := r.key(name)
		r.touched[key] = true
		r.gets.drop(question{key, chat.Basic})
		r.gets.drop(question{key, chat.WithProfile})
	}
}

// single lets w go with a request of its own.
func (r *readAhead) single(w *waiter) {
	w.get = r.gets.join(w.ctx, w.question, func(ctx context.Context) (*chat.User, error) {
		return r.inner.GetUser(ctx, w.name, w.detail)
	})
	close(w.done)
}

// serve lets w go with what the pages brought, or with a request of its own where
// that cannot help, and tells whether it did.
func (r *readAhead) serve(w *waiter) bool {
	u, listed := r.users[w.key]
	switch {
	case listed && !r.touched[w.key] && (w.detail == chat.Basic || u.Profile != nil):
		r.served++
		w.user = copyUser(u)
		close(w.done)
	case listed || r.touched[w.key] || r.gets.flying(w.question):
		r.single(w)
	default:
		return false
	}
	return true
}

// leave forgets a waiter, and tells whether it still was one.
func (r *readAhead) leave(w *waiter) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.waiters, w)
	if i < 0 {
		return false
	}
	r.waiters = slices.Delete(r.waiters, i, i+1)
	return true
}

// advance fetches pages while somebody waits and it may pay. Where no page is on
// its way, those who wait ask for themselves.
func (r *readAhead) advance() {
	for len(r.waiters) > 0 && len(r.todo) > 0 && r.flying < r.lines && r.credit > 0 && r.pages < r.served+min(ahead, r.asked/2) {
		next := r.todo[0]
		r.todo = r.todo[1:]
		r.pages++
		r.credit--
		r.flying++
		// A page is of use to others when its callers have gone.
		go r.fetch(context.WithoutCancel(r.waiters[0].ctx), next)
	}
	if r.flying == 0 {
		r.dismiss()
	}
}

// dismiss lets all waiters go with requests of their own.
func (r *readAhead) dismiss() {
	for _, w := range r.waiters {
		r.single(w)
	}
	r.waiters = nil
}

func (r *readAhead) fetch(ctx context.Context, p page) {
	got, err := guarded("list users", func() (*chat.UserPage, error) {
		if p.offset > 0 {
			return r.at.ListUsersAt(ctx, p.offset)
		}
		return r.inner.ListUsers(ctx, p.cursor)
	})
	if err == nil && got == nil {
		err = errors.New("no page")
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	r.flying--
	if err == nil {
		r.land(p, got)
	} else {
		r.todo = append(r.todo, p)
		r.dismiss()
		if r.failures++; r.failures >= patience {
			r.todo = nil
		}
	}
	r.advance()
}

// land takes in a page and serves those who waited for it.
func (r *readAhead) land(p page, got *chat.UserPage) {
	for i := range got.Users {
		r.users[r.key(got.Users[i].Username)] = &got.Users[i]
	}
	if p.offset == 0 && got.Next != "" {
		if r.at == nil || len(got.Users) == 0 || got.Total < 0 {
			r.todo = append(r.todo, page{cursor: got.Next})
		} else {
			for at := len(got.Users); at < got.Total; at += len(got.Users) {
				r.todo = append(r.todo, page{offset: at})
			}
		}
	}
	r.waiters = slices.DeleteFunc(r.waiters, r.serve)
}

func copyUser(u *chat.User) *chat.User {
	if u == nil {
		return nil
	}
	own := *u
	own.Activated, own.Nickname = copyOf(u.Activated), copyOf(u.Nickname)
	if own.Push = copyOf(u.Push); own.Push != nil {
		p := own.Push
		p.DisplayStyle, p.DoNotDisturb = copyOf(p.DisplayStyle), copyOf(p.DoNotDisturb)
		p.Start, p.End = copyOf(p.Start), copyOf(p.End)
	}
	if own.Profile = copyOf(u.Profile); own.Profile != nil {
		p := own.Profile
		for _, field := range []**string{&p.Avatar, &p.Birthday, &p.Gender, &p.Signature, &p.Region, &p.Address, &p.Extras} {
			*field = copyOf(*field)
		}
	}
	return &own
}
