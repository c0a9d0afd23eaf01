package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// proxy passes calls on to the emulator, breaks some, and can do something at a
// moment that is counted in calls.
type proxy struct {
	platform *platform
	next     http.Handler

	// decide returns what goes wrong with a call; only tests have one of their own.
	decide func(p phase, method, path string, nth int) *fault

	mu     sync.Mutex
	idle   *sync.Cond
	during phase
	moment *moment
	// seen is how often each method and path was called in this phase.
	seen map[string]int
	// calls and writes are how many there were in this phase, faults how many were broken.
	calls, writes, faults int
	inFlight              int
	started               time.Time
	log                   []string
	tokens                map[string]bool
}

// phase is one command of Terraform. What goes wrong in it depends on nothing else.
type phase struct {
	seed          uint64
	step, command int
	// share is the part of all calls that is broken.
	share float64
}

// moment is when something is done to Terraform: at a call of a phase.
type moment struct {
	// call is the number of the call, among those that change something if writes is set.
	call   int
	writes bool
	// after reports whether the call takes effect first.
	after bool
	// kill reports whether act kills Terraform, so that no caller waits for the answer.
	kill bool
	act  func()
	// reached is set when it was done.
	reached bool
}

func (m *moment) String() string {
	what, unit, when := "interrupted", "call", "before"
	if m.kill {
		what = "killed"
	}
	if m.writes {
		unit = "write"
	}
	if m.after {
		when = "after"
	}
	text := fmt.Sprintf("%s %s %s %d", what, when, unit, m.call)
	if !m.reached {
		text += " (never came)"
	}
	return text
}

// answer is a complete answer.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	a.body = append(a.body, b...)
	return len(b), nil
}

func (a *answer) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // an error means that the caller is gone
}

func newProxy(p *platform, next http.Handler) *proxy {
	x := &proxy{platform: p, next: next, decide: phase.decide, tokens: map[string]bool{}}
	x.idle = sync.NewCond(&x.mu)
	x.begin(phase{}, nil)
	return x
}

// begin starts a phase, at the moment of which, unless that is nil, something is done.
func (x *proxy) begin(p phase, m *moment) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.during, x.moment, x.seen = p, m, map[string]int{}
	x.calls, x.writes, x.faults, x.log = 0, 0, 0, nil
	x.started = time.Now()
}

// quiet waits until no call is on its way: those of a process that was killed may
// still take effect. It returns how many calls and faults there were in the phase, and
// a line for each call.
func (x *proxy) quiet() (calls, faults int, log []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for x.inFlight > 0 {
		x.idle.Wait()
	}
	return x.calls, x.faults, x.log
}

// beyondTokens is how many calls there were in the phase that did not ask for a token.
func (x *proxy) beyondTokens() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	all := 0
	for key, n := range x.seen {
		if !strings.HasSuffix(key, "/token") {
			all += n
		}
	}
	return all
}

// secrets are the tokens that were issued.
func (x *proxy) secrets() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var all []string
	for token := range x.tokens {
		all = append(all, token)
	}
	return all
}

// call is one call on its way through.
type call struct {
	r    *http.Request
	body []byte
	// nth is how often this method and path were seen in the phase, from 1.
	nth    int
	during phase
	fault  *fault
	moment *moment
	// note says in the log what became of it.
	note string
}

// ServeHTTP implements http.Handler.
func (x *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the caller is gone before its request was complete
	}
	c := x.arrive(r, body)
	defer x.leave(c)
	if c.moment != nil && !c.moment.after {
		x.act(c)
	}
	var genuine *answer
	if c.fault == nil || c.fault.effect {
		genuine = x.forward(c)
	}
	if c.moment != nil {
		if c.moment.after {
			x.act(c)
		}
		if !c.moment.kill {
			// The interrupt needs time to get through Terraform to the provider,
			// which is to wait for this answer and not to leave.
			wait(r.Context(), 400*time.Millisecond)
		}
	}
	if c.fault == nil {
		c.note += fmt.Sprint(genuine.status)
		genuine.send(w)
		return
	}
	c.note += c.fault.name
	c.fault.deliver(x, w, c, genuine)
}

// act does what is to be done at this moment. A call that is not to take effect ends
// here if Terraform is killed.
func (x *proxy) act(c *call) {
	c.moment.act()
	c.note += c.moment.String() + "; "
	if c.moment.kill {
		panic(http.ErrAbortHandler)
	}
}

// arrive counts a call and decides what becomes of it.
func (x *proxy) arrive(r *http.Request, body []byte) *call {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := r.Method + " " + r.URL.Path
	x.seen[key]++
	x.calls++
	x.inFlight++
	write := r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/token")
	if write {
		x.writes++
	}
	c := &call{r: r, body: body, nth: x.seen[key], during: x.during}
	if m := x.moment; m != nil && !m.reached && (m.writes && write && x.writes == m.call || !m.writes && x.calls == m.call) {
		m.reached = true
		c.moment = m
	}
	if c.fault = x.decide(c.during, r.Method, r.URL.Path, c.nth); c.fault != nil {
		x.faults++
	}
	return c
}

// leave notes what became of a call.
func (x *proxy) leave(c *call) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.inFlight--
	x.idle.Broadcast()
	if c.during == x.during {
		x.log = append(x.log, fmt.Sprintf("%7.3fs %-6s %s: %s", time.Since(x.started).Seconds(), c.r.Method, c.r.URL.RequestURI(), c.note))
	}
}

// forward lets a call take effect, whether its caller still waits or not.
func (x *proxy) forward(c *call) *answer {
	r := c.r.Clone(context.WithoutCancel(c.r.Context()))
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	genuine := &answer{status: http.StatusOK, header: http.Header{}}
	x.next.ServeHTTP(genuine, r)
	if strings.HasSuffix(c.r.URL.Path, "/token") {
		var issued struct {
			Token string `json:"access_token"`
		}
		if json.Unmarshal(genuine.body, &issued) == nil && issued.Token != "" {
			x.mu.Lock()
			x.tokens[issued.Token] = true
			x.mu.Unlock()
		}
	}
	return genuine
}

// wait waits for a time, or until the caller is gone.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
