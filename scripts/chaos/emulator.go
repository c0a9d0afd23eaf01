package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// emulated is the emulator in this process, behind a proxy.
type emulated struct {
	platform *platform
	proxy    *proxy
	url      string
	server   *http.Server
	// held is what the emulator held of the platform when it was last read.
	held map[string]any
}

// serve listens on a port of its own.
func serve(p *platform, handler http.Handler) (*emulated, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e := &emulated{platform: p, proxy: newProxy(p, handler), url: "http://" + listener.Addr().String()}
	e.server = &http.Server{Handler: e.proxy, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = e.server.Serve(listener) }() // ends with close; a caller notices any other end
	return e, nil
}

func (e *emulated) close() error { return e.server.Close() }

// load reads what the application holds.
func (e *emulated) load(ctx context.Context) (document, error) {
	var state map[string]map[string]any
	if err := e.control(ctx, http.MethodGet, "state", nil, &state); err != nil {
		return document{}, err
	}
	e.held = state[e.platform.name]
	app := e.platform.application(e.held)
	if app == nil {
		return document{}, errors.New("the emulator's state does not hold the application")
	}
	return document{e.platform, app, e.held}, nil
}

// store replaces what the application holds by the changed result of the last load.
func (e *emulated) store(ctx context.Context) error {
	return e.control(ctx, http.MethodPut, "state", map[string]any{e.platform.name: e.held}, nil)
}

// pass lets a minute pass, so that what happens in different commands does not happen
// in the same second, and the limit per minute starts anew.
func (e *emulated) pass(ctx context.Context) error {
	return e.control(ctx, http.MethodPost, "clock", map[string]string{"advance": "1m"}, nil)
}

// control makes one of the emulator's own calls and decodes the answer, unless that is nil.
func (e *emulated) control(ctx context.Context, method, call string, body, into any) error {
	var payload bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&payload).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://localhost/_emulator/"+call, &payload)
	if err != nil {
		return err
	}
	req.Header.Set("X-Emulator-Control", "chaos")
	result := &answer{status: http.StatusOK, header: http.Header{}}
	e.proxy.next.ServeHTTP(result, req)
	switch {
	case result.status/100 != 2:
		return fmt.Errorf("the emulator's %s %s: %d %s", method, call, result.status, result.body)
	case into == nil:
		return nil
	}
	return decode(result.body, into)
}
