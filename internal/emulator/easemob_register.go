package emulator

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// easemobBatchLimit is how many users one call registers.
const easemobBatchLimit = 60

// easemobNewUser is a user to register.
type easemobNewUser struct {
	Username *string `json:"username"`
	Password *string `json:"password"`
	Nickname *string `json:"nickname"`
}

// check returns what is wrong with the user whatever other users there are, or nil.
func (n easemobNewUser) check() *easemobError {
	switch {
	case n.Username == nil:
		return easemobIllegal("Entity user requires a property named username")
	case !easemobLegal(*n.Username):
		return easemobIllegal("username [" + *n.Username + "] is not legal")
	case n.Password == nil || *n.Password == "":
		return easemobIllegal("password or pin must provided")
	case utf8.RuneCountInString(*n.Password) > 64:
		return easemobIllegal("password must not exceed 64 characters")
	case n.Nickname != nil:
		return easemobCheckNickname(*n.Nickname)
	}
	return nil
}

func easemobCheckNickname(nickname string) *easemobError {
	if utf8.RuneCountInString(nickname) > 100 {
		return easemobIllegal("nickname must not exceed 100 characters")
	}
	return nil
}

// register implements "Register a single user (open)", "Register a single user
// (authorization)" and "Registration of users'".
func (c *easemobCall) register() (*easemobReply, *easemobError) {
	if !bytes.HasPrefix(bytes.TrimSpace(c.body), []byte("[")) {
		var user easemobNewUser
		if failure := c.decode(&user); failure != nil {
			return nil, failure
		}
		return c.registerOne(user)
	}
	var users []easemobNewUser
	if failure := c.decode(&users); failure != nil {
		return nil, failure
	}
	switch n := len(users); {
	case n == 0:
		return nil, easemobIllegal("Request body array must not be empty")
	case n == 1:
		reply, failure := c.registerOne(users[0])
		if failure == nil && reply.Params == nil {
			reply.Params = map[string][]string{}
		}
		return reply, failure
	case n > easemobBatchLimit:
		return nil, easemobIllegal(fmt.Sprintf("Request body array size[%d] had almost reached or been greater than the upper range value[%d]",
			n, easemobBatchLimit))
	}
	return c.registerBatch(users)
}

func (c *easemobCall) registerOne(user easemobNewUser) (*easemobReply, *easemobError) {
	if failure := user.check(); failure != nil {
		return nil, failure
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users.find(*user.Username) != nil {
		return nil, easemobDuplicate("Application null Entity user requires that property named username be unique, value of " +
			*user.Username + " exists")
	}
	u := c.users.register(*user.Username, *user.Password, user.Nickname, c.env.now())
	return c.changed("/users", u.entity()), nil
}

// easemobRefused is a user of a batch that was not registered.
type easemobRefused struct {
	Username string `json:"username"`
	Reason   string `json:"registerUserFailReason"`
}

// registerBatch registers the users that do not exist. One illegal user stops all.
func (c *easemobCall) registerBatch(users []easemobNewUser) (*easemobReply, *easemobError) {
	first := map[string]easemobNewUser{}
	var distinct []easemobNewUser
	for _, user := range users {
		if failure := user.check(); failure != nil {
			return nil, failure
		}
		key := easemobFold(*user.Username)
		twin, twice := first[key]
		switch {
		case !twice:
			first[key] = user
			distinct = append(distinct, user)
		case *twin.Password != *user.Password:
			// The platform does quote the passwords.
			return nil, easemobDuplicate(fmt.Sprintf("Application null Entity user requires that property named username be unique, value of %s exists with passwords [%s, %s]",
				*user.Username, *twin.Password, *user.Password))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	entities, refused := []any{}, []easemobRefused{}
	for _, user := range distinct {
		if c.users.find(*user.Username) != nil {
			refused = append(refused, easemobRefused{*user.Username, "the " + *user.Username + " already exists"})
			continue
		}
		u := c.users.register(*user.Username, *user.Password, user.Nickname, c.env.now())
		entities = append(entities, u.entity())
	}
	reply := c.changed("/users", entities...)
	reply.Data = refused
	return reply, nil
}

// deleteUser implements "Delete a single user".
func (c *easemobCall) deleteUser() (*easemobReply, *easemobError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.users.find(c.vars["username"])
	if u == nil {
		return nil, easemobNotFound()
	}
	entity := u.entity()
	place := c.users.place(u)
	c.users.remove(place, place+1)
	return c.changed("/users", entity), nil
}

// deleteUsers implements "Delete users'": the oldest go first.
func (c *easemobCall) deleteUsers() (*easemobReply, *easemobError) {
	limit, failure := c.limit(500)
	if failure != nil {
		return nil, failure
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	from, to, failure := c.window(limit)
	if failure != nil {
		return nil, failure
	}
	reply := c.changed("/users", c.entities(from, to)...)
	c.users.remove(from, to)
	reply.Cursor = c.users.cursor(from)
	return reply, nil
}

// setPassword implements "Modify user password". The user's tokens end with it.
func (c *easemobCall) setPassword() (*easemobReply, *easemobError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.users.find(c.vars["username"])
	if u == nil {
		return nil, easemobNoEntity()
	}
	var request struct {
		NewPassword string `json:"newpassword"`
	}
	if failure := c.decode(&request); failure != nil {
		return nil, failure
	}
	switch {
	case request.NewPassword == "":
		return nil, easemobIllegal("newpassword is required")
	case utf8.RuneCountInString(request.NewPassword) > 64:
		return nil, easemobIllegal("newpassword must not exceed 64 characters")
	}
	u.password = request.NewPassword
	u.generation++
	u.online = false
	u.touch(c.env.now())
	return &easemobReply{Action: "set user password"}, nil
}
