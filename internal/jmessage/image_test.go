package jmessage_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"terraform-provider-chat/internal/chat"
)

// pictures are images of 3 by 2 pixels, by format.
func pictures(t *testing.T) map[string]string {
	t.Helper()
	picture := image.NewPaletted(image.Rect(0, 0, 3, 2), palette.Plan9)
	encoded := map[string]string{}
	for format, encode := range map[string]func(io.Writer) error{
		"png": func(w io.Writer) error { return png.Encode(w, picture) },
		"jpg": func(w io.Writer) error { return jpeg.Encode(w, picture, nil) },
		"gif": func(w io.Writer) error { return gif.Encode(w, picture, nil) },
		"bmp": func(w io.Writer) error { return bmp.Encode(w, picture) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		encoded[format] = b.String()
	}
	return encoded
}

// fileHost is a platform that has one file, on a host of its own that must not get credentials.
type fileHost struct {
	t *testing.T
	// address is that of the file.
	address string
	// files are the answers of the file's host, in order.
	files []answer
	// downloads counts them, sent are the messages.
	downloads int
	sent      []string
}

func (p *fileHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Host == "files.example" {
		for _, name := range []string{"Authorization", "Cookie"} {
			if r.Header.Get(name) != "" {
				p.t.Errorf("the host of the file gets %s", name)
			}
		}
		next := p.files[p.downloads]
		p.downloads++
		if next.drop {
			panic(http.ErrAbortHandler)
		}
		for name, values := range next.header {
			w.Header()[name] = values
		}
		w.WriteHeader(next.status)
		_, _ = io.WriteString(w, next.body)
		return
	}
	if r.Header.Get("Authorization") != authorization {
		p.t.Errorf("%s %s has no credentials", r.Method, r.URL)
	}
	if r.Method == http.MethodGet {
		if got := r.URL.Query().Get("mediaId"); got != "qiniu/image/A" {
			p.t.Errorf("asked for %q", got)
		}
		_, _ = fmt.Fprintf(w, `{"url":%q}`, p.address)
		return
	}
	body, _ := io.ReadAll(r.Body)
	p.sent = append(p.sent, string(body))
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, `{"msg_id": 7, "msg_ctime":1493794522950}`)
}

// A message with an image says of it what the platform does not say itself.
func TestSendImage(t *testing.T) {
	all := pictures(t)
	const address = "http://files.example/a?signature=s"
	found := func(body string) answer { return answer{status: 200, body: body} }
	elsewhere := answer{status: 302, header: http.Header{"Location": {"http://files.example/b"}}}
	type test struct {
		name, address string
		files         []answer
		// format and picture are those of the image that is sent; an error if empty.
		format, picture string
		kind            error
		says            string
	}
	tests := []test{
		{name: "the second attempt", address: address, files: []answer{{drop: true}, {status: 503}, found(all["png"])}, format: "png", picture: all["png"]},
		{name: "at another address", address: address, files: []answer{elsewhere, found(all["png"])}, format: "png", picture: all["png"]},
		{name: "never", address: address, files: []answer{{status: 500}, {status: 500}, {status: 500}}, kind: chat.ErrUnavailable, says: "HTTP 500"},
		{name: "no connection", address: address, files: []answer{{drop: true}, {drop: true}, {drop: true}}, kind: chat.ErrUnavailable, says: "EOF"},
		{name: "not there", address: address, files: []answer{{status: 404}}, kind: chat.ErrUnavailable, says: "HTTP 404"},
		{name: "no image", address: address, files: []answer{found("text")}, kind: chat.ErrInvalid, says: "is not an image: one of jpg, bmp, gif, png"},
		{name: "too large", address: address, files: []answer{found(all["png"] + strings.Repeat("a", 8<<20))}, kind: chat.ErrInvalid, says: "larger than 8 MB"},
		{name: "a file of this machine", address: "file:///etc/passwd", kind: chat.ErrUnavailable, says: "http:// or https://"},
		{name: "no host", address: "http:///a", kind: chat.ErrUnavailable, says: "http:// or https://"},
	}
	for format, picture := range all {
		tests = append(tests, test{name: format, address: address, files: []answer{found(picture)}, format: format, picture: picture})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			platform := &fileHost{t: t, address: tt.address, files: tt.files}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				id, err := s.Messages.Send(t.Context(), chat.Message{
					Conversation: from("fang", chat.TargetGroup, "12345"), Image: ptr("qiniu/image/A"),
				})
				if tt.format != "" {
					wantEqual(t, "7", id, err)
					return
				}
				checkKind(t, err, tt.kind)
				if _, maybe := chat.Unsettled(err); maybe || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "signature") {
					t.Errorf("got %q (may have taken effect: %v), want something about %q", err, maybe, tt.says)
				}
			})
			var want []string
			if tt.format != "" {
				want = []string{fmt.Sprintf(`{"version":1,"target_type":"group","target_id":"12345","from_type":"user","from_id":"fang","msg_type":"image",`+
					`"msg_body":{"media_id":"qiniu/image/A","media_crc32":%d,"width":3,"height":2,"format":%q,"fsize":%d}}`,
					crc32.ChecksumIEEE([]byte(tt.picture)), tt.format, len(tt.picture))}
			}
			if fmt.Sprint(platform.sent) != fmt.Sprint(want) || platform.downloads != len(tt.files) {
				t.Errorf("after %d downloads, %q was sent, want %q", platform.downloads, platform.sent, want)
			}
		})
	}
}
