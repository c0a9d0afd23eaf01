package emulator

import (
	"encoding/json"
	"net/http"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// controlSegment is the first segment of the paths of control calls.
const controlSegment = "_emulator"

// controlRoutes answers the calls under /_emulator/, which need no credentials.
func (s *Server) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_emulator/reset", func(w http.ResponseWriter, _ *http.Request) {
		s.reset()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /_emulator/requests", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.counts.snapshot())
	})
	mux.HandleFunc("DELETE /_emulator/requests", func(w http.ResponseWriter, _ *http.Request) {
		s.counts.clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("PUT /_emulator/faults", s.putFaults)
	mux.HandleFunc("GET /_emulator/state", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{
			"easemob":  s.easemob.Snapshot(),
			"jmessage": s.jmessage.Snapshot(),
		})
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
	return mux
}

// parts is a document that has a part for each platform, or for one of them.
type parts struct {
	Easemob  json.RawMessage `json:"easemob"`
	JMessage json.RawMessage `json:"jmessage"`
}

// decodeParts reads such a document, and refuses a call with another body.
func decodeParts(w http.ResponseWriter, r *http.Request) (document parts, ok bool) {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil {
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
	undo := func() error { return nil }
	if document.Easemob != nil {
		if document.JMessage != nil {
			before := s.easemob.Snapshot()
			undo = func() error { return restoreSnapshot(s.easemob, before) }
		}
		if err := s.easemob.Restore(document.Easemob); err != nil {
			refuse(w, "The state of easemob is no use: "+err.Error()+".")
			return
		}
	}
	if document.JMessage != nil {
		if err := s.jmessage.Restore(document.JMessage); err != nil {
			sentence := "The state of jmessage is no use: " + err.Error() + "."
			if err := undo(); err != nil {
				sentence += " The state of easemob was lost: " + err.Error() + "."
			}
			refuse(w, sentence)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func restoreSnapshot(p platform.Platform, snapshot any) error {
	document, err := json.Marshal(snapshot)
	if err != nil {
		return err
	}
	return p.Restore(document)
}

// putSettings changes the switches that the document names.
func (s *Server) putSettings(w http.ResponseWriter, r *http.Request) {
	document, ok := decodeParts(w, r)
	if !ok {
		return
	}
	for _, part := range []struct {
		title    string
		platform platform.Platform
		document json.RawMessage
	}{{"easemob", s.easemob, document.Easemob}, {"jmessage", s.jmessage, document.JMessage}} {
		if part.document == nil {
			continue
		}
		if err := part.platform.Configure(part.document); err != nil {
			refuse(w, "The settings of "+part.title+" are no use: "+err.Error()+".")
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// advanceClock moves the emulated time forward.
func (s *Server) advanceClock(w http.ResponseWriter, r *http.Request) {
	var document struct {
		Advance string `json:"advance"`
	}
	if err := json.NewDecoder(r.Body).Decode(&document); err != nil {
		refuse(w, `The body must be an object such as {"advance": "3m"}: `+err.Error()+".")
		return
	}
	advance, err := time.ParseDuration(document.Advance)
	if err != nil || advance < 0 {
		refuse(w, "advance must be a duration such as 3m that is not negative.")
		return
	}
	s.offset.Add(int64(advance))
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
