package jmessage

import (
	"context"
	"net/url"
	"strconv"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// page reads the page of a list that begins at a cursor, which is the number of items
// before it, and returns that number.
func (c *client) page(ctx context.Context, req rest.Request, cursor string, size int, into any) (offset int, err error) {
	if cursor != "" {
		if offset, err = strconv.Atoi(cursor); err != nil {
			return 0, &chat.Error{Kind: chat.ErrInvalid, Op: req.Op, Text: "the cursor is not one of this platform", Err: err}
		}
	}
	req.Query = url.Values{"start": {strconv.Itoa(offset)}, "count": {strconv.Itoa(size)}}
	return offset, c.read(ctx, req, into)
}

// counted is a page of a list of total items that begins at offset.
func counted[T any](items []T, offset, total int) *chat.Page[T] {
	page := &chat.Page[T]{Items: items, Total: total, Skip: strconv.Itoa}
	if end := offset + len(items); len(items) > 0 && end < total {
		page.Next = strconv.Itoa(end)
	}
	return page
}
