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
// that pays. How many names will be asked for, and how many users there are, is not known
// beforehand, so the limit depends on what is known by now:
//
//	pages <= served + min(ahead, asked/2)
//
// A name is either served from a page or costs one request of its own, so that n
// names cost at most n+ahead requests, one name exactly one, and most users of an
// application little more than its pages. Besides, every name that waits pays for
// one page only: a lone name never waits long for pages that would bring others.
//
// Pages that callers list for themselves are remembered as well. They count like those
// that are read ahead, and are not fetched again.
type readAhead struct {
	inner chat.Users
	slots int
	key   func(username string) string
	gets  *shared[question, *chat.User]

	mu       sync.Mutex
	users    map[string]*chat.User // what the pages brought
	names    []string              // of these users, in the order in which they came
	touched  map[string]bool       // names that were written to
	todo     []string              // cursors of pages that can be fetched now
	begins   map[string]int        // known cursors, and how many users are before their pages
	skip     func(n int) string    // the cursor of a page further on; nil if pages are fetched in order
	next     int                   // where the first page begins that was not fetched yet, if skip is set
	total    int                   // how many users there are, if skip is set
	size     int                   // how many users a page holds, if skip is set
	underWay int                   // pages that are being fetched
	waiters  []*waiter             // never without a page that is being fetched
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

// waiter is a caller that waits for pages.
type waiter struct {
	question
	ctx  context.Context
	name string
	done chan struct{}               // closed when one of these is set
	user *chat.User                  // what a page brought
	get  *read[question, *chat.User] // the request of its own
}

func newReadAhead(inner *chat.Service, slots int) *readAhead {
	return &readAhead{
		inner: inner.Users, slots: slots, key: inner.Platform.UserKey,
		gets:    &shared[question, *chat.User]{op: "read users", keep: func(error) bool { return false }},
		users:   map[string]*chat.User{},
		touched: map[string]bool{},
		todo:    []string{""},
		begins:  map[string]int{"": 0},
	}
}

// list returns a page as chat.Users.List does, and remembers what it brings.
func (r *readAhead) list(ctx context.Context, cursor string) (*chat.Page[chat.User], error) {
	page, err := r.inner.List(ctx, cursor)
	if err != nil || page == nil {
		return nil, err
	}
	own := *page
	own.Items = make([]chat.User, len(page.Items))
	for i := range page.Items {
		own.Items[i] = *copyUser(&page.Items[i])
	}
	if page.Skip != nil {
		own.Skip = func(n int) string {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.cursor(page.Skip, n)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pages++
	r.land(cursor, page)
	return &own, nil
}

// get returns a user as chat.Users.Get does.
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
			return nil, cancelled(ctx, chat.About("read user", name))
		}
	}
	if w.user != nil {
		return w.user, nil
	}
	u, err := r.gets.wait(ctx, w.get)
	return copyUser(u), err
}

// listed returns the names of the users that the pages brought, without the first from.
func (r *readAhead) listed(from int) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.names[min(from, len(r.names)):]
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

// single answers w with a request of its own.
func (r *readAhead) single(w *waiter) {
	w.get = r.gets.join(w.ctx, w.question, func(ctx context.Context) (*chat.User, error) {
		return r.inner.Get(ctx, w.name, w.detail)
	})
	close(w.done)
}

// serve answers w with what the pages brought, or with a request of its own if
// that cannot help, and reports whether it did.
func (r *readAhead) serve(w *waiter) bool {
	u, listed := r.users[w.key]
	switch {
	case listed && !r.touched[w.key] && (w.detail == chat.Basic || u.Profile != nil):
		r.served++
		w.user = copyUser(u)
		close(w.done)
	case listed || r.touched[w.key] || r.gets.underWay(w.question):
		r.single(w)
	default:
		return false
	}
	return true
}

// leave forgets a waiter, and reports whether it still was one.
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

// advance fetches pages while somebody waits and it may pay. If no page is on its
// way, those who wait ask for themselves.
func (r *readAhead) advance() {
	for len(r.waiters) > 0 && r.underWay < r.slots && r.credit > 0 && r.pages < r.served+min(ahead, r.asked/2) {
		cursor, ok := r.nextPage()
		if !ok {
			break
		}
		r.pages++
		r.credit--
		r.underWay++
		// A page is of use to others when its callers have gone.
		go r.fetch(context.WithoutCancel(r.waiters[0].ctx), cursor)
	}
	if r.underWay == 0 {
		r.dismiss()
	}
}

// nextPage returns the cursor of a page that was not fetched yet, if there is one.
func (r *readAhead) nextPage() (cursor string, ok bool) {
	switch {
	case r.failures >= patience:
		return "", false
	case len(r.todo) > 0:
		cursor, r.todo = r.todo[0], r.todo[1:]
		return cursor, true
	case r.skip != nil && r.next < r.total:
		cursor = r.cursor(r.skip, r.next)
		r.next += r.size
		return cursor, true
	}
	return "", false
}

// cursor returns the cursor of the page after the first n users, and remembers it.
func (r *readAhead) cursor(skip func(n int) string, n int) string {
	cursor := skip(n)
	r.begins[cursor] = n
	return cursor
}

// dismiss lets all waiters go with requests of their own.
func (r *readAhead) dismiss() {
	for _, w := range r.waiters {
		r.single(w)
	}
	r.waiters = nil
}

func (r *readAhead) fetch(ctx context.Context, cursor string) {
	page, err := guarded("list users", func() (*chat.Page[chat.User], error) {
		return r.inner.List(ctx, cursor)
	})
	if err == nil && page == nil {
		err = errors.New("no page")
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	r.underWay--
	if err == nil {
		r.land(cursor, page)
	} else {
		r.todo = append(r.todo, cursor)
		r.dismiss()
		r.failures++
	}
	r.advance()
}

// land takes in a page and serves those who waited for it.
func (r *readAhead) land(cursor string, page *chat.Page[chat.User]) {
	for i := range page.Items {
		key := r.key(page.Items[i].Username)
		if r.users[key] == nil {
			r.names = append(r.names, page.Items[i].Username)
		}
		r.users[key] = &page.Items[i]
	}
	r.todo = slices.DeleteFunc(r.todo, func(c string) bool { return c == cursor })
	begin, known := r.begins[cursor]
	end := begin + len(page.Items)
	switch {
	case !known:
	case page.Skip != nil:
		if r.skip == nil {
			r.skip, r.total = page.Skip, page.Total
		}
		r.size = max(r.size, len(page.Items))
		if begin <= r.next {
			r.next = max(r.next, end)
		}
		if page.Next == "" || len(page.Items) == 0 {
			r.total = min(r.total, end) // whatever the total says
		}
	case page.Next != "":
		if _, known := r.begins[page.Next]; !known {
			r.begins[page.Next] = end
			r.todo = append(r.todo, page.Next)
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
		*own.Profile = copyProfile(*own.Profile)
	}
	return &own
}
