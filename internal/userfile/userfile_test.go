package userfile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/userfile"
)

// platform compares names without case and refuses some values.
func platform() *chat.Platform {
	return &chat.Platform{
		Title: "Chat", UserKey: strings.ToLower,
		Rules: chat.Rules{
			chat.FieldUsername: chat.Text(func(name string) error {
				if name == "" || strings.ContainsAny(name, " \n") {
					return chat.Refuse("A name has no blanks.")
				}
				return nil
			}),
			chat.FieldNickname: chat.Characters("A nickname", 20),
			chat.FieldPassword: chat.Characters("A password", 10),
		},
	}
}

// open reads a file with a text.
func open(t *testing.T, name, text string) (*userfile.File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return userfile.Open(path, platform())
}

// describe writes a file's users in one line each.
func describe(file *userfile.File) []string {
	show := func(v any) string {
		switch v := v.(type) {
		case *string:
			if v != nil {
				return fmt.Sprintf("%q", *v)
			}
		case *bool:
			if v != nil {
				return fmt.Sprint(*v)
			}
		}
		return "-"
	}
	var lines []string
	for _, u := range file.Users {
		lines = append(lines, fmt.Sprintf("%d %s %s %s %q", u.Line, u.Name, show(u.Nickname), show(u.Activated), u.Password))
	}
	return lines
}

func TestOpen_readsBothKinds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, text string
		want       []string
	}{
		"all columns": {
			"users.csv", "username,nickname,activated,password\nalice,Alice,true,secret\nbobby,,FALSE,\n",
			[]string{`2 alice "Alice" true "secret"`, `3 bobby - false ""`},
		},
		"columns in another order, CRLF, a mark, no newline at the end": {
			"users.CSV", "\xEF\xBB\xBFpassword,username\r\nsecret,alice\r\n,bobby",
			[]string{`2 alice - - "secret"`, `3 bobby - - ""`},
		},
		"quoted fields, blank lines": {
			"users.csv", "username,nickname\n\n\"alice\",\"A \"\"l\"\", ice\n2\"\n\nbobby,Bob\n",
			[]string{`3 alice "A \"l\", ice\n2" - ""`, `6 bobby "Bob" - ""`},
		},
		"JSON Lines": {
			"users.jsonl", `{"username":"alice","nickname":"","activated":true,"password":"secret"}` + "\r\n\n" + ` { "nickname" : null, "username" : "b\u006fbby" } `,
			[]string{`1 alice "" true "secret"`, `3 bobby - - ""`},
		},
		"JSON Lines with a mark": {"users.ndjson", "\xEF\xBB\xBF" + `{"username":"alice"}`, []string{`1 alice - - ""`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := open(t, c.file, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(file); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOpen_namesLineAndColumnOfEveryFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, text string
		want       []string
	}{
		"no header":          {"users.csv", "alice,canary\n", []string{"line 1, column 1: The header may have", "line 1, column 1: The header must have", "line 1, column 7: The header may have"}},
		"column twice":       {"users.csv", "username,username\n", []string{"line 1, column 10: The header has the column username twice"}},
		"quotes in header":   {"users.csv", "user\"name\n", []string{"line 1, column 5: A quotation mark"}},
		"values":             {"users.csv", "username,nickname,activated,password\nal ice,,yes,\nbobby,012345678901234567890,,canary-canary\n", []string{"line 2, column 1: A name has no blanks", "line 2, column 9: The value of activated must", "line 3, column 7: A nickname must have at most", "line 3, column 30: A password must have at most"}},
		"names":              {"users.csv", "username\nalice\nAlice\nalice\n", []string{`line 3, column 1: "Alice" is the same user as "alice" in line 2: Chat compares names without case`, `line 4, column 1: "alice" is in line 2 already`}},
		"number of fields":   {"users.csv", "username\nalice,canary\nbobby\n,\n", []string{"line 2, column 1: The row has 2 fields and the header 1", "line 4, column 1: The row has 2 fields"}},
		"quotation mark":     {"users.csv", "username\nalice\"\nbobby\n", []string{"line 2, column 6: A quotation mark is out of place"}},
		"not UTF-8":          {"users.csv", "username,nickname\nalice,\xff\n", []string{"line 2, column 7: The nickname is not UTF-8"}},
		"JSON values":        {"users.jsonl", `{"username":"alice","activated":"true"}` + "\n" + `{"username":"bobby","nickname":5}`, []string{"line 1, column 33: The value of activated must", "line 2, column 32: The value of nickname must be a string"}},
		"JSON keys":          {"users.jsonl", `{"username":"alice","canary":1}` + "\n" + `{"nickname":"B"}` + "\n" + `{"username":"c","username":"d"}`, []string{"line 1, column 21: The object may have the keys", "line 2, column 1: The object must have the key username", "line 3, column 17: The object has the key username twice"}},
		"JSON syntax":        {"users.jsonl", `["canary"]` + "\n" + `{"username":"alice"` + "\n" + `{"username":"alice"} {"username":"bobby"}` + "\n" + `{"username":canary}` + "\n" + `{"username":null}`, []string{"line 1, column 1: The line is not a JSON object", "line 2, column 20: The line is not valid JSON", "line 3, column 22: A line must contain one object", "line 4, column 13: The line is not valid JSON", "line 5, column 13: The value of username must be a string"}},
		"JSON not UTF-8":     {"users.jsonl", "{\"username\":\"\xff\"}", []string{"line 1, column 1: The line is not UTF-8"}},
		"JSON without end":   {"users.jsonl", `{"username":"alice"}` + "\n{\"username\":\"" + strings.Repeat("x", 1<<20) + "\"}", []string{"line 2, column 1: The line is longer than 1048576 bytes"}},
		"more than are told": {"users.csv", "username\n" + strings.Repeat("a b\n", 30), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := open(t, c.file, c.text)
			var invalid *userfile.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("error: %v", err)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("quotes what may be a password: %v", err)
			}
			if c.want == nil {
				if len(invalid.Faults) != 20 || invalid.Count != 59 || !strings.HasSuffix(err.Error(), "\nAnd 39 more.") {
					t.Errorf("%d of %d faults: %v", len(invalid.Faults), invalid.Count, err)
				}
				return
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(c.want) {
				t.Fatalf("got %q, want %q", lines, c.want)
			}
			for i, line := range lines {
				if !strings.HasPrefix(line, c.want[i]) {
					t.Errorf("got %q, want %q", line, c.want[i])
				}
			}
		})
	}
}

func TestOpen_refusesWhatIsNoFileOfUsers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, text, want string }{
		"nothing":            {"users.csv", "", userfile.ErrEmpty.Error()},
		"only a header":      {"users.csv", "username\n\n", userfile.ErrEmpty.Error()},
		"only blank lines":   {"users.jsonl", "\n \n", userfile.ErrEmpty.Error()},
		"UTF-16":             {"users.csv", "\xFF\xFEu\x00", "the file is in UTF-16; save it in UTF-8"},
		"UTF-16, JSON Lines": {"users.jsonl", "\xFE\xFF\x00u", "the file is in UTF-16; save it in UTF-8"},
		"another kind":       {"users.txt", "username\nalice\n", "the name of the file must end in .csv, .jsonl or .ndjson"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := open(t, c.file, c.text); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error: %v", err)
			}
		})
	}
	if _, err := userfile.Open(filepath.Join(t.TempDir(), "users.csv"), platform()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error: %v", err)
	}
}

// The digest stands for what is declared, and for nothing else.
func TestDigest(t *testing.T) {
	t.Parallel()
	digest := func(name, text string) string {
		file, err := open(t, name, text)
		if err != nil {
			t.Fatal(err)
		}
		return file.Digest()
	}
	same := digest("users.csv", "username,nickname,activated,password\nalice,Alice,,one\nbobby,,false,\n")
	for name, text := range map[string]string{
		"a.csv":   "activated,username,password,nickname\nFalse,bobby,two,\n,Alice,three,Alice\n",
		"b.jsonl": `{"username":"alice","nickname":"Alice","password":"four"}` + "\n" + `{"username":"bobby","activated":false}`,
	} {
		if digest(name, text) != same {
			t.Errorf("%s has another digest", name)
		}
	}
	for name, text := range map[string]string{
		"a.csv":   "username,nickname,activated\nalice,Alicia,\nbobby,,false\n",
		"b.csv":   "username,nickname,activated\nalice,Alice,\nbobby,,true\n",
		"c.csv":   "username,nickname,activated\nalice,Alice,\nbobby,,\n",
		"d.csv":   "username,nickname,activated\nalice,Alice,\nbobby,,false\ncarol,,\n",
		"e.jsonl": `{"username":"alice","nickname":"Alice"}` + "\n" + `{"username":"bobby","activated":false,"nickname":""}`,
	} {
		if digest(name, text) == same {
			t.Errorf("%s has the same digest", name)
		}
	}
}

func TestFile_findsUsersByKey(t *testing.T) {
	t.Parallel()
	file, err := open(t, "users.csv", "username\nAlice\nbobby\n")
	if err != nil {
		t.Fatal(err)
	}
	if u := file.Of("alice"); u == nil || u.Name != "Alice" || file.Of("carol") != nil {
		t.Errorf("alice: %v, carol: %v", u, file.Of("carol"))
	}
	if keys := file.Keys(); !slices.Equal(keys, []string{"alice", "bobby"}) {
		t.Errorf("keys: %q", keys)
	}
}
