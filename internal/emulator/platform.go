package emulator

import (
	"encoding/json"
	"net/http"
	"time"
)

// platform is one of the emulated platforms: its applications and how it answers.
// The server in front of it counts, delays, throttles and injects faults, so that
// a platform only has to behave. Every method is safe for concurrent use.
type platform interface {
	// ServeHTTP answers an API call as the platform would.
	http.Handler
	// route returns the call's path with its variable parts named, for the counts:
	// "/{org}/{app}/users/{username}".
	route(r *http.Request) string
	// application returns what a throttling limit applies to.
	application(r *http.Request) string
	// throttle writes the platform's own answer to one call too many.
	throttle(w http.ResponseWriter, r *http.Request)
	// isToken tells whether the call asks for a token.
	isToken(r *http.Request) bool
	// reset returns to the state at start.
	reset()
	// snapshot returns all that the platform holds, hidden state included, as a
	// value that encodes to the JSON document restore takes.
	snapshot() any
	// restore replaces all that the platform holds.
	restore(document json.RawMessage) error
}

// environment is what the server gives a platform.
type environment struct {
	// now is the emulated time, which POST /_emulator/clock moves.
	now func() time.Time
	// tokenTTL is the lifetime of a token whose request names none.
	tokenTTL time.Duration
}
