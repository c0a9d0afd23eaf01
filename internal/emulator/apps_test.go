package emulator_test

import (
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
)

func TestParseApp(t *testing.T) {
	for text, want := range map[string]string{
		"easemob=org#name":                  "",
		"easemob=Org-1.x_y#na-me":           "",
		"jmessage=a1b2c3d4e5f6A7B8C9D0E1F2": "",
		"easemob=org":                       "org_name#app_name",
		"easemob=#name":                     "org_name#app_name",
		"easemob=org#":                      "org_name#app_name",
		"easemob=org#a/b":                   "org_name#app_name",
		"easemob=org#a#b":                   "org_name#app_name",
		"easemob=v1#name":                   "taken",
		"easemob=users#name":                "taken",
		"easemob=_emulator#name":            "taken",
		"jmessage=short":                    "24 letters or digits",
		"jmessage=a1b2c3d4e5f6a7b8c9d0e1f-": "24 letters or digits",
		"other=org#name":                    "easemob=org#name or jmessage=24-character-key",
		"":                                  "easemob=org#name or jmessage=24-character-key",
		"x":                                 `"x" is not of the form easemob=org#name or jmessage=24-character-key`,
	} {
		app, err := emulator.ParseApp(text)
		switch {
		case want == "" && (err != nil || app.Platform+"="+app.Key != text):
			t.Errorf("%q became %+v, %v", text, app, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: got %v, want an error about %s", text, err, want)
		}
	}
}

func TestNewRefusesApp(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an application that cannot be was taken")
		}
	}()
	emulator.New(emulator.Options{Apps: []emulator.App{{Platform: "easemob", Key: "v1#x"}}})
}
