package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// controlSegment is the first segment of the paths of control calls.
const controlSegment = "_emulator"

// controlHeader must be in every control call that changes something, with any value.
// A page of another origin cannot send it: the browser asks first, and is refused.
const controlHeader = "X-Emulator-Control"

// controlRoutes answers the calls under /_emulator/, which need no credentials.
func (s *Server) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	consoleRoutes(mux)
	mux.Handle("GET /_emulator/events", s.events)
	mux.HandleFunc("POST /_emulator/reset", func(w http.ResponseWriter, _ *http.Request) {
		if err := s.reset(); err != nil {
			writeJSON(w, http.StatusInternalServerError, controlError{err.Error()})
			return
		}
		s.changed(w, "reset")
	})
	mux.HandleFunc("GET /_emulator/limits", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.currentLimits())
	})
	mux.HandleFunc("PUT /_emulator/limits", s.putLimits)
	mux.HandleFunc("GET /_emulator/requests", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.counts.snapshot())
	})
	mux.HandleFunc("DELETE /_emulator/requests", func(w http.ResponseWriter, _ *http.Request) {
		s.counts.clear()
		s.changed(w, "requests")
	})
	mux.HandleFunc("GET /_emulator/faults", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.faults.documents())
	})
	mux.HandleFunc("PUT /_emulator/faults", s.putFaults)
	mux.HandleFunc("GET /_emulator/state", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.snapshot())
	})
	mux.HandleFunc("PUT /_emulator/state", s.putState)
	mux.HandleFunc("GET /_emulator/settings", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{
			"easemob":  s.easemob.Settings(),
			"jmessage": s.jmessage.Settings(),
		})
	})
	mux.HandleFunc("PUT /_emulator/settings", s.putSettings)
	mux.HandleFunc("GET /_emulator/clock", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"now": s.now().UTC()})
	})
	mux.HandleFunc("POST /_emulator/clock", s.advanceClock)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusNotFound, controlError{"There is no control call " + r.Method + " " + r.URL.Path + "."})
	})
	return s.guarded(mux)
}

// guarded refuses control calls that a page of another origin can make: under a name
// that its owner has directed here (DNS rebinding), or without the header.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		w.Header().Set("Cache-Control", "no-store")
		if !s.isOwnHost(r.Host) {
			writeJSON(w, http.StatusForbidden, controlError{fmt.Sprintf(
				"Control calls are not answered under the host name %q, only under localhost and 127.0.0.1. The option -host adds a name.", r.Host)})
			return
		}
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if !reads && r.Header.Get(controlHeader) == "" {
			writeJSON(w, http.StatusForbidden, controlError{
				"A control call that changes something needs the header " + controlHeader + ", with any value."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isOwnHost reports whether a Host header names the emulator.
func (s *Server) isOwnHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if address, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return address.IsLoopback() || s.options.AnyAddress
	}
	return host == "localhost" || slices.ContainsFunc(s.options.Hosts, func(own string) bool { return strings.EqualFold(own, host) })
}

// parts is a document that has a part for each platform, or for one of them.
type parts struct {
	Easemob  json.RawMessage `json:"easemob"`
	JMessage json.RawMessage `json:"jmessage"`
}

// parseParts reads such a document.
func parseParts(text []byte) (document parts, err error) {
	if err = platform.DecodeStrict(bytes.NewReader(text), &document); err != nil {
		return document, fmt.Errorf("it is not a JSON object with easemob, jmessage or both: %w", err)
	}
	return document, nil
}

// decodeParts reads such a document, and refuses a call with another body.
func decodeParts(w http.ResponseWriter, r *http.Request) (document parts, ok bool) {
	if err := platform.DecodeStrict(r.Body, &document); err != nil {
		refuse(w, "The body must be an object with easemob, jmessage or both: "+err.Error()+".")
		return document, false
	}
	return document, true
}

// putState replaces what the platforms named in the document hold; one that it does
// not name keeps what it has. A document that is refused changes nothing.
func (s *Server) putState(w http.ResponseWriter, r *http.Request) {
	document, ok := decodeParts(w, r)
	if !ok {
		return
	}
	if err := s.restore(document); err != nil {
		text := err.Error()
		refuse(w, strings.ToUpper(text[:1])+text[1:]+".")
		return
	}
	s.changed(w, "state")
}

// snapshot returns all that the platforms hold.
func (s *Server) snapshot() map[string]any {
	return map[string]any{"easemob": s.easemob.Snapshot(), "jmessage": s.jmessage.Snapshot()}
}

// restore replaces what the platforms named in the document hold.
func (s *Server) restore(document parts) error {
	s.changes.Add(1)
	undo := func() error { return nil }
	if document.Easemob != nil {
		if document.JMessage != nil {
			before := s.easemob.Snapshot()
			undo = func() error { return restoreSnapshot(s.easemob, before) }
		}
		if err := s.easemob.Restore(document.Easemob); err != nil {
			return fmt.Errorf("the state of easemob is invalid: %w", err)
		}
	}
	if document.JMessage != nil {
		if err := s.jmessage.Restore(document.JMessage); err != nil {
			err = fmt.Errorf("the state of jmessage is invalid: %w", err)
			if lost := undo(); lost != nil {
				err = fmt.Errorf("%w; the state of easemob was lost: %w", err, lost)
			}
			return err
		}
	}
	return nil
}

// State returns the whole state of the emulator, as GET /_emulator/state does: a JSON
// document that contains passwords.
func (s *Server) State() ([]byte, error) { return json.Marshal(s.snapshot()) }

// Restore replaces what the platforms named in a document hold, as PUT /_emulator/state
// does. An error says what is wrong with the document, and nothing has changed then.
func (s *Server) Restore(document []byte) error {
	decoded, err := parseParts(document)
	if err != nil {
		return err
	}
	return s.restore(decoded)
}

// Seed is Restore, and later resets return to the document.
func (s *Server) Seed(document []byte) error {
	decoded, err := parseParts(document)
	if err != nil {
		return err
	}
	s.seedMu.Lock()
	defer s.seedMu.Unlock()
	if err := s.restore(decoded); err != nil {
		return err
	}
	s.seed = decoded
	return nil
}

func restoreSnapshot(world platform.World, snapshot any) error {
	document, err := json.Marshal(snapshot)
	if err != nil {
		return err
	}
	return world.Restore(document)
}

// putSettings changes the switches that the document names.
func (s *Server) putSettings(w http.ResponseWriter, r *http.Request) {
	document, ok := decodeParts(w, r)
	if !ok {
		return
	}
	for _, part := range []struct {
		title    string
		switches platform.Switches
		document json.RawMessage
	}{{"easemob", s.easemob, document.Easemob}, {"jmessage", s.jmessage, document.JMessage}} {
		if part.document == nil {
			continue
		}
		if err := part.switches.Configure(part.document); err != nil {
			refuse(w, "The settings of "+part.title+" are no use: "+err.Error()+".")
			return
		}
		s.changes.Add(1)
	}
	s.changed(w, "settings")
}

// endOfTime is how far the emulated time can be moved. A time in nanoseconds ends three
// months later.
var endOfTime = time.Date(2262, time.January, 1, 0, 0, 0, 0, time.UTC)

// advanceClock moves the emulated time forward.
func (s *Server) advanceClock(w http.ResponseWriter, r *http.Request) {
	var document struct {
		Advance string `json:"advance"`
	}
	if err := platform.DecodeStrict(r.Body, &document); err != nil {
		refuse(w, `The body must be an object such as {"advance": "3m"}: `+err.Error()+".")
		return
	}
	advance, err := time.ParseDuration(document.Advance)
	if err != nil || advance < 0 {
		refuse(w, "advance must be a duration such as 3m that is not negative.")
		return
	}
	for {
		offset := s.offset.Load()
		if advance > endOfTime.Sub(time.Now().Add(time.Duration(offset))) {
			refuse(w, "The time cannot be moved past "+endOfTime.Format(time.DateOnly)+".")
			return
		}
		if s.offset.CompareAndSwap(offset, offset+int64(advance)) {
			break
		}
	}
	s.changed(w, "clock")
}

// changed answers a control call that changed something, and tells those who read events.
func (s *Server) changed(w http.ResponseWriter, control string) {
	s.events.announce(control)
	w.WriteHeader(http.StatusNoContent)
}

// controlError is the answer to a control call that cannot be done.
type controlError struct {
	Error string `json:"error"`
}

func refuse(w http.ResponseWriter, sentence string) {
	writeJSON(w, http.StatusBadRequest, controlError{sentence})
}

// writeJSON sends a value that always encodes.
func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a caller that left has no use for an error
}
