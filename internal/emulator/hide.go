package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/url"
	"slices"
	"strings"

	"terraform-provider-chat/internal/emulator/platform"
)

// hidden replaces a secret.
const hidden = "[hidden]"

// shortestSecret is how long a secret must be, in bytes, to be looked for in other texts.
const shortestSecret = 4

// isSecret reports whether the value of a key or parameter is a secret.
func isSecret(key string) bool {
	key = strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(key))
	for _, word := range []string{"password", "passwd", "secret", "token", "authorization", "credential"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}

// hideInURL returns the path and query of a call without the secrets of the query.
func hideInURL(u *url.URL) string {
	path := u.EscapedPath()
	if u.RawQuery == "" {
		return path
	}
	pairs := strings.Split(u.RawQuery, "&")
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err != nil || isSecret(plain) {
			pairs[i] = name + "=" + hidden
		}
	}
	return path + "?" + strings.Join(pairs, "&")
}

// hider shows bodies without their secrets. What was a secret in one body is hidden in
// the texts of the next ones too.
type hider struct {
	secrets []string

	decoder *json.Decoder
	out     bytes.Buffer
}

// show returns a body as JSON, as far as it was kept. Of any other body only the size
// and type are shown, because its secrets cannot be found.
func (h *hider) show(body *kept, contentType string) string {
	if body.size == 0 {
		return ""
	}
	trimmed := bytes.TrimSpace(body.text)
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		mediaType, _, err := mime.ParseMediaType(contentType)
		if err != nil {
			mediaType = "unknown type"
		}
		return fmt.Sprintf("[%d bytes of %s]", body.size, mediaType)
	}
	var err error
	for range 2 { // a secret may come after a text that quotes it
		h.out.Reset()
		h.decoder = json.NewDecoder(bytes.NewReader(body.text))
		h.decoder.UseNumber()
		err = h.value(false)
	}
	if err != nil || body.size > len(body.text) {
		h.out.WriteString("…")
	}
	return h.out.String()
}

// learn hides a secret wherever it comes from now on.
func (h *hider) learn(secret string) {
	if len(secret) >= shortestSecret && !slices.Contains(h.secrets, secret) {
		h.secrets = append(h.secrets, secret)
	}
}

// value copies the next value of the input.
func (h *hider) value(secret bool) error {
	token, err := h.decoder.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		return h.inside(token, secret)
	case string:
		if secret {
			h.learn(token)
			return h.write(hidden)
		}
		for _, secret := range h.secrets {
			token = strings.ReplaceAll(token, secret, hidden)
		}
		return h.write(token)
	case nil:
		return h.write(nil)
	default:
		if secret {
			return h.write(hidden)
		}
		return h.write(token)
	}
}

// inside copies the rest of an object or array.
func (h *hider) inside(open json.Delim, secret bool) error {
	h.out.WriteString(open.String())
	for first := true; h.decoder.More(); first = false {
		if !first {
			h.out.WriteByte(',')
		}
		inner := secret
		if open == '{' {
			key, err := h.decoder.Token()
			if err != nil {
				return err
			}
			if err := h.write(key); err != nil {
				return err
			}
			h.out.WriteByte(':')
			name, _ := key.(string)
			inner = secret || isSecret(name)
		}
		if err := h.value(inner); err != nil {
			return err
		}
	}
	end, err := h.decoder.Token()
	if err != nil {
		return err
	}
	h.out.WriteString(end.(json.Delim).String())
	return nil
}

func (h *hider) write(value any) error {
	text, err := platform.EncodeJSON(value)
	h.out.Write(text)
	return err
}
