package jmessage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	_ "image/gif"  // so that image.DecodeConfig reads it
	_ "image/jpeg" // so that image.DecodeConfig reads it
	_ "image/png"  // so that image.DecodeConfig reads it
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
	_ "golang.org/x/image/bmp" // so that image.DecodeConfig reads it

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// mostDownloads is how often a file is asked for again if it does not arrive.
const mostDownloads = 2

// newDownloader returns a client for files that were uploaded. They lie at addresses of
// somebody else, who gets no credentials.
func newDownloader(config rest.Config) *resty.Client {
	timeout := config.Timeout
	if timeout == 0 {
		timeout = rest.DefaultTimeout
	}
	c := resty.New()
	if config.Transport != nil {
		c.SetTransport(config.Transport)
	}
	return c.
		SetLogger(noLog{}).
		SetHeader("User-Agent", config.UserAgent).
		SetTimeout(timeout).
		SetRetryCount(mostDownloads).
		SetRetryWaitTime(time.Second).
		AddRetryCondition(func(res *resty.Response, err error) bool {
			return err != nil && !errors.Is(err, resty.ErrResponseBodyTooLarge) || res.StatusCode() >= 500
		}).
		SetResponseBodyLimit(mostMedia)
}

// noLog keeps resty from writing addresses, which may hold signatures, to standard error.
type noLog struct{}

func (noLog) Errorf(string, ...any) {}
func (noLog) Warnf(string, ...any)  {}
func (noLog) Debugf(string, ...any) {}

// imageOf returns what the platform wants to know of an image that was uploaded. It does
// not say that itself: the image is downloaded and measured. ErrInvalid: there is no such
// file, or it is no image.
func (c messages) imageOf(ctx context.Context, id string) (*imageBody, error) {
	address, err := media(c).URL(ctx, id)
	if err != nil {
		return nil, err
	}
	op := fmt.Sprintf("download media %q", id)
	if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, &chat.Error{Kind: chat.ErrUnavailable, Op: op, Text: "the platform's address of the file does not begin with http:// or https://"}
	}
	res, err := c.downloads.R().SetContext(ctx).Get(address)
	var wrapped *url.Error
	switch {
	case errors.Is(err, resty.ErrResponseBodyTooLarge):
		return nil, &chat.Error{Kind: chat.ErrInvalid, Op: op, Text: fmt.Sprintf("the file is larger than %d MB", mostMedia>>20)}
	case errors.As(err, &wrapped):
		return nil, &chat.Error{Kind: chat.ErrUnavailable, Op: op, Err: wrapped.Err} // without the address, which may be signed
	case err != nil:
		return nil, &chat.Error{Kind: chat.ErrUnavailable, Op: op, Err: err}
	case res.StatusCode() != http.StatusOK:
		return nil, &chat.Error{Kind: chat.ErrUnavailable, Op: op, Status: res.StatusCode(), Text: http.StatusText(res.StatusCode())}
	}
	data := res.Body()
	size, format, err := image.DecodeConfig(bytes.NewReader(data))
	if format == "jpeg" {
		format = "jpg"
	}
	if err != nil || !slices.Contains(imageFormats, format) {
		return nil, &chat.Error{Kind: chat.ErrInvalid, Op: op, Text: fmt.Sprintf("the file is not an image: one of %s", strings.Join(imageFormats, ", "))}
	}
	return &imageBody{
		ID: id, CRC32: int64(crc32.ChecksumIEEE(data)), Width: size.Width, Height: size.Height, Format: format, Size: len(data),
	}, nil
}
