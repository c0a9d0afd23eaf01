package jmessage

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// call is one authenticated call, as its handler sees it.
type call struct {
	world *world
	app   *application
	vars  map[string]string
	query url.Values
	body  []byte
	// contentType is needed for uploads only: JSON is read whatever it claims to be.
	contentType string
	now         time.Time
	// origin is the beginning of the emulator's own addresses, without a slash at its end.
	origin string
}

// timestamp returns the emulated time as the platform writes it.
func (c *call) timestamp() string { return timestamp(c.now) }

func timestamp(t time.Time) string { return t.In(zone).Format(timeLayout) }

// reply is an answer. Without body the platform sends none at all.
type reply struct {
	status int
	body   any
	// page replaces body if the web container answers instead of the API.
	page  string
	allow string
}

func answered(body any) (*reply, error) { return &reply{status: http.StatusOK, body: body}, nil }
func created(body any) (*reply, error)  { return &reply{status: http.StatusCreated, body: body}, nil }
func noContent() (*reply, error)        { return &reply{status: http.StatusNoContent}, nil }

// refused is an answer with an error in it.
func refused(err error) *reply {
	f := asFailure(err)
	return &reply{status: f.status, body: failureBody{Error: f}}
}

// containerReply is an answer of the web container in front of the API, which speaks HTML.
func containerReply(status int, allow string) *reply {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return &reply{
		status: status,
		allow:  allow,
		page: "<html>\n<head><title>" + title + "</title></head>\n" +
			"<body><h1>" + title + "</h1></body>\n</html>\n",
	}
}

// write sends the answer. A caller that left has no use for an error.
func (r *reply) write(w http.ResponseWriter) {
	if r.page != "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.allow != "" {
			w.Header().Set("Allow", r.allow)
		}
		w.WriteHeader(r.status)
		_, _ = io.WriteString(w, r.page) // #nosec G705 -- it holds nothing of the call
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if r.body == nil {
		w.WriteHeader(r.status)
		return
	}
	encoded, err := platform.EncodeJSON(r.body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(encoded) // #nosec G705 -- it is JSON
}
