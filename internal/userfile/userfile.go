// Package userfile reads files of users: CSV with a header, or JSON Lines. It checks them
// by the rules of a platform, and returns the line and the column of every error.
package userfile

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"terraform-provider-chat/internal/chat"
)

const (
	// MostUsers is how many users a file may have.
	MostUsers = 1_000_000
	// mostFaults is how many faults are kept; of the rest only the number is.
	mostFaults = 20
)

// The columns of a CSV file, which are the keys of JSON Lines.
const (
	colUsername = iota
	colNickname
	colActivated
	colPassword
)

// columns are the names of all that a file may have.
var columns = []string{"username", "nickname", "activated", "password"}

// ErrEmpty is returned for a file without users.
var ErrEmpty = errors.New("the file has no users")

// User is a row of the file.
type User struct {
	// Line is where the row begins, counted from 1.
	Line int
	Name string
	// Nickname and Activated are nil if the row leaves them out.
	Nickname  *string
	Activated *bool
	// Password is empty if the row leaves it out.
	Password string
}

// File is a file of users that breaks no rule.
type File struct {
	// Users are the rows in the order of the file.
	Users []User
	// byKey are the indexes of the rows by chat.Platform's UserKey.
	byKey map[string]int
	key   func(username string) string
}

// Of returns the row of a user by chat.Platform's UserKey, nil if there is none.
func (f *File) Of(key string) *User {
	if i, ok := f.byKey[key]; ok {
		return &f.Users[i]
	}
	return nil
}

// Keys returns the keys of all users, by chat.Platform's UserKey, in the order of the file.
func (f *File) Keys() []string {
	keys := make([]string, len(f.Users))
	for i := range f.Users {
		keys[i] = f.key(f.Users[i].Name)
	}
	return keys
}

// Digest is the SHA-256 of what the file declares, as hexadecimal digits. Passwords are
// not part of it, and neither are the order of rows and columns, the kind of the file and
// the spelling of names that the platform takes for the same.
func (f *File) Digest() string {
	hash := sha256.New()
	var buffer []byte
	for _, key := range slices.Sorted(slices.Values(f.Keys())) {
		user := f.Of(key)
		buffer = appendText(buffer[:0], &key)
		buffer = appendText(buffer, user.Nickname)
		switch {
		case user.Activated == nil:
			buffer = append(buffer, '-')
		case *user.Activated:
			buffer = append(buffer, 't')
		default:
			buffer = append(buffer, 'f')
		}
		hash.Write(buffer)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// appendText appends a text with its length, so that no two lists of texts look the same.
func appendText(to []byte, text *string) []byte {
	if text == nil {
		return append(to, '-')
	}
	to = append(to, '+')
	to = binary.AppendUvarint(to, uint64(len(*text)))
	return append(to, *text...)
}

// Fault is a place where a file breaks a rule. It quotes neither a password nor anything
// that might be one.
type Fault struct {
	// Line and Column are counted from 1, columns in bytes.
	Line, Column int
	Text         string
}

func (f Fault) String() string {
	return fmt.Sprintf("line %d, column %d: %s", f.Line, f.Column, f.Text)
}

// InvalidError is a file that breaks rules.
type InvalidError struct {
	// Faults are the first of them, and Count is how many there are.
	Faults []Fault
	Count  int
}

// Error lists the faults, one per line.
func (e *InvalidError) Error() string {
	lines := make([]string, len(e.Faults))
	for i, fault := range e.Faults {
		lines[i] = fault.String()
	}
	if more := e.Count - len(e.Faults); more > 0 {
		lines = append(lines, fmt.Sprintf("And %d more.", more))
	}
	return strings.Join(lines, "\n")
}

// extensions are the names' ends by which the kind of a file is known.
var extensions = map[string]func(io.Reader) decoder{
	".csv":    newCSV,
	".jsonl":  newJSONLines,
	".ndjson": newJSONLines,
}

// IsPath reports whether a text is the path of a file of users, by its extension.
func IsPath(text string) bool { return CheckPath(text) == nil }

// CheckPath returns an error if a path does not have the extension of a file of users.
func CheckPath(path string) error {
	if extensions[strings.ToLower(filepath.Ext(path))] == nil {
		return fmt.Errorf("the name of the file must end in .csv, .jsonl or .ndjson: this decides how %q is read", path)
	}
	return nil
}

// Open reads a file. Its error is an *InvalidError if the file breaks rules, ErrEmpty if
// it has no users, or says why the file cannot be read.
func Open(path string, platform *chat.Platform) (*File, error) {
	if err := CheckPath(path); err != nil {
		return nil, err
	}
	opened, err := os.Open(path) //nolint:gosec // the user names it
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.Close() }()
	return read(extensions[strings.ToLower(filepath.Ext(path))](opened), platform)
}

// decoder reads rows, one after the other.
type decoder interface {
	// next returns the next row. It reports the row's faults and returns ok = false if
	// nothing of the row is of use. Its error is io.EOF after the last row; after any
	// other there are no more rows.
	next(report func(Fault)) (row row, ok bool, err error)
}

// row is a user with the columns where its values begin, 0 for those that it leaves out.
type row struct {
	User
	at [4]int
}

func read(from decoder, platform *chat.Platform) (*File, error) {
	file := &File{byKey: map[string]int{}, key: platform.UserKey}
	invalid := &InvalidError{}
	report := func(fault Fault) {
		if invalid.Count++; len(invalid.Faults) < mostFaults {
			invalid.Faults = append(invalid.Faults, fault)
		}
	}
	for {
		r, ok, err := from.next(report)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && invalid.Count == 0 {
			return nil, err
		}
		if err != nil {
			break
		}
		if ok {
			file.add(r, platform, report)
		}
		if len(file.Users) > MostUsers {
			return nil, fmt.Errorf("the file has more than %d users", MostUsers)
		}
	}
	switch {
	case invalid.Count > 0:
		slices.SortStableFunc(invalid.Faults, func(a, b Fault) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, invalid
	case len(file.Users) == 0:
		return nil, ErrEmpty
	}
	return file, nil
}

// add checks a row and adds it to the file.
func (f *File) add(r row, platform *chat.Platform, report func(Fault)) {
	broken := func(column int, text string) { report(Fault{Line: r.Line, Column: r.at[column], Text: text}) }
	check := func(field chat.Field, column int, value string) {
		if !utf8.ValidString(value) {
			broken(column, "The "+columns[column]+" is not UTF-8 text.")
		} else if err := platform.Rules.Check(field, value); err != nil {
			broken(column, err.Error())
		}
	}
	check(chat.FieldUsername, colUsername, r.Name)
	if r.Nickname != nil {
		check(chat.FieldNickname, colNickname, *r.Nickname)
	}
	if r.Password != "" {
		check(chat.FieldPassword, colPassword, r.Password)
	}
	key := f.key(r.Name)
	if twin := f.Of(key); twin != nil {
		if twin.Name == r.Name {
			broken(colUsername, fmt.Sprintf("%q is in line %d already.", r.Name, twin.Line))
		} else {
			broken(colUsername, fmt.Sprintf("%q is the same user as %q in line %d: %s compares names without case.", r.Name, twin.Name, twin.Line, platform.Title))
		}
		return
	}
	f.byKey[key] = len(f.Users)
	f.Users = append(f.Users, r.User)
}
