package provider

import (
	"context"
	"iter"

	"terraform-provider-chat/internal/chat"
)

// What the resources, the data source and the list resource of sensitive words share.

// wordRule names the rule of a sensitive word.
const wordRule chat.Field = "sensitive_word.word"

func hasWords(s *chat.Service) bool { return s.Words != nil }

// allWords yields all sensitive words, in the platform's order.
func allWords(ctx context.Context, words chat.Words) iter.Seq2[*string, error] {
	return chat.All(ctx, "list the sensitive words", words.List, func(word *string) string { return *word })
}

// readWords returns all sensitive words.
func readWords(ctx context.Context, words chat.Words) ([]string, error) {
	all := []string{}
	for word, err := range allWords(ctx, words) {
		if err != nil {
			return nil, err
		}
		all = append(all, *word)
	}
	return all, nil
}

// wordRunKey names a sensitive word of this run.
func wordRunKey(word string) string { return "sensitive word\x00" + word }
