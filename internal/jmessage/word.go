package jmessage

import (
	"context"
	"fmt"
	"net/http"
	"unicode/utf8"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// wordLimits are those that the platform documents.
var wordLimits = chat.WordLimits{Add: chat.Limit{Items: 100}, Words: 100}

// wordPage is how many words a page holds at most.
const wordPage = 2000

// wordRules: the document says how long a word may be, and clients of the vendor count
// characters.
var wordRules = chat.Rules{
	"sensitive_word.word": chat.Text(func(word string) error {
		if n := utf8.RuneCountInString(word); n < 1 || n > 10 {
			return chat.Refuse("A %s sensitive word must have 1 to 10 characters; %q has %d.", title, word, n)
		}
		return nil
	}),
}

// words implements chat.Words.
type words struct{ *client }

// Limits implements chat.Words.
func (words) Limits() chat.WordLimits { return wordLimits }

// List returns a page of the sensitive words ("获取敏感词列表").
func (c words) List(ctx context.Context, cursor string) (*chat.Page[string], error) {
	var answer struct {
		Total int `json:"total"`
		Words []struct {
			Name string `json:"name"`
		} `json:"words"`
	}
	req := rest.Request{Op: "list the sensitive words", Method: http.MethodGet, Path: wordPath()}
	offset, err := c.page(ctx, req, cursor, wordPage, &answer)
	if err != nil {
		return nil, err
	}
	list := make([]string, len(answer.Words))
	for i, word := range answer.Words {
		list[i] = word.Name
	}
	return counted(list, offset, answer.Total), nil
}

// Add adds sensitive words ("添加敏感词"). ErrInvalid: one of the words is not allowed, or
// there are too many.
func (c words) Add(ctx context.Context, words []string) ([]error, error) {
	req := rest.Request{
		Op:     chat.About("add the sensitive word", words...),
		Method: http.MethodPost, Path: wordPath(), Body: words,
	}
	if err := wordLimits.Add.Check(req.Op, len(words)); err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, nil
	}
	if err := c.write(ctx, req); err != nil {
		return nil, err
	}
	return make([]error, len(words)), nil
}

// Rename replaces a sensitive word ("修改敏感词").
func (c words) Rename(ctx context.Context, word, to string) error {
	late, cancel := c.rest.Grace(ctx)
	defer cancel()
	req := rest.Request{
		Op:     fmt.Sprintf("rename the sensitive word %q to %q", word, to),
		Method: http.MethodPut, Path: wordPath(),
		Body: struct {
			New string `json:"new_word"`
			Old string `json:"old_word"`
		}{to, word},
	}
	err := c.write(ctx, req)
	if !hasCode(err, codeInvalid) {
		return err
	}
	// The document names no code for a word that is not there.
	there, readErr := c.there(late)
	if readErr != nil {
		return err
	}
	switch {
	case there[to] && !there[word]:
		return nil
	case there[to]:
		return chat.For(err, req.Op, func(e *chat.Error) { e.Kind = chat.ErrAlreadyExists })
	case !there[word]:
		return chat.For(err, req.Op, func(e *chat.Error) { e.Kind = chat.ErrNotFound })
	}
	return err
}

// Remove removes a sensitive word ("删除敏感词").
func (c words) Remove(ctx context.Context, word string) error {
	late, cancel := c.rest.Grace(ctx)
	defer cancel()
	err := c.write(ctx, rest.Request{
		Op:     fmt.Sprintf("remove the sensitive word %q", word),
		Method: http.MethodDelete, Path: wordPath(),
		Body: struct {
			Word string `json:"word"`
		}{word},
	})
	if !hasCode(err, codeInvalid) {
		return err
	}
	// The document names no code for a word that is not there.
	if there, readErr := c.there(late); readErr == nil && !there[word] {
		return nil
	}
	return err
}

// there returns the words that there are.
func (c words) there(ctx context.Context) (map[string]bool, error) {
	all := map[string]bool{}
	for word, err := range chat.All(ctx, "list the sensitive words", c.List, func(word *string) string { return *word }) {
		if err != nil {
			return nil, err
		}
		all[*word] = true
	}
	return all, nil
}

func wordPath() []string { return []string{"v1", "sensitiveword"} }
