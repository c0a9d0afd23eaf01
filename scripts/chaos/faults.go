package main

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// fault is one way a call goes wrong.
type fault struct {
	name string
	// weight is how often it happens among the faults.
	weight int
	// effect reports whether the call takes effect.
	effect bool
	// deliver answers, or does not. genuine is the platform's answer, nil without effect.
	deliver func(x *proxy, w http.ResponseWriter, c *call, genuine *answer)
}

const page = "<html>\n<head><title>Bad Gateway</title></head>\n<body><center><h1>Bad Gateway</h1></center></body>\n</html>\n"

// faults are all there are. None of them can be taken for a success of a call that
// had no effect.
var faults = []*fault{
	{name: "dropped before the effect", weight: 4, deliver: drop},
	{name: "dropped after the effect", weight: 4, effect: true, deliver: drop},
	{name: "502 with HTML before the effect", weight: 1, deliver: html(http.StatusBadGateway)},
	{name: "502 with HTML after the effect", weight: 1, effect: true, deliver: html(http.StatusBadGateway)},
	{name: "200 with HTML before the effect", weight: 1, deliver: html(http.StatusOK)},
	{name: "200 with HTML after the effect", weight: 2, effect: true, deliver: html(http.StatusOK)},
	{name: "500 after the effect", weight: 3, effect: true, deliver: failAfter},
	{name: "429 with Retry-After: 0", weight: 2, deliver: throttle(http.Header{"Retry-After": {"0"}})},
	{name: "429", weight: 1, deliver: throttle(nil)},
	{name: "429 in the platform's own form", weight: 1, deliver: throttleAsPlatform},
	{name: "cut short", weight: 3, effect: true, deliver: cutShort},
	{name: "empty answer", weight: 3, effect: true, deliver: empty},
	{name: "slow answer", weight: 3, effect: true, deliver: slow},
	{name: "no answer after the effect", weight: 1, effect: true, deliver: never},
}

// decide returns what goes wrong with a call, or nil. It depends on nothing but the
// phase, the call and how often it was made, so that a seed repeats its faults in
// whatever order concurrent calls arrive.
func (p phase) decide(method, path string, nth int) *fault {
	hash := fnv.New64a()
	_, _ = fmt.Fprintf(hash, "%d %d %d %s %s %d", p.seed, p.step, p.command, method, path, nth) // a hash takes everything
	draw := rand.New(rand.NewPCG(p.seed, hash.Sum64()))                                         //nolint:gosec // it has to be the same for the same seed
	if draw.Float64() >= p.share {
		return nil
	}
	total := 0
	for _, f := range faults {
		total += f.weight
	}
	at := draw.IntN(total)
	for _, f := range faults {
		if at -= f.weight; at < 0 {
			return f
		}
	}
	return nil
}

func drop(*proxy, http.ResponseWriter, *call, *answer) { panic(http.ErrAbortHandler) }

// html answers as a gateway in front of the platform would.
func html(status int) func(*proxy, http.ResponseWriter, *call, *answer) {
	return func(_ *proxy, w http.ResponseWriter, _ *call, _ *answer) {
		(&answer{status: status, header: http.Header{"Content-Type": {"text/html"}}, body: []byte(page)}).send(w)
	}
}

// failAfter quotes the call with its secrets, as platforms do.
func failAfter(x *proxy, w http.ResponseWriter, c *call, _ *answer) {
	quoted := fmt.Sprintf("cannot answer %s %s with %s of %s", c.r.Method, c.r.URL.Path, c.body, c.r.Header.Get("Authorization"))
	(&answer{
		status: http.StatusInternalServerError,
		header: http.Header{"Content-Type": {"application/json"}},
		body:   []byte(encode(x.platform.failure(quoted))),
	}).send(w)
}

// throttle refuses the call in a form that every platform's gateway may have.
func throttle(header http.Header) func(*proxy, http.ResponseWriter, *call, *answer) {
	return func(_ *proxy, w http.ResponseWriter, _ *call, _ *answer) {
		(&answer{status: http.StatusTooManyRequests, header: header}).send(w)
	}
}

func throttleAsPlatform(x *proxy, w http.ResponseWriter, _ *call, _ *answer) {
	refusal := x.platform.throttle
	refusal.send(w)
}

// cutShort breaks the connection before the end of the answer, or instead of an
// answer without a body.
func cutShort(_ *proxy, w http.ResponseWriter, _ *call, genuine *answer) {
	if len(genuine.body) == 0 {
		panic(http.ErrAbortHandler)
	}
	short := *genuine
	short.header = genuine.header.Clone()
	short.header.Set("Content-Length", strconv.Itoa(len(genuine.body)))
	short.body = genuine.body[:len(genuine.body)/2]
	short.send(w)
	_ = http.NewResponseController(w).Flush() // an error means that the caller is gone
	panic(http.ErrAbortHandler)
}

// empty leaves out the body. An answer that has none is lost instead.
func empty(_ *proxy, w http.ResponseWriter, _ *call, genuine *answer) {
	if len(genuine.body) == 0 {
		panic(http.ErrAbortHandler)
	}
	(&answer{status: genuine.status, header: http.Header{"Content-Type": genuine.header["Content-Type"]}}).send(w)
}

// slow is in time for the provider, and dated when it is sent: later than the effect.
func slow(_ *proxy, w http.ResponseWriter, c *call, genuine *answer) {
	const late = 1200 * time.Millisecond
	wait(c.r.Context(), late)
	if date, err := http.ParseTime(genuine.header.Get("Date")); err == nil {
		genuine.header.Set("Date", date.Add(late).Format(http.TimeFormat))
	}
	genuine.send(w)
}

// never waits until the caller gives up.
func never(_ *proxy, _ http.ResponseWriter, c *call, _ *answer) {
	<-c.r.Context().Done()
	panic(http.ErrAbortHandler)
}
