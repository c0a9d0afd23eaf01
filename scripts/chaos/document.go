package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// document is what the emulator holds of one application. Nouns read it to compare
// it with what is declared, and change it outside of Terraform.
type document struct {
	platform *platform
	// app is the application's part of the emulator's state, as JSON decodes.
	app map[string]any
	// held is what the emulator holds of the platform, with the other applications.
	held map[string]any
}

// decode decodes JSON without losing the digits of large numbers.
func decode(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// encode is a value as JSON, the same text for the same value. The values of this
// script always encode.
func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func object(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}

func list(value any) []any {
	items, _ := value.([]any)
	return items
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// user returns what the emulator holds of a user, or nil.
func (d document) user(username string) map[string]any {
	name := d.platform.fold(username)
	for _, each := range list(d.app["users"]) {
		if user := object(each); text(user["username"]) == name {
			return user
		}
	}
	return nil
}

// usernames are all users, in the emulator's order.
func (d document) usernames() []string {
	users := list(d.app["users"])
	names := make([]string, len(users))
	for i, each := range users {
		names[i] = text(object(each)["username"])
	}
	return names
}

// register adds a user who is created now.
func (d document) register(username, password string) map[string]any {
	user := map[string]any{"username": d.platform.fold(username), "password": password}
	d.app["users"] = append(list(d.app["users"]), user)
	return user
}

// remove deletes a user and everything that names it.
func (d document) remove(username string) {
	name := d.platform.fold(username)
	d.leaveGroups(name)
	for part, value := range d.app {
		if part != "applications" { // which are others, on easemob
			d.app[part] = without(value, name)
		}
	}
	for _, each := range list(d.app["users"]) {
		delete(object(object(each)["notifications"]), peer+name)
	}
}

// without returns a JSON value without what is about a user: members of lists that
// are its name or an object with its name, and lists of its own in maps by name.
func without(value any, username string) any {
	switch value := value.(type) {
	case map[string]any:
		delete(value, username)
		for key, each := range value {
			value[key] = without(each, username)
		}
		return value
	case []any:
		value = slices.DeleteFunc(value, func(each any) bool {
			return each == username || text(object(each)["username"]) == username
		})
		for i, each := range value {
			value[i] = without(each, username)
		}
		return value
	}
	return value
}

// identity identifies a registration of a name. It is empty if there is none.
func (d document) identity(username string) string {
	user := d.user(username)
	return cmp.Or(text(user["uuid"]), text(user["ctime"]))
}

// active reports whether a user may log in.
func (d document) active(username string) bool {
	user := d.user(username)
	if d.platform == jmessage {
		return user["disabled"] != true
	}
	return user["activated"] != false
}

func (d document) setActive(username string, active bool) {
	user := d.user(username)
	if d.platform == jmessage {
		user["disabled"] = !active
	} else {
		user["activated"] = active
	}
}

// edge is a relation that an owner has to another user, by the names that the
// emulator holds.
type edge struct{ owner, other string }

func (d document) edge(owner, other string) edge {
	return edge{d.platform.fold(owner), d.platform.fold(other)}
}

func (e edge) reversed() edge { return edge{e.other, e.owner} }

func (e edge) String() string { return e.owner + "/" + e.other }

// contacts are all contacts, both directions of each, with what the owner notes.
func (d document) contacts() map[edge]map[string]any {
	contacts := map[edge]map[string]any{}
	if d.platform == jmessage {
		for _, each := range list(d.app["users"]) {
			for _, friend := range list(object(each)["friends"]) {
				contacts[edge{text(object(each)["username"]), text(object(friend)["username"])}] = object(friend)
			}
		}
		return contacts
	}
	for owner, others := range object(d.app["contacts"]) {
		remarks := object(object(d.app["remarks"])[owner])
		for _, other := range list(others) {
			contacts[edge{owner, text(other)}] = map[string]any{"remark": remarks[text(other)]}
		}
	}
	return contacts
}

// setNote changes what an owner notes of a contact, if there is one.
func (d document) setNote(e edge, field, note string) {
	contact := d.contacts()[e]
	switch {
	case contact == nil:
	case d.platform == jmessage:
		contact[field] = note
	default:
		remarks := inObject(d.app, "remarks")
		inObject(remarks, e.owner)[e.other] = note
	}
}

// inObject returns the object that an object has under a key, which it gets if it has none.
func inObject(of map[string]any, key string) map[string]any {
	if object(of[key]) == nil {
		of[key] = map[string]any{}
	}
	return object(of[key])
}

// quiet are the users who do not disturb others.
func (d document) quiet() map[edge]map[string]any {
	quiet := map[edge]map[string]any{}
	for _, each := range list(d.app["users"]) {
		user := object(each)
		owner := text(user["username"])
		for _, other := range list(object(user["no_disturb"])["single"]) {
			quiet[edge{owner, text(other)}] = map[string]any{}
		}
		for conversation, how := range object(user["notifications"]) {
			if other, ok := strings.CutPrefix(conversation, peer); ok && text(object(how)["type"]) == "NONE" {
				quiet[edge{owner, other}] = map[string]any{}
			}
		}
	}
	return quiet
}

// peer begins the keys of easemob's conversations with users.
const peer = "user/"

func (d document) addQuiet(e edge) {
	user := d.user(e.owner)
	if d.platform == jmessage {
		settings := inObject(user, "no_disturb")
		settings["single"] = append(leaveOut(settings["single"], e.other), e.other)
		return
	}
	inObject(user, "notifications")[peer+e.other] = map[string]any{"type": "NONE"}
}

func (d document) removeQuiet(e edge) {
	user := d.user(e.owner)
	if d.platform == jmessage {
		settings := inObject(user, "no_disturb")
		settings["single"] = leaveOut(settings["single"], e.other)
		return
	}
	delete(object(user["notifications"]), peer+e.other)
}

// region is what a user's profile says of where it is.
func (d document) region(username string) string {
	user := d.user(username)
	if d.platform == jmessage {
		return text(user["region"])
	}
	return text(object(user["attributes"])["region"])
}

func (d document) setRegion(username, region string) {
	user := d.user(username)
	if d.platform == easemob {
		user = inObject(user, "attributes")
	}
	user["region"] = region
}

// blocks are all blocks.
func (d document) blocks() map[edge]map[string]any {
	blocks := map[edge]map[string]any{}
	if d.platform == jmessage {
		for _, each := range list(d.app["users"]) {
			for _, other := range list(object(each)["blacklist"]) {
				if name := text(other); name != "" { // otherwise a user of another application
					blocks[edge{text(object(each)["username"]), name}] = map[string]any{}
				}
			}
		}
		return blocks
	}
	for owner, others := range object(d.app["blocks"]) {
		for _, other := range list(others) {
			blocks[edge{owner, text(other)}] = map[string]any{}
		}
	}
	return blocks
}

// addContact makes two users contacts of each other.
func (d document) addContact(e edge) {
	if d.contacts()[e] != nil {
		return
	}
	if d.platform == jmessage {
		for _, one := range []edge{e, e.reversed()} {
			user := d.user(one.owner)
			user["friends"] = append(list(user["friends"]), map[string]any{"username": one.other})
		}
		return
	}
	d.addTo("contacts", e)
	d.addTo("contacts", e.reversed())
}

func (d document) removeContact(e edge) {
	for _, one := range []edge{e, e.reversed()} {
		if d.platform == jmessage {
			user := d.user(one.owner)
			user["friends"] = leaveOut(user["friends"], one.other)
		} else {
			contacts := object(d.app["contacts"])
			contacts[one.owner] = leaveOut(contacts[one.owner], one.other)
			delete(object(object(d.app["remarks"])[one.owner]), one.other)
		}
	}
}

func (d document) addBlock(e edge) {
	switch {
	case d.blocks()[e] != nil:
	case d.platform == jmessage:
		user := d.user(e.owner)
		user["blacklist"] = append(list(user["blacklist"]), e.other)
	default:
		d.addTo("blocks", e)
	}
}

func (d document) removeBlock(e edge) {
	if d.platform == jmessage {
		user := d.user(e.owner)
		user["blacklist"] = leaveOut(user["blacklist"], e.other)
		return
	}
	blocks := object(d.app["blocks"])
	blocks[e.owner] = leaveOut(blocks[e.owner], e.other)
}

// addTo adds to one of easemob's lists by owner, which are newest first.
func (d document) addTo(lists string, e edge) {
	byOwner := object(d.app[lists])
	if byOwner == nil {
		byOwner = map[string]any{}
		d.app[lists] = byOwner
	}
	byOwner[e.owner] = append([]any{e.other}, list(byOwner[e.owner])...)
}

func leaveOut(names any, username string) []any {
	return slices.DeleteFunc(list(names), func(each any) bool {
		return each == username || text(object(each)["username"]) == username
	})
}
