package easemob_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
)

// exchange is a call on the wire, without the one for the token, and its answer.
type exchange struct {
	request string // method, path, a blank and the body if there is one
	answer  reply
}

// works is an exchange that is answered with success.
func works(request, body string) exchange { return exchange{request, reply{body: body}} }

// fails is an exchange that is answered with an error.
func fails(request string, status int, name, text string) exchange {
	return exchange{request, reply{status: status, body: errorBody(name, text)}}
}

// errorBody is the body of an error of the platform.
func errorBody(name, text string) string {
	return `{"error":"` + name + `","exception":"x","timestamp":1542363546590,"duration":0,"error_description":"` + strings.ReplaceAll(text, "\n", `\n`) + `"}`
}

// wireTest is a method of the service that makes calls on the wire.
type wireTest struct {
	name      string
	call      func(context.Context, *chat.Service) (any, error)
	exchanges []exchange
	want      any
	// kind is that of the error, success if there is none; text is all of it, if it is set.
	kind error
	text string
}

// testWire makes the calls over a network. The headers must be right as well.
func testWire(t *testing.T, tests []wireTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &platform{answers: map[string][]reply{}}
			var requests []string
			for _, e := range tt.exchanges {
				requests = append(requests, e.request)
				method, rest, _ := strings.Cut(e.request, " ")
				target, _, _ := strings.Cut(rest, " ")
				p.answers[method+" "+target] = append(p.answers[method+" "+target], e.answer)
			}
			server := httptest.NewServer(p)
			defer server.Close()
			got, err := tt.call(t.Context(), connect(t, nil, network(server)))
			switch {
			case tt.kind == nil && tt.text == "" && err != nil:
				t.Error(err)
			case (tt.kind != nil || tt.text != "") && !hasKind(err, tt.kind):
				t.Errorf("error %v, want %v", err, tt.kind)
			case tt.text != "" && err.Error() != tt.text:
				t.Errorf("error %q, want %q", err, tt.text)
			}
			same(t, "result", got, tt.want)
			same(t, "calls", p.sent(), requests)
			same(t, "wrong headers", p.headers, []string(nil))
		})
	}
}

// results are the errors of a bulk call as texts, "" for none, and what the call returned.
func results(errs []error, err error) (any, error) {
	var texts []string
	for _, e := range errs {
		text := ""
		if e != nil {
			text = e.Error()
		}
		texts = append(texts, text)
	}
	return texts, err
}
