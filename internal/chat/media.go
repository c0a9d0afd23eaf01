package chat

import (
	"context"
	"io"
)

// Media are the files of an application. They cannot be listed or deleted.
type Media interface {
	// Upload uploads a file. Uploading it twice is harmless. progress is called as the
	// file is sent, with how many of its bytes were sent so far, and begins again if the
	// call is repeated; it may be nil. ErrInvalid: the platform does not take such a
	// file.
	Upload(ctx context.Context, file MediaFile, progress func(sent, total int64)) (*Uploaded, error)
	// URL returns the address of a file.
	URL(ctx context.Context, id string) (string, error)
}

// Kinds of media.
const (
	MediaImage = "image"
	MediaAny   = "file"
	MediaVoice = "voice"
)

// MediaTypes are the kinds of media.
func MediaTypes() []string { return []string{MediaImage, MediaAny, MediaVoice} }

// MediaFile is a file to upload.
type MediaFile struct {
	// Name is the file's name without its folder.
	Name string
	// Type is one of MediaTypes.
	Type string
	// Size is how many bytes Content has.
	Size int64
	// Content is read from its beginning, as often as the call is repeated. It must not be
	// used while the call is under way.
	Content io.ReadSeeker
}

// Uploaded is what the platform returns about an uploaded file. Values that do not apply
// to its type, or are not known, are zero.
type Uploaded struct {
	// ID names the file.
	ID string
	// CRC32 is the platform's checksum.
	CRC32 int64
	// Width and Height of an image are in pixels.
	Width, Height int64
}
