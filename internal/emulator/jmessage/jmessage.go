// Package jmessage is the JMessage REST API in memory, behind the emulator's interface
// of a platform.
//
// It is written from the vendor's document and shares nothing with the client.
package jmessage

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// maxBody bounds what one call may send, in bytes: an upload of 8 MB and its wrapping fit.
const maxBody = 16 << 20

// timeLayout is how the platform writes a time, always in China Standard Time.
const timeLayout = "2006-01-02 15:04:05"

var zone = time.FixedZone("CST", 8*60*60)

// Platform is the JMessage REST API with its applications.
type Platform struct {
	env  platform.Environment
	rate rate

	mu    sync.RWMutex
	world *world
}

// New returns the platform with the application of the start, those that the
// environment names, and no users.
func New(env platform.Environment) *Platform {
	p := &Platform{env: env}
	p.Reset()
	return p
}

// Reset returns to the state at start.
func (p *Platform) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.world = p.start()
	p.rate.clear()
}

// Route returns the path of the document that the call is for, "/v1/users/{username}",
// whichever of its spellings was used; an unknown path is returned as it is.
func (p *Platform) Route(r *http.Request) string {
	if isMedia(r) {
		return "/" + mediaSegment + "/{appkey}/{media_id}"
	}
	if route := findRoute(r).Route; route != nil {
		return route.Pattern
	}
	return r.URL.Path
}

// Application returns the app key that the call is made with, in lower case, or "".
func (p *Platform) Application(r *http.Request) string {
	key, _, _ := r.BasicAuth()
	return strings.ToLower(key)
}

// Throttle refuses a call over the emulator's own limit. That limit counts seconds, not
// minutes, hence the reset after one.
func (p *Platform) Throttle(w http.ResponseWriter, _ *http.Request) {
	window{reset: time.Second}.announce(w.Header())
	refused(refusal(codeRateLimited)).write(w)
}

// Changes reports whether the call may change what the platform holds: everything but a
// GET may.
func (p *Platform) Changes(r *http.Request) bool { return r.Method != http.MethodGet }

// IsToken is false: JMessage has no tokens.
func (p *Platform) IsToken(*http.Request) bool { return false }

var keyPattern = regexp.MustCompile(`^[A-Za-z0-9]{24}$`)

// CheckAppKey returns an error if a text is not the key of an application, 24 letters
// or digits.
func CheckAppKey(key string) error {
	if !keyPattern.MatchString(key) {
		return fmt.Errorf("the app key %q does not have 24 letters or digits", key)
	}
	return nil
}

// ServeHTTP answers an API call, or one for a file that was uploaded.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isMedia(r) {
		p.serveMedia(w, r)
		return
	}
	body, readErr := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	c := &call{
		query: r.URL.Query(), body: body, contentType: r.Header.Get("Content-Type"), now: p.env.Now(),
		origin: "http://" + r.Host,
	}
	reply, window := p.answer(c, r, readErr)
	window.announce(w.Header())
	reply.write(w)
}

// answer does what the call asks for. What it returns shares nothing that a later
// call may change, so that it is encoded without holding up the others.
func (p *Platform) answer(c *call, r *http.Request, readErr error) (*reply, window) {
	if p.Changes(r) {
		p.mu.Lock()
		defer p.mu.Unlock()
	} else {
		p.mu.RLock()
		defer p.mu.RUnlock()
	}
	c.world, c.app = p.world, p.world.applications[p.Application(r)]
	window := p.rate.count(c.app, c.now)
	if !c.world.switches.EnforceRateLimit {
		// A limit that nothing enforces is never used up: careful clients would stop,
		// or go on one call at a time, for the rest of the minute.
		window.remaining = max(rateLimit/6, window.remaining)
	}
	found := findRoute(r)
	switch {
	case window.exceeded && c.world.switches.EnforceRateLimit:
		return refused(refusal(codeRateLimited)), window
	case found.Pattern == "":
		return containerReply(http.StatusNotFound, ""), window
	case found.Route == nil:
		return containerReply(http.StatusMethodNotAllowed, strings.Join(found.Allowed, ", ")), window
	}
	if err := authenticate(r, c.app); err != nil {
		return refused(err), window
	}
	if readErr != nil || len(c.body) > maxBody {
		return refused(refusal(codeInvalid)), window
	}
	c.vars = found.Vars
	reply, err := found.Route.Endpoint(c)
	if err != nil {
		reply = refused(err)
	}
	return reply, window
}

// authenticate implements "HTTP 验证". app is the application whose key the call names, if there is one.
func authenticate(r *http.Request, app *application) error {
	if r.Header.Get("Authorization") == "" {
		return refusal(codeMissingAuth)
	}
	_, secret, ok := r.BasicAuth()
	if !ok || app == nil || secret != app.secret {
		return refusal(codeBadAuth)
	}
	return nil
}
