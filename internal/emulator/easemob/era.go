package easemob

// era is what the vendor changed in its answers between the documents of 2018, which
// the seeds are, and those of 2025. What is not listed here is the same in both.
type era struct {
	// exceptions reports whether errors name a Java exception.
	exceptions bool
	// oneRefusal reports whether every token that is not valid is refused in the same words.
	oneRefusal bool
	// params reports whether an answer repeats the parameters of the query.
	params bool
	// properties reports whether answers about groups and chat rooms have an empty object
	// of that name.
	properties bool
	// usersNotFound reports whether a missing user is a 404 to calls that deactivate or
	// block somebody or ask for a user's token, too. Changes of a user, push and global
	// mutes keep their 400.
	usersNotFound bool
	// blockPages reports whether the list of blocked users has pages if a call asks for them.
	blockPages bool
	// namesRequired reports whether a new group must have a name and a description.
	namesRequired bool
	// listsEverything reports whether the list of chat rooms has no pages unless they are
	// asked for.
	listsEverything bool
	// groupPage and roomPage are how many members a page holds if the call does not say.
	groupPage, roomPage int
	// mostMembers is how many members of a group a page holds at most.
	mostMembers int
	// mostListed is how many groups or chat rooms a page holds at most.
	mostListed int
	// mostMuted is how many members one call mutes at most.
	mostMuted int
	// mostNamed is how many members one call that creates a group names; 0 is as many as
	// the group may have.
	mostNamed int
	// roomMaxUsers is how many members a chat room may have if its creation does not say.
	roomMaxUsers int
	// roomForbidden is the status of an operation that is forbidden on a member of a
	// chat room.
	roomForbidden int
	// muteOfStranger is the error of muting somebody who is no member.
	muteOfStranger string
	// listModified is the name of the time of the last change in the list of groups.
	listModified string
	// muteListAction and banAction are the actions that those answers name.
	muteListAction, banAction string
	// metadataErrors reports whether errors about user attributes have the usual form.
	metadataErrors bool
}

var (
	era2018 = era{
		exceptions:      true,
		params:          true,
		namesRequired:   true,
		listsEverything: true,
		groupPage:       10,
		roomPage:        1000,
		mostMembers:     100,
		mostListed:      100,
		mostMuted:       10,
		mostNamed:       100,
		roomMaxUsers:    200,
		roomForbidden:   403,
		muteOfStranger:  "invalid_parameter",
		listModified:    "last_modified",
		muteListAction:  "post",
		banAction:       "put",
	}
	era2025 = era{
		oneRefusal:     true,
		properties:     true,
		usersNotFound:  true,
		blockPages:     true,
		groupPage:      1000,
		roomPage:       1000,
		mostMembers:    1000,
		mostListed:     1000,
		mostMuted:      100,
		roomMaxUsers:   1000,
		roomForbidden:  400,
		muteOfStranger: "forbidden_op",
		listModified:   "lastModified",
		muteListAction: "get",
		banAction:      "post",
		metadataErrors: true,
	}
)
