package emulator

import (
	"encoding/json"
	"net/http"
)

// absent stands where no JMessage is.
type absent struct{}

func newJMessage(environment) platform { return absent{} }

func (absent) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }
func (absent) route(r *http.Request) string                     { return r.URL.Path }
func (absent) application(*http.Request) string                 { return "" }
func (absent) throttle(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusTooManyRequests)
}
func (absent) isToken(*http.Request) bool    { return false }
func (absent) reset()                        {}
func (absent) snapshot() any                 { return nil }
func (absent) restore(json.RawMessage) error { return nil }
