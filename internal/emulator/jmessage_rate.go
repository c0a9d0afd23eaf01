package emulator

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// jmRateLimit is how many calls an application may make in one window.
	jmRateLimit = 600
	// jmRateWindow is the length of a window, which starts with the first call in it.
	jmRateWindow = time.Minute
)

// jmRate counts the calls of each application by the emulated clock.
type jmRate struct {
	mu      sync.Mutex
	windows map[string]*jmCount
}

type jmCount struct {
	start time.Time
	calls int
}

// jmWindow is where an application stands after a call.
type jmWindow struct {
	remaining int
	reset     time.Duration
	exceeded  bool
}

// count counts a call of app; nil stands for every caller the platform does not know.
func (r *jmRate) count(app *jmApplication, now time.Time) jmWindow {
	key := ""
	if app != nil {
		key = app.key
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	counted := r.windows[key]
	if counted == nil || now.Sub(counted.start) >= jmRateWindow {
		counted = &jmCount{start: now}
		r.windows[key] = counted
	}
	counted.calls++
	return jmWindow{
		remaining: max(0, jmRateLimit-counted.calls),
		reset:     jmRateWindow - now.Sub(counted.start),
		exceeded:  counted.calls > jmRateLimit,
	}
}

func (r *jmRate) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.windows = map[string]*jmCount{}
}

// announce writes the headers every reply carries.
func (w jmWindow) announce(header http.Header) {
	seconds := int((w.reset + time.Second - 1) / time.Second)
	header.Set("X-Rate-Limit-Limit", strconv.Itoa(jmRateLimit))
	header.Set("X-Rate-Limit-Remaining", strconv.Itoa(w.remaining))
	header.Set("X-Rate-Limit-Reset", strconv.Itoa(seconds))
}
