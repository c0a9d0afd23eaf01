package emulator

import (
	"fmt"
	"strings"

	"terraform-provider-chat/internal/emulator/easemob"
	"terraform-provider-chat/internal/emulator/jmessage"
)

// App is an application on one of the platforms.
type App struct {
	// Platform is "easemob" or "jmessage".
	Platform string
	// Key names the application on it: "org_name#app_name", or 24 letters and digits.
	Key string
}

// ParseApp reads an application as the command line names it, "easemob=org#name" or
// "jmessage=24-character-key".
func ParseApp(text string) (App, error) {
	platform, key, found := strings.Cut(text, "=")
	if !found {
		return App{}, noApp(text)
	}
	app := App{Platform: platform, Key: key}
	return app, app.check()
}

// check returns an error if there cannot be such an application.
func (a App) check() error {
	switch a.Platform {
	case "easemob":
		// Calls for it must not look like calls of something else.
		if org, _, _ := strings.Cut(a.Key, "#"); org == controlSegment || jmessage.Owns(org) {
			return fmt.Errorf("easemob: the org_name %q is taken by other calls", org)
		}
		return prefixed(a.Platform, easemob.CheckAppKey(a.Key))
	case "jmessage":
		return prefixed(a.Platform, jmessage.CheckAppKey(a.Key))
	}
	return noApp(a.Platform + "=" + a.Key)
}

// noApp is the error of a text that does not name an application.
func noApp(text string) error {
	return fmt.Errorf("%q is not of the form easemob=org#name or jmessage=24-character-key", text)
}

func prefixed(platform string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", platform, err)
	}
	return nil
}
