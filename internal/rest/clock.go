package rest

import (
	"net/http"
	"sync"
	"time"
)

// clock is what is known of the platform's clock: between least and most it is ahead of
// ours. Each answer that says what time it is narrows the bounds, since the platform
// wrote it after the request was sent and before the answer arrived.
type clock struct {
	mu          sync.Mutex
	known       bool
	least, most time.Duration
}

// note takes in that the platform's clock showed a time from at up to at+grain at some
// time between sent and answered. If that contradicts what is known, a clock was set, and
// only the newest answer counts.
func (c *clock) note(at time.Time, grain time.Duration, sent, answered time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	least, most := at.Sub(answered), at.Add(grain).Sub(sent)
	if c.known {
		if narrowed, narrower := max(least, c.least), min(most, c.most); narrowed <= narrower {
			least, most = narrowed, narrower
		}
	}
	c.known, c.least, c.most = true, least, most
}

// NoteClock takes note of the time that an answer gives for itself, in milliseconds.
func (c *Client) NoteClock(resp *Response, now time.Time) {
	c.clock.note(now, time.Millisecond, resp.lastSent, resp.Answered)
}

func (c *Client) noteDate(header http.Header, sent, answered time.Time) {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		c.clock.note(date, time.Second, sent, answered)
	}
}

// LocalTime translates a time of the platform's clock, which is exact to grain, to the
// clock of this machine: it was between since and until. If nothing is known of the
// platform's clock, both clocks are assumed to be equal.
func (c *Client) LocalTime(at time.Time, grain time.Duration) (since, until time.Time) {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	return at.Add(-c.clock.most), at.Add(grain - c.clock.least)
}

// PlatformTime returns the earliest time that the platform's clock can have shown at an
// instant of the clock of this machine, and reports whether anything is known of the
// platform's clock. If not, it returns the instant.
func (c *Client) PlatformTime(at time.Time) (platform time.Time, known bool) {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	return at.Add(c.clock.least), c.clock.known
}
