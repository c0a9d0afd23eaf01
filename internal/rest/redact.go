package rest

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden replaces a secret.
const hidden = "[hidden]"

// Hide removes the secrets from all later errors and logs of this client.
func (c *Client) Hide(secrets ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, secret := range secrets {
		if secret != "" && !slices.Contains(c.secrets, secret) {
			c.secrets = append(c.secrets, secret)
		}
	}
}

// Redact returns the text without the secrets given to Hide, and without more.
func (c *Client) Redact(text string, more ...string) string {
	return c.redactor(more)(text)
}

// redactor returns a function that removes the client's secrets and more from a text.
func (c *Client) redactor(more []string) func(string) string {
	return func(text string) string {
		c.mu.Lock()
		secrets := slices.Concat(c.secrets, more)
		c.mu.Unlock()
		return redact(text, secrets)
	}
}

func redact(text string, secrets []string) string {
	if text == "" {
		return text
	}
	var all []string
	for _, secret := range secrets {
		all = append(all, forms(secret)...)
	}
	// The longest first, so that no secret survives in part because it holds another.
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return hideAll(text, slices.Compact(all))
}

// hideAll replaces secrets, in the order in which they are given. If one is spelled with
// escapes, such as a slash that follows a backslash, the text is returned without escapes.
func hideAll(text string, secrets []string) string {
	for _, secret := range secrets {
		text = hide(text, secret)
	}
	// JSON may be quoted within JSON.
	if plain := unescaped(text); plain != text {
		if without := hideAll(plain, secrets); without != plain {
			return without
		}
	}
	return text
}

// escapes are what stands for something else in a JSON text. They are decoded together,
// as it takes two of them to spell some characters.
var escapes = regexp.MustCompile(`(?:\\(?:u[0-9A-Fa-f]{4}|["\\/bfnrt]))+`)

// unescaped returns what a JSON text, or part of one, spells.
func unescaped(text string) string {
	return escapes.ReplaceAllStringFunc(text, func(spelled string) string {
		var plain string
		_ = json.Unmarshal([]byte(`"`+spelled+`"`), &plain) // what escapes matches never fails
		return plain
	})
}

// forms returns how a secret may be spelled in what a platform or library says.
func forms(secret string) []string {
	if secret == "" {
		return nil
	}
	all := []string{secret, url.QueryEscape(secret), url.PathEscape(secret)}
	if quoted, err := json.Marshal(secret); err == nil {
		all = append(all, string(quoted[1:len(quoted)-1]))
	}
	var plain strings.Builder
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(secret); err == nil {
		all = append(all, strings.Trim(strings.TrimSuffix(plain.String(), "\n"), `"`))
	}
	return append(all, inBase64(secret)...)
}

// inBase64 returns how base64 text spells a secret wherever it stands in what was
// encoded, as it does in basic authentication: at its end, and within.
func inBase64(secret string) []string {
	var all []string
	for before := range 3 {
		text := append(make([]byte, before), secret...)
		// The first characters depend on what is before the secret.
		skip := (before*8 + 5) / 6
		for _, part := range [][]byte{text, text[:len(text)/3*3]} {
			if encoded := base64.StdEncoding.EncodeToString(part); len(encoded)-skip >= 8 {
				all = append(all, encoded[skip:])
			}
		}
	}
	return all
}

// hide replaces a secret. One of up to three characters is replaced only if it is a
// word of its own, or the text would be unreadable.
func hide(text, secret string) string {
	if utf8.RuneCountInString(secret) > 3 {
		return strings.ReplaceAll(text, secret, hidden)
	}
	var b strings.Builder
	for {
		i := strings.Index(text, secret)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := i + len(secret)
		before, _ := utf8.DecodeLastRuneInString(b.String() + text[:i])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if isWord(before) || isWord(after) {
			_, size := utf8.DecodeRuneInString(text[i:])
			b.WriteString(text[:i+size])
			text = text[i+size:]
			continue
		}
		b.WriteString(text[:i])
		b.WriteString(hidden)
		text = text[end:]
	}
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
