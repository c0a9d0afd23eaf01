package chat_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
)

// The names of today are those of every release to come: they are registered.
func TestUsernameFrom(t *testing.T) {
	long := strings.Repeat("long.name-", 10) + "@example.com"
	tests := []struct{ account, want string }{
		{"alice@example.com", "alice-example.com-76gzqgp4byjl6dje"},
		{"Alice@Example.com", "alice-example.com-7dnw6lyf7r7ntz67"},
		{"alice", "alice-fpmansl7byak6gq7"},
		{"a", "a-zklycewkdo64v6wc"},
		{"me", "me-e5cmzuimouz3243k"},
		{" ", "user-g2u6p4ojlobp7omx"},
		{"..", "user-l3a7pzya6n6d2czj"},
		{"_-first.last+tag@example.co.uk-_", "first.last-tag-example.co.uk-wy6regtw7fkyae64"},
		{"11111111-0000-11ee-8000-0123456789ab", "11111111-0000-11ee-8000-0123456789ab-ik6qncfhyzbfgcm7"},
		{"张三@例子.中国", "user-qfn7zl7smfgjf4an"},
		{"Jürgen Groß", "j-rgen-gro-n5w5aqqyi4yqf5vm"},
		{"\xff\xfe", "user-wpkrb3yee5okrzuy"},
		{"CORP\\bob", "corp-bob-qmwj724u47wza2qq"},
		{long, "long.name-long.name-long.name-long.name-long.na-3xob573icdy2rkyt"},
	}
	for _, tt := range tests {
		t.Run(tt.account, func(t *testing.T) {
			got, err := chat.UsernameFrom(tt.account)
			if err != nil || got != tt.want {
				t.Errorf("UsernameFrom(%q) = %q, %v, want %q", tt.account, got, err, tt.want)
			}
		})
	}
}

func TestUsernameFrom_empty(t *testing.T) {
	if name, err := chat.UsernameFrom(""); !errors.Is(err, chat.ErrInvalid) {
		t.Errorf("got %q, %v, want ErrInvalid", name, err)
	}
}

// legal is what every platform takes: Easemob's rule, JMessage's minimum and first
// character, nothing that is read without case.
var legal = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{3,63}$`)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func FuzzUsernameFrom(f *testing.F) {
	f.Add("alice@example.com", "Alice@example.com")
	f.Add("a.b@x", "a-b@x")
	f.Add("张三", "李四")
	f.Add("11111111-0000-11ee-8000-0123456789ab", "me")
	f.Add(strings.Repeat("x", 100), strings.Repeat("x", 101))
	f.Add("\x00", "\xff")
	f.Fuzz(func(t *testing.T, a, b string) {
		if a == "" || b == "" {
			return
		}
		one, err := chat.UsernameFrom(a)
		if err != nil {
			t.Fatal(err)
		}
		if !legal.MatchString(one) || uuid.MatchString(one) {
			t.Errorf("UsernameFrom(%q) = %q is not legal", a, one)
		}
		other, err := chat.UsernameFrom(b)
		if err != nil {
			t.Fatal(err)
		}
		if (a == b) != (one == other) {
			t.Errorf("UsernameFrom gives %q for %q and %q for %q", one, a, other, b)
		}
	})
}
