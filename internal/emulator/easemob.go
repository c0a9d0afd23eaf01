package emulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// easemob is the Chat Platform API with one application.
type easemob struct {
	env environment

	mu    sync.RWMutex
	app   easemobApplication
	users *easemobUsers
}

// easemobApplication is the application and the hidden settings of its console.
type easemobApplication struct {
	Org  string `json:"org"`
	App  string `json:"app"`
	UUID string `json:"uuid"`
	// ClientID and ClientSecret are what an application token is issued for.
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	// OpenRegistration lets anybody register without a token.
	OpenRegistration bool `json:"open_registration"`
	// TokenKey is what the tokens are signed with.
	TokenKey []byte `json:"token_key"`
}

func newEasemob(env environment) *easemob {
	e := &easemob{env: env}
	e.reset()
	return e
}

func (e *easemob) reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.app = newEasemobApplication()
	e.users = newEasemobUsers()
}

func newEasemobApplication() easemobApplication {
	return easemobApplication{
		Org:              "chat-demo",
		App:              "testapp",
		UUID:             "8be024f0-e978-11e8-b697-5d598d5f8402",
		ClientID:         "demo-client-id",
		ClientSecret:     "demo-client-secret",
		OpenRegistration: true,
		TokenKey:         randomBytes(32),
	}
}

// easemobBodyLimit is the largest request body in bytes.
const easemobBodyLimit = 5 << 10

// easemobCall is one API call on its way through.
type easemobCall struct {
	*easemob
	r     *http.Request
	app   easemobApplication
	start time.Time
	vars  map[string]string
	body  []byte
}

// easemobAccess is who may make a call.
type easemobAccess int

const (
	easemobAnybody  easemobAccess = iota
	easemobRegister               // the application, or anybody while registration is open
	easemobOwner                  // the application, or the user in the path
	easemobAdmin                  // the application
	easemobConsole                // the application, refused in other words
)

type easemobRoute struct {
	method, path string
	access       easemobAccess
	serve        func(*easemobCall) (*easemobReply, *easemobError)
	parts        []string
}

// easemobRoutes are the endpoints below /{org}/{app}. The first that fits serves.
var easemobRoutes = func() []easemobRoute {
	routes := []easemobRoute{
		{method: "POST", path: "/token", access: easemobAnybody, serve: (*easemobCall).issueToken},
		{method: "POST", path: "/users", access: easemobRegister, serve: (*easemobCall).register},
		{method: "GET", path: "/users", access: easemobAdmin, serve: (*easemobCall).listUsers},
		{method: "DELETE", path: "/users", access: easemobAdmin, serve: (*easemobCall).deleteUsers},
		{method: "POST", path: "/users/batch/status", access: easemobConsole, serve: (*easemobCall).batchStatus},
		{method: "GET", path: "/users/{username}", access: easemobOwner, serve: (*easemobCall).getUser},
		{method: "PUT", path: "/users/{username}", access: easemobOwner, serve: (*easemobCall).putUser},
		{method: "DELETE", path: "/users/{username}", access: easemobOwner, serve: (*easemobCall).deleteUser},
		{method: "PUT", path: "/users/{username}/password", access: easemobOwner, serve: (*easemobCall).setPassword},
		{method: "POST", path: "/users/{username}/password", access: easemobOwner, serve: (*easemobCall).setPassword},
		{method: "GET", path: "/users/{username}/contacts/users", access: easemobOwner, serve: (*easemobCall).listContacts},
		{method: "POST", path: "/users/{username}/contacts/users/{contact}", access: easemobOwner, serve: (*easemobCall).addContact},
		{method: "DELETE", path: "/users/{username}/contacts/users/{contact}", access: easemobOwner, serve: (*easemobCall).removeContact},
		{method: "GET", path: "/users/{username}/blocks/users", access: easemobOwner, serve: (*easemobCall).listBlocks},
		{method: "POST", path: "/users/{username}/blocks/users", access: easemobOwner, serve: (*easemobCall).addBlocks},
		{method: "DELETE", path: "/users/{username}/blocks/users/{blocked}", access: easemobOwner, serve: (*easemobCall).removeBlock},
		{method: "GET", path: "/users/{username}/status", access: easemobOwner, serve: (*easemobCall).status},
		{method: "GET", path: "/users/{username}/offline_msg_count", access: easemobOwner, serve: (*easemobCall).offlineCount},
		{method: "GET", path: "/users/{username}/offline_msg_status/{msg_id}", access: easemobOwner, serve: (*easemobCall).offlineStatus},
		{method: "POST", path: "/users/{username}/deactivate", access: easemobConsole, serve: (*easemobCall).deactivate},
		{method: "POST", path: "/users/{username}/activate", access: easemobConsole, serve: (*easemobCall).activate},
		{method: "GET", path: "/users/{username}/disconnect", access: easemobAdmin, serve: (*easemobCall).disconnect},
	}
	for i := range routes {
		routes[i].parts = strings.Split(routes[i].path[1:], "/")
	}
	return routes
}()

// easemobSplit returns organisation, application and the parts below them, unescaped.
func easemobSplit(r *http.Request) (org, app string, parts []string) {
	parts = strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil {
			parts[i] = plain
		}
	}
	for len(parts) < 2 {
		parts = append(parts, "")
	}
	return parts[0], parts[1], parts[2:]
}

// easemobMatch returns the endpoint of a path and the values of its variable parts.
// known tells that the path has endpoints, though perhaps none of the method.
func easemobMatch(method string, parts []string) (route *easemobRoute, vars map[string]string, known string) {
	for i := range easemobRoutes {
		each := &easemobRoutes[i]
		if !slices.EqualFunc(each.parts, parts, func(pattern, part string) bool {
			return pattern == part || pattern[0] == '{' && part != ""
		}) {
			continue
		}
		if known == "" {
			known = each.path
		}
		if each.method != method {
			continue
		}
		vars = map[string]string{}
		for j, pattern := range each.parts {
			if pattern[0] == '{' {
				vars[strings.Trim(pattern, "{}")] = parts[j]
			}
		}
		return each, vars, each.path
	}
	return nil, nil, known
}

func (e *easemob) route(r *http.Request) string {
	_, _, parts := easemobSplit(r)
	_, _, known := easemobMatch(r.Method, parts)
	if known == "" {
		known = "/*"
	}
	return "/{org}/{app}" + known
}

func (e *easemob) application(r *http.Request) string {
	org, app, _ := easemobSplit(r)
	return org + "#" + app
}

func (e *easemob) isToken(r *http.Request) bool {
	_, _, parts := easemobSplit(r)
	return len(parts) == 1 && parts[0] == "token"
}

func (e *easemob) throttle(w http.ResponseWriter, _ *http.Request) {
	e.writeError(w, &easemobError{
		status: http.StatusTooManyRequests, code: "reach_limit",
		description: "This request has reached api limit",
	})
}

func (e *easemob) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.RLock()
	c := &easemobCall{easemob: e, r: r, app: e.app, start: e.env.now()}
	e.mu.RUnlock()
	reply, failure := c.answer()
	if failure != nil {
		e.writeError(w, failure)
		return
	}
	if reply.token != nil {
		writeEasemob(w, http.StatusOK, reply.token)
		return
	}
	now := e.env.now()
	reply.Timestamp = now.UnixMilli()
	reply.Duration = now.Sub(c.start).Milliseconds()
	writeEasemob(w, http.StatusOK, reply)
}

func (c *easemobCall) answer() (*easemobReply, *easemobError) {
	var err error
	if c.body, err = io.ReadAll(http.MaxBytesReader(nil, c.r.Body, easemobBodyLimit)); err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return nil, &easemobError{
				status: http.StatusRequestEntityTooLarge, code: "Request Entity Too Large",
				description: "the request body exceeds 5 KB",
			}
		}
		return nil, &easemobError{status: http.StatusBadRequest, code: "json_parse", description: "the request body ended early"}
	}
	org, app, parts := easemobSplit(c.r)
	if org != c.app.Org || app != c.app.App {
		return nil, easemobNoApplication(org, app, c.r.URL.Path)
	}
	route, vars, known := easemobMatch(c.r.Method, parts)
	if known == "" {
		return nil, &easemobError{
			status: http.StatusInternalServerError, code: "web_application",
			exception: "javax.ws.rs.WebApplicationException", description: "no such api",
		}
	}
	if route == nil {
		return nil, &easemobError{
			status: http.StatusMethodNotAllowed, code: "unsupported_service_operation",
			exception:   "org.apache.usergrid.services.exceptions.UnsupportedServiceOperationException",
			description: "Service operation not supported",
		}
	}
	if len(c.body) > 0 && !easemobReadable(c.r.Header.Get("Content-Type")) {
		return nil, &easemobError{
			status: http.StatusUnsupportedMediaType, code: "web_application",
			exception: "javax.ws.rs.WebApplicationException", description: "Unsupported Media Type",
		}
	}
	c.vars = vars
	if failure := c.authorize(route.access); failure != nil {
		return nil, failure
	}
	return route.serve(c)
}

// easemobReadable tells whether a body is read as JSON. What curl sends when nobody
// names a type is, as the document's own examples need it.
func easemobReadable(contentType string) bool {
	if contentType == "" {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || media == "application/x-www-form-urlencoded")
}

// decode reads the body into target.
func (c *easemobCall) decode(target any) *easemobError {
	if err := json.Unmarshal(c.body, target); err != nil {
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			return easemobIllegal(cmp.Or(wrong.Field, "the request body") + " is not legal")
		}
		return &easemobError{
			status: http.StatusBadRequest, code: "json_parse",
			exception: "com.fasterxml.jackson.core.JsonParseException", description: err.Error(),
		}
	}
	return nil
}

// easemobReply is every answer but those to token calls; each endpoint sets the keys its
// samples show.
type easemobReply struct {
	Action          string              `json:"action,omitempty"`
	Application     string              `json:"application,omitempty"`
	Params          map[string][]string `json:"params,omitzero"`
	Path            string              `json:"path,omitempty"`
	URI             string              `json:"uri,omitempty"`
	Entities        []any               `json:"entities,omitzero"`
	Data            any                 `json:"data,omitempty"`
	Timestamp       int64               `json:"timestamp"`
	Duration        int64               `json:"duration"`
	Organization    string              `json:"organization,omitempty"`
	ApplicationName string              `json:"applicationName,omitempty"`
	Cursor          string              `json:"cursor,omitempty"`
	Count           *int                `json:"count,omitempty"`

	token *easemobGrant // sent in place of all the above
}

// base is the application's address.
func (c *easemobCall) base() string {
	return "http://" + c.r.Host + "/" + c.app.Org + "/" + c.app.App
}

// params are the parameters of the query, where there is one.
func (c *easemobCall) params() map[string][]string {
	if c.r.URL.RawQuery == "" {
		return nil
	}
	return c.r.URL.Query()
}

// changed is the answer to a call that changes something below path.
func (c *easemobCall) changed(path string, entities ...any) *easemobReply {
	if entities == nil {
		entities = []any{}
	}
	return &easemobReply{
		Action: strings.ToLower(c.r.Method), Application: c.app.UUID, Params: c.params(),
		Path: path, URI: c.base() + path, Entities: entities,
		Organization: c.app.Org, ApplicationName: c.app.App,
	}
}

// read is the answer to a call that only reads.
func (c *easemobCall) read(data any, count int) *easemobReply {
	return &easemobReply{
		Action: "get", Params: c.params(), URI: "http://" + c.r.Host + c.r.URL.EscapedPath(),
		Entities: []any{}, Data: data, Count: &count,
	}
}

func writeEasemob(w http.ResponseWriter, status int, value any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the caller is gone: nobody is left to tell
}
