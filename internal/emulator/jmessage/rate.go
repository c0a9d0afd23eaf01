package jmessage

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// rateLimit is how many calls an application may make in one window.
	rateLimit = 600
	// rateWindow is the length of a window, which starts with the first call in it.
	rateWindow = time.Minute
)

// rate counts the calls of each application by the emulated clock.
type rate struct {
	mu      sync.Mutex
	windows map[string]*count
}

type count struct {
	start time.Time
	calls int
}

// window is where an application stands after a call.
type window struct {
	remaining int
	reset     time.Duration
	exceeded  bool
}

// count counts a call of app; nil stands for every caller the platform does not know.
func (r *rate) count(app *application, now time.Time) window {
	key := ""
	if app != nil {
		key = app.key
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	counted := r.windows[key]
	if counted == nil || now.Sub(counted.start) >= rateWindow {
		counted = &count{start: now}
		r.windows[key] = counted
	}
	counted.calls++
	return window{
		remaining: max(0, rateLimit-counted.calls),
		reset:     rateWindow - now.Sub(counted.start),
		exceeded:  counted.calls > rateLimit,
	}
}

func (r *rate) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.windows = map[string]*count{}
}

// announce writes the headers every reply carries.
func (w window) announce(header http.Header) {
	seconds := int((w.reset + time.Second - 1) / time.Second)
	header.Set("X-Rate-Limit-Limit", strconv.Itoa(rateLimit))
	header.Set("X-Rate-Limit-Remaining", strconv.Itoa(w.remaining))
	header.Set("X-Rate-Limit-Reset", strconv.Itoa(seconds))
}
