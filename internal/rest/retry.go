package rest

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/go-resty/resty/v2"
)

const (
	// minBackoff and maxBackoff bound the wait before another attempt if the platform
	// asks for none.
	minBackoff = 500 * time.Millisecond
	maxBackoff = 30 * time.Second
	// maxWait is how long the platform may ask to wait, before a single call or all.
	maxWait = 10 * time.Minute
	// maxUnreached is how many attempts may find no connection, such as a refused one.
	maxUnreached = 3
)

// outcome is how an attempt ended.
type outcome struct {
	// status is 0 if no answer arrived.
	status int
	header http.Header
	body   []byte
	// err says why there is no answer, or only the beginning of one.
	err error
	// final is what Request.Final reports.
	final bool
	// unclear is what Request.Unclear reports.
	unclear bool
	// unusable says that a read was answered with success, but not with JSON.
	unusable bool
}

// throttled reports whether the platform refused the attempt only for now.
func (o outcome) throttled() bool {
	return !o.final && (o.status == http.StatusTooManyRequests || o.status == http.StatusServiceUnavailable)
}

// unanswered reports whether nothing is known of what became of the attempt: what gives up
// waiting for the platform (408, 504) stands before it and does not stop it.
func (o outcome) unanswered() bool {
	return o.err != nil || o.status == http.StatusRequestTimeout || o.status == http.StatusGatewayTimeout
}

// judge takes note of the end of an attempt and reports whether to make another.
func (c *Client) judge(ctx context.Context, cl *call, resp *resty.Response, err error) bool {
	if !cl.pending {
		return false
	}
	cl.pending = false
	cl.answered = time.Now()
	o := outcome{err: err}
	if resp != nil && resp.RawResponse != nil {
		o.status, o.header, o.body = resp.StatusCode(), resp.Header(), resp.Body()
		c.noteDate(o.header, cl.sent, cl.answered)
	}
	cl.status = o.status
	if err == nil {
		o.final = cl.request.Final != nil && cl.request.Final(o.status, o.body)
		o.unclear = cl.request.Unclear != nil && cl.request.Unclear(o.status, o.body)
		o.unusable = cl.request.reads() && o.status >= 200 && o.status < 300 && !json.Valid(o.body)
	}
	w := cl.wishes(o)

	switch {
	case cl.neverArrived(err):
		cl.unreached++
		if cl.firstSent.Equal(cl.sent) {
			cl.firstSent = time.Time{}
		}
	case !cl.request.reads():
		cl.unanswered = cl.unanswered || o.unanswered()
		cl.maybe = cl.maybe || cl.unanswered || o.status >= 500 || o.unclear
	}
	if !cl.request.Unpaced {
		accepted := err == nil && o.status < 500 && !o.throttled() && !o.unusable
		c.pace.answered(cl.sent, accepted, o.throttled(), w)
	}

	again := cl.worthAnother(o) && (!cl.request.Once || !cl.maybe)
	if again && w.wait > maxWait {
		again, cl.tooLong = false, w.wait
	}
	if cl.wait = w.wait; cl.wait <= 0 {
		cl.wait = backoff(max(1, cl.attempts))
		if cl.neverArrived(err) {
			cl.wait = backoff(cl.unreached)
		}
	}
	cl.interrupted = again && ctx.Err() != nil
	again = again && !cl.interrupted
	c.report(ctx, cl, o, again)
	return again
}

// worthAnother reports whether another attempt may end better.
func (cl *call) worthAnother(o outcome) bool {
	switch {
	case o.err != nil:
		return !hopeless(o.err) && cl.unreached < maxUnreached
	case o.final:
		return false
	case retriable(o.status), o.unusable:
		return true
	}
	return cl.request.Retry != nil && cl.request.Retry(o.status, o.body)
}

func retriable(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// hopeless reports whether every attempt would end without an answer in the same way.
func hopeless(err error) bool {
	return errors.Is(err, resty.ErrResponseBodyTooLarge) || errors.Is(err, errFile) || badCertificate(err) || unknownHost(err)
}

// neverArrived reports whether the platform cannot have seen the attempt.
func (cl *call) neverArrived(err error) bool {
	var op *net.OpError
	return err != nil && (cl.connecting.Load() || badCertificate(err) || errors.As(err, &op) && op.Op == "dial")
}

func badCertificate(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}

func unknownHost(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// backoff is how long to wait after so many failed attempts: twice as long after each,
// and by chance up to half of it less.
func backoff(failed int) time.Duration {
	longest := maxBackoff
	if failed <= 6 {
		longest = minBackoff << (failed - 1)
	}
	return max(minBackoff, longest/2+rand.N(longest/2)) //nolint:gosec // nothing secret depends on it
}
