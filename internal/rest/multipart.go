package rest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"sync"
)

// Multipart is a form with one file. The file is read while it is sent, again for each
// attempt, and never held in memory as a whole.
type Multipart struct {
	// Field is the name of the field that holds the file, Filename that of the file.
	Field, Filename string
	// Content is the file, from its beginning to its end. It must not be used until the
	// call has ended.
	Content io.ReadSeeker
	// Size is how many bytes Content has.
	Size int64
	// Progress is called after each part of the file that is sent, with how many bytes of
	// it were sent so far. It begins again with each attempt. It may be nil.
	Progress func(sent int64)
}

// upload is a Multipart on its way.
type upload struct {
	file        *Multipart
	head, tail  []byte
	contentType string

	mu sync.Mutex // guards the file: an attempt that has failed may still be reading it
	// current is the body of the latest attempt, nil after the last one has ended.
	current *uploadBody
}

// newUpload returns an error if the file does not have the size that it should have.
func newUpload(file *Multipart) (*upload, error) {
	size, err := file.Content.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errFile, err)
	}
	if size != file.Size {
		return nil, changed(size, file.Size)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	if _, err := w.CreateFormFile(file.Field, file.Filename); err != nil {
		return nil, err
	}
	head := form.Len()
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &upload{
		file: file, head: form.Bytes()[:head], tail: form.Bytes()[head:], contentType: w.FormDataContentType(),
	}, nil
}

// fill makes the form the body of a request.
func (u *upload) fill(request *http.Request) error {
	body, err := u.body()
	if err != nil {
		return err
	}
	request.Body = body
	request.GetBody = u.body
	request.ContentLength = int64(len(u.head)) + u.file.Size + int64(len(u.tail))
	return nil
}

// body returns the form from its beginning. Bodies that were returned before end.
func (u *upload) body() (io.ReadCloser, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, err := u.file.Content.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("%w: %w", errFile, err)
	}
	b := &uploadBody{upload: u}
	b.rest = io.MultiReader(bytes.NewReader(u.head), &uploadedFile{body: b}, bytes.NewReader(u.tail))
	u.current = b
	return b, nil
}

// end ends the body of the last attempt: the file belongs to the caller again.
func (u *upload) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.current = nil
}

// uploadBody is the body of one attempt.
type uploadBody struct {
	upload *upload
	rest   io.Reader
}

var (
	errEnded = errors.New("the attempt has ended")
	// errFile is what every attempt would end with.
	errFile = errors.New("the file cannot be read")
)

func changed(has, had int64) error {
	return fmt.Errorf("%w: it has changed, and has %d bytes instead of %d", errFile, has, had)
}

// Read implements io.Reader.
func (b *uploadBody) Read(p []byte) (int, error) {
	b.upload.mu.Lock()
	defer b.upload.mu.Unlock()
	if b.upload.current != b {
		return 0, errEnded
	}
	return b.rest.Read(p)
}

// Close implements io.Closer. The file stays open.
func (b *uploadBody) Close() error { return nil }

// uploadedFile reads the file of an attempt.
type uploadedFile struct {
	body *uploadBody
	sent int64
}

func (f *uploadedFile) Read(p []byte) (int, error) {
	file := f.body.upload.file
	n, err := file.Content.Read(p[:min(int64(len(p)), file.Size-f.sent)])
	f.sent += int64(n)
	switch {
	case f.sent == file.Size:
		err = io.EOF
	case errors.Is(err, io.EOF):
		err = changed(f.sent, file.Size)
	case err != nil:
		err = fmt.Errorf("%w: %w", errFile, err)
	}
	if n > 0 && file.Progress != nil {
		file.Progress(f.sent)
	}
	return n, err
}
