package bulk

import (
	"context"
	"sync"

	"terraform-provider-chat/internal/chat"
)

// profiles gathers reads of profiles that are kept apart from the users. A call with room
// for more takes along users of the listing whose profiles nobody has asked for yet: most
// of them are asked for next, and it costs no extra call.
type profiles struct {
	chat.Profiles
	off    bool
	key    func(username string) string
	listed func(from int) []string
	read   *operation[string, chat.Profile]

	mu     sync.Mutex
	known  map[string]chat.Profile // by key, until a write drops it
	writes int
	next   int // how many listed users calls were filled up with
}

// newProfiles wraps profiles; nil if the platform lacks them.
func newProfiles(g *gatherer, inner chat.Profiles, listed func(from int) []string) *profiles {
	if inner == nil {
		return nil
	}
	p := &profiles{Profiles: inner, off: g.off, key: g.key, listed: listed, known: map[string]chat.Profile{}}
	p.read = &operation[string, chat.Profile]{
		// One call at a time: what is asked for meanwhile travels in the next.
		gatherer: g, limit: g.limit(inner.Limit()), slots: 1, size: quotedSize,
		about:    func(_, username string) subject { return subject{name: g.key(username)} },
		describe: func(_, username string) string { return chat.About("read the profile of user", username) },
		call: func(ctx context.Context, _ string, usernames []string) ([]chat.Profile, error) {
			return p.fetch(ctx, usernames)
		},
	}
	return p
}

// orNil returns the profiles as an interface, nil if there are none.
func (p *profiles) orNil() chat.Profiles {
	if p == nil {
		return nil
	}
	return p
}

// Get implements chat.Profiles.
func (p *profiles) Get(ctx context.Context, usernames []string) ([]chat.Profile, error) {
	if p.off {
		return p.Profiles.Get(ctx, usernames)
	}
	list := make([]chat.Profile, len(usernames))
	var unknown []string
	var places []int
	p.mu.Lock()
	for i, name := range usernames {
		profile, ok := p.known[p.key(name)]
		if list[i] = copyProfile(profile); !ok {
			unknown, places = append(unknown, name), append(places, i)
		}
	}
	p.mu.Unlock()
	for i, r := range p.read.do(ctx, "", unknown) {
		if r.err != nil {
			return nil, r.err
		}
		list[places[i]] = copyProfile(r.out)
	}
	return list, nil
}

// fetch reads profiles, and as many others as the call has room for.
func (p *profiles) fetch(ctx context.Context, usernames []string) ([]chat.Profile, error) {
	names, writes := p.fill(usernames)
	found, err := p.Profiles.Get(ctx, names)
	if err != nil && len(names) > len(usernames) { // for which one of the others may be to blame
		names = usernames
		found, err = p.Profiles.Get(ctx, names)
	}
	if err != nil || len(found) != len(names) {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writes == writes {
		for i, name := range names {
			p.known[p.key(name)] = found[i]
		}
	}
	return found[:len(usernames)], nil
}

// fill adds listed users to those of a call. It also returns how many writes there were.
func (p *profiles) fill(usernames []string) ([]string, int) {
	limit := p.Limit()
	bytes := len("[]")
	names := make([]string, 0, limit.Items)
	taken := map[string]bool{}
	for _, name := range usernames {
		names = append(names, name)
		taken[p.key(name)] = true
		bytes += quotedSize(name)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range p.listed(p.next) {
		key := p.key(name)
		if _, known := p.known[key]; !known && !taken[key] {
			if bytes += quotedSize(name); len(names) >= limit.Items || limit.Bytes > 0 && bytes > limit.Bytes {
				break
			}
			names = append(names, name)
		}
		p.next++
	}
	return names, p.writes
}

// Set implements chat.Profiles.
func (p *profiles) Set(ctx context.Context, username string, profile chat.Profile) error {
	defer around(func() { p.forget(username) })()
	return p.Profiles.Set(ctx, username, profile)
}

// forget drops what was read of users.
func (p *profiles) forget(usernames ...string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes++
	for _, name := range usernames {
		delete(p.known, p.key(name))
	}
}

func copyProfile(p chat.Profile) chat.Profile {
	for _, field := range []**string{&p.Avatar, &p.Birthday, &p.Gender, &p.Signature, &p.Region, &p.Address, &p.Extras, &p.Phone, &p.Email} {
		*field = copyOf(*field)
	}
	return p
}
