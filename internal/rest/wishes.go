package rest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// wishes is what an answer requests of later calls.
type wishes struct {
	// wait is how long the call waits before it is made again, hold how long all calls
	// wait; 0 if the answer does not say.
	wait, hold time.Duration
	// window says that remaining calls of size are left until reset has passed.
	window          bool
	size, remaining int
	reset           time.Duration
}

// wishes reads what an answer requests of later calls.
func (cl *call) wishes(o outcome) wishes {
	w := wishes{wait: cl.retryAfter(o.header)}
	if o.throttled() {
		w.hold = w.wait
	}
	remaining, ok := number(o.header, "X-Rate-Limit-Remaining")
	reset, ok2 := number(o.header, "X-Rate-Limit-Reset")
	if !ok || !ok2 {
		return w
	}
	w.window, w.remaining, w.reset = true, remaining, seconds(reset)
	w.size, _ = number(o.header, "X-Rate-Limit-Limit")
	if remaining == 0 && w.reset > maxWait {
		w.wait, w.hold = max(w.wait, w.reset), max(w.hold, w.reset)
	}
	return w
}

// retryAfter is how long an answer asks to wait before the call is made again.
func (cl *call) retryAfter(header http.Header) time.Duration {
	if cl.request.RetryAfter != nil {
		if wait, ok := cl.request.RetryAfter(header); ok {
			return max(wait, 0)
		}
	}
	if n, ok := number(header, "Retry-After"); ok {
		return seconds(n)
	}
	if date, err := http.ParseTime(header.Get("Retry-After")); err == nil {
		now := time.Now()
		if server, err := http.ParseTime(header.Get("Date")); err == nil {
			now = server
		}
		return max(date.Sub(now), 0)
	}
	return 0
}

// number reads a header that is a whole number, 0 or more.
func number(header http.Header, name string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(header.Get(name)))
	return n, err == nil && n >= 0
}

// seconds is a duration of n seconds, of at most a year.
func seconds(n int) time.Duration {
	return time.Duration(min(n, 365*24*60*60)) * time.Second
}
