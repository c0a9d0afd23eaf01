// Package platform is what the emulated platforms share: the interface through which the
// emulator calls them, a router, and containers that are fast with many items.
package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	exact "sigs.k8s.io/json"
)

// Platform is one of the emulated platforms: its applications and how it answers.
// The server in front of it counts, delays, throttles and injects faults, so that a
// platform only has to behave. Every method is safe for concurrent use.
type Platform interface {
	API
	World
	Switches
}

// API is a platform as its callers see it.
type API interface {
	// ServeHTTP answers an API call as the platform would.
	http.Handler
	// Route returns the call's path with its variable parts named, for the counts:
	// "/{org}/{app}/users/{username}".
	Route(r *http.Request) string
	// Application returns what a throttling limit applies to.
	Application(r *http.Request) string
	// Throttle writes the platform's own answer to one call too many.
	Throttle(w http.ResponseWriter, r *http.Request)
	// Changes reports whether the call may change what the platform holds.
	Changes(r *http.Request) bool
	// IsToken reports whether the call asks for a token.
	IsToken(r *http.Request) bool
}

// World is all that a platform holds.
type World interface {
	// Snapshot returns it, hidden state included, as a value that encodes to the JSON
	// document that Restore takes.
	Snapshot() any
	// Restore replaces it. A document that is refused changes nothing.
	Restore(document json.RawMessage) error
	// Reset returns to the state at start.
	Reset()
}

// Switches are what tests may set of how a platform behaves.
type Switches interface {
	// Settings returns the switches as a value that encodes to JSON.
	Settings() any
	// Configure changes those switches that the document names, and leaves the others and
	// all that the platform holds alone. A document that is refused changes nothing.
	Configure(document json.RawMessage) error
}

// Environment is what the server gives to a platform.
type Environment struct {
	// Now is the emulated time, which POST /_emulator/clock moves.
	Now func() time.Time
	// TokenTTL is the lifetime of a token whose request names none.
	TokenTTL time.Duration
	// Apps are the keys of the applications that exist at start, besides the first.
	Apps []string
}

// EncodeJSON returns a value as JSON, with <, > and & as they are and without a line
// break at the end.
func EncodeJSON(value any) ([]byte, error) {
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(encoded.Bytes(), []byte("\n")), nil
}

// Decode reads the JSON body of a call. A key in another case is one that nobody knows,
// and is ignored. A value of another type is a json.UnmarshalTypeError. A whole number in
// an interface is an int64.
func Decode(body []byte, into any) error { return exact.UnmarshalCaseSensitivePreserveInts(body, into) }

// DecodeStrict reads a JSON document that may hold no unknown key, and nothing may come
// after it.
func DecodeStrict(document io.Reader, into any) error {
	decoder := json.NewDecoder(document)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	switch _, err := decoder.Token(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return fmt.Errorf("after the document: %w", err)
	}
	return errors.New("something comes after the document")
}
