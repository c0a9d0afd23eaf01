package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// jmMaxBody bounds what one call may send, in bytes: an upload of 8 MB and its wrapping fit.
const jmMaxBody = 16 << 20

// jmTimeLayout is how the platform writes a time, always in China Standard Time.
const jmTimeLayout = "2006-01-02 15:04:05"

var jmZone = time.FixedZone("CST", 8*60*60)

// jmessage is the JMessage REST API in memory.
type jmessage struct {
	env  environment
	rate jmRate

	mu    sync.RWMutex
	world *jmWorld
}

// newJMessage returns JMessage with its two applications, empty of users.
func newJMessage(env environment) platform {
	j := &jmessage{env: env}
	j.reset()
	return j
}

// jmCall is one authenticated call, as its handler sees it. The handler runs
// alone (or among readers, for a GET), so it may use the world freely.
type jmCall struct {
	world *jmWorld
	app   *jmApplication
	vars  []string
	query url.Values
	body  []byte
	// contentType is needed for uploads only: JSON is read whatever it claims to be.
	contentType string
	now         time.Time
}

// timestamp returns the emulated time as the platform writes it.
func (c *jmCall) timestamp() string {
	return jmTimestamp(c.now)
}

func jmTimestamp(t time.Time) string {
	return t.In(jmZone).Format(jmTimeLayout)
}

// jmReply is an answer. Without body the platform sends none at all.
type jmReply struct {
	status int
	body   any
	// page replaces body where the web container answers instead of the API.
	page  string
	allow string
}

func jmOK(body any) (jmReply, error) { return jmReply{status: http.StatusOK, body: body}, nil }
func jmCreated(body any) (jmReply, error) {
	return jmReply{status: http.StatusCreated, body: body}, nil
}
func jmNoContent() (jmReply, error) { return jmReply{status: http.StatusNoContent}, nil }

// jmRefuse is an answer with an error in it.
func jmRefuse(err error) jmReply {
	failure := jmAsError(err)
	return jmReply{status: failure.status, body: jmErrorBody{Error: failure}}
}

func (j *jmessage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, readErr := io.ReadAll(io.LimitReader(r.Body, jmMaxBody+1))
	now := j.env.now()
	reply, window := j.answer(r, body, readErr, now)
	window.announce(w.Header())
	jmWrite(w, reply)
}

// answer does what the call asks for. What it returns shares nothing that a later
// call may change, so that it is encoded without holding up the others.
func (j *jmessage) answer(r *http.Request, body []byte, readErr error, now time.Time) (jmReply, jmWindow) {
	route, vars, allowed := jmFindRoute(r)
	if r.Method == http.MethodGet {
		j.mu.RLock()
		defer j.mu.RUnlock()
	} else {
		j.mu.Lock()
		defer j.mu.Unlock()
	}

	app := j.world.applications[j.application(r)]
	window := j.rate.count(app, now)
	if !j.world.enforceRateLimit {
		// A limit that nothing enforces is never used up: careful clients would stop,
		// or go on one call at a time, for the rest of the minute.
		window.remaining = max(jmRateLimit/6, window.remaining)
	}
	switch {
	case window.exceeded && j.world.enforceRateLimit:
		return jmRefuse(jmFail(jmRateLimited)), window
	case route == nil && len(allowed) > 0:
		return jmContainerReply(http.StatusMethodNotAllowed, strings.Join(allowed, ", ")), window
	case route == nil:
		return jmContainerReply(http.StatusNotFound, ""), window
	}
	if err := jmAuthenticate(r, app); err != nil {
		return jmRefuse(err), window
	}
	if readErr != nil || len(body) > jmMaxBody {
		return jmRefuse(jmFail(jmInvalid)), window
	}

	reply, err := route.handle(&jmCall{
		world:       j.world,
		app:         app,
		vars:        vars,
		query:       r.URL.Query(),
		body:        body,
		contentType: r.Header.Get("Content-Type"),
		now:         now,
	})
	if err != nil {
		reply = jmRefuse(err)
	}
	return reply, window
}

// jmAuthenticate implements "HTTP 验证". app is the application whose key the call names, if there is one.
func jmAuthenticate(r *http.Request, app *jmApplication) error {
	if r.Header.Get("Authorization") == "" {
		return jmFail(jmMissingAuth)
	}
	_, secret, ok := r.BasicAuth()
	if !ok || app == nil || secret != app.secret {
		return jmFail(jmBadAuth)
	}
	return nil
}

// jmContainerReply is an answer of the web container in front of the API, which speaks HTML.
func jmContainerReply(status int, allow string) jmReply {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return jmReply{
		status: status,
		allow:  allow,
		page: "<html>\n<head><title>" + title + "</title></head>\n" +
			"<body><h1>" + title + "</h1></body>\n</html>\n",
	}
}

// jmWrite sends an answer. A caller that left has no use for an error.
func jmWrite(w http.ResponseWriter, reply jmReply) {
	if reply.page != "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if reply.allow != "" {
			w.Header().Set("Allow", reply.allow)
		}
		w.WriteHeader(reply.status)
		_, _ = io.WriteString(w, reply.page)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if reply.body == nil {
		w.WriteHeader(reply.status)
		return
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(reply.body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(reply.status)
	_, _ = w.Write(bytes.TrimSuffix(encoded.Bytes(), []byte("\n")))
}

// route returns the path of the document the call is for, "/v1/users/{username}",
// whichever of its spellings was used; an unknown path is returned as it is.
func (j *jmessage) route(r *http.Request) string {
	if route, _, _ := jmFindRoute(r); route != nil {
		return route.path
	}
	return r.URL.Path
}

// application returns the app key the call is made with, in lower case, or "".
func (j *jmessage) application(r *http.Request) string {
	key, _, _ := r.BasicAuth()
	return strings.ToLower(key)
}

// throttle refuses a call over the emulator's own limit. That limit counts seconds,
// not minutes, hence the reset after one.
func (j *jmessage) throttle(w http.ResponseWriter, _ *http.Request) {
	jmWindow{reset: time.Second}.announce(w.Header())
	jmWrite(w, jmRefuse(jmFail(jmRateLimited)))
}

// isToken is false: JMessage has no tokens.
func (j *jmessage) isToken(*http.Request) bool { return false }

func (j *jmessage) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.world = jmStart()
	j.rate.clear()
}
