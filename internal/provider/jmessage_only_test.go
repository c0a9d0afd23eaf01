package provider_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-chat/internal/chat"
)

// What the tests of resources share that only JMessage has.

// jmessageOnly are the resources that only JMessage has.
var jmessageOnly = []string{
	"chat_application_settings", "chat_group_shield", "chat_media", "chat_sensitive_word", "chat_sensitive_words",
}

// addWords adds sensitive words without Terraform.
func (w *world) addWords(words ...string) {
	w.t.Helper()
	for _, word := range words {
		w.must(chat.Single(w.admin.Words.Add(context.Background(), []string{word})))
	}
}

// removeWords removes sensitive words without Terraform.
func (w *world) removeWords(words ...string) {
	w.t.Helper()
	for _, word := range words {
		w.must(w.admin.Words.Remove(context.Background(), word))
	}
}

// hasWords checks which sensitive words there are.
func (w *world) hasWords(want ...string) func() error {
	return func() error {
		var got []string
		for word, err := range chat.All(context.Background(), "list", w.admin.Words.List, func(word *string) string { return *word }) {
			if err != nil {
				return err
			}
			got = append(got, *word)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			return fmt.Errorf("the words are %q, not %q", got, want)
		}
		return nil
	}
}

// picture is a PNG image of that size.
func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var encoded bytes.Buffer
	if err := png.Encode(&encoded, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return encoded.Bytes()
}

// writeFile writes a file in a folder of its own and returns its path.
func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// writePicture writes an image of 30 by 20 pixels.
func writePicture(t *testing.T, name string) string {
	t.Helper()
	return writeFile(t, name, picture(t, 30, 20))
}

// On another platform, one sentence says at plan time that it lacks the resource or the
// data source.
func TestAccJMessageOnly_otherPlatformsRefuseInThePlan(t *testing.T) {
	t.Parallel()
	imported := map[string]string{
		"chat_sensitive_word": `word = "spam"`, "chat_sensitive_words": `words = ["spam"]`,
		"chat_group_shield": "username = \"alice\"\n  group = \"1\"",
		"chat_contact":      "owner = \"alice\"\n  contact = \"bobby\"", "chat_block": "owner = \"alice\"\n  blocked = \"bobby\"",
		"chat_group_member": "group = \"1\"\n  username = \"bobby\"", "chat_room_member": "room = \"1\"\n  username = \"bobby\"",
		"chat_do_not_disturb": "username = \"alice\"\n  contact = \"bobby\"",
	}
	w := newWorld(t, "easemob")
	for what, body := range map[string]string{
		"chat_sensitive_word":       `word = "spam"`,
		"chat_sensitive_words":      `words = ["spam"]`,
		"chat_application_settings": `sensitive_word_filter = true`,
		"chat_group_shield":         "username = \"alice\"\n  group = \"1\"",
		"chat_media":                `source = "missing.png"`,
	} {
		w.in(t).run(resource.TestStep{
			Config: w.config(fmt.Sprintf("resource %q \"x\" {\n  %s\n}\n", what, body)), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)Not supported by this platform.*does\s+not\s+support\s+` + what),
		})
	}
	// An import reads before anything is planned.
	for what, id := range map[string]string{
		"chat_sensitive_word":       "spam",
		"chat_sensitive_words":      easemobAppKey,
		"chat_application_settings": easemobAppKey,
		"chat_group_shield":         "alice/1",
		"chat_contact":              "alice/bobby/aaaaaaaaaaaaaaaaaaaaaaaa",
		"chat_block":                "alice/bobby/aaaaaaaaaaaaaaaaaaaaaaaa",
		"chat_group_member":         "1/bobby/aaaaaaaaaaaaaaaaaaaaaaaa",
		"chat_room_member":          "1/bobby/aaaaaaaaaaaaaaaaaaaaaaaa",
		"chat_do_not_disturb":       "alice/contact/bobby/aaaaaaaaaaaaaaaaaaaaaaaa",
	} {
		w.in(t).run(resource.TestStep{
			Config: w.config(fmt.Sprintf("import {\n  to = %s.x\n  id = %q\n}\n\nresource %[1]q \"x\" {\n  %[3]s\n}\n", what, id, imported[what])), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)Not supported by this platform.*does\s+not\s+support\s`),
		})
	}
	for what, body := range map[string]string{
		"chat_sensitive_words": "", "chat_application_settings": "", "chat_media": `media_id = "qiniu/image/1"`,
	} {
		w.in(t).run(resource.TestStep{
			Config: w.config(fmt.Sprintf("data %q \"x\" {\n  %s\n}\n", what, body)), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)Not supported by this platform.*does\s+not\s+support\s+` + what),
		})
	}
}
