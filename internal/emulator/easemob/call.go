package easemob

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// call is one API call on its way through.
type call struct {
	server *Platform
	world  *world
	app    *application
	r      *http.Request
	vars   map[string]string
	body   []byte
	now    time.Time
}

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

// readBody reads the body and returns what is wrong with its size or its type, or nil.
// JSON may also come with no type, or with the one that curl sends when nobody names a
// type, as the document's own examples need it.
func (c *call) readBody(kind bodyKind) error {
	var err error
	if c.body, err = io.ReadAll(http.MaxBytesReader(nil, c.r.Body, kind.most)); err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return bodyTooLarge(kind.most)
		}
		return &failure{status: http.StatusBadRequest, code: "json_parse", description: "the request body ended early"}
	}
	given := c.r.Header.Get("Content-Type")
	media, _, err := mime.ParseMediaType(given)
	readable := err == nil && media == kind.media
	if kind.media == jsonType {
		readable = readable || len(c.body) == 0 || given == "" || err == nil && media == formType
	}
	if !readable {
		return unsupportedMediaType()
	}
	return nil
}

// decode reads the body into target.
func (c *call) decode(target any) error {
	if err := platform.Decode(c.body, target); err != nil {
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			return illegal(cmp.Or(wrong.Field, "the request body") + " is not legal")
		}
		return badJSON(err)
	}
	return nil
}

// requiredUsernames reads a body that names users, at least one.
func (c *call) requiredUsernames() ([]string, error) {
	var request struct {
		Usernames []string `json:"usernames"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	if len(request.Usernames) == 0 {
		return nil, illegal("usernames is required")
	}
	return request.Usernames, nil
}

// bodyIsArray reports whether the body is an array.
func (c *call) bodyIsArray() bool { return bytes.HasPrefix(bytes.TrimSpace(c.body), []byte("[")) }

// user returns the user that the path starts with, or nil.
func (c *call) user() *user { return c.app.users.find(c.vars["username"]) }

// pageSize reads the parameter of that name; more than most is cut to it.
func (c *call) pageSize(name string, most int) (int, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return 10, nil
	}
	size, err := strconv.Atoi(text)
	if err != nil || size < 1 {
		return 0, illegal(name + " [" + text + "] is not legal")
	}
	return min(size, most), nil
}

// cursorKind is what the cursors of a list begin with before they are encoded. What
// follows is a position among all that was ever in the list.
type cursorKind string

const (
	contactCursor cursorKind = "contacts:"
	blockCursor   cursorKind = "blocks:"
)

// at returns the cursor of a position.
func (k cursorKind) at(position uint64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(string(k) + strconv.FormatUint(position, 10)))
}

// position returns where the cursor of the call points to; without one, behind the newest.
func (c *call) position(kind cursorKind) (uint64, error) {
	cursor := c.r.URL.Query().Get("cursor")
	if cursor == "" {
		return ^uint64(0) - 1, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(cursor, "="))
	digits, found := strings.CutPrefix(string(text), string(kind))
	position, parseErr := strconv.ParseUint(digits, 10, 63)
	if err != nil || parseErr != nil || !found {
		return 0, illegal("cursor [" + cursor + "] is not legal")
	}
	return position, nil
}

// reply is the envelope of an answer; each call sets the keys that its samples show.
type reply struct {
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
	Total           *int                `json:"total,omitempty"`
	Status          string              `json:"status,omitempty"`
	Properties      map[string]any      `json:"properties,omitzero"`

	instead any   // sent in place of all the above
	file    *file // sent as it is
}

// base is the application's address.
func (c *call) base() string { return "http://" + c.r.Host + "/" + c.app.Org + "/" + c.app.App }

// params are the parameters of the query, if there is one.
func (c *call) params() map[string][]string {
	if c.r.URL.RawQuery == "" || !c.server.era.params {
		return nil
	}
	return c.r.URL.Query()
}

// changed is the answer to a call that changes something below path.
func (c *call) changed(path string, entities ...any) *reply {
	if entities == nil {
		entities = []any{}
	}
	return &reply{
		Action: strings.ToLower(c.r.Method), Application: c.app.UUID, Params: c.params(),
		Path: path, URI: c.base() + path, Entities: entities,
		Organization: c.app.Org, ApplicationName: c.app.App,
	}
}

// read is the answer to a call that only reads.
func (c *call) read(data any, count int) *reply {
	return &reply{
		Action: "get", Params: c.params(), URI: "http://" + c.r.Host + c.r.URL.EscapedPath(),
		Entities: []any{}, Data: data, Count: &count,
	}
}
