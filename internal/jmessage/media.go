package jmessage

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// mostMedia is how many bytes a file may have.
const mostMedia = 8 << 20

// imageFormats are those that the document names.
var imageFormats = []string{"jpg", "bmp", "gif", "png"}

// mediaRules are those of "文件上传".
var mediaRules = chat.Rules{
	"media.type": chat.Text(func(kind string) error {
		if !slices.Contains(chat.MediaTypes(), kind) {
			return chat.Refuse("The type of a %s media file must be one of %s.", title, strings.Join(chat.MediaTypes(), ", "))
		}
		return nil
	}),
	"media.size": func(value any) error {
		if size, ok := value.(int64); ok && (size < 1 || size > mostMedia) {
			return chat.Refuse("A %s media file must have 1 byte to 8 MB (%d bytes); this one has %d bytes.", title, mostMedia, size)
		}
		return nil
	},
	// The format of a file of type "image".
	"media.format": chat.Text(func(format string) error {
		if !slices.Contains(imageFormats, format) {
			return chat.Refuse("The format of a %s image must be one of %s.", title, strings.Join(imageFormats, ", "))
		}
		return nil
	}),
}

// media implements chat.Media.
type media struct{ *client }

// Upload uploads a file ("文件上传").
func (c media) Upload(ctx context.Context, file chat.MediaFile, progress func(sent, total int64)) (*chat.Uploaded, error) {
	form := &rest.Multipart{Field: "filename", Filename: file.Name, Content: file.Content, Size: file.Size}
	if progress != nil {
		form.Progress = func(sent int64) { progress(sent, file.Size) }
	}
	req := rest.Request{
		Op:     fmt.Sprintf("upload %q", file.Name),
		Method: http.MethodPost, Path: mediaPath(), Query: url.Values{"type": {file.Type}},
		Multipart: form,
	}
	for field, value := range map[chat.Field]any{"media.type": file.Type, "media.size": file.Size} {
		if err := mediaRules.Check(field, value); err != nil {
			return nil, refusedInput(req, err)
		}
	}
	var answer struct {
		ID     string `json:"media_id"`
		CRC32  int64  `json:"media_crc32"`
		Width  int64  `json:"width"`
		Height int64  `json:"height"`
	}
	res, err := c.exchange(ctx, req, &answer)
	if err != nil {
		return nil, err
	}
	if answer.ID == "" {
		return nil, unusable(res, req, "the answer does not hold the file's id")
	}
	return &chat.Uploaded{ID: answer.ID, CRC32: answer.CRC32, Width: answer.Width, Height: answer.Height}, nil
}

// URL returns the address of a file ("文件下载"). The document does not say what the answer
// is if there is no such file.
func (c media) URL(ctx context.Context, id string) (string, error) {
	req := rest.Request{
		Op:     fmt.Sprintf("read the address of media %q", id),
		Method: http.MethodGet, Path: mediaPath(), Query: url.Values{"mediaId": {id}},
	}
	var answer struct {
		URL string `json:"url"`
	}
	res, err := c.exchange(ctx, req, &answer)
	if err != nil {
		return "", err
	}
	if answer.URL == "" {
		return "", unusable(res, req, "the answer does not hold an address")
	}
	return answer.URL, nil
}

func mediaPath() []string { return []string{"v1", "resource"} }
