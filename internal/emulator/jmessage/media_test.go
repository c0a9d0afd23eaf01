package jmessage_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// upload uploads a file and returns its media id.
func (s *server) upload(kind, name string, data []byte) string {
	s.T.Helper()
	form, edit := fileForm(s.T.(*testing.T), "filename", name, data)
	var uploaded struct {
		ID string `json:"media_id"`
	}
	if err := json.Unmarshal([]byte(s.Want(200, "POST", "/v1/resource?type="+kind, form, edit).Body), &uploaded); err != nil {
		s.T.Fatal(err)
	}
	return uploaded.ID
}

// address returns the path of the address of a file, which must be the server's own.
func (s *server) address(id string) string {
	s.T.Helper()
	var answer struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal([]byte(s.Want(200, "GET", "/v1/resource?mediaId="+id, "").Body), &answer); err != nil {
		s.T.Fatal(err)
	}
	path, ok := strings.CutPrefix(answer.URL, s.URL)
	if !ok {
		s.T.Errorf("the address %q is not at %q", answer.URL, s.URL)
	}
	return path
}

// A file can be downloaded from its address without credentials, also after the state was
// restored elsewhere.
func TestDownload(t *testing.T) {
	original := serve(t)
	anonymous := func(r *http.Request) { r.Header.Del("Authorization") }
	image, text := picture(t, 3, 2), []byte("<script>no</script>")
	want := map[string]struct{ content, contentType string }{
		original.address(original.upload("image", "a.jpg", image)): {string(image), "image/jpeg"},
		original.address(original.upload("file", "a.html", text)):  {string(text), "application/octet-stream"},
	}
	copied := serve(t)
	copied.restore(original.state())
	for _, at := range []*server{original, copied} {
		for path, file := range want {
			answer := at.Want(200, "GET", path, "", anonymous)
			if answer.Body != file.content || answer.Header.Get("Content-Type") != file.contentType || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %d bytes, %v", path, len(answer.Body), answer.Header)
			}
		}
		for _, path := range []string{"/_media/", "/_media/" + firstKey, "/_media/" + firstKey + "/qiniu/image/0", "/_media/000000000000000000000000/qiniu/image/0"} {
			at.Want(404, "GET", path, "", anonymous)
		}
	}
}

// The oldest files go if there is too much of them; what is known of them stays.
func TestMediaAreBounded(t *testing.T) {
	server := serve(t)
	data := make([]byte, 8<<20)
	var ids, paths []string
	for i := range 9 {
		copy(data, fmt.Sprint(i))
		ids = append(ids, server.upload("file", "a.bin", data))
		paths = append(paths, server.address(ids[i]))
	}
	copy(data, "8")
	server.upload("file", "a.bin", data) // the same again takes no more room
	server.Want(404, "GET", paths[0], "")
	for _, path := range paths[1:] {
		if answer := server.Want(200, "GET", path, ""); len(answer.Body) != len(data) {
			t.Errorf("%s has %d bytes", path, len(answer.Body))
		}
	}
	if path := server.address(ids[0]); path != paths[0] {
		t.Errorf("the address of a file that is gone became %s", path)
	}
}
