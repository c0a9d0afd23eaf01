package emulator

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// fault is one way a call goes wrong: before it took effect, or after, so that only
// its answer is lost or broken.
type fault struct {
	document    faultDocument
	method      string
	path        *regexp.Regexp
	after       bool
	status      int
	body        *string
	contentType string
	headers     map[string]string
	delay       time.Duration
	drop        bool
	times       int // how often it still happens; negative is always
}

// faultDocument is one element of PUT /_emulator/faults.
type faultDocument struct {
	// Method is empty for any.
	Method string `json:"method,omitempty"`
	// Path is a regular expression that the decoded path of the URL must match; empty for any.
	Path string `json:"path,omitempty"`
	// When is "before", the default, or "after" the call took effect.
	When string `json:"when,omitempty"`
	// Status replaces the platform's; with no status and no body the platform's own
	// answer is only delayed or dropped.
	Status int `json:"status,omitempty"`
	// Body replaces the platform's. With Drop it is sent and the connection closed
	// before its announced end.
	Body *string `json:"body,omitempty"`
	// ContentType is the body's, application/json if it is empty.
	ContentType string `json:"content_type,omitempty"`
	// Headers are added to the answer, Retry-After for instance.
	Headers map[string]string `json:"headers,omitempty"`
	// Delay is a duration such as "150ms" that passes before the answer.
	Delay string `json:"delay,omitempty"`
	// Drop closes the connection without an answer.
	Drop bool `json:"drop,omitempty"`
	// Times is how many calls it happens to: 0 is one, a negative number is all.
	Times int `json:"times"`
}

// parse returns the fault, or an error that says in a sentence what is wrong.
func (d faultDocument) parse() (*fault, error) {
	f := &fault{
		document: d,
		method:   d.Method, status: d.Status, body: d.Body, contentType: d.ContentType,
		headers: d.Headers, drop: d.Drop, times: d.Times,
	}
	var err error
	if f.path, err = regexp.Compile(d.Path); err != nil {
		return nil, fmt.Errorf("path is not a regular expression: %w", err)
	}
	switch d.When {
	case "", "before":
	case "after":
		f.after = true
	default:
		return nil, fmt.Errorf("when is %q but must be before or after", d.When)
	}
	if d.Status != 0 && (d.Status < 200 || d.Status > 599) {
		return nil, fmt.Errorf("status is %d but must be 200 to 599", d.Status)
	}
	if d.Delay != "" {
		if f.delay, err = time.ParseDuration(d.Delay); err != nil || f.delay < 0 {
			return nil, fmt.Errorf("delay is %q but must be a duration such as 150ms", d.Delay)
		}
	}
	if f.status == 0 && f.body == nil && f.delay == 0 && !f.drop {
		return nil, fmt.Errorf("it does nothing: set status, body, delay or drop")
	}
	if f.contentType == "" {
		f.contentType = "application/json"
	}
	if f.times == 0 {
		f.times = 1
	}
	return f, nil
}

// faults are the faults to come, in the order they are tried.
type faults struct {
	mu   sync.Mutex
	list []*fault
}

func (f *faults) set(list []*fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = list
}

// documents returns the faults to come, as PUT takes them, with the times that are left.
func (f *faults) documents() []faultDocument {
	f.mu.Lock()
	defer f.mu.Unlock()
	documents := make([]faultDocument, len(f.list))
	for i, each := range f.list {
		documents[i] = each.document
		documents[i].Times = each.times
	}
	return documents
}

// take returns the first fault that fits the call, and uses it up by one.
func (f *faults) take(r *http.Request) *fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, each := range f.list {
		if each.method != "" && each.method != r.Method || !each.path.MatchString(r.URL.Path) {
			continue
		}
		if each.times > 0 {
			if each.times--; each.times == 0 {
				f.list = append(f.list[:i:i], f.list[i+1:]...)
			}
		}
		return each
	}
	return nil
}

// serve answers the call as the fault demands.
func (f *fault) serve(w http.ResponseWriter, r *http.Request, p platform.API) {
	answer := &heldAnswer{header: w.Header(), status: http.StatusOK}
	if f.after {
		p.ServeHTTP(answer, r)
	}
	if !pause(r.Context(), f.delay) {
		panic(http.ErrAbortHandler)
	}
	replaced := f.status != 0 || f.body != nil
	switch {
	case f.drop && !replaced:
		panic(http.ErrAbortHandler)
	case !f.after && !replaced:
		p.ServeHTTP(w, r)
		return
	case replaced:
		f.replace(answer)
	}
	for name, value := range f.headers {
		w.Header().Set(name, value)
	}
	w.Header().Del("Content-Length") // the platform's, of what was replaced
	if f.drop {
		w.Header().Set("Content-Length", strconv.Itoa(answer.body.Len()+1))
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body.Bytes()) // a caller that left has no use for an error
	if f.drop {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// replace puts the fault's status and body in place of the platform's.
func (f *fault) replace(answer *heldAnswer) {
	if f.status != 0 {
		answer.status = f.status
	}
	answer.body.Reset()
	if f.body != nil {
		answer.body.WriteString(*f.body)
	}
	answer.header.Set("Content-Type", f.contentType)
}

// heldAnswer is an answer that has not been sent yet.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *heldAnswer) Header() http.Header         { return a.header }
func (a *heldAnswer) WriteHeader(status int)      { a.status = status }
func (a *heldAnswer) Write(b []byte) (int, error) { return a.body.Write(b) }

// putFaults replaces the faults to come.
func (s *Server) putFaults(w http.ResponseWriter, r *http.Request) {
	var documents []faultDocument
	if err := platform.DecodeStrict(r.Body, &documents); err != nil {
		refuse(w, "The body must be a list of faults: "+err.Error()+".")
		return
	}
	list := make([]*fault, 0, len(documents))
	for i, document := range documents {
		f, err := document.parse()
		if err != nil {
			refuse(w, fmt.Sprintf("Fault %d is invalid: %s.", i, err))
			return
		}
		list = append(list, f)
	}
	s.faults.set(list)
	s.changed(w, "faults")
}
