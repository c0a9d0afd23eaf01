package bulk

import (
	"context"
	"slices"

	"terraform-provider-chat/internal/chat"
)

// words gathers sensitive words that are added, and shares the reads of the list until a
// write drops them.
type words struct {
	chat.Words
	off   bool
	add   *operation[string, error]
	pages *shared[string, *chat.Page[string]]
}

// newWords wraps words; nil if the platform lacks them.
func newWords(g *gatherer, inner chat.Words) chat.Words {
	if inner == nil {
		return nil
	}
	w := &words{Words: inner, off: g.off, pages: &shared[string, *chat.Page[string]]{
		op: "list the sensitive words", keep: func(err error) bool { return err == nil },
	}}
	w.add = &operation[string, error]{
		gatherer: g, limit: g.limit(inner.Limits().Add), size: quotedSize,
		about:    func(_, word string) subject { return subject{relation: "words", name: word} },
		describe: func(_, word string) string { return chat.About("add sensitive word", word) },
		call: func(ctx context.Context, _ string, words []string) ([]error, error) {
			defer around(w.pages.dropAll)()
			return inner.Add(ctx, words)
		},
	}
	return w
}

// List implements chat.Words.
func (w *words) List(ctx context.Context, cursor string) (*chat.Page[string], error) {
	if w.off {
		return w.Words.List(ctx, cursor)
	}
	page, err := w.pages.get(ctx, cursor, func(ctx context.Context) (*chat.Page[string], error) { return w.Words.List(ctx, cursor) })
	if err != nil || page == nil {
		return nil, err
	}
	own := *page
	own.Items = slices.Clone(page.Items)
	return &own, nil
}

// Add implements chat.Words.
func (w *words) Add(ctx context.Context, words []string) ([]error, error) {
	return errorsOf(w.add.do(ctx, "", words))
}

// Rename implements chat.Words.
func (w *words) Rename(ctx context.Context, word, to string) error {
	defer around(w.pages.dropAll)()
	return w.Words.Rename(ctx, word, to)
}

// Remove implements chat.Words.
func (w *words) Remove(ctx context.Context, word string) error {
	defer around(w.pages.dropAll)()
	return w.Words.Remove(ctx, word)
}
