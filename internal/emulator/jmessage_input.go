package emulator

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Limits of "字符串规范" and of the calls. Lengths are bytes unless said otherwise.
const (
	jmMinName     = 4
	jmMaxName     = 128
	jmMaxNickname = 64
	jmMaxText     = 250
	jmMaxExtras   = 512
	jmMaxBatch    = 500
	jmMaxPage     = 500
)

var jmUsernamePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.@-]*$`)

func jmValidUsername(name string) bool {
	return jmNameSized(name) && jmUsernamePattern.MatchString(name)
}

// jmNameSized tells whether text has the length of a user name, or of a password.
func jmNameSized(text string) bool {
	return jmMinName <= len(text) && len(text) <= jmMaxName
}

// jmOneLine tells whether text is fit for a nickname or a note name.
func jmOneLine(text string) bool {
	return len(text) <= jmMaxNickname && !strings.ContainsAny(text, "\n\r")
}

// decode reads the body, whose keys may be unknown, absent or null. A body that
// is absent or null itself is as wrong as one of another type.
func (c *jmCall) decode(into any) error {
	if jmIsNull(c.body) {
		return jmFail(jmInvalid)
	}
	return jmDecode(c.body, into)
}

func jmDecode(data []byte, into any) error {
	if json.Unmarshal(data, into) != nil {
		return jmFail(jmInvalid)
	}
	return nil
}

func jmIsNull(data []byte) bool {
	return bytes.Equal(bytes.TrimSpace(data), []byte("null"))
}

// jmDecodeEach reads a body that is an array, or one object where a client left out the array.
func jmDecodeEach[T any](c *jmCall) ([]T, error) {
	if bytes.HasPrefix(bytes.TrimSpace(c.body), []byte("{")) {
		one := make([]T, 1)
		return one, c.decode(&one[0])
	}
	var many []T
	if err := c.decode(&many); err != nil {
		return nil, err
	}
	if len(many) == 0 || len(many) > jmMaxBatch {
		return nil, jmFail(jmInvalid)
	}
	return many, nil
}

// people reads a body that is an array of up to longest names of existing users.
func (c *jmCall) people(longest int) ([]*jmUser, error) {
	var names []string
	if err := c.decode(&names); err != nil {
		return nil, err
	}
	if len(names) == 0 || len(names) > longest {
		return nil, jmFail(jmInvalid)
	}
	return jmPeople(c.app, names)
}

// jmPeople looks names up, each once. A malformed name is reported before a missing one.
func jmPeople(app *jmApplication, names []string) ([]*jmUser, error) {
	for _, name := range names {
		if !jmValidUsername(name) {
			return nil, jmFail(jmInvalid)
		}
	}
	people := make([]*jmUser, 0, len(names))
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		user := app.users.get(name)
		if user == nil {
			return nil, jmFail(jmNoUser)
		}
		if !seen[name] {
			seen[name] = true
			people = append(people, user)
		}
	}
	return people, nil
}

// user returns the user the path starts with.
func (c *jmCall) user() (*jmUser, error) {
	user := c.app.users.get(c.vars[0])
	if user == nil {
		return nil, jmFail(jmNoUser)
	}
	return user, nil
}

// checkedUser is user for the calls that tell a malformed name from a missing one.
func (c *jmCall) checkedUser() (*jmUser, error) {
	if !jmValidUsername(c.vars[0]) {
		return nil, jmFail(jmInvalid)
	}
	return c.user()
}

// application returns the application with that key, which clients pad with spaces.
func (c *jmCall) application(key *string) (*jmApplication, error) {
	if key == nil || strings.TrimSpace(*key) == "" {
		return nil, jmFail(jmInvalid)
	}
	app := c.world.applications[strings.ToLower(strings.TrimSpace(*key))]
	if app == nil {
		return nil, jmFail(jmNoApplication)
	}
	return app, nil
}

// jmID reads an id in a path.
func jmID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, jmFail(jmInvalid)
	}
	return id, nil
}

// page reads start and count.
func (c *jmCall) page(longest int) (start, count int, err error) {
	start, startErr := strconv.Atoi(c.query.Get("start"))
	count, countErr := strconv.Atoi(c.query.Get("count"))
	if startErr != nil || countErr != nil || start < 0 || count < 1 || count > longest {
		return 0, 0, jmFail(jmInvalid)
	}
	return start, count, nil
}

// flag reads a query parameter that is true or false, in any case.
func (c *jmCall) flag(name string) (bool, error) {
	return jmSwitch(strings.ToLower(c.query.Get(name)), "false", "true")
}

// status reads the status parameter of the calls where it is 0 or 1.
func (c *jmCall) status() (bool, error) {
	return jmSwitch(c.query.Get("status"), "0", "1")
}

func jmSwitch(value, off, on string) (bool, error) {
	switch value {
	case off:
		return false, nil
	case on:
		return true, nil
	}
	return false, jmFail(jmInvalid)
}

func jmBit(on bool) int {
	if on {
		return 1
	}
	return 0
}

// jmBirthday returns a birthday as it is read back. It is written as a date.
func jmBirthday(text string) (string, error) {
	for _, layout := range []string{time.DateOnly, jmTimeLayout} {
		if day, err := time.Parse(layout, text); err == nil {
			return day.Format(jmTimeLayout), nil
		}
	}
	return "", jmFail(jmInvalid)
}

// jmObject returns a JSON object without spaces, no longer than longest.
func jmObject(data json.RawMessage, longest int) (json.RawMessage, error) {
	var compact bytes.Buffer
	if json.Compact(&compact, data) != nil || !bytes.HasPrefix(compact.Bytes(), []byte("{")) || compact.Len() > longest {
		return nil, jmFail(jmInvalid)
	}
	return compact.Bytes(), nil
}
