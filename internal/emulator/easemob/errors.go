package easemob

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// failure is an error answer.
type failure struct {
	status                       int
	code, exception, description string
	bare                         bool // without a timestamp, as refused tokens are
	described                    bool // with nothing but a description and the times
}

// Error returns the answer in one line.
func (f *failure) Error() string { return f.code + ": " + f.description }

// asFailure returns what the platform answers for an error.
func asFailure(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	return &failure{status: http.StatusInternalServerError, code: "internal_error", description: err.Error()}
}

func (p *Platform) writeFailure(w http.ResponseWriter, f *failure) {
	if !p.era.exceptions {
		f = &failure{status: f.status, code: f.code, description: f.description, bare: f.bare, described: f.described}
	}
	if f.described {
		writeJSON(w, f.status, map[string]any{
			"desc": f.description, "duration": 0, "timestamp": p.env.Now().UnixMilli(),
		})
		return
	}
	body := struct {
		Error       string `json:"error"`
		Timestamp   *int64 `json:"timestamp,omitempty"`
		Duration    *int64 `json:"duration,omitempty"`
		Exception   string `json:"exception,omitempty"`
		Description string `json:"error_description"`
	}{Error: f.code, Exception: f.exception, Description: f.description}
	if !f.bare {
		timestamp, duration := p.env.Now().UnixMilli(), int64(0)
		body.Timestamp, body.Duration = &timestamp, &duration
	}
	writeJSON(w, f.status, body)
}

func badJSON(err error) error {
	return &failure{
		status: http.StatusBadRequest, code: "json_parse",
		exception: "com.fasterxml.jackson.core.JsonParseException", description: err.Error(),
	}
}

func illegal(description string) error {
	return &failure{
		status: http.StatusBadRequest, code: "illegal_argument",
		exception: "java.lang.IllegalArgumentException", description: description,
	}
}

func duplicate(description string) error {
	return &failure{
		status: http.StatusBadRequest, code: "duplicate_unique_property_exists",
		exception:   "org.apache.usergrid.persistence.exceptions.DuplicateUniquePropertyExistsException",
		description: description,
	}
}

// userNotFound is the usual answer about a user that does not exist.
func userNotFound() error {
	return &failure{
		status: http.StatusNotFound, code: "service_resource_not_found",
		exception:   "org.apache.usergrid.services.exceptions.ServiceResourceNotFoundException",
		description: "Service resource not found",
	}
}

// entityNotFound is that answer to calls about a password.
func entityNotFound() error {
	return &failure{
		status: http.StatusNotFound, code: "entity_not_found",
		exception:   "org.apache.usergrid.persistence.exceptions.EntityNotFoundException",
		description: "User null not found",
	}
}

// propertyNotFound is that answer to calls that change a user.
func propertyNotFound() error {
	return &failure{
		status: http.StatusBadRequest, code: "required_property_not_found",
		exception:   "org.apache.usergrid.persistence.exceptions.RequiredPropertyNotFoundException",
		description: "Entity user requires a property named username",
	}
}

// managedNotFound is that answer to calls that deactivate a user.
func managedNotFound(application string) error {
	return &failure{
		status: http.StatusBadRequest, code: "management",
		exception:   "org.apache.usergrid.management.exceptions.ManagementException",
		description: "User with id null does not exist in app " + application,
	}
}

func limitExceeded(description string) error {
	return &failure{status: http.StatusForbidden, code: "exceed_limit", description: description}
}

func applicationNotFound(key, path string) error {
	return &failure{
		status: http.StatusNotFound, code: "organization_application_not_found",
		exception: "org.apache.usergrid.rest.exceptions.OrganizationApplicationNotFoundException",
		description: "Could not find application for " + strings.Replace(key, "#", "/", 1) +
			" from URI: " + strings.TrimPrefix(path, "/"),
	}
}

func noSuchCall() error {
	return &failure{
		status: http.StatusInternalServerError, code: "web_application",
		exception: "javax.ws.rs.WebApplicationException", description: "no such api",
	}
}

func wrongVerb() error {
	return &failure{
		status: http.StatusMethodNotAllowed, code: "unsupported_service_operation",
		exception:   "org.apache.usergrid.services.exceptions.UnsupportedServiceOperationException",
		description: "Service operation not supported",
	}
}

func unsupportedMediaType() error {
	return &failure{
		status: http.StatusUnsupportedMediaType, code: "web_application",
		exception: "javax.ws.rs.WebApplicationException", description: "Unsupported Media Type",
	}
}

// bodyTooLarge is the answer to a body of more than most bytes, which are named in whole
// KB or MB.
func bodyTooLarge(most int64) error {
	limit := strconv.FormatInt(most>>10, 10) + " KB"
	if most >= 1<<20 {
		limit = strconv.FormatInt(most>>20, 10) + " MB"
	}
	return &failure{
		status: http.StatusRequestEntityTooLarge, code: "Request Entity Too Large",
		description: "the request body exceeds " + limit,
	}
}

const securityException = "org.apache.usergrid.rest.exceptions.SecurityException"
