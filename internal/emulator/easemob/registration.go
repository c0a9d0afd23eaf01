package easemob

import (
	"fmt"
	"unicode/utf8"
)

// registerLimit is how many users one call registers.
const registerLimit = 60

// newUser is a user to register.
type newUser struct {
	Username *string `json:"username"`
	Password *string `json:"password"`
	Nickname *string `json:"nickname"`
}

// check returns what is wrong with the user whatever other users there are, or nil.
func (n newUser) check() error {
	switch {
	case n.Username == nil:
		return illegal("Entity user requires a property named username")
	case !legalName(*n.Username):
		return illegal("username [" + *n.Username + "] is not legal")
	case n.Password == nil || *n.Password == "":
		return illegal("password or pin must provided")
	case utf8.RuneCountInString(*n.Password) > 64:
		return illegal("password must not exceed 64 characters")
	case n.Nickname != nil:
		return checkNickname(*n.Nickname)
	}
	return nil
}

func checkNickname(nickname string) error {
	if utf8.RuneCountInString(nickname) > 100 {
		return illegal("nickname must not exceed 100 characters")
	}
	return nil
}

// register implements "Register a single user (open)", "Register a single user
// (authorization)" and "Registration of users'".
func (c *call) register() (*reply, error) {
	if !c.bodyIsArray() {
		var user newUser
		if err := c.decode(&user); err != nil {
			return nil, err
		}
		return c.registerOne(user)
	}
	var users []newUser
	if err := c.decode(&users); err != nil {
		return nil, err
	}
	switch n := len(users); {
	case n == 0:
		return nil, illegal("Request body array must not be empty")
	case n == 1:
		reply, err := c.registerOne(users[0])
		if err == nil && reply.Params == nil && c.server.era.params {
			reply.Params = map[string][]string{}
		}
		return reply, err
	case n > registerLimit:
		return nil, illegal(fmt.Sprintf("Request body array size[%d] had almost reached or been greater than the upper range value[%d]",
			n, registerLimit))
	}
	return c.registerBatch(users)
}

func (c *call) registerOne(user newUser) (*reply, error) {
	if err := user.check(); err != nil {
		return nil, err
	}
	if c.app.users.find(*user.Username) != nil {
		return nil, duplicate("Application null Entity user requires that property named username be unique, value of " +
			*user.Username + " exists")
	}
	u := c.app.users.register(*user.Username, *user.Password, user.Nickname, c.now)
	return c.changed("/users", u.entity()), nil
}

// refusedUser is a user of a batch that was not registered.
type refusedUser struct {
	Username string `json:"username"`
	Reason   string `json:"registerUserFailReason"`
}

// registerBatch registers the users that do not exist. One illegal user stops all.
func (c *call) registerBatch(users []newUser) (*reply, error) {
	first := map[string]newUser{}
	var distinct []newUser
	for _, user := range users {
		if err := user.check(); err != nil {
			return nil, err
		}
		key := fold(*user.Username)
		twin, twice := first[key]
		switch {
		case !twice:
			first[key] = user
			distinct = append(distinct, user)
		case *twin.Password != *user.Password:
			// The platform does quote the passwords.
			return nil, duplicate(fmt.Sprintf("Application null Entity user requires that property named username be unique, value of %s exists with passwords [%s, %s]",
				*user.Username, *twin.Password, *user.Password))
		}
	}
	entities, refused := []any{}, []refusedUser{}
	for _, user := range distinct {
		if c.app.users.find(*user.Username) != nil {
			refused = append(refused, refusedUser{*user.Username, "the " + *user.Username + " already exists"})
			continue
		}
		u := c.app.users.register(*user.Username, *user.Password, user.Nickname, c.now)
		entities = append(entities, u.entity())
	}
	reply := c.changed("/users", entities...)
	reply.Data = refused
	return reply, nil
}

// deleteUser implements "Delete a single user".
func (c *call) deleteUser() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, userNotFound()
	}
	c.app.remove(u)
	return c.changed("/users", u.entity()), nil
}

// deleteUsers implements "Delete users'": the oldest go first.
func (c *call) deleteUsers() (*reply, error) {
	page, next, err := c.pageOfUsers(500)
	if err != nil {
		return nil, err
	}
	for _, u := range page {
		c.app.remove(u)
	}
	reply := c.changed("/users", entities(page)...)
	reply.Cursor = next
	return reply, nil
}
