package emulator

import (
	"encoding/json"
	"net/http"
)

// easemob is the Chat Platform API.
type easemob struct{ env environment }

func newEasemob(env environment) *easemob { return &easemob{env: env} }

func (e *easemob) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusNotFound)
}
func (e *easemob) route(r *http.Request) string       { return r.URL.Path }
func (e *easemob) application(r *http.Request) string { return r.URL.Path }
func (e *easemob) throttle(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusTooManyRequests)
}
func (e *easemob) isToken(*http.Request) bool      { return false }
func (e *easemob) reset()                          {}
func (e *easemob) snapshot() any                   { return nil }
func (e *easemob) restore(_ json.RawMessage) error { return nil }
