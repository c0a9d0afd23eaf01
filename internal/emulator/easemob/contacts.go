package easemob

import "terraform-provider-chat/internal/emulator/platform"

// contactLimit is how many contacts a user may have.
const contactLimit = 1000

// pair returns the users that the path names, the owner first.
func (c *call) pair(variable string) (owner, other *user, err error) {
	owner, other = c.user(), c.app.users.find(c.vars[variable])
	if owner == nil || other == nil {
		return nil, nil, userNotFound()
	}
	return owner, other, nil
}

// connect makes two users contacts of each other.
func (u *user) connect(other *user) {
	if !u.contacts.Has(other) {
		u.contacts.Set(other, "")
	}
	if !other.contacts.Has(u) {
		other.contacts.Set(u, "")
	}
}

// mayAdd reports whether two users are contacts of each other or may become so.
func (u *user) mayAdd(other *user) bool {
	return u.contacts.Has(other) || u.contacts.Len() < contactLimit && other.contacts.Len() < contactLimit
}

// part ends what connect began.
func (u *user) part(other *user) {
	u.contacts.Remove(other)
	other.contacts.Remove(u)
}

// addContact implements "Add Contacts". It makes both users contacts of each other, and
// succeeds if they are already.
func (c *call) addContact() (*reply, error) {
	owner, contact, err := c.pair("contact")
	if err != nil {
		return nil, err
	}
	if !owner.mayAdd(contact) {
		return nil, limitExceeded("user contact number exceed limit")
	}
	owner.connect(contact)
	return c.changed("/users/"+owner.id.String()+"/contacts", contact.entity()), nil
}

// removeContact implements "Remove Contacts", in both directions.
func (c *call) removeContact() (*reply, error) {
	owner, contact, err := c.pair("contact")
	if err != nil {
		return nil, err
	}
	owner.part(contact)
	return c.changed("/users/"+owner.id.String()+"/contacts", contact.entity()), nil
}

// listContacts implements "Get a list of contacts", the newest first.
func (c *call) listContacts() (*reply, error) {
	owner := c.user()
	if owner == nil {
		return nil, userNotFound()
	}
	return c.read(newestNames(owner.contacts), owner.contacts.Len()), nil
}

// newestNames are the names of a list of users, newest first.
func newestNames[V any](users platform.Map[*user, V]) []string {
	names := make([]string, 0, users.Len())
	for u := range users.Backward(0, users.Len()) {
		names = append(names, u.name)
	}
	return names
}
