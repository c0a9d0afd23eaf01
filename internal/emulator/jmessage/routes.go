package jmessage

import (
	"net/http"

	"terraform-provider-chat/internal/emulator/platform"
)

// handler answers one kind of call. It runs alone, or among readers for a GET, so that
// it may use the world freely.
type handler func(*call) (*reply, error)

func at(method, pattern string, handle handler) platform.Route[handler] {
	return platform.Route[handler]{Method: method, Pattern: pattern, Endpoint: handle}
}

// routes are all calls of the document.
var routes = platform.NewRouter([]platform.Route[handler]{
	at("POST", "/v1/users", (*call).registerUsers),
	at("GET", "/v1/users", (*call).listUsers),
	at("DELETE", "/v1/users", (*call).deleteUsers),
	at("POST", "/v1/users/userstat", (*call).userStates),
	at("POST", "/v2/users/statuser", (*call).userStatesV2), //nolint:misspell // the platform spells it so
	at("POST", "/v2/users/userstat", (*call).userStatesV2),
	at("GET", "/v1/users/{username}", (*call).getUser),
	at("PUT", "/v1/users/{username}", (*call).updateUser),
	at("DELETE", "/v1/users/{username}", (*call).deleteUser),
	at("GET", "/v1/users/{username}/userstat", (*call).userState),
	at("PUT", "/v1/users/{username}/password", (*call).setPassword),
	at("PUT", "/v1/users/{username}/forbidden", (*call).forbidUser),
	at("GET", "/v1/users/{username}/blacklist", (*call).listBlacklist),
	at("PUT", "/v1/users/{username}/blacklist", (*call).addToBlacklist),
	at("DELETE", "/v1/users/{username}/blacklist", (*call).removeFromBlacklist),
	at("GET", "/v1/users/{username}/friends", (*call).listFriends),
	at("POST", "/v1/users/{username}/friends", (*call).addFriends),
	at("PUT", "/v1/users/{username}/friends", (*call).noteFriends),
	at("DELETE", "/v1/users/{username}/friends", (*call).removeFriends),
	at("POST", "/v1/users/{username}/nodisturb", (*call).setNoDisturb),
	at("POST", "/v1/users/{username}/groupsShield", (*call).setGroupShield),
	at("GET", "/v1/users/{username}/groups", (*call).listGroupsOfUser),
	at("GET", "/v1/users/{username}/chatroom", (*call).listRoomsOfUser),

	at("POST", "/v1/admins", (*call).registerAdmin),
	at("GET", "/v1/admins", (*call).listAdmins),

	at("POST", "/v1/groups", (*call).createGroup),
	at("GET", "/v1/groups", (*call).listGroups),
	at("PUT", "/v1/groups/messages/{gid}/silence", (*call).silenceMembers),
	at("PUT", "/v1/groups/owner/{gid}", (*call).transferGroup),
	at("GET", "/v1/groups/{gid}", (*call).getGroup),
	at("PUT", "/v1/groups/{gid}", (*call).updateGroup),
	at("DELETE", "/v1/groups/{gid}", (*call).deleteGroup),
	at("GET", "/v1/groups/{gid}/members", (*call).listGroupMembers),
	at("POST", "/v1/groups/{gid}/members", (*call).changeGroupMembers),
	at("POST", "/v2/groups/{gid}/addMembers", (*call).addGroupMembers),
	at("POST", "/v2/groups/{gid}/delMembers", (*call).removeGroupMembers),

	at("POST", "/v1/chatroom", (*call).createRoom),
	at("GET", "/v1/chatroom", (*call).listRooms),
	at("POST", "/v1/chatroom/batch", (*call).getRooms),
	at("PUT", "/v1/chatroom/{room_id}", (*call).updateRoom),
	at("DELETE", "/v1/chatroom/{room_id}", (*call).deleteRoom),
	at("GET", "/v1/chatroom/{room_id}/members", (*call).listRoomMembers),
	at("PUT", "/v1/chatroom/{room_id}/members", (*call).addRoomMembers),
	at("DELETE", "/v1/chatroom/{room_id}/members", (*call).removeRoomMembers),
	at("PUT", "/v1/chatroom/{room_id}/forbidden/{username}", (*call).muteRoomMember),

	at("POST", "/v1/sensitiveword", (*call).addWords),
	at("PUT", "/v1/sensitiveword", (*call).renameWord),
	at("DELETE", "/v1/sensitiveword", (*call).deleteWord),
	at("GET", "/v1/sensitiveword", (*call).listWords),
	at("PUT", "/v1/sensitiveword/status", (*call).setWordFilter),
	at("GET", "/v1/sensitiveword/status", (*call).getWordFilter),
	at("PUT", "/v1/sdkregister/status", (*call).setRegistration),
	at("GET", "/v1/sdkregister/status", (*call).getRegistration),

	at("POST", "/v1/cross/groups/{gid}/members", (*call).crossChangeGroupMembers),
	at("GET", "/v1/cross/groups/{gid}/members", (*call).crossListGroupMembers),
	at("GET", "/v1/cross/users/{username}/groups", (*call).crossListGroupsOfUser),
	at("PUT", "/v1/cross/users/{username}/blacklist", (*call).crossAddToBlacklist),
	at("DELETE", "/v1/cross/users/{username}/blacklist", (*call).crossRemoveFromBlacklist),
	at("GET", "/v1/cross/users/{username}/blacklist", (*call).crossListBlacklist),
	at("POST", "/v1/cross/users/{username}/nodisturb", (*call).crossSetNoDisturb),
	at("POST", "/v1/cross/users/{username}/friends", (*call).crossAddFriends),
	at("DELETE", "/v1/cross/users/{username}/friends", (*call).crossRemoveFriends),
	at("PUT", "/v1/cross/users/{username}/friends", (*call).crossNoteFriends),
	at("POST", "/v1/cross/chatroom/{room_id}/members", (*call).crossChangeRoomMembers),

	at("POST", "/v1/resource", (*call).uploadMedia),
	at("GET", "/v1/resource", (*call).downloadMedia),
	at("POST", "/v1/messages", (*call).sendMessage),
	at("POST", "/v1/messages/{username}/{msgid}/retract", (*call).retractMessage),
})

// findRoute finds the route of a call. The document writes some paths without /v1, and
// clients end them with a slash as they like.
func findRoute(r *http.Request) platform.Match[handler] {
	parts := platform.Parts(r)
	if !isVersion(parts[0]) {
		parts = append([]string{"v1"}, parts...)
	}
	return routes.Find(r.Method, parts)
}

func isVersion(segment string) bool { return segment == "v1" || segment == "v2" }

// bare are the first segments of the paths that the document writes without a version.
var bare = map[string]bool{
	"admins": true, "chatroom": true, "cross": true, "groups": true, "messages": true,
	"resource": true, "sdkregister": true, "sensitiveword": true, "users": true,
}

// Owns reports whether a path with that first segment is a call of JMessage, or asks for
// a file that was uploaded to it.
func Owns(segment string) bool { return isVersion(segment) || bare[segment] || segment == mediaSegment }

// Calls are all calls of the document.
func Calls() []string { return routes.Calls() }
