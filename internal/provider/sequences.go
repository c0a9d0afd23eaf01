package provider

import (
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"terraform-provider-chat/internal/chat"
)

// What list resources and data sources do with the sequences that read page by page.

// limitAttribute is the attribute of a data source that bounds a sequence with limited.
func limitAttribute(description string) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional:            true,
		MarkdownDescription: description,
		Validators:          []validator.Int64{int64validator.AtLeast(1)},
	}
}

// limited yields the first limit of what seq yields, all of it if limit is 0, and asks
// for no more.
func limited[T any](seq iter.Seq2[T, error], limit int64) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := int64(0)
		for value, err := range seq {
			if n++; !yield(value, err) || n == limit {
				return
			}
		}
	}
}

// withPrefix yields the users whose names begin with prefix.
func withPrefix(service *chat.Service, users iter.Seq2[*chat.User, error], prefix string) iter.Seq2[*chat.User, error] {
	key := service.Platform.UserKey
	return func(yield func(*chat.User, error) bool) {
		for user, err := range users {
			if err == nil && !strings.HasPrefix(key(user.Username), key(prefix)) {
				continue
			}
			if !yield(user, err) {
				return
			}
		}
	}
}

// inBatches yields what complete makes of the items of a sequence, a batch at a time.
// complete yields them itself, and reports whether more are wanted.
func inBatches[T any](seq iter.Seq2[T, error], size int, complete func(batch []T, yield func(T, error) bool) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		batch := make([]T, 0, size)
		for item, err := range seq {
			if err != nil {
				if complete(batch, yield) {
					yield(item, err)
				}
				return
			}
			if batch = append(batch, item); len(batch) == size {
				if !complete(batch, yield) {
					return
				}
				batch = batch[:0]
			}
		}
		complete(batch, yield)
	}
}
