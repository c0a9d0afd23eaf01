package provider

import "strings"

// capitalized begins a sentence with a word.
func capitalized(word string) string {
	return strings.ToUpper(word[:1]) + word[1:]
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
