package platform

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Route is one call of a platform's document.
type Route[E any] struct {
	// Method and Pattern are what the call looks like: "GET", "/users/{username}".
	Method, Pattern string
	// Endpoint is what answers it.
	Endpoint E

	parts []string
}

// Router finds the route of a call. Paths are case-sensitive.
type Router[E any] struct {
	// byLength holds the routes by the number of their parts. Where two match a path,
	// the earlier one answers.
	byLength map[int][]*Route[E]
}

// NewRouter returns a router for the routes.
func NewRouter[E any](routes []Route[E]) *Router[E] {
	r := &Router[E]{byLength: map[int][]*Route[E]{}}
	for i := range routes {
		route := &routes[i]
		route.parts = strings.Split(route.Pattern[1:], "/")
		n := len(route.parts)
		r.byLength[n] = append(r.byLength[n], route)
	}
	return r
}

// Calls are the methods and patterns of all routes: "GET /users/{username}".
func (r *Router[E]) Calls() []string {
	var calls []string
	for _, routes := range r.byLength {
		for _, route := range routes {
			calls = append(calls, route.Method+" "+route.Pattern)
		}
	}
	slices.Sort(calls)
	return calls
}

// Match is what a router knows of a call.
type Match[E any] struct {
	// Route answers the call; nil if none does.
	Route *Route[E]
	// Vars are the values of the variable parts of the path, by name.
	Vars map[string]string
	// Pattern is that of the route or, if none has the method, of the first that has
	// the path; empty if the path is unknown.
	Pattern string
	// Allowed are the methods that the path has, if none of them is the call's.
	Allowed []string
}

// Find returns the route of a method and the parts of a path.
func (r *Router[E]) Find(method string, parts []string) Match[E] {
	var found Match[E]
	for _, route := range r.byLength[len(parts)] {
		if !route.matches(parts) {
			continue
		}
		if route.Method == method {
			return Match[E]{Route: route, Vars: route.vars(parts), Pattern: route.Pattern}
		}
		if found.Pattern == "" {
			found.Pattern = route.Pattern
		}
		if !slices.Contains(found.Allowed, route.Method) {
			found.Allowed = append(found.Allowed, route.Method)
		}
	}
	return found
}

func isVariable(part string) bool { return strings.HasPrefix(part, "{") }

func (r *Route[E]) matches(parts []string) bool {
	for i, pattern := range r.parts {
		if isVariable(pattern) && parts[i] == "" || !isVariable(pattern) && parts[i] != pattern {
			return false
		}
	}
	return true
}

func (r *Route[E]) vars(parts []string) map[string]string {
	vars := map[string]string{}
	for i, pattern := range r.parts {
		if isVariable(pattern) {
			vars[strings.Trim(pattern, "{}")] = parts[i]
		}
	}
	return vars
}

// Parts returns the parts of the path of a call, unescaped. A slash at the end makes
// no difference.
func Parts(r *http.Request) []string {
	parts := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil {
			parts[i] = plain
		}
	}
	return parts
}
