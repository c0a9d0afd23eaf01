package emulator

import (
	"net/http"
	"strings"
)

// easemobError is an error answer.
type easemobError struct {
	status                       int
	code, exception, description string
	bare                         bool // without a timestamp, as refused tokens are
}

func (e *easemob) writeError(w http.ResponseWriter, failure *easemobError) {
	body := struct {
		Error       string `json:"error"`
		Timestamp   *int64 `json:"timestamp,omitempty"`
		Duration    *int64 `json:"duration,omitempty"`
		Exception   string `json:"exception,omitempty"`
		Description string `json:"error_description"`
	}{Error: failure.code, Exception: failure.exception, Description: failure.description}
	if !failure.bare {
		timestamp, duration := e.env.now().UnixMilli(), int64(0)
		body.Timestamp, body.Duration = &timestamp, &duration
	}
	writeEasemob(w, failure.status, body)
}

func easemobIllegal(description string) *easemobError {
	return &easemobError{
		status: http.StatusBadRequest, code: "illegal_argument",
		exception: "java.lang.IllegalArgumentException", description: description,
	}
}

func easemobDuplicate(description string) *easemobError {
	return &easemobError{
		status: http.StatusBadRequest, code: "duplicate_unique_property_exists",
		exception:   "org.apache.usergrid.persistence.exceptions.DuplicateUniquePropertyExistsException",
		description: description,
	}
}

// easemobNotFound is the usual answer about a user that does not exist.
func easemobNotFound() *easemobError {
	return &easemobError{
		status: http.StatusNotFound, code: "service_resource_not_found",
		exception:   "org.apache.usergrid.services.exceptions.ServiceResourceNotFoundException",
		description: "Service resource not found",
	}
}

// easemobNoEntity is that answer where a password is concerned.
func easemobNoEntity() *easemobError {
	return &easemobError{
		status: http.StatusNotFound, code: "entity_not_found",
		exception:   "org.apache.usergrid.persistence.exceptions.EntityNotFoundException",
		description: "User null not found",
	}
}

// easemobNoProperty is that answer where a user is to be changed.
func easemobNoProperty() *easemobError {
	return &easemobError{
		status: http.StatusBadRequest, code: "required_property_not_found",
		exception:   "org.apache.usergrid.persistence.exceptions.RequiredPropertyNotFoundException",
		description: "Entity user requires a property named username",
	}
}

// easemobNoManaged is that answer where a user is to be deactivated.
func easemobNoManaged(application string) *easemobError {
	return &easemobError{
		status: http.StatusBadRequest, code: "management",
		exception:   "org.apache.usergrid.management.exceptions.ManagementException",
		description: "User with id null does not exist in app " + application,
	}
}

func easemobExceeded(description string) *easemobError {
	return &easemobError{status: http.StatusForbidden, code: "exceed_limit", description: description}
}

func easemobNoApplication(org, app, path string) *easemobError {
	return &easemobError{
		status: http.StatusNotFound, code: "organization_application_not_found",
		exception:   "org.apache.usergrid.rest.exceptions.OrganizationApplicationNotFoundException",
		description: "Could not find application for " + org + "/" + app + " from URI: " + strings.TrimPrefix(path, "/"),
	}
}
