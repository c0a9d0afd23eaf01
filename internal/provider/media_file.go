package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"terraform-provider-chat/internal/chat"
)

// sourceFile is a file to upload, read as a whole: platforms take small ones only, and what
// is checked is then what is sent.
type sourceFile struct {
	path    string
	content []byte
	// sha256 is the digest of the content, in hexadecimal.
	sha256 string
	// format is what the content begins as: "jpg", "png", or what else it is.
	format string
}

// imageTypes are the formats of images by their media types.
var imageTypes = map[string]string{"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/bmp": "bmp"}

// voiceExtensions end the names of recordings.
var voiceExtensions = []string{".aac", ".amr", ".m4a", ".mp3", ".ogg", ".wav"}

// readSource reads a file, or reports why it cannot be uploaded.
func readSource(name string, rules chat.Rules, diags *diag.Diagnostics) *sourceFile {
	content, err := readWhole(name, rules)
	var refused *fs.PathError
	switch {
	case errors.As(err, &refused):
		diags.AddAttributeError(path.Root("source"), "Unreadable file", fmt.Sprintf("The file %q cannot be read: %s.", name, refused.Err))
		return nil
	case err != nil:
		diags.AddAttributeError(path.Root("source"), "Invalid file", fmt.Sprintf("The file %q cannot be uploaded: %s", name, err))
		return nil
	}
	sum := sha256.Sum256(content)
	detected, _, _ := strings.Cut(http.DetectContentType(content), ";")
	format, ok := imageTypes[detected]
	if !ok {
		format = detected
	}
	return &sourceFile{path: name, content: content, sha256: hex.EncodeToString(sum[:]), format: format}
}

// readWhole reads a file whose size the platform takes.
func readWhole(name string, rules chat.Rules) ([]byte, error) {
	file, err := os.Open(name) //nolint:gosec // the configuration names it
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, chat.Refuse("It is not a regular file.")
	}
	if err := rules.Check("media.size", info.Size()); err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(file, info.Size()+1))
	if err == nil && int64(len(content)) != info.Size() {
		err = chat.Refuse("It changed while it was read.")
	}
	return content, err
}

// kind is what the file is uploaded as if the configuration does not say.
func (f *sourceFile) kind() string {
	switch {
	case slices.Contains([]string{"jpg", "png", "gif", "bmp"}, f.format):
		return chat.MediaImage
	case strings.HasPrefix(f.format, "audio/"), slices.Contains(voiceExtensions, strings.ToLower(filepath.Ext(f.path))):
		return chat.MediaVoice
	}
	return chat.MediaAny
}

// check reports a file that the platform does not take as that kind.
func (f *sourceFile) check(kind string, rules chat.Rules, diags *diag.Diagnostics) {
	if kind != chat.MediaImage {
		return
	}
	if err := rules.Check("media.format", f.format); err != nil {
		diags.AddAttributeError(path.Root("source"), "Invalid file", fmt.Sprintf("The file %q cannot be uploaded as an image: %s Its content is %s.", f.path, err, f.format))
	}
}
