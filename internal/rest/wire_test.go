package rest_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"terraform-provider-chat/internal/rest"
)

// rawServer answers every connection with {} and reports what it received.
func rawServer(t *testing.T) (address string, received <-chan string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	calls := make(chan string, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			calls <- readRaw(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
			_ = conn.Close()
		}
	}()
	return listener.Addr().String(), calls
}

// readRaw returns a request as it was sent.
func readRaw(conn net.Conn) string {
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err.Error()
	}
	var raw strings.Builder
	request, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &raw)))
	if err != nil {
		return err.Error()
	}
	if _, err := io.Copy(io.Discard, request.Body); err != nil {
		return err.Error()
	}
	return raw.String()
}

// Nothing is sent chunked, and a call without a body says so. A form is a body as well.
func TestContentLength(t *testing.T) {
	address, received := rawServer(t)
	c, err := rest.New(rest.Config{BaseURL: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		for _, body := range []any{nil, map[string]string{"name": "é"}} {
			if _, err := c.Do(t.Context(), rest.Request{Op: "call", Method: method, Path: []string{"a"}, Body: body}); err != nil {
				t.Fatal(err)
			}
			raw := <-received
			length, end := "\r\nContent-Length: 0\r\n", "\r\n\r\n"
			if body != nil {
				length, end = "\r\nContent-Length: 13\r\n", "\r\n\r\n"+`{"name":"é"}`
			}
			if !strings.HasPrefix(raw, method+" /a HTTP/1.1\r\n") || strings.Count(raw, length) != 1 ||
				!strings.HasSuffix(raw, end) || strings.Contains(raw, "Transfer-Encoding") {
				t.Errorf("%s with body %v was sent as %q", method, body, raw)
			}
		}
	}
	form := url.Values{"sign": {"a&b=é <1>"}, "birth": {""}}
	if _, err := c.Do(t.Context(), rest.Request{Op: "call", Method: http.MethodPut, Path: []string{"a"}, Form: form}); err != nil {
		t.Fatal(err)
	}
	raw := <-received
	if !strings.HasSuffix(raw, "\r\n\r\nbirth=&sign=a%26b%3D%C3%A9+%3C1%3E") || !strings.Contains(raw, "\r\nContent-Length: 34\r\n") ||
		strings.Count(raw, "Content-Type: ") != 1 || !strings.Contains(raw, "\r\nContent-Type: application/x-www-form-urlencoded\r\n") {
		t.Errorf("a form was sent as %q", raw)
	}
	if _, err := c.Do(t.Context(), rest.Request{Op: "call", Method: http.MethodGet, Path: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	if raw = <-received; strings.Contains(raw, "Content-") || strings.Contains(raw, "Transfer-Encoding") {
		t.Errorf("a read was sent as %q", raw)
	}
}
