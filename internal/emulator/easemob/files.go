package easemob

import (
	"bytes"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"
)

const (
	// maxFile is the size of the largest file, in bytes.
	maxFile = 10 << 20
	// uploadLimit is that with what a form wraps around it.
	uploadLimit = maxFile + 64<<10
	// fileTime is how long a file is kept.
	fileTime = 7 * 24 * time.Hour
)

// file is an uploaded file.
type file struct {
	UUID        string `json:"uuid"`
	Secret      string `json:"share_secret,omitempty"` // empty if anybody may download it
	Name        string `json:"filename"`
	ContentType string `json:"content_type"`
	Content     []byte `json:"content"` // never changed
	Created     int64  `json:"created"` // milliseconds
}

// uploadFile implements "Upload a file".
func (c *call) uploadFile() (*reply, error) {
	name, contentType, content, err := c.formFile()
	if err != nil {
		return nil, err
	}
	c.world.lastFile = max(ticksOf(c.now), c.world.lastFile+1)
	f := &file{
		UUID: newUUID(c.world.lastFile).String(), Name: name, ContentType: contentType, Content: content,
		Created: c.now.UnixMilli(),
	}
	entity := map[string]string{"uuid": f.UUID, "type": "chatfile"}
	if c.r.Header.Get("restrict-access") == "true" {
		f.Secret = base64.RawURLEncoding.EncodeToString(randomBytes(36))
		entity["share-secret"] = f.Secret
	}
	c.app.files.Set(f.UUID, f)
	return c.changed("/chatfiles", entity), nil
}

// formFile reads the part of a form that is called file.
func (c *call) formFile() (name, contentType string, content []byte, err error) {
	_, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return "", "", nil, illegal("file is required")
	}
	form := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return "", "", nil, illegal("file is required")
		}
		if part.FormName() != "file" {
			continue
		}
		content, err = io.ReadAll(part)
		switch {
		case err != nil:
			return "", "", nil, illegal("file is not legal")
		case len(content) > maxFile:
			return "", "", nil, bodyTooLarge(maxFile)
		}
		return part.FileName(), part.Header.Get("Content-Type"), content, nil
	}
}

// downloadFile implements "Download a file" and "Download a thumbnail", which is the
// file itself.
func (c *call) downloadFile() (*reply, error) {
	f := c.app.files.Get(c.vars["uuid"])
	switch {
	case f == nil || c.now.Sub(time.UnixMilli(f.Created)) > fileTime:
		return nil, userNotFound()
	case subtle.ConstantTimeCompare([]byte(f.Secret), []byte(c.r.Header.Get("share-secret"))) != 1 && f.Secret != "":
		return nil, &failure{
			status: http.StatusUnauthorized, code: "unauthorized", exception: securityException,
			description: "share-secret does not match",
		}
	}
	return &reply{file: f}, nil
}

// write sends the file.
func (f *file) write(w http.ResponseWriter) {
	if f.ContentType != "" {
		w.Header().Set("Content-Type", f.ContentType)
	}
	_, _ = w.Write(f.Content) // a caller that left has no use for an error
}
