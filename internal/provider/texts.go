package provider

import (
	"fmt"
	"strings"
)

// lengthsByPlatform describes a password.
const lengthsByPlatform = "1 to 64 characters on Easemob, 4 to 128 bytes on JMessage."

// capitalized begins a sentence with a word.
func capitalized(word string) string {
	return strings.ToUpper(word[:1]) + word[1:]
}

// counted is a number of things: "1 error", "3 errors".
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// quotedList lists allowed values for a description: `"a"`, `"b"` or `"c"`.
func quotedList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "`\"" + v + "\"`"
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
}
