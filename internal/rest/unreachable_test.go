package rest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// What cannot be reached is tried for a few seconds at most, and the error says what
// was tried and what to check.
func TestUnreachable(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Err: err} }
	for _, tt := range []struct {
		name     string
		err      error
		attempts int
		want     string
	}{
		{
			"refused", dial(errors.New("connection refused")), 3,
			"no connection to chat.test in 3 attempts within %s: dial: connection refused; check the base URL, and that this machine can reach it",
		},
		{
			"no name server", dial(&net.DNSError{Err: "server misbehaving", Name: "chat.test", IsTemporary: true}), 3,
			"no connection to chat.test in 3 attempts within %s: dial: lookup chat.test: server misbehaving; check the base URL, and that this machine can reach it",
		},
		{
			"unknown host", dial(&net.DNSError{Err: "no such host", Name: "chat.test", IsNotFound: true}), 1,
			"no connection to chat.test in 1 attempt: dial: lookup chat.test: no such host; check the base URL, and that this machine can reach it",
		},
		{
			"certificate", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, 1,
			"no connection to chat.test in 1 attempt: tls: failed to verify certificate: x509: certificate signed by unknown authority; " +
				"check the base URL, and that this machine trusts the certificate of the host",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: []http.RoundTripper{breaks(tt.err)}}
				start := time.Now()
				_, err := client(t, s).Do(t.Context(), post)
				took := time.Since(start)
				var failure *chat.Error
				if !errors.As(err, &failure) || !errors.Is(err, chat.ErrUnavailable) || failure.MaybeApplied || !failure.SentAt.IsZero() {
					t.Errorf("%#v", err)
				}
				want := tt.want
				if tt.attempts > 1 {
					want = fmt.Sprintf(want, took.Round(100*time.Millisecond))
				}
				if failure.Said() != want {
					t.Errorf("error %q, want %q", failure.Said(), want)
				}
				if len(s.sent) != tt.attempts || took > 3*time.Second {
					t.Errorf("%d attempts in %s, want %d", len(s.sent), took, tt.attempts)
				}
			})
		})
	}
}

// The same with sockets, where the errors are the real ones.
func TestUnreachableSockets(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	untrusted := httptest.NewUnstartedServer(nil)
	untrusted.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	for _, tt := range []struct {
		name, url, want string
	}{
		{"refused", closed.URL, `^no connection to 127\.0\.0\.1:\d+ in 1 attempt( within .*s)?: dial tcp 127\.0\.0\.1:\d+: connect: connection refused; check the base URL, and that this machine can reach it$`},
		{"certificate", untrusted.URL, `^no connection to 127\.0\.0\.1:\d+ in 1 attempt( within .*s)?: tls: failed to verify certificate: .*; check the base URL, and that this machine trusts`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var logged log
			c, err := rest.New(rest.Config{BaseURL: tt.url, Log: logged.write})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Do(t.Context(), post)
			var failure *chat.Error
			if !errors.As(err, &failure) || failure.MaybeApplied || !failure.SentAt.IsZero() {
				t.Fatalf("%#v", err)
			}
			if !regexp.MustCompile(tt.want).MatchString(failure.Said()) {
				t.Errorf("error %q, want %q", failure.Said(), tt.want)
			}
			if lines := logged.all(); len(lines) == 0 || slices.ContainsFunc(lines, func(line string) bool { return line[:4] != "WARN" }) {
				t.Errorf("logged %q", lines)
			}
		})
	}
}
