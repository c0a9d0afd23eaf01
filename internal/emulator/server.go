// Package emulator answers as two hosted chat platforms do, from memory and on one
// port: the Chat Platform API (Easemob) and JMessage. It is for demonstrations, for
// tests and for authors of modules.
//
// It is written from the platforms' documents alone and shares nothing with the
// clients it is called by.
package emulator

import (
	"context"
	"math"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Options are how a Server behaves as a whole. The zero value is a fast and
// unlimited one.
type Options struct {
	// Latency is added to the answer of every API call.
	Latency time.Duration
	// RPS is how many calls per second an application may make. Past it the answer
	// is the platform's own throttling answer. 0 means no limit. That many calls,
	// rounded up, may also come at once.
	RPS float64
	// TokenTTL is the lifetime of a token whose request names none; 0 means 1440 hours.
	TokenTTL time.Duration
}

// Server is both platforms and the control calls under /_emulator/, for instance
// behind httptest.NewServer. It is safe for concurrent use.
//
// A path whose first segment is v1 or v2 is a call of JMessage, as are the paths its
// document writes without them; every other path is a call of the Chat Platform API.
type Server struct {
	options  Options
	control  http.Handler
	easemob  platform
	jmessage platform

	offset atomic.Int64 // how far the emulated time is ahead, in nanoseconds
	counts counts
	faults faults

	limitsMu sync.Mutex
	limits   map[string]*rate.Limiter
}

// New returns a server with one application on each platform and no users.
func New(options Options) *Server {
	if options.TokenTTL == 0 {
		options.TokenTTL = 1440 * time.Hour
	}
	s := &Server{options: options, limits: map[string]*rate.Limiter{}}
	env := environment{now: s.now, tokenTTL: options.TokenTTL}
	s.easemob = newEasemob(env)
	s.jmessage = newJMessage(env)
	s.control = s.controlRoutes()
	return s
}

// bareJMessage are the first segments of the paths that JMessage's document writes
// without a version.
var bareJMessage = map[string]bool{
	"admins": true, "chatroom": true, "cross": true, "groups": true, "messages": true,
	"resource": true, "sdkregister": true, "sensitiveword": true, "users": true,
}

// ServeHTTP answers a control call or a call of one of the platforms.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case first == "_emulator":
		s.control.ServeHTTP(w, r)
	case first == "v1" || first == "v2" || bareJMessage[first]:
		s.serveAPI(w, r, "jmessage ", s.jmessage)
	default:
		s.serveAPI(w, r, "easemob ", s.easemob)
	}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, prefix string, p platform) {
	s.counts.call(r.Method+" "+p.route(r), p.isToken(r))
	allowed := s.allow(prefix + p.application(r))
	if !pause(r.Context(), s.options.Latency) {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	if !allowed {
		s.counts.throttle()
		p.throttle(w, r)
		return
	}
	if f := s.faults.take(r); f != nil {
		f.serve(w, r, p)
		return
	}
	p.ServeHTTP(w, r)
}

// now is the emulated time.
func (s *Server) now() time.Time { return time.Now().Add(time.Duration(s.offset.Load())) }

// allow tells whether the application may make one more call now.
func (s *Server) allow(application string) bool {
	if s.options.RPS <= 0 {
		return true
	}
	s.limitsMu.Lock()
	defer s.limitsMu.Unlock()
	limit := s.limits[application]
	if limit == nil {
		limit = rate.NewLimiter(rate.Limit(s.options.RPS), int(math.Ceil(s.options.RPS)))
		s.limits[application] = limit
	}
	return limit.AllowN(s.now(), 1)
}

// reset returns to the state at start.
func (s *Server) reset() {
	s.easemob.reset()
	s.jmessage.reset()
	s.faults.set(nil)
	s.counts.clear()
	s.limitsMu.Lock()
	defer s.limitsMu.Unlock()
	s.offset.Store(0)
	clear(s.limits)
}

// pause waits for d and tells whether the caller is still there.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
