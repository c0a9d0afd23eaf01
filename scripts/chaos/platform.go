package main

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// platform is what the script has to know of a platform whatever the resources: its
// application in the emulator, and its own way to say that there were too many calls.
type platform struct {
	name, appKey string
	// environment configures the provider for the emulator at an address.
	environment func(baseURL string) []string
	// application is the application's part of what the emulator holds of the
	// platform, to be read and to be changed.
	application func(held map[string]any) map[string]any
	// elsewhere is another application, nil if the emulator has only one.
	elsewhere *elsewhere
	// fold returns what the platform takes for the same user name.
	fold func(username string) string
	// throttle is the platform's own answer to one call too many.
	throttle answer
	// failure is the platform's own form of an error with a text.
	failure func(text string) any
	// secrets are the credentials, as they are configured and as they travel.
	secrets []string
}

// elsewhere is an application that the state has nothing to do with.
type elsewhere struct {
	appKey string
	// environment configures the provider for it.
	environment []string
	// create makes the application, empty, in what the emulator holds of the
	// platform, and returns it.
	create func(held map[string]any) map[string]any
}

// The applications that every emulator starts with.
const (
	easemobAppKey   = "chat-demo#testapp"
	easemobSecret   = "demo-client-secret" //nolint:gosec // everybody knows it
	jmessageAppKey  = "4f7aef34fb361292c566a1cd"
	jmessageSecret  = "demo-master-secret-00000"
	easemobClientID = "demo-client-id"

	otherAppKey = "0123456789abcdef01234567"
	otherSecret = "demo-master-secret-other"
)

var easemob = &platform{
	name: "easemob",
	environment: func(baseURL string) []string {
		return []string{
			"EASEMOB_BASE_URL=" + baseURL, "EASEMOB_APP_KEY=" + easemobAppKey,
			"EASEMOB_CLIENT_ID=" + easemobClientID, "EASEMOB_CLIENT_SECRET=" + easemobSecret,
		}
	},
	application: func(held map[string]any) map[string]any { return held },
	appKey:      easemobAppKey,
	fold:        strings.ToLower,
	throttle: answer{
		status: http.StatusTooManyRequests,
		body:   []byte(`{"error":"reach_limit","timestamp":1700000000000,"duration":0,"error_description":"This request has reached api limit"}`),
	},
	failure: func(text string) any {
		return map[string]any{"error": "internal_server_error", "error_description": text}
	},
	secrets: []string{easemobSecret},
}

var jmessage = &platform{
	name: "jmessage",
	environment: func(baseURL string) []string {
		return []string{
			"JMESSAGE_BASE_URL=" + baseURL, "JMESSAGE_APP_KEY=" + jmessageAppKey, "JMESSAGE_MASTER_SECRET=" + jmessageSecret,
		}
	},
	application: func(held map[string]any) map[string]any {
		return object(object(held["applications"])[jmessageAppKey])
	},
	elsewhere: &elsewhere{
		appKey:      otherAppKey,
		environment: []string{"JMESSAGE_APP_KEY=" + otherAppKey, "JMESSAGE_MASTER_SECRET=" + otherSecret},
		create: func(held map[string]any) map[string]any {
			app := map[string]any{"master_secret": otherSecret}
			object(held["applications"])[otherAppKey] = app
			return app
		},
	},
	appKey: jmessageAppKey,
	fold:   func(username string) string { return username },
	throttle: answer{
		status: http.StatusTooManyRequests,
		header: http.Header{"X-Rate-Limit-Limit": {"600"}, "X-Rate-Limit-Remaining": {"0"}, "X-Rate-Limit-Reset": {"1"}},
		body:   []byte(`{"error":{"code":2002,"message":"Rate limit exceeded"}}`),
	},
	failure: func(text string) any {
		return map[string]any{"error": map[string]any{"code": 899000, "message": text}}
	},
	secrets: []string{jmessageSecret, otherSecret, outsideSecret, base64.StdEncoding.EncodeToString([]byte(jmessageAppKey + ":" + jmessageSecret))},
}

var platforms = map[string]*platform{easemob.name: easemob, jmessage.name: jmessage}
