package jmessage

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	_ "image/gif"  // so that image.DecodeConfig reads it
	_ "image/jpeg" // so that image.DecodeConfig reads it
	_ "image/png"  // so that image.DecodeConfig reads it
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// maxUpload is the size of the largest file, in bytes.
const maxUpload = 8 << 20

// maxKept is how many bytes of uploaded files are kept, of all applications together. The
// oldest files go first, after which their addresses are answered with 404.
const maxKept = 64 << 20

// mediaSegment is the first segment of the addresses of uploaded files.
const mediaSegment = "_media"

// media is what is known of an uploaded file, as the upload answers.
type media struct {
	ID     string `json:"media_id"`
	CRC32  int64  `json:"media_crc32"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	Format string `json:"format,omitempty"`
	Name   string `json:"fname,omitempty"`
	Size   int    `json:"fsize"`
	Hash   string `json:"hash,omitempty"`
	// content is the file, nil if it is not kept.
	content []byte
}

// keep adds a file, and lets go of the oldest if there is too much of them.
func (w *world) keep(app *application, added *media) {
	if same := app.media.Get(added.ID); same != nil {
		w.files = slices.DeleteFunc(w.files, func(m *media) bool { return m == same })
		w.kept -= len(same.content)
	}
	app.media.Set(added.ID, added)
	w.files = append(w.files, added)
	for w.kept += len(added.content); w.kept > maxKept; w.files = w.files[1:] {
		w.kept -= len(w.files[0].content)
		w.files[0].content = nil
	}
}

// uploadMedia implements "文件上传". The same file has the same id however often it comes.
func (c *call) uploadMedia() (*reply, error) {
	name, data, err := c.upload()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	media := &media{CRC32: int64(crc32.ChecksumIEEE(data)), Size: len(data), content: data}
	switch c.query.Get("type") {
	case "image":
		media.ID = fmt.Sprintf("qiniu/image/%X", sum[:8])
		if media.Format, media.Width, media.Height, err = describeImage(data); err != nil {
			return nil, err
		}
	case "file":
		media.ID = fmt.Sprintf("qiniu/file/j/%X", sum[:16])
		media.Name = name
		media.Hash = mediaHash(sum)
	case "voice":
		media.ID = fmt.Sprintf("qiniu/voice/j/%X", sum[:16])
		media.Format = strings.TrimPrefix(path.Ext(name), ".")
		media.Hash = mediaHash(sum)
	default:
		return nil, refusal(codeInvalid)
	}
	c.world.keep(c.app, media)
	return answered(*media)
}

// upload reads the one file of a form, whatever its field is called.
func (c *call) upload() (string, []byte, error) {
	_, params, err := mime.ParseMediaType(c.contentType)
	if err != nil || params["boundary"] == "" {
		return "", nil, refusal(codeInvalid)
	}
	form := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return "", nil, refusal(codeInvalid)
		}
		if part.FileName() == "" {
			continue
		}
		data, err := io.ReadAll(part)
		if err != nil || len(data) == 0 || len(data) > maxUpload {
			return "", nil, refusal(codeInvalid)
		}
		return part.FileName(), data, nil
	}
}

// mediaHash writes a hash in 28 characters the first of which is F, as the platform does.
func mediaHash(sum [sha256.Size]byte) string {
	return base64.URLEncoding.EncodeToString(append([]byte{0x16}, sum[:20]...))
}

// describeImage returns the format and the size of a picture: bmp, gif, jpg or png.
func describeImage(data []byte) (format string, width, height int, err error) {
	// The bitmap header: "BM", and at 18 and 22 the width and the height, which is
	// negative when the picture stands on its head.
	if bytes.HasPrefix(data, []byte("BM")) && len(data) >= 26 {
		width := int32(binary.LittleEndian.Uint32(data[18:]))  //nolint:gosec // the field is signed
		height := int32(binary.LittleEndian.Uint32(data[22:])) //nolint:gosec // the field is signed
		return "bmp", int(width), max(int(height), -int(height)), nil
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return "", 0, 0, refusal(codeInvalid)
	}
	if format == "jpeg" {
		format = "jpg"
	}
	return format, config.Width, config.Height, nil
}

// downloadMedia implements "文件下载". The address is one of the emulator.
func (c *call) downloadMedia() (*reply, error) {
	id := c.query.Get("mediaId")
	if !c.app.media.Has(id) {
		return nil, refusal(codeInvalid)
	}
	return answered(struct {
		URL string `json:"url"`
	}{c.origin + "/" + mediaSegment + "/" + c.app.key + "/" + id})
}

// isMedia reports whether a call is for a file that was uploaded.
func isMedia(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/"+mediaSegment+"/") }

// serveMedia answers a call for a file itself, which needs no credentials.
func (p *Platform) serveMedia(w http.ResponseWriter, r *http.Request) {
	key, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"+mediaSegment+"/"), "/")
	format, content := p.file(key, id)
	if content == nil {
		http.NotFound(w, r)
		return
	}
	contentType := "application/octet-stream"
	if strings.HasPrefix(id, "qiniu/image/") {
		contentType = "image/" + strings.Replace(format, "jpg", "jpeg", 1)
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// file returns the format and the content of a file of an application.
func (p *Platform) file(key, id string) (format string, content []byte) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	app := p.world.applications[key]
	if app == nil {
		return "", nil
	}
	m := app.media.Get(id)
	if m == nil {
		return "", nil
	}
	return m.Format, m.content
}
