package emulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// recentEvents is how many calls are kept for readers who come later.
	recentEvents = 200
	// shownBody is how much of a body is kept, in bytes.
	shownBody = 8 << 10
	// readerBacklog is how many calls a reader may be behind before it is dropped.
	readerBacklog = 256
	// mostReaders is how many may read at once.
	mostReaders = 32
	// heartbeat is how often a reader without news gets a sign of life.
	heartbeat = 15 * time.Second
	// writeTimeout is how long a reader may take to accept what is sent to it.
	writeTimeout = 10 * time.Second
)

// event is the document of one call in GET /_emulator/events. Secrets in it are hidden.
type event struct {
	// ID counts the calls since the start.
	ID int64 `json:"id"`
	// Time is the emulated time at which the call came.
	Time time.Time `json:"time"`
	// Platform is easemob or jmessage.
	Platform string `json:"platform"`
	Method   string `json:"method"`
	// Path is as it was called, with the query.
	Path string `json:"path"`
	// Route is how the counts name the call.
	Route string `json:"route"`
	// Status is 0 if the connection was closed without an answer.
	Status int `json:"status"`
	// Milliseconds is how long the answer took.
	Milliseconds float64 `json:"milliseconds"`
	// Request and Answer are the bodies: JSON, or a description of anything else.
	Request string `json:"request,omitempty"`
	Answer  string `json:"answer,omitempty"`
	// Throttled reports whether the call came past the limit.
	Throttled bool `json:"throttled,omitempty"`
	// Fault reports whether an injected fault happened to it.
	Fault bool `json:"fault,omitempty"`
	// Dropped reports whether the connection was closed before the end of the answer.
	Dropped bool `json:"dropped,omitempty"`
	// Changes reports whether the call may have changed the state.
	Changes bool `json:"changes,omitempty"`
}

// announce tells the readers that the control call of a name changed something. What reads
// later does not need it.
func (e *events) announce(control string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	message := fmt.Appendf(nil, "event: change\ndata: {\"control\":%q}\n\n", control)
	e.send(published{message: func() []byte { return message }})
}

// published is an event on its way to readers. Its message is encoded when a reader
// wants it, so that calls cost little while nobody reads.
type published struct {
	id      int64
	message func() []byte
}

// events passes calls on to readers. Its memory is bounded: it keeps the last calls, and
// drops readers that are too slow.
type events struct {
	mu      sync.Mutex
	last    int64
	recent  []published // the oldest first
	readers map[chan published]bool
	closed  bool
}

func newEvents() *events { return &events{readers: map[chan published]bool{}} }

// close ends every reader.
func (e *events) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	for reader := range e.readers {
		e.drop(reader)
	}
}

// drop ends a reader. The caller holds the lock.
func (e *events) drop(reader chan published) {
	if e.readers[reader] {
		delete(e.readers, reader)
		close(reader)
	}
}

// subscribe returns a new reader and the recent calls after an id. It returns nil if
// there are too many readers.
func (e *events) subscribe(after int64) (reader chan published, missed []published) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || len(e.readers) >= mostReaders {
		return nil, nil
	}
	reader = make(chan published, readerBacklog)
	e.readers[reader] = true
	for _, p := range e.recent {
		if after > e.last || p.id > after { // an id of the future is that of an earlier emulator
			missed = append(missed, p)
		}
	}
	return reader, missed
}

func (e *events) unsubscribe(reader chan published) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drop(reader)
}

// publish gives a call its id and passes it on.
func (e *events) publish(bodies bodies, ev event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last++
	ev.ID = e.last
	p := published{id: ev.ID, message: sync.OnceValue(func() []byte { return bodies.message(ev) })}
	if len(e.recent) == recentEvents {
		e.recent = append(e.recent[:0], e.recent[1:]...)
	}
	e.recent = append(e.recent, p)
	e.send(p)
}

// send passes an event on to all readers. The caller holds the lock.
func (e *events) send(p published) {
	for reader := range e.readers {
		select {
		case reader <- p:
		default:
			e.drop(reader)
		}
	}
}

// ServeHTTP answers GET /_emulator/events: server-sent events named call, the recent ones
// first, and change, after a control call that changed something. Last-Event-ID skips the
// calls that a reader already has.
func (e *events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64) // 0 without one
	reader, missed := e.subscribe(after)
	if reader == nil {
		writeJSON(w, http.StatusServiceUnavailable, controlError{"There are too many readers of the events."})
		return
	}
	defer e.unsubscribe(reader)
	w.Header().Set("Content-Type", "text/event-stream")
	connection := http.NewResponseController(w)
	send := func(message []byte) error {
		_ = connection.SetWriteDeadline(time.Now().Add(writeTimeout)) // a recorder has none
		if _, err := w.Write(message); err != nil {
			return err
		}
		return connection.Flush()
	}
	var first bytes.Buffer
	first.WriteString("retry: 1000\n\n")
	for _, p := range missed {
		first.Write(p.message())
	}
	if send(first.Bytes()) != nil {
		return
	}
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		message := []byte(":\n\n")
		select {
		case <-r.Context().Done():
			return
		case <-ticker.C:
		case p, ok := <-reader:
			if !ok {
				return
			}
			message = p.message()
		}
		if send(message) != nil {
			return
		}
	}
}

// observedCall is a call while it is answered.
type observedCall struct {
	events           *events
	start            time.Time // on the emulated clock
	began            time.Time
	r                *http.Request
	request          kept
	answer           *observedAnswer
	throttled, fault bool
	changes          bool
}

// begin keeps the beginning of the body, which a fault may leave unread, and observes the
// answer from now on.
func (e *events) begin(w http.ResponseWriter, r *http.Request, now time.Time) *observedCall {
	c := &observedCall{events: e, start: now, began: time.Now(), r: r, answer: &observedAnswer{ResponseWriter: w}}
	if r.Body != nil && r.Body != http.NoBody {
		body := bufio.NewReaderSize(r.Body, shownBody)
		text, _ := body.Peek(shownBody) // whoever reads the body gets the error
		c.request = kept{text: bytes.Clone(text), size: max(len(text), int(r.ContentLength))}
		r.Body = readCloser{body, r.Body}
	}
	return c
}

type readCloser struct {
	io.Reader
	io.Closer
}

// end publishes the call. It is to be deferred: a panic is how a connection is dropped.
func (c *observedCall) end(platform, route string) {
	problem := recover()
	_, credentials, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	c.events.publish(bodies{
		url: c.r.URL, credentials: credentials, request: c.request, requestType: c.r.Header.Get("Content-Type"),
		answer: c.answer.kept, answerType: c.answer.Header().Get("Content-Type"),
	}, event{
		Time: c.start.UTC().Truncate(time.Millisecond), Platform: platform, Method: c.r.Method, Route: route, Status: c.answer.status,
		Milliseconds: float64(time.Since(c.began).Microseconds()) / 1000,
		Throttled:    c.throttled, Fault: c.fault, Dropped: problem != nil, Changes: c.changes,
	})
	if problem != nil {
		panic(problem)
	}
}

// bodies are what is kept of a call to show it: nothing of its connection.
type bodies struct {
	url                     *url.URL
	credentials             string
	request, answer         kept
	requestType, answerType string
}

// message encodes the call for readers.
func (b bodies) message(ev event) []byte {
	var h hider
	h.learn(b.credentials)
	ev.Path = hideInURL(b.url)
	ev.Request = h.show(&b.request, b.requestType)
	ev.Answer = h.show(&b.answer, b.answerType)
	data, err := json.Marshal(ev)
	if err != nil {
		data = []byte("{}")
	}
	return fmt.Appendf(nil, "id: %d\nevent: call\ndata: %s\n\n", ev.ID, data)
}

// kept is the beginning of a body, and its size in bytes.
type kept struct {
	text []byte
	size int
}

func (k *kept) add(p []byte) {
	k.size += len(p)
	k.text = append(k.text, p[:min(len(p), shownBody-len(k.text))]...)
}

type observedAnswer struct {
	http.ResponseWriter
	status int
	kept   kept
}

// Unwrap is for http.ResponseController.
func (a *observedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *observedAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *observedAnswer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	a.kept.add(p)
	return a.ResponseWriter.Write(p)
}
