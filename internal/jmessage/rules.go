package jmessage

import (
	"strings"

	"terraform-provider-chat/internal/chat"
)

// oneLine is a rule for a text of one line.
func oneLine(what string) chat.Rule {
	return chat.Text(func(value string) error {
		if len(value) > 64 || strings.ContainsAny(value, "\r\n") {
			return chat.Refuse("A %s %s must have at most 64 bytes (a Chinese character counts as 3) and no line breaks.", title, what)
		}
		return nil
	})
}

// anyText is a rule for a text of which only the length is limited.
func anyText(what string) chat.Rule {
	return chat.Text(func(value string) error {
		if len(value) > 250 {
			return chat.Refuse("A %s %s must have at most 250 bytes; a Chinese character counts as 3.", title, what)
		}
		return nil
	})
}
