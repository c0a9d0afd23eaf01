package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"

	"terraform-provider-chat/internal/chat"
)

// maxExcerpt is how many characters of an answer an error quotes.
const maxExcerpt = 200

// Decode decodes an answer that should be JSON. One that is not is a *chat.Error,
// ErrUnavailable, that says what came instead.
func Decode(resp *Response, req Request, into any) error {
	body := bytes.TrimSpace(resp.Body)
	failure := &chat.Error{
		Kind:         chat.ErrUnavailable,
		Op:           req.Op,
		Status:       resp.Status,
		MaybeApplied: resp.MaybeApplied || !req.reads() && resp.Status < 400,
		Unanswered:   resp.Unanswered,
		SentAt:       resp.Sent,
	}
	var what string
	switch err := json.Unmarshal(body, into); {
	case len(body) == 0:
		failure.Text = "an empty answer"
		return failure
	case err == nil:
		return nil
	case isHTML(resp):
		what = "answered with HTML instead of JSON"
	case isCutShort(body):
		what = "an answer cut short"
	case json.Valid(body):
		what = "an answer of an unexpected form"
	default:
		what = "an answer that is not JSON"
	}
	failure.Text = what
	if excerpt := Excerpt(resp, req); excerpt != "" {
		failure.Text = fmt.Sprintf("%s: %s", what, excerpt)
	}
	return failure
}

func isHTML(resp *Response) bool {
	return strings.Contains(strings.ToLower(resp.Header.Get("Content-Type")), "html") ||
		bytes.HasPrefix(bytes.TrimSpace(resp.Body), []byte("<"))
}

func isCutShort(body []byte) bool {
	var value json.RawMessage
	return errors.Is(json.NewDecoder(bytes.NewReader(body)).Decode(&value), io.ErrUnexpectedEOF)
}

var (
	invisible = regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)\s*>|<!--.*?-->`)
	markup    = regexp.MustCompile(`(?s)<[^<>]*>`)
)

// Excerpt returns at most about 200 characters of what an answer says, without
// markup and secrets; nothing if the answer is confidential.
func Excerpt(resp *Response, req Request) string {
	if req.Confidential {
		return ""
	}
	clean := func(s string) string { return redact(s, req.Secrets) }
	if resp.redact != nil {
		clean = resp.redact
	}
	// What is far from the beginning is not quoted; a secret on the edge is not either.
	body := resp.Body[:min(len(resp.Body), 64<<10)]
	text := strings.ToValidUTF8(string(body), "\uFFFD")
	if !isHTML(resp) && !json.Valid(resp.Body) {
		text = withoutOpenText(text)
	}
	text = clean(text)
	if isHTML(resp) {
		text = invisible.ReplaceAllString(text, " ")
		text = html.UnescapeString(markup.ReplaceAllString(text, " "))
	}
	text = clean(strings.Join(strings.Fields(text), " "))
	if runes := []rune(text); len(runes) > maxExcerpt {
		text = string(runes[:maxExcerpt]) + "..."
	}
	return text
}

// withoutOpenText returns JSON that is cut short without the text that does not end: it may
// be the beginning of a secret.
func withoutOpenText(cut string) string {
	open := -1
	for i := 0; i < len(cut); i++ {
		switch {
		case cut[i] == '\\' && open >= 0:
			i++
		case cut[i] != '"':
		case open < 0:
			open = i
		default:
			open = -1
		}
	}
	if open < 0 {
		return cut
	}
	return cut[:open] + `"...`
}
