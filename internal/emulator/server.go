// Package emulator emulates two hosted chat platforms, the Chat Platform API (Easemob)
// and JMessage, in memory and on one port. It is for demonstrations, tests and authors of
// modules.
//
// It is written from the platforms' documents alone and shares no code with the clients
// that call it. This package is the server, with control calls, faults and counts. The
// platforms are the packages below it, which implement platform.Platform.
//
// The state document of GET and PUT /_emulator/state has a part per platform:
//
//	{
//	  "easemob": {"application": {...}, "users": [...], ..., "applications": {"org#name": {...}}},
//	  "jmessage": {..., "applications": {"24-character-key": {...}}}
//	}
//
// That of easemob is the first application and, if there are others, those by their
// keys, each with the same content. That of jmessage has all applications by their keys.
// What an application does not have is left out, and may be left out by a document.
//
// GET and PUT /_emulator/settings read and change switches and leave the rest of the
// state alone. A document that names some changes only those:
//
//	{
//	  "easemob": {
//	    "room_drop_out": false,    who is offline for two minutes leaves chat rooms
//	    "features_off": [],        of chatrooms, mutes, push, recall
//	    "max_groups": 0,           groups, and chat rooms, of an application; 0 is no limit
//	    "max_group_members": 3000, the largest maxusers of a group
//	    "max_joined": 3000         groups, and chat rooms, that a user may be in
//	  },
//	  "jmessage": {
//	    "enforce_rate_limit": false,          refuse more than 600 calls a minute
//	    "documented_no_disturb_codes": false, codes 899045 to 899049 for groups
//	    "refuse_other_applications": false    code 899020 to cross-application calls
//	  }
//	}
package emulator

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"terraform-provider-chat/internal/emulator/easemob"
	"terraform-provider-chat/internal/emulator/jmessage"
	"terraform-provider-chat/internal/emulator/platform"
)

// Options configure a Server. The zero value adds no latency and has no rate limit.
type Options struct {
	// Latency is added to the answer of every API call.
	Latency time.Duration
	// RPS is how many calls per second an application may make. Past it the answer is the
	// platform's own throttling answer. 0 means no limit. A burst of that many calls,
	// rounded up, is accepted. CheckRPS says which numbers can be used.
	RPS float64
	// TokenTTL is the lifetime of a token whose request names none; 0 means 1440 hours.
	TokenTTL time.Duration
	// EasemobEra is 2018, the default, or 2025: the year whose answers the Chat Platform
	// API gives.
	EasemobEra int
	// Apps are applications that exist besides the first of each platform, and have its
	// credentials. To name one twice makes no difference.
	Apps []App
	// AnyAddress answers control calls under every IP address. Without it, only those of
	// the loopback interface and localhost are names of the emulator.
	AnyAddress bool
	// Hosts are other names under which control calls are answered, without a port.
	Hosts []string
}

// Server is both platforms and the control calls under /_emulator/, for instance
// behind httptest.NewServer. It is safe for concurrent use.
//
// A path whose first segment is v1 or v2 is a call of JMessage, as are the paths its
// document writes without them; every other path is a call of the Chat Platform API.
type Server struct {
	options  Options
	control  http.Handler
	easemob  platform.Platform
	jmessage platform.Platform

	offset  atomic.Int64 // how far the emulated time is ahead, in nanoseconds
	changes atomic.Int64
	counts  counts
	faults  faults
	events  *events

	limitsMu sync.Mutex
	limits   Limits
	limiters map[string]*rate.Limiter // by application

	seedMu sync.Mutex
	seed   parts // what reset puts in place of an empty state
}

// New returns a server with one application on each platform, those that the options
// name, and no users. It panics if the options name one that ParseApp refuses, another
// era, or a limit that CheckRPS refuses.
func New(options Options) *Server {
	if options.TokenTTL == 0 {
		options.TokenTTL = 1440 * time.Hour
	}
	if options.EasemobEra == 0 {
		options.EasemobEra = easemob.Era2018
	}
	if err := easemob.CheckEra(options.EasemobEra); err != nil {
		panic(err)
	}
	if err := CheckRPS(options.RPS); err != nil {
		panic(err)
	}
	s := &Server{options: options, events: newEvents()}
	s.setLimits(s.startLimits())
	s.easemob = easemob.New(s.environment("easemob"), options.EasemobEra)
	s.jmessage = jmessage.New(s.environment("jmessage"))
	s.control = s.controlRoutes()
	return s
}

// environment is what the platform of a name works with.
func (s *Server) environment(name string) platform.Environment {
	env := platform.Environment{Now: s.now, TokenTTL: s.options.TokenTTL}
	for _, app := range s.options.Apps {
		if err := app.check(); err != nil {
			panic(err)
		}
		if app.Platform == name {
			env.Apps = append(env.Apps, app.Key)
		}
	}
	return env
}

// ServeHTTP answers a control call or a call of one of the platforms.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case first == controlSegment:
		s.control.ServeHTTP(w, r)
	case jmessage.Owns(first):
		s.serveAPI(w, r, "jmessage", s.jmessage)
	default:
		s.serveAPI(w, r, "easemob", s.easemob)
	}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, name string, p platform.API) {
	route := r.Method + " " + p.Route(r)
	s.counts.call(route, p.IsToken(r))
	call := s.events.begin(w, r, s.now())
	defer call.end(name, route)
	w = call.answer
	limits, allowed := s.allow(name + " " + p.Application(r))
	if !pause(r.Context(), time.Duration(limits.Latency)) {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	if !allowed {
		s.counts.throttle()
		call.throttled = true
		p.Throttle(w, r)
		return
	}
	if call.changes = p.Changes(r); call.changes {
		defer s.changes.Add(1) // also if a fault hides the answer
	}
	if f := s.faults.take(r); f != nil {
		call.fault = true
		f.serve(w, r, p)
		return
	}
	p.ServeHTTP(w, r)
}

// Changes returns a number that grows with everything that may change the state.
func (s *Server) Changes() int64 { return s.changes.Load() }

// Close ends the answers to GET /_emulator/events, which have no end of their own.
func (s *Server) Close() { s.events.close() }

// now is the emulated time.
func (s *Server) now() time.Time { return time.Now().Add(time.Duration(s.offset.Load())) }

// reset returns to the state at start.
func (s *Server) reset() error {
	s.easemob.Reset()
	s.jmessage.Reset()
	s.faults.set(nil)
	s.counts.clear()
	s.setLimits(s.startLimits())
	s.offset.Store(0)
	s.changes.Add(1)
	s.seedMu.Lock()
	defer s.seedMu.Unlock()
	return s.restore(s.seed)
}

// pause waits for d and reports whether the caller is still there.
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
