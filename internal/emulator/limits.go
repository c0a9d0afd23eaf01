package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"terraform-provider-chat/internal/emulator/platform"
)

// Limits are the latency and the rate limit of the emulator: the document of GET and PUT
// /_emulator/limits.
type Limits struct {
	// Latency is added to the answer of every API call: "150ms" in JSON.
	Latency latency `json:"latency"`
	// RPS is how many calls per second an application may make; 0 means no limit.
	RPS float64 `json:"rps"`
}

// mostRPS is the largest rate limit, which no caller reaches. With far larger ones the
// burst would not be a number.
const mostRPS = 1e9

// CheckRPS returns an error that begins with rps if a number cannot be the rate limit.
func CheckRPS(rps float64) error {
	if rps >= 0 && rps <= mostRPS {
		return nil
	}
	return fmt.Errorf("rps must be a number from 0 to %d", int(mostRPS))
}

type latency time.Duration

func (l latency) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(l).String()) }

func (l *latency) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New("latency must be a text such as 150ms")
	}
	duration, err := time.ParseDuration(text)
	if err != nil || duration < 0 {
		return fmt.Errorf("latency is %q but must be a duration such as 150ms", text)
	}
	*l = latency(duration)
	return nil
}

// startLimits are those of the options.
func (s *Server) startLimits() Limits {
	return Limits{Latency: latency(s.options.Latency), RPS: s.options.RPS}
}

func (s *Server) setLimits(limits Limits) {
	s.limitsMu.Lock()
	defer s.limitsMu.Unlock()
	s.limits, s.limiters = limits, map[string]*rate.Limiter{}
}

func (s *Server) currentLimits() Limits {
	s.limitsMu.Lock()
	defer s.limitsMu.Unlock()
	return s.limits
}

// allow returns the limits and reports whether the application may make one more call now.
func (s *Server) allow(application string) (Limits, bool) {
	s.limitsMu.Lock()
	defer s.limitsMu.Unlock()
	if s.limits.RPS <= 0 {
		return s.limits, true
	}
	limiter := s.limiters[application]
	if limiter == nil {
		limiter = rate.NewLimiter(rate.Limit(s.limits.RPS), int(math.Ceil(s.limits.RPS)))
		s.limiters[application] = limiter
	}
	return s.limits, limiter.AllowN(s.now(), 1)
}

// putLimits changes the limits that the document names.
func (s *Server) putLimits(w http.ResponseWriter, r *http.Request) {
	limits := s.currentLimits()
	if err := platform.DecodeStrict(r.Body, &limits); err != nil {
		refuse(w, `The body must be an object such as {"latency": "150ms", "rps": 5}: `+err.Error()+".")
		return
	}
	if err := CheckRPS(limits.RPS); err != nil {
		refuse(w, err.Error()+".")
		return
	}
	s.setLimits(limits)
	s.changed(w, "limits")
}
