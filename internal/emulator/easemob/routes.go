package easemob

import (
	"net/http"
	"slices"

	"terraform-provider-chat/internal/emulator/platform"
)

// handler answers one kind of call. It runs alone, or among readers if it changes
// nothing, so that it may use its application freely.
type handler func(*call) (*reply, error)

type endpoint struct {
	access access
	handle handler
	// feature is what the call needs, empty if nothing.
	feature string
	// body is what the call takes.
	body bodyKind
	// described reports whether its errors have nothing but a description, in the era in
	// which they have.
	described bool
	// changes reports whether the call may change what the platform holds.
	changes bool
}

// bodyKind is the media type of a body, and how many bytes it may have.
type bodyKind struct {
	media string
	most  int64
}

var (
	// jsonBody has the limit that the documents give to every body. It is that of
	// registrations and messages.
	jsonBody = bodyKind{jsonType, 5 << 10}
	// longBody is for calls whose own limits allow more: 100 names, up to 8 KB of custom
	// data with thousands of names, ten attributes of 4096 characters.
	longBody = bodyKind{jsonType, 1 << 20}
	// formBody has keys and values of 2 KB, which are longer when they are encoded.
	formBody = bodyKind{formType, 16 << 10}
	// fileBody is a form with a file.
	fileBody = bodyKind{"multipart/form-data", uploadLimit}
)

// taking returns a route that takes another body than jsonBody.
func taking(body bodyKind, route platform.Route[endpoint]) platform.Route[endpoint] {
	route.Endpoint.body = body
	return route
}

// route returns a route that takes jsonBody and that changes something unless it is a GET.
func route(method, pattern string, access access, handle handler) platform.Route[endpoint] {
	return platform.Route[endpoint]{Method: method, Pattern: pattern, Endpoint: endpoint{
		access: access, handle: handle, body: jsonBody, changes: method != http.MethodGet,
	}}
}

// changing returns a route that changes something although it is a GET.
func changing(route platform.Route[endpoint]) platform.Route[endpoint] {
	route.Endpoint.changes = true
	return route
}

// with returns routes that need a feature.
func with(feature string, routes []platform.Route[endpoint]) []platform.Route[endpoint] {
	for i := range routes {
		routes[i].Endpoint.feature = feature
	}
	return routes
}

// described returns routes whose errors have nothing but a description.
func described(routes []platform.Route[endpoint]) []platform.Route[endpoint] {
	for i := range routes {
		routes[i].Endpoint.described = true
	}
	return routes
}

// routes are the calls below /{org}/{app}.
var routes = platform.NewRouter(slices.Concat(
	userRoutes, groupRoutes, with(chatRooms, roomRoutes), contactRoutes, described(attributeRoutes), messageRoutes,
	with(pushing, pushRoutes), with(globalMuting, globalMuteRoutes), with(recalling, recallRoutes),
))

// userRoutes are the calls of the seeds' documents.
var userRoutes = []platform.Route[endpoint]{
	route("POST", "/token", anybody, (*call).issueToken),

	route("POST", "/users", registrar, (*call).register),
	route("GET", "/users", administrator, (*call).listUsers),
	route("DELETE", "/users", administrator, (*call).deleteUsers),
	taking(longBody, route("POST", "/users/batch/status", statusReader, (*call).batchStatus)),
	route("GET", "/users/{username}", owner, (*call).getUser),
	route("PUT", "/users/{username}", owner, (*call).putUser),
	route("DELETE", "/users/{username}", owner, (*call).deleteUser),
	route("PUT", "/users/{username}/password", owner, (*call).setPassword),
	route("POST", "/users/{username}/password", owner, (*call).setPassword),

	route("GET", "/users/{username}/contacts/users", owner, (*call).listContacts),
	route("POST", "/users/{username}/contacts/users/{contact}", owner, (*call).addContact),
	route("DELETE", "/users/{username}/contacts/users/{contact}", owner, (*call).removeContact),
	route("GET", "/users/{username}/blocks/users", owner, (*call).listBlocks),
	taking(longBody, route("POST", "/users/{username}/blocks/users", owner, (*call).addBlocks)),
	route("DELETE", "/users/{username}/blocks/users/{blocked}", owner, (*call).removeBlock),

	route("GET", "/users/{username}/status", owner, (*call).status),
	route("GET", "/users/{username}/offline_msg_count", owner, (*call).offlineCount),
	route("GET", "/users/{username}/offline_msg_status/{msg_id}", owner, (*call).offlineStatus),
	route("POST", "/users/{username}/deactivate", console, (*call).deactivate),
	route("POST", "/users/{username}/activate", console, (*call).activate),
	changing(route("GET", "/users/{username}/disconnect", administrator, (*call).disconnect)),
}

// groupRoutes are the calls about groups.
var groupRoutes = slices.Concat([]platform.Route[endpoint]{
	taking(longBody, route("POST", "/chatgroups", groupAdministrator, (*call).createGroup)),
	route("GET", "/chatgroups", groupAdministrator, (*call).listGroups),
	route("GET", "/chatgroups/user/{username}", groupOwner, (*call).groupsOfUser),
	route("GET", "/chatgroups/{group_id}", groupAdministrator, (*call).getGroups),
	taking(longBody, route("PUT", "/chatgroups/{group_id}", groupAdministrator, (*call).putGroup)),
	route("DELETE", "/chatgroups/{group_id}", groupAdministrator, (*call).deleteGroup),
	route("POST", "/chatgroups/{group_id}/disable", groupAdministrator, (*call).disableGroup),
	route("POST", "/chatgroups/{group_id}/enable", groupAdministrator, (*call).enableGroup),
	route("GET", "/chatgroups/{group_id}/user/{username}/is_joined", groupAdministrator, (*call).isJoined),
	route("GET", "/users/{username}/joined_chatgroups", groupOwner, (*call).joinedGroups),

	taking(longBody, route("PUT", "/metadata/chatgroup/{group_id}/user/{username}", anyRefusal, (*call).setMemberAttributes)),
	route("GET", "/metadata/chatgroup/{group_id}/user/{username}", anyRefusal, (*call).getMemberAttributes),
	route("POST", "/metadata/chatgroup/{group_id}/get", anyRefusal, (*call).getMembersAttributes),
}, memberRoutes("/chatgroups/{group_id}"))

// roomRoutes are the calls about chat rooms.
var roomRoutes = slices.Concat([]platform.Route[endpoint]{
	taking(longBody, route("POST", "/chatrooms", groupAdministrator, (*call).createRoom)),
	route("GET", "/chatrooms", groupAdministrator, (*call).listRooms),
	route("POST", "/chatrooms/super_admin", groupAdministrator, (*call).addSuperAdmin),
	route("GET", "/chatrooms/super_admin", groupAdministrator, (*call).listSuperAdmins),
	route("DELETE", "/chatrooms/super_admin/{username}", groupAdministrator, (*call).removeSuperAdmin),
	route("GET", "/chatrooms/{chatroom_id}", groupAdministrator, (*call).getGroups),
	route("PUT", "/chatrooms/{chatroom_id}", groupAdministrator, (*call).putRoom),
	route("DELETE", "/chatrooms/{chatroom_id}", groupAdministrator, (*call).deleteGroup),
	route("GET", "/users/{username}/joined_chatrooms", groupOwner, (*call).joinedRooms),

	taking(longBody, route("PUT", "/metadata/chatroom/{chatroom_id}/user/{username}", anyRefusal, (*call).setRoomAttributes)),
	taking(longBody, route("PUT", "/metadata/chatroom/{chatroom_id}/user/{username}/forced", anyRefusal, (*call).forceRoomAttributes)),
	taking(longBody, route("DELETE", "/metadata/chatroom/{chatroom_id}/user/{username}", anyRefusal, (*call).deleteRoomAttributes)),
	taking(longBody, route("DELETE", "/metadata/chatroom/{chatroom_id}/user/{username}/forced", anyRefusal, (*call).forceDeleteRoomAttributes)),
	taking(longBody, route("POST", "/metadata/chatroom/{chatroom_id}", anyRefusal, (*call).getRoomAttributes)),
}, memberRoutes("/chatrooms/{chatroom_id}"))

// memberRoutes are the calls about who is in a group or a chat room, and what they may.
func memberRoutes(prefix string) []platform.Route[endpoint] {
	return []platform.Route[endpoint]{
		route("GET", prefix+"/announcement", groupAdministrator, (*call).getAnnouncement),
		taking(longBody, route("POST", prefix+"/announcement", groupAdministrator, (*call).setAnnouncement)),

		route("GET", prefix+"/users", groupAdministrator, (*call).listMembers),
		taking(longBody, route("POST", prefix+"/users", groupAdministrator, (*call).addMembers)),
		route("POST", prefix+"/users/{username}", groupAdministrator, (*call).addMember),
		route("DELETE", prefix+"/users/{usernames}", groupAdministrator, (*call).removeMembers),

		route("GET", prefix+"/admin", groupAdministrator, (*call).listAdmins),
		route("POST", prefix+"/admin", groupAdministrator, (*call).addAdmin),
		route("DELETE", prefix+"/admin/{username}", groupAdministrator, (*call).removeAdmin),

		route("GET", prefix+"/blocks/users", groupAdministrator, (*call).listGroupBlocks),
		taking(longBody, route("POST", prefix+"/blocks/users", groupAdministrator, (*call).blockMembers)),
		route("POST", prefix+"/blocks/users/{username}", groupAdministrator, (*call).blockMember),
		route("DELETE", prefix+"/blocks/users/{usernames}", groupAdministrator, (*call).unblockMembers),

		route("GET", prefix+"/white/users", groupAdministrator, (*call).listAllowed),
		taking(longBody, route("POST", prefix+"/white/users", groupAdministrator, (*call).allowMembers)),
		route("POST", prefix+"/white/users/{username}", groupAdministrator, (*call).allowMember),
		route("DELETE", prefix+"/white/users/{usernames}", groupAdministrator, (*call).disallowMembers),

		route("GET", prefix+"/mute", groupAdministrator, (*call).listMutes),
		taking(longBody, route("POST", prefix+"/mute", groupAdministrator, (*call).muteMembers)),
		route("DELETE", prefix+"/mute/{usernames}", groupAdministrator, (*call).unmuteMembers),
		route("POST", prefix+"/ban", groupAdministrator, (*call).muteAll),
		route("DELETE", prefix+"/ban", groupAdministrator, (*call).unmuteAll),
	}
}

// contactRoutes are the newer calls about contacts, whose paths begin in another way.
var contactRoutes = []platform.Route[endpoint]{
	route("GET", "/user/{username}/contacts", owner, (*call).listContactPage),
	route("PUT", "/user/{username}/contacts/users/{contact}", owner, (*call).setRemark),
	route("POST", "/users/{username}/contacts/import", owner, (*call).importContacts),
}

// attributeRoutes are the calls about the attributes of users.
var attributeRoutes = []platform.Route[endpoint]{
	taking(longBody, route("POST", "/metadata/user/get", attributeReader, (*call).getAttributesOfUsers)),
	route("GET", "/metadata/user/capacity", attributeReader, (*call).attributeCapacity),
	taking(formBody, route("PUT", "/metadata/user/{username}", attributeOwner, (*call).setAttributes)),
	route("GET", "/metadata/user/{username}", attributeOwner, (*call).getAttributes),
	route("DELETE", "/metadata/user/{username}", attributeOwner, (*call).deleteAttributes),
}

// pushRoutes are the calls about how users are notified.
var pushRoutes = []platform.Route[endpoint]{
	route("PUT", "/users/{username}/notification/user/{peer}", pushOwner, (*call).setNotification),
	route("GET", "/users/{username}/notification/user/{peer}", pushOwner, (*call).getNotification),
	route("PUT", "/users/{username}/notification/chatgroup/{group_id}", pushOwner, (*call).setNotification),
	route("GET", "/users/{username}/notification/chatgroup/{group_id}", pushOwner, (*call).getNotification),
	route("PUT", "/users/{username}/notification/language", pushOwner, (*call).setLanguage),
	route("GET", "/users/{username}/notification/language", pushOwner, (*call).getLanguage),
	route("PUT", "/users/{username}/notification/template", pushOwner, (*call).setTemplateName),
	route("GET", "/users/{username}/notification/template", pushOwner, (*call).getTemplateName),
	route("POST", "/notification/template", anyRefusal, (*call).createTemplate),
	route("PUT", "/notification/template/{name}", anyRefusal, (*call).putTemplate),
	route("GET", "/notification/template/{name}", anyRefusal, (*call).getTemplate),
	route("DELETE", "/notification/template/{name}", anyRefusal, (*call).deleteTemplate),

	route("POST", "/push/label", anyRefusal, (*call).createLabel),
	route("GET", "/push/label", anyRefusal, (*call).listLabels),
	route("GET", "/push/label/{label}", anyRefusal, (*call).getLabel),
	route("DELETE", "/push/label/{label}", anyRefusal, (*call).deleteLabel),
	taking(longBody, route("POST", "/push/label/{label}/user", anyRefusal, (*call).addToLabel)),
	taking(longBody, route("DELETE", "/push/label/{label}/user", anyRefusal, (*call).removeFromLabel)),
	route("GET", "/push/label/{label}/user", anyRefusal, (*call).listLabelUsers),
	route("GET", "/push/label/{label}/user/{username}", anyRefusal, (*call).getLabelUser),
}

// messageRoutes are the calls about messages and files.
var messageRoutes = []platform.Route[endpoint]{
	route("POST", "/messages", anyRefusal, (*call).sendOldMessage),
	route("POST", "/messages/users", anyRefusal, (*call).sendMessage),
	route("POST", "/messages/chatgroups", anyRefusal, (*call).sendMessage),
	route("POST", "/messages/chatrooms", anyRefusal, (*call).sendMessage),
	taking(fileBody, route("POST", "/chatfiles", anyRefusal, (*call).uploadFile)),
	route("GET", "/chatfiles/{uuid}", anyRefusal, (*call).downloadFile),
}

// recallRoutes are both paths that the documents print for one call.
var recallRoutes = []platform.Route[endpoint]{
	route("POST", "/messages/msg_recall", anyRefusal, (*call).recallMessage),
	route("POST", "/messages/recall", anyRefusal, (*call).recallMessage),
}

var globalMuteRoutes = []platform.Route[endpoint]{
	route("POST", "/mutes", anyRefusal, (*call).setGlobalMute),
	route("GET", "/mutes", anyRefusal, (*call).listGlobalMutes),
	route("GET", "/mutes/{username}", anyRefusal, (*call).getGlobalMute),
}

// Calls are the calls below /{org}/{app} of the documents about users.
func Calls() []string { return platform.NewRouter(slices.Clone(userRoutes)).Calls() }
