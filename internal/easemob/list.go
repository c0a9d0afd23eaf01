package easemob

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

const (
	// maxListed is how many bytes of names a path holds: the platform takes 4 KB in all.
	maxListed = 3500
	// mostReadings is how often a list of several pages is read that changes meanwhile.
	mostReadings = 5
)

// listed returns names as one segment of a path. What would be read as other names, or
// is too long, is an error.
func listed(request rest.Request, names []string) (string, error) {
	size := 0
	for _, name := range names {
		if name == "" || strings.Contains(name, ",") {
			return "", &chat.Error{Kind: chat.ErrInvalid, Op: request.Op, Text: fmt.Sprintf("%q cannot be part of a path", name)}
		}
		size += len(url.PathEscape(name)) + len("%2C")
	}
	if len(names) > 1 && size > maxListed {
		return "", &chat.Error{Kind: chat.ErrTooLarge, Op: request.Op, Text: "the names do not fit into one call"}
	}
	return strings.Join(names, ","), nil
}

// numbered reads all of a list whose pages have numbers. Whatever goes while the list is
// read moves the rest of it, past the page that is read next. So a list of several pages
// is read until two readings agree.
func numbered[T any](ctx context.Context, c *client, request rest.Request, key func(*T) string) ([]T, error) {
	var before map[string]bool
	for range mostReadings {
		var items []T
		pages := 0
		found := map[string]bool{}
		for item, err := range chat.All(ctx, request.Op, func(ctx context.Context, _ string) (*chat.Page[T], error) {
			pages++
			return numberedPage[T](ctx, c, request, pages)
		}, key) {
			if err != nil {
				return nil, err
			}
			items = append(items, *item)
			found[key(item)] = true
		}
		if pages == 1 || maps.Equal(found, before) {
			return items, nil
		}
		before = found
	}
	return nil, &chat.Error{
		Kind: chat.ErrUnavailable, Op: request.Op, Status: http.StatusOK, Text: "the list changes faster than it can be read",
	}
}

// numberedPage reads one page of such a list; the first is 1.
func numberedPage[T any](ctx context.Context, c *client, request rest.Request, number int) (*chat.Page[T], error) {
	request.Query = url.Values{"pagenum": {strconv.Itoa(number)}, "pagesize": {strconv.Itoa(maxPage)}}
	var reply struct {
		Data []T `json:"data"`
	}
	if err := c.call(ctx, request, &reply); err != nil {
		return nil, err
	}
	page := &chat.Page[T]{Items: reply.Data, Total: -1}
	if len(page.Items) == maxPage {
		page.Next = strconv.Itoa(number + 1)
	}
	return page, nil
}
