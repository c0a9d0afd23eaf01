package jmessage

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// Limits of "字符串规范" and of the calls. Lengths are bytes unless said otherwise.
const (
	minName     = 4
	maxName     = 128
	maxNickname = 64
	maxText     = 250
	maxExtras   = 512
	maxBatch    = 500
	maxPage     = 500
)

var usernamePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.@-]*$`)

func validUsername(name string) bool {
	return nameSized(name) && usernamePattern.MatchString(name)
}

// nameSized reports whether text has the length of a user name, or of a password.
func nameSized(text string) bool {
	return minName <= len(text) && len(text) <= maxName
}

// oneLine reports whether text is fit for a nickname or a note name.
func oneLine(text string) bool {
	return len(text) <= maxNickname && !strings.ContainsAny(text, "\n\r")
}

// decode reads the body, whose keys may be unknown, absent or null. A body that
// is absent or null itself is as wrong as one of another type.
func (c *call) decode(into any) error {
	if isNull(c.body) {
		return refusal(codeInvalid)
	}
	return decodeJSON(c.body, into)
}

func decodeJSON(data []byte, into any) error {
	if platform.Decode(data, into) != nil {
		return refusal(codeInvalid)
	}
	return nil
}

func isNull(data []byte) bool {
	return bytes.Equal(bytes.TrimSpace(data), []byte("null"))
}

// decodeEach reads a body that is an array, or one object if a client left out the array.
func decodeEach[T any](c *call) ([]T, error) {
	if bytes.HasPrefix(bytes.TrimSpace(c.body), []byte("{")) {
		one := make([]T, 1)
		return one, c.decode(&one[0])
	}
	var many []T
	if err := c.decode(&many); err != nil {
		return nil, err
	}
	if len(many) == 0 || len(many) > maxBatch {
		return nil, refusal(codeInvalid)
	}
	return many, nil
}

// people reads a body that is an array of up to longest names of existing users.
func (c *call) people(longest int) ([]*user, error) {
	var names []string
	if err := c.decode(&names); err != nil {
		return nil, err
	}
	if len(names) == 0 || len(names) > longest {
		return nil, refusal(codeInvalid)
	}
	return peopleOf(c.app, names)
}

// named reads the people that the body of a call names.
func (c *call) named() ([]*user, error) { return c.people(maxBatch) }

// changeRelation changes the relation between the user of a call and others.
func (c *call) changeRelation(others func() ([]*user, error), change func(*user, []*user) (*reply, error)) (*reply, error) {
	u, err := c.checkedUser()
	if err != nil {
		return nil, err
	}
	people, err := others()
	if err != nil {
		return nil, err
	}
	return change(u, people)
}

// peopleOf looks names up, each once. A malformed name is reported before a missing one.
func peopleOf(app *application, names []string) ([]*user, error) {
	for _, name := range names {
		if !validUsername(name) {
			return nil, refusal(codeInvalid)
		}
	}
	people := make([]*user, 0, len(names))
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		u := app.users.Get(name)
		if u == nil {
			return nil, refusal(codeNoUser)
		}
		if !seen[name] {
			seen[name] = true
			people = append(people, u)
		}
	}
	return people, nil
}

// user returns the user that the path names.
func (c *call) user() (*user, error) {
	u := c.app.users.Get(c.vars["username"])
	if u == nil {
		return nil, refusal(codeNoUser)
	}
	return u, nil
}

// checkedUser is user for the calls that tell a malformed name from a missing one.
func (c *call) checkedUser() (*user, error) {
	if !validUsername(c.vars["username"]) {
		return nil, refusal(codeInvalid)
	}
	return c.user()
}

// canonicalKey returns an app key in the form in which it is stored and compared.
// Clients pad it with spaces.
func canonicalKey(key string) string { return strings.ToLower(strings.TrimSpace(key)) }

// application returns the application with that key.
func (c *call) application(key *string) (*application, error) {
	if key == nil || strings.TrimSpace(*key) == "" {
		return nil, refusal(codeInvalid)
	}
	app := c.world.applications[canonicalKey(*key)]
	if app == nil {
		return nil, refusal(codeNoApplication)
	}
	if app != c.app && c.world.switches.RefuseOtherApps {
		return nil, refusal(codeOtherApp)
	}
	return app, nil
}

// parseID reads an id in a path.
func parseID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, refusal(codeInvalid)
	}
	return id, nil
}

// page reads start and count.
func (c *call) page(longest int) (start, count int, err error) {
	start, startErr := strconv.Atoi(c.query.Get("start"))
	count, countErr := strconv.Atoi(c.query.Get("count"))
	if startErr != nil || countErr != nil || start < 0 || count < 1 || count > longest {
		return 0, 0, refusal(codeInvalid)
	}
	return start, count, nil
}

// flag reads a query parameter that is true or false, in any case.
func (c *call) flag(name string) (bool, error) {
	return parseSwitch(strings.ToLower(c.query.Get(name)), "false", "true")
}

// status reads the status parameter of the calls in which it is 0 or 1.
func (c *call) status() (bool, error) {
	return parseSwitch(c.query.Get("status"), "0", "1")
}

func parseSwitch(value, off, on string) (bool, error) {
	switch value {
	case off:
		return false, nil
	case on:
		return true, nil
	}
	return false, refusal(codeInvalid)
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}

// parseBirthday returns a birthday as it is read back. It is written as a date.
func parseBirthday(text string) (string, error) {
	for _, layout := range []string{time.DateOnly, timeLayout} {
		if day, err := time.Parse(layout, text); err == nil {
			return day.Format(timeLayout), nil
		}
	}
	return "", refusal(codeInvalid)
}

// compactObject returns a JSON object without spaces, no longer than longest.
func compactObject(data json.RawMessage, longest int) (json.RawMessage, error) {
	var compact bytes.Buffer
	if json.Compact(&compact, data) != nil || !bytes.HasPrefix(compact.Bytes(), []byte("{")) || compact.Len() > longest {
		return nil, refusal(codeInvalid)
	}
	return compact.Bytes(), nil
}
