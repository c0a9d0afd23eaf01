package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// jmHandler answers one kind of call.
type jmHandler func(c *jmCall) (jmReply, error)

// jmRoute is one call of the document.
type jmRoute struct {
	method   string
	path     string
	segments []string
	handle   jmHandler
}

// jmRoutes are all calls. Where two match, the earlier one answers.
var jmRoutes = []jmRoute{
	jmAt("POST", "/v1/users", jmRegisterUsers),
	jmAt("GET", "/v1/users", jmListUsers),
	jmAt("DELETE", "/v1/users", jmDeleteUsers),
	jmAt("POST", "/v1/users/userstat", jmUserStates),
	jmAt("POST", "/v2/users/statuser", jmUserStatesV2), //nolint:misspell // the platform spells it so
	jmAt("POST", "/v2/users/userstat", jmUserStatesV2),
	jmAt("GET", "/v1/users/{username}", jmGetUser),
	jmAt("PUT", "/v1/users/{username}", jmUpdateUser),
	jmAt("DELETE", "/v1/users/{username}", jmDeleteUser),
	jmAt("GET", "/v1/users/{username}/userstat", jmUserState),
	jmAt("PUT", "/v1/users/{username}/password", jmSetPassword),
	jmAt("PUT", "/v1/users/{username}/forbidden", jmForbidUser),
	jmAt("GET", "/v1/users/{username}/blacklist", jmListBlacklist),
	jmAt("PUT", "/v1/users/{username}/blacklist", jmAddToBlacklist),
	jmAt("DELETE", "/v1/users/{username}/blacklist", jmRemoveFromBlacklist),
	jmAt("GET", "/v1/users/{username}/friends", jmListFriends),
	jmAt("POST", "/v1/users/{username}/friends", jmAddFriends),
	jmAt("PUT", "/v1/users/{username}/friends", jmNoteFriends),
	jmAt("DELETE", "/v1/users/{username}/friends", jmRemoveFriends),
	jmAt("POST", "/v1/users/{username}/nodisturb", jmSetNoDisturb),
	jmAt("POST", "/v1/users/{username}/groupsShield", jmSetGroupShield),
	jmAt("GET", "/v1/users/{username}/groups", jmListGroupsOfUser),
	jmAt("GET", "/v1/users/{username}/chatroom", jmListRoomsOfUser),

	jmAt("POST", "/v1/admins", jmRegisterAdmin),
	jmAt("GET", "/v1/admins", jmListAdmins),

	jmAt("POST", "/v1/groups", jmCreateGroup),
	jmAt("GET", "/v1/groups", jmListGroups),
	jmAt("PUT", "/v1/groups/messages/{gid}/silence", jmSilenceMembers),
	jmAt("PUT", "/v1/groups/owner/{gid}", jmTransferGroup),
	jmAt("GET", "/v1/groups/{gid}", jmGetGroup),
	jmAt("PUT", "/v1/groups/{gid}", jmUpdateGroup),
	jmAt("DELETE", "/v1/groups/{gid}", jmDeleteGroup),
	jmAt("GET", "/v1/groups/{gid}/members", jmListGroupMembers),
	jmAt("POST", "/v1/groups/{gid}/members", jmChangeGroupMembers),
	jmAt("POST", "/v2/groups/{gid}/addMembers", jmAddGroupMembers),
	jmAt("POST", "/v2/groups/{gid}/delMembers", jmRemoveGroupMembers),

	jmAt("POST", "/v1/chatroom", jmCreateRoom),
	jmAt("GET", "/v1/chatroom", jmListRooms),
	jmAt("POST", "/v1/chatroom/batch", jmGetRooms),
	jmAt("PUT", "/v1/chatroom/{room_id}", jmUpdateRoom),
	jmAt("DELETE", "/v1/chatroom/{room_id}", jmDeleteRoom),
	jmAt("GET", "/v1/chatroom/{room_id}/members", jmListRoomMembers),
	jmAt("PUT", "/v1/chatroom/{room_id}/members", jmAddRoomMembers),
	jmAt("DELETE", "/v1/chatroom/{room_id}/members", jmRemoveRoomMembers),
	jmAt("PUT", "/v1/chatroom/{room_id}/forbidden/{username}", jmMuteRoomMember),

	jmAt("POST", "/v1/sensitiveword", jmAddWords),
	jmAt("PUT", "/v1/sensitiveword", jmRenameWord),
	jmAt("DELETE", "/v1/sensitiveword", jmDeleteWord),
	jmAt("GET", "/v1/sensitiveword", jmListWords),
	jmAt("PUT", "/v1/sensitiveword/status", jmSetWordFilter),
	jmAt("GET", "/v1/sensitiveword/status", jmGetWordFilter),
	jmAt("PUT", "/v1/sdkregister/status", jmSetRegistration),
	jmAt("GET", "/v1/sdkregister/status", jmGetRegistration),

	jmAt("POST", "/v1/cross/groups/{gid}/members", jmCrossChangeGroupMembers),
	jmAt("GET", "/v1/cross/groups/{gid}/members", jmCrossListGroupMembers),
	jmAt("GET", "/v1/cross/users/{username}/groups", jmCrossListGroupsOfUser),
	jmAt("PUT", "/v1/cross/users/{username}/blacklist", jmCrossAddToBlacklist),
	jmAt("DELETE", "/v1/cross/users/{username}/blacklist", jmCrossRemoveFromBlacklist),
	jmAt("GET", "/v1/cross/users/{username}/blacklist", jmCrossListBlacklist),
	jmAt("POST", "/v1/cross/users/{username}/nodisturb", jmCrossSetNoDisturb),
	jmAt("POST", "/v1/cross/users/{username}/friends", jmCrossAddFriends),
	jmAt("DELETE", "/v1/cross/users/{username}/friends", jmCrossRemoveFriends),
	jmAt("PUT", "/v1/cross/users/{username}/friends", jmCrossNoteFriends),
	jmAt("POST", "/v1/cross/chatroom/{room_id}/members", jmCrossChangeRoomMembers),

	jmAt("POST", "/v1/resource", jmUpload),
	jmAt("GET", "/v1/resource", jmDownload),
	jmAt("POST", "/v1/messages", jmSendMessage),
	jmAt("POST", "/v1/messages/{username}/{msgid}/retract", jmRetractMessage),
}

func jmAt(method, path string, handle jmHandler) jmRoute {
	return jmRoute{method: method, path: path, segments: strings.Split(path[1:], "/"), handle: handle}
}

// jmFindRoute returns what answers the call and the values of the path's variable
// parts. Without an answer it returns the methods the path allows, none for a
// path that does not exist. The document writes some paths without /v1, and
// clients end them with a slash as they like.
func jmFindRoute(r *http.Request) (*jmRoute, []string, []string) {
	segments := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	if segments[0] != "v1" && segments[0] != "v2" {
		segments = append([]string{"v1"}, segments...)
	}
	var allowed []string
	for i := range jmRoutes {
		route := &jmRoutes[i]
		vars, ok := route.match(segments)
		if !ok {
			continue
		}
		if route.method == r.Method {
			return route, vars, nil
		}
		if !slices.Contains(allowed, route.method) {
			allowed = append(allowed, route.method)
		}
	}
	return nil, nil, allowed
}

func (r *jmRoute) match(segments []string) ([]string, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	var vars []string
	for i, segment := range segments {
		if !strings.HasPrefix(r.segments[i], "{") {
			if segment != r.segments[i] {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(segment)
		if err != nil || value == "" {
			return nil, false
		}
		vars = append(vars, value)
	}
	return vars, true
}
