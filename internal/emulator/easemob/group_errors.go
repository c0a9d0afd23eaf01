package easemob

import (
	"net/http"
	"strconv"
	"strings"
)

// groupFailure is an error of the service of groups and chat rooms. The name of its
// exception is made of its code.
func groupFailure(status int, code, description string) *failure {
	var exception strings.Builder
	exception.WriteString("com.easemob.group.exception.")
	for word := range strings.SplitSeq(strings.ToLower(code), "_") {
		exception.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	exception.WriteString("Exception")
	return &failure{status: status, code: code, exception: exception.String(), description: description}
}

func invalidParameter(description string) error {
	return groupFailure(http.StatusBadRequest, "invalid_parameter", description)
}

func forbiddenOperation(description string) error {
	return groupFailure(http.StatusForbidden, "forbidden_op", description)
}

// groupNotFound is the usual answer about a group or a chat room that does not exist.
func groupNotFound(id string) error {
	return groupFailure(http.StatusNotFound, "resource_not_found", "grpID "+id+" does not exist!")
}

// detailNotFound is that answer to calls that read details or members.
func detailNotFound(id string) error {
	return groupFailure(http.StatusNotFound, "service_resource_not_found", "do not find this group:"+id)
}

func usernameNotFound(name string) error {
	return groupFailure(http.StatusNotFound, "resource_not_found", "username "+name+" doesn't exist!")
}

func (g *group) noSuchMember(name string) string {
	return "user: " + name + " doesn't exist in group: " + g.id
}

// strangers is the answer about users who are not in the group.
func strangers(names []string) *failure {
	return groupFailure(http.StatusForbidden, "forbidden_op", "users ["+strings.Join(names, ", ")+"] are not members of this group!")
}

// notMembers is that answer to calls whose status has changed for chat rooms.
func (c *call) notMembers(g *group, names []string) *failure {
	f := strangers(names)
	if g.kind == roomKind {
		f.status = c.server.era.roomForbidden
	}
	return f
}

func ownerForbidden() error { return forbiddenOperation("forbidden operation on group owner!") }

func (g *group) full() error {
	return groupFailure(http.StatusForbidden, g.kind.fullCode, "members size is greater than max user size !")
}

// tooMany is the answer to a call with more names than it takes.
func tooMany(what string, most int) error {
	return invalidParameter(what + " : " + strconv.Itoa(most))
}

// refuseGroups is the answer to a call about groups or chat rooms without a valid token.
func (c *call) refuseGroups() error {
	return groupFailure(http.StatusUnauthorized, "group_authorization", "this token is bad, or has expired!")
}
