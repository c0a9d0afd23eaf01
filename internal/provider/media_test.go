package provider_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

const mediaAddress = "chat_media.logo"

// oneMedia declares a file to upload.
func oneMedia(source, arguments string) string {
	return fmt.Sprintf(`
resource "chat_media" "logo" {
  source = %q
  %s
}
`, source, arguments)
}

// uploads checks how many files were uploaded since the calls were counted last.
func (w *world) uploads(want int) func() error {
	return func() error {
		if n := w.emulator.requests(); n.Routes["POST /v1/resource"] != want {
			return fmt.Errorf("want %d uploads: %v", want, n.Routes)
		}
		return nil
	}
}

func TestAccMedia_isUploadedAgainIfItsContentChanges(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	path, copied := writePicture(t, "logo.png"), writePicture(t, "copy.dat")
	content := picture(t, 30, 20)
	digest := sha256.Sum256(content)
	expect := func(attribute string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(mediaAddress, tfjsonpath.New(attribute), want)
	}
	changes := statecheck.CompareValue(compare.ValuesDiffer())
	otherID := func() statecheck.StateCheck { return changes.AddStateValue(mediaAddress, tfjsonpath.New("id")) }
	w.run(
		resource.TestStep{
			Config: w.config(oneMedia(path, "")), Check: all(w.uploads(1)),
			ConfigStateChecks: []statecheck.StateCheck{
				otherID(), expect("id", knownvalue.StringRegexp(regexp.MustCompile("^qiniu/image/"))), expect("type", knownvalue.StringExact("image")),
				expect("sha256", knownvalue.StringExact(hex.EncodeToString(digest[:]))), expect("crc32", knownvalue.Int64Exact(int64(crc32.ChecksumIEEE(content)))),
				expect("size", knownvalue.Int64Exact(int64(len(content)))), expect("width", knownvalue.Int64Exact(30)), expect("height", knownvalue.Int64Exact(20)),
			},
		},
		resource.TestStep{Config: w.config(oneMedia(path, "")), ConfigPlanChecks: expectNothing, Check: all(w.uploads(0))},
		// Another path to the same content.
		resource.TestStep{Config: w.config(oneMedia(copied, "")), ConfigPlanChecks: expectAction(mediaAddress, plancheck.ResourceActionUpdate), Check: all(w.uploads(0))},
		// Another path to another content, and back.
		resource.TestStep{
			Config: w.config(oneMedia(writeFile(t, "other.png", picture(t, 45, 20)), "")), ConfigPlanChecks: expectAction(mediaAddress, plancheck.ResourceActionUpdate), Check: all(w.uploads(1)),
			ConfigStateChecks: []statecheck.StateCheck{otherID(), expect("width", knownvalue.Int64Exact(45))},
		},
		resource.TestStep{
			Config: w.config(oneMedia(copied, "")), ConfigPlanChecks: expectAction(mediaAddress, plancheck.ResourceActionUpdate), Check: all(w.uploads(1)),
			ConfigStateChecks: []statecheck.StateCheck{otherID(), expect("width", knownvalue.Int64Exact(30))},
		},
		// Another type, which stays when it is omitted.
		resource.TestStep{
			Config: w.config(oneMedia(copied, `type = "file"`)), ConfigPlanChecks: expectAction(mediaAddress, plancheck.ResourceActionReplace),
			ConfigStateChecks: []statecheck.StateCheck{otherID(), expect("width", knownvalue.Null()), expect("id", knownvalue.StringRegexp(regexp.MustCompile("^qiniu/file/")))},
		},
		resource.TestStep{Config: w.config(oneMedia(copied, "")), ConfigPlanChecks: expectNothing},
		// Another content.
		resource.TestStep{
			PreConfig: func() { w.must(os.WriteFile(copied, picture(t, 40, 20), 0o600)) }, Config: w.config(oneMedia(copied, `type = "image"`)),
			ConfigPlanChecks: expectAction(mediaAddress, plancheck.ResourceActionReplace), ConfigStateChecks: []statecheck.StateCheck{otherID(), expect("width", knownvalue.Int64Exact(40))},
		},
		// Gone from the platform.
		resource.TestStep{
			PreConfig: w.forgetMedia, Config: w.config(oneMedia(copied, `type = "image"`)),
			ConfigPlanChecks: expectAction(mediaAddress, plancheck.ResourceActionCreate), Check: all(w.uploads(1)),
		},
		resource.TestStep{Config: w.config(oneMedia(copied, "")), ResourceName: mediaAddress, ImportState: true, ImportStateId: "qiniu/image/1", ExpectError: regexp.MustCompile(`cannot be imported`)},
	)
	if media, _ := w.held()["media"].([]any); len(media) != 1 {
		t.Errorf("after the destroy, the platform has %d files", len(media))
	}
}

// forgetMedia deletes all files, as no call can.
func (w *world) forgetMedia() {
	held := w.held()
	held["media"] = []any{}
	w.emulator.merge("jmessage", "applications", map[string]any{w.appKey: held})
	w.emulator.requests()
}

func TestAccMedia_typeFollowsFromTheFile(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"text.png":    {[]byte("no image"), "file"},
		"picture":     {picture(t, 1, 1), "image"},
		"sound":       {append([]byte("ID3"), make([]byte, 20)...), "voice"},
		"voice.AMR":   {[]byte("#!AMR"), "voice"},
		"archive.zip": {[]byte("PK\x03\x04"), "file"},
	} {
		path := writeFile(t, name, c.content)
		w.in(t).run(resource.TestStep{
			Config:            w.config(oneMedia(path, "")),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(mediaAddress, tfjsonpath.New("type"), knownvalue.StringExact(c.want))},
		})
	}
}

func TestAccMedia_badFilesFailThePlan(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	folder := t.TempDir()
	large := filepath.Join(folder, "large.bin")
	w.must(os.WriteFile(large, nil, 0o600))
	w.must(os.Truncate(large, 8<<20+1))
	for name, c := range map[string]struct{ source, arguments, want string }{
		"missing":        {filepath.Join(folder, "missing.png"), "", `(?s)missing\.png"\s+cannot\s+be\s+read:\s+no\s+such\s+file`},
		"a folder":       {folder, "", `(?s)not\s+a\s+regular\s+file`},
		"empty":          {writeFile(t, "empty.png", nil), "", `(?s)empty\.png".*1\s+byte\s+to\s+8\s+MB.*has\s+0\s+bytes`},
		"too large":      {large, "", `(?s)large\.bin".*1\s+byte\s+to\s+8\s+MB.*has\s+8388609\s+bytes`},
		"no image":       {writeFile(t, "a.png", []byte("text")), `type = "image"`, `(?s)a\.png".*one\s+of\s+jpg,\s+bmp,\s+gif,\s+png.*text/plain`},
		"no such type":   {writePicture(t, "b.png"), `type = "video"`, `(?s)"image"\s+"file"\s+"voice"`},
		"without a name": {"", "", `(?s)at\s+least\s+1`},
	} {
		t.Run(name, func(t *testing.T) {
			w.in(t).run(resource.TestStep{Config: w.config(oneMedia(c.source, c.arguments)), PlanOnly: true, ExpectError: regexp.MustCompile(c.want)})
		})
	}
	w.run(
		resource.TestStep{Config: w.config(oneMedia(writePicture(t, "logo.png"), ""))},
		resource.TestStep{Config: w.config(oneMedia(filepath.Join(folder, "missing.png"), "")), ExpectError: regexp.MustCompile(`no\s+such\s+file`)},
	)
}

// What is uploaded is what the file holds during the apply, with progress in the log.
func TestAccMedia_fileThatChangesAfterThePlanIsUploadedAsItIs(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	path := writePicture(t, "logo.png")
	c := newCLI(t, "", environmentOf(w))
	trace := filepath.Join(c.dir, "info.log")
	c.env = append(c.env, "TF_LOG_PROVIDER=INFO", "TF_LOG_PATH="+trace)
	c.write("main.tf", requireChat+oneMedia(path, ""))
	c.run("plan", "-out=saved", "-no-color")
	w.must(os.WriteFile(path, picture(t, 31, 20), 0o600))
	c.run("apply", "-no-color", "saved")
	c.expectNoChanges()
	log, err := os.ReadFile(trace)
	if err != nil || !strings.Contains(string(log), "uploading a file") || !strings.Contains(string(log), fmt.Sprintf("sent=%d", len(picture(t, 31, 20)))) {
		t.Errorf("no progress in the log: %v\n%s", err, log)
	}
	if out := c.run("plan", "-destroy", "-no-color"); !strings.Contains(out, "The file stays on the platform") {
		t.Errorf("no warning:\n%s", out)
	}
	w.forgetRequests()
	c.destroy()
	if err := w.wrote(0)(); err != nil {
		t.Error(err)
	}
}

// The same if only the path was to change: whatever the file decides is not known before.
func TestAccMedia_fileThatMovesAndChangesAfterThePlanIsUploadedAsItIs(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	before, after := writeFile(t, "before.txt", []byte("text")), writeFile(t, "after.txt", []byte("text"))
	c := newCLI(t, "", environmentOf(w))
	c.write("main.tf", requireChat+oneMedia(before, ""))
	c.apply()
	c.write("main.tf", requireChat+oneMedia(after, ""))
	c.run("plan", "-out=saved", "-no-color")
	w.must(os.WriteFile(after, picture(t, 31, 20), 0o600))
	w.emulator.requests()
	c.run("apply", "-no-color", "saved")
	w.must(w.uploads(1)())
	if out := c.run("state", "show", "-no-color", mediaAddress); !regexp.MustCompile(`type\s+= "image"`).MatchString(out) || !regexp.MustCompile(`width\s+= 31`).MatchString(out) {
		t.Errorf("the state is not that of the picture:\n%s", out)
	}
	c.expectNoChanges()
}

// A new file may be of another type by the time it is uploaded.
func TestAccMedia_typeThatChangesAfterThePlanFollowsFromTheFile(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	path := writeFile(t, "logo", []byte("text"))
	c := newCLI(t, "", environmentOf(w))
	c.write("main.tf", requireChat+oneMedia(path, ""))
	c.run("plan", "-out=saved", "-no-color")
	w.must(os.WriteFile(path, picture(t, 31, 20), 0o600))
	c.run("apply", "-no-color", "saved")
	c.expectNoChanges()
}

// Avatars of users and groups, and whatever else takes a media id, refer to it, and change
// with its content.
func TestAccMedia_avatarsReferToIt(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	path := writePicture(t, "logo.png")
	config := w.config(oneMedia(path, "") + `
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile  = { avatar = chat_media.logo.id }
}

resource "chat_group" "team" {
  name   = "The team"
  owner  = chat_user.alice.id
  avatar = chat_media.logo.id
}

data "chat_media" "logo" {
  media_id = chat_group.team.avatar
}

output "url" {
  value = data.chat_media.logo.url
}
`)
	refer := func(want func() []byte) resource.TestCheckFunc {
		return func(s *state) error {
			media := s.RootModule().Resources[mediaAddress].Primary.ID
			if got := text(w.user("alice").Profile.Avatar); got != media {
				return fmt.Errorf("the user has the avatar %s, not %s", got, media)
			}
			group, err := w.admin.Groups.Get(context.Background(), []string{assemblies[0].only(w).ID})
			if err != nil || text(group[0].Avatar) != media {
				return fmt.Errorf("the group is %+v, not with %s: %w", group, media, err)
			}
			resp, err := http.Get(s.RootModule().Outputs["url"].Value.(string)) //nolint:noctx // a test
			if err != nil {
				return err
			}
			defer func() { _ = resp.Body.Close() }()
			if got, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(got, want()) || resp.Header.Get("Content-Type") != "image/png" {
				return fmt.Errorf("downloaded %d bytes of %s: %w", len(got), resp.Header.Get("Content-Type"), err)
			}
			return nil
		}
	}
	w.run(
		resource.TestStep{Config: config, Check: refer(func() []byte { return picture(t, 30, 20) })},
		resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		resource.TestStep{
			PreConfig: func() { w.must(os.WriteFile(path, picture(t, 50, 20), 0o600)) }, Config: config,
			ConfigPlanChecks: expectAction("chat_group.team", plancheck.ResourceActionUpdate), Check: refer(func() []byte { return picture(t, 50, 20) }),
		},
	)
}

// A path that is known only after the apply is read then.
func TestAccMedia_sourceThatIsUnknown(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	config := func(path string) string {
		return w.config(fmt.Sprintf(`
resource "terraform_data" "path" {
  input = %q
}

resource "chat_media" "logo" {
  source = terraform_data.path.output
}
`, path))
	}
	first, second := writePicture(t, "logo.png"), writeFile(t, "notes.txt", []byte("notes"))
	w.run(
		resource.TestStep{Config: config(first), Check: all(w.uploads(1))},
		resource.TestStep{Config: config(first), ConfigPlanChecks: expectNothing},
		resource.TestStep{
			Config: config(second), Check: all(w.uploads(1)),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(mediaAddress, tfjsonpath.New("type"), knownvalue.StringExact("file")),
				statecheck.ExpectKnownValue(mediaAddress, tfjsonpath.New("size"), knownvalue.Int64Exact(5)),
			},
		},
		resource.TestStep{Config: config(second), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: config(t.TempDir()), ExpectError: regexp.MustCompile(`(?s)not\s+a\s+regular\s+file`)},
	)
}

func TestAccLostAnswers_media(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	config := w.configFewRetries(oneMedia(writePicture(t, "logo.png"), ""))
	unread := func(status int) func() {
		return func() {
			w.emulator.faults(fault{Method: "GET", Path: "/resource", Status: status, Body: `{}`, Times: -1})
		}
	}
	repair := func() { w.emulator.faults() }
	w.run(
		resource.TestStep{PreConfig: func() { w.emulator.faults(lost("POST", "/resource")) }, Config: config, ExpectError: regexp.MustCompile(`(?s)Could not upload the file.*logo\.png`)},
		resource.TestStep{PreConfig: repair, Config: config},
		resource.TestStep{PreConfig: unread(500), Config: config, ExpectError: regexp.MustCompile(`Could not check whether media`)},
		resource.TestStep{PreConfig: repair, Config: config, ConfigPlanChecks: expectNothing},
	)
}

func TestMedia_dataSourceExplainsWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := emulated(t, "jmessage")
	_, problems := w.wire().data("chat_media", attrs{"media_id": "qiniu/image/0"})
	expectProblem(t, problems, `(?s)Could not read the address of media "qiniu/image/0".*no such file`)
	w.emulator.faults(fault{Method: "GET", Path: "/resource", Status: 401, Body: `{}`})
	_, problems = w.wire().data("chat_media", attrs{"media_id": "qiniu/image/0"})
	expectProblem(t, problems, `(?s)unauthorized`)
}
