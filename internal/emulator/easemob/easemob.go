// Package easemob is the Chat Platform API in memory, behind the emulator's interface
// of a platform.
//
// It is written from the vendor's documents and shares nothing with the client.
package easemob

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"

	"terraform-provider-chat/internal/emulator/platform"
)

// Platform is the Chat Platform API with its applications.
type Platform struct {
	env platform.Environment
	era era

	mu    sync.RWMutex
	world *world
}

// The eras that the platform can answer as.
const (
	Era2018 = 2018
	Era2025 = 2025
)

// CheckEra returns an error if a year is not that of an era.
func CheckEra(year int) error {
	if year != Era2018 && year != Era2025 {
		return fmt.Errorf("the era %d is neither %d nor %d", year, Era2018, Era2025)
	}
	return nil
}

// New returns the platform with the application of the start, those that the
// environment names, and no users. It answers as in Era2018, or as in Era2025.
func New(env platform.Environment, year int) *Platform {
	p := &Platform{env: env, era: era2018}
	if year == Era2025 {
		p.era = era2025
	}
	p.Reset()
	return p
}

// Reset returns to the state at start.
func (p *Platform) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.world = p.start()
}

// Route returns the call's path with its variable parts named.
func (p *Platform) Route(r *http.Request) string {
	_, parts := split(r)
	pattern := routes.Find(r.Method, parts).Pattern
	if pattern == "" {
		pattern = "/*"
	}
	return "/{org}/{app}" + pattern
}

// Application returns the key of the application that the call names.
func (p *Platform) Application(r *http.Request) string {
	key, _ := split(r)
	return key
}

// Changes reports whether the call may change what the platform holds.
func (p *Platform) Changes(r *http.Request) bool {
	_, parts := split(r)
	found := routes.Find(r.Method, parts)
	return found.Route != nil && found.Route.Endpoint.changes
}

// IsToken reports whether the call asks for a token.
func (p *Platform) IsToken(r *http.Request) bool {
	_, parts := split(r)
	return len(parts) == 1 && parts[0] == "token"
}

// Throttle refuses a call past the limit per second.
func (p *Platform) Throttle(w http.ResponseWriter, _ *http.Request) {
	p.writeFailure(w, &failure{
		status: http.StatusTooManyRequests, code: "reach_limit",
		description: "This request has reached api limit",
	})
}

// split returns the key of the application in the path and the parts below it.
func split(r *http.Request) (key string, parts []string) {
	parts = platform.Parts(r)
	for len(parts) < 2 {
		parts = append(parts, "")
	}
	return parts[0] + "#" + parts[1], parts[2:]
}

var keyPattern = regexp.MustCompile(`^[A-Za-z0-9_.-]+#[A-Za-z0-9_.-]+$`)

// CheckAppKey returns an error if a text is not the key of an application,
// "org_name#app_name".
func CheckAppKey(key string) error {
	if !keyPattern.MatchString(key) {
		return fmt.Errorf("%q is not of the form org_name#app_name", key)
	}
	return nil
}

// ServeHTTP answers an API call.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{server: p, r: r, now: p.env.Now()}
	key, parts := split(r)
	found := routes.Find(r.Method, parts)
	kind := jsonBody
	if found.Route != nil {
		kind = found.Route.Endpoint.body
	}
	problem := c.readBody(kind) // before the lock is held
	reply, err := c.answer(key, found, problem)
	switch {
	case err != nil:
		p.writeFailure(w, asFailure(err))
	case reply.file != nil:
		reply.file.write(w)
	case reply.instead != nil:
		writeJSON(w, http.StatusOK, reply.instead)
	default:
		now := p.env.Now()
		reply.Timestamp = now.UnixMilli()
		reply.Duration = now.Sub(c.now).Milliseconds()
		writeJSON(w, http.StatusOK, reply)
	}
}

// answer does what the call asks the application of a key for. What it returns shares
// nothing that a later call may change, so that it is encoded without holding up the
// others. A problem with the body is the answer only to a caller who may make the call.
func (c *call) answer(key string, found platform.Match[endpoint], problem error) (*reply, error) {
	defer c.server.lock(found.Route == nil || !found.Route.Endpoint.changes)()
	c.world = c.server.world
	if c.app = c.world.apps[key]; c.app == nil {
		return nil, applicationNotFound(key, c.r.URL.Path)
	}
	switch {
	case found.Pattern == "":
		return nil, noSuchCall()
	case found.Route == nil:
		return nil, wrongVerb()
	}
	c.vars = found.Vars
	endpoint := found.Route.Endpoint
	reply, err := c.serve(endpoint, problem)
	if err != nil && endpoint.described && !c.server.era.metadataErrors {
		f := *asFailure(err)
		f.described = true
		err = &f
	}
	return reply, err
}

// serve does what the call asks for, if its caller may make it.
func (c *call) serve(endpoint endpoint, problem error) (*reply, error) {
	if err := c.authorize(endpoint.access); err != nil {
		return nil, err
	}
	if err := c.world.switches.off(endpoint.feature); err != nil {
		return nil, err
	}
	if problem != nil {
		return nil, problem
	}
	return endpoint.handle(c)
}

// lock locks the world, for others that read it as well if that will do.
func (p *Platform) lock(toRead bool) (unlock func()) {
	if toRead {
		p.mu.RLock()
		if !p.world.switches.RoomDropOut { // who drops out is found out by reading
			return p.mu.RUnlock
		}
		p.mu.RUnlock()
	}
	p.mu.Lock()
	return p.mu.Unlock
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := platform.EncodeJSON(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a caller that left has no use for an error
}
