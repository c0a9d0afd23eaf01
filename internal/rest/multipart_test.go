package rest_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// uploading is a call that sends a file.
func uploading(content io.ReadSeeker, size int64, progress func(int64)) rest.Request {
	return rest.Request{
		Op: "upload", Method: http.MethodPost, Path: []string{"resource"},
		Multipart: &rest.Multipart{Field: "filename", Filename: `a "b"é.png`, Content: content, Size: size, Progress: progress},
	}
}

// readForm returns the one file of a form and its name.
func readForm(t *testing.T, contentType string, form io.Reader) (name, content string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		t.Fatalf("sent as %q", contentType)
	}
	parts := multipart.NewReader(form, params["boundary"])
	part, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	if part.FormName() != "filename" {
		t.Errorf("the field is %q", part.FormName())
	}
	data, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parts.NextPart(); !errors.Is(err, io.EOF) {
		t.Errorf("after the file: %v", err)
	}
	return part.FileName(), string(data)
}

// A file is sent as a form of known length, not chunked.
func TestMultipartOnTheWire(t *testing.T) {
	address, received := rawServer(t)
	c, err := rest.New(rest.Config{BaseURL: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"", "x", strings.Repeat("0123456789\r\n", 100_000)} {
		if _, err := c.Do(t.Context(), uploading(strings.NewReader(content), int64(len(content)), nil)); err != nil {
			t.Fatal(err)
		}
		raw := <-received
		head, body, _ := strings.Cut(raw, "\r\n\r\n")
		if strings.Contains(head, "Transfer-Encoding") || strings.Count(head, "\r\nContent-Length: ") != 1 {
			t.Errorf("sent with %q", head)
		}
		_, contentType, _ := strings.Cut(head, "\r\nContent-Type: ")
		contentType, _, _ = strings.Cut(contentType, "\r\n")
		if name, got := readForm(t, contentType, strings.NewReader(body)); name != `a "b"é.png` || got != content {
			t.Errorf("%q with %d bytes arrived, want %d", name, len(got), len(content))
		}
	}
}

// A file is read anew for each attempt. An attempt that has failed and still reads
// disturbs none.
func TestMultipartIsRepeated(t *testing.T) {
	content := strings.Repeat("0123456789", 10_000)
	synctest.Test(t, func(t *testing.T) {
		var old io.Reader
		var sent []int64
		fails := roundTrip(func(r *http.Request) (*http.Response, error) {
			old = r.Body
			_, _ = io.ReadFull(r.Body, make([]byte, 5000))
			return answer(500, ""), nil
		})
		succeeds := roundTrip(func(r *http.Request) (*http.Response, error) {
			again, err := r.GetBody()
			if err != nil {
				t.Error(err)
			}
			for _, ended := range []io.Reader{old, r.Body} {
				if n, err := ended.Read(make([]byte, 100)); n > 0 || err == nil || errors.Is(err, io.EOF) {
					t.Errorf("an attempt that has ended reads %d bytes, %v", n, err)
				}
			}
			form, err := io.ReadAll(again)
			if err != nil || int64(len(form)) != r.ContentLength {
				t.Errorf("%d bytes of %d, %v", len(form), r.ContentLength, err)
			}
			old = again
			if _, got := readForm(t, r.Header.Get("Content-Type"), bytes.NewReader(form)); got != content {
				t.Errorf("%d bytes arrived", len(got))
			}
			return answer(200, "{}"), again.Close()
		})
		file := strings.NewReader(content)
		c := client(t, &script{steps: []http.RoundTripper{fails, succeeds}})
		resp, err := c.Do(t.Context(), uploading(file, int64(len(content)), func(n int64) { sent = append(sent, n) }))
		if err != nil || resp.Status != 200 || !resp.MaybeApplied {
			t.Errorf("%+v, %v", resp, err)
		}
		starts := 0
		for i, n := range sent {
			if i == 0 || n <= sent[i-1] {
				starts++
			}
		}
		if starts != 2 || len(sent) < 3 || sent[0] >= int64(len(content)) || sent[len(sent)-1] != int64(len(content)) {
			t.Errorf("progress was %v", sent)
		}
		if _, err := old.Read(make([]byte, 1)); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("a body can be read after the call: %v", err)
		}
	})
}

// brokenFile is a file that says it has size bytes.
type brokenFile struct {
	io.Reader
	size     int64
	seekable int
}

func (f *brokenFile) Seek(_ int64, whence int) (int64, error) {
	if f.seekable--; f.seekable < 0 {
		return 0, errors.New("no such device")
	}
	if whence == io.SeekEnd {
		return f.size, nil
	}
	return 0, nil
}

// A file that cannot be read, or is not what it was, is not sent again and again.
func TestMultipartThatCannotBeRead(t *testing.T) {
	reads := roundTrip(func(r *http.Request) (*http.Response, error) {
		_, err := io.Copy(io.Discard, r.Body)
		return answer(200, "{}"), err
	})
	for _, tt := range []struct {
		name string
		file *brokenFile
		kind error
		sent int
		says string
	}{
		{"a file of another size", &brokenFile{strings.NewReader("abc"), 3, 9}, chat.ErrInvalid, 0, "it has changed, and has 3 bytes instead of 4"},
		{"a file without a size", &brokenFile{strings.NewReader("abcd"), 4, 0}, chat.ErrInvalid, 0, "the file cannot be read: no such device"},
		{"a file without a beginning", &brokenFile{strings.NewReader("abcd"), 4, 1}, chat.ErrUnavailable, 0, "the file cannot be read: no such device"},
		{"a file that is cut", &brokenFile{strings.NewReader("abc"), 4, 9}, chat.ErrUnavailable, 1, "it has changed, and has 3 bytes instead of 4"},
		{"a file that breaks", &brokenFile{brokenBody{errors.New("bad sector")}, 4, 9}, chat.ErrUnavailable, 1, "the file cannot be read: bad sector"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: []http.RoundTripper{reads}}
				_, err := client(t, s).Do(t.Context(), uploading(tt.file, 4, nil))
				if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) || len(s.sent) != tt.sent {
					t.Errorf("got %v after %d attempts, want %v after %d", err, len(s.sent), tt.kind, tt.sent)
				}
			})
		})
	}
}

// An upload that is not sent, because its file cannot be read, does not count as one on its
// way: it takes no place in the window of the platform.
func TestMultipartThatIsNotSentIsNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []http.RoundTripper{
			gives(200, "{}", "X-Rate-Limit-Limit", "10", "X-Rate-Limit-Remaining", "3", "X-Rate-Limit-Reset", "60"), gives(200, "{}"),
		}}
		c := client(t, s)
		for range 3 {
			if _, err := c.Do(t.Context(), uploading(&brokenFile{strings.NewReader("abcd"), 4, 1}, 4, nil)); !errors.Is(err, chat.ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		}
		start := time.Now()
		for range 4 {
			if _, err := c.Do(t.Context(), post); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(start); waited != 0 || len(s.sent) != 4 {
			t.Errorf("%d calls, of which 3 are left after the first, waited %s", len(s.sent), waited)
		}
	})
}

// What a file grows by while it is sent is not sent.
func TestMultipartOfAFileThatGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []http.RoundTripper{roundTrip(func(r *http.Request) (*http.Response, error) {
			if _, got := readForm(t, r.Header.Get("Content-Type"), r.Body); got != "abcd" {
				t.Errorf("%q arrived", got)
			}
			return answer(200, "{}"), nil
		})}}
		if _, err := client(t, s).Do(t.Context(), uploading(&brokenFile{strings.NewReader("abcdefgh"), 4, 9}, 4, nil)); err != nil {
			t.Error(err)
		}
	})
}

// A file that is cut while it is sent ends the call, over a real connection too.
func TestMultipartThatIsCutOnTheWire(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer server.Close()
	c, err := rest.New(rest.Config{BaseURL: server.URL, MaxRetries: 3})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), uploading(&brokenFile{strings.NewReader(strings.Repeat("x", 100_000)), 200_000, 9}, 200_000, nil))
	if !errors.Is(err, chat.ErrUnavailable) || !strings.Contains(err.Error(), "in 1 attempt") || !strings.Contains(err.Error(), "it has changed") {
		t.Errorf("got %v", err)
	}
}
