package emulator

import (
	"maps"
	"sync"
)

// counts are the API calls since the start or since they were cleared.
type counts struct {
	mu    sync.Mutex
	calls callCounts
}

// callCounts is the answer to GET /_emulator/requests.
type callCounts struct {
	// Total is every API call, whatever became of it.
	Total int64 `json:"total"`
	// Throttled is how many of them came past the limit per second.
	Throttled int64 `json:"throttled"`
	// Tokens is how many of them asked for a token.
	Tokens int64 `json:"tokens"`
	// Routes is how many there were of each "METHOD /{org}/{app}/users/{username}".
	Routes map[string]int64 `json:"routes"`
}

func (c *counts) call(route string, token bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls.Total++
	if token {
		c.calls.Tokens++
	}
	if c.calls.Routes == nil {
		c.calls.Routes = map[string]int64{}
	}
	c.calls.Routes[route]++
}

func (c *counts) throttle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls.Throttled++
}

func (c *counts) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = callCounts{}
}

func (c *counts) snapshot() callCounts {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := c.calls
	calls.Routes = map[string]int64{}
	maps.Copy(calls.Routes, c.calls.Routes)
	return calls
}
