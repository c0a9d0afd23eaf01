package emulator

import (
	"encoding/json"
	"net/http"
)

// jmMaxDelete is how many users one call may delete.
const jmMaxDelete = 100

// jmProfileChange is what a call says about a profile. What it leaves out, or
// gives as null, stays as it is.
type jmProfileChange struct {
	Nickname  *string         `json:"nickname"`
	Avatar    *string         `json:"avatar"`
	Birthday  *string         `json:"birthday"`
	Gender    *int            `json:"gender"`
	Signature *string         `json:"signature"`
	Region    *string         `json:"region"`
	Address   *string         `json:"address"`
	Extras    json.RawMessage `json:"extras"`
}

// apply changes user, or leaves him untouched and returns an error.
func (p jmProfileChange) apply(user *jmUser) error {
	profile, extras := user.profile, user.extras
	for _, text := range []struct {
		from *string
		to   *string
	}{
		{p.Nickname, &profile.Nickname},
		{p.Avatar, &profile.Avatar},
		{p.Birthday, &profile.Birthday},
		{p.Signature, &profile.Signature},
		{p.Region, &profile.Region},
		{p.Address, &profile.Address},
	} {
		if text.from != nil {
			*text.to = *text.from
		}
	}
	if p.Gender != nil {
		profile.Gender = p.Gender
	}
	if p.Extras != nil && !jmIsNull(p.Extras) {
		extras = p.Extras
	}
	return user.setProfile(profile, extras)
}

// setProfile stores a profile that keeps the rules of "字符串规范".
func (u *jmUser) setProfile(profile jmProfile, extras json.RawMessage) error {
	if !jmOneLine(profile.Nickname) {
		return jmFail(jmInvalid)
	}
	for _, text := range []string{profile.Avatar, profile.Signature, profile.Region, profile.Address} {
		if len(text) > jmMaxText {
			return jmFail(jmInvalid)
		}
	}
	if profile.Gender != nil && (*profile.Gender < 0 || *profile.Gender > 2) {
		return jmFail(jmInvalid)
	}
	var err error
	if profile.Birthday != "" {
		if profile.Birthday, err = jmBirthday(profile.Birthday); err != nil {
			return err
		}
	}
	if extras != nil {
		if extras, err = jmObject(extras, jmMaxExtras); err != nil {
			return err
		}
	}
	u.profile, u.extras = profile, extras
	return nil
}

// jmRegistration is a user to be registered.
type jmRegistration struct {
	Username *string `json:"username"`
	Password *string `json:"password"`
	jmProfileChange
}

// register adds a user to the application of the call.
func (c *jmCall) register(data []byte, admin bool) error {
	var asked jmRegistration
	if err := jmDecode(data, &asked); err != nil {
		return err
	}
	if asked.Username == nil || !jmValidUsername(*asked.Username) ||
		asked.Password == nil || !jmNameSized(*asked.Password) {
		return jmFail(jmInvalid)
	}
	now := c.timestamp()
	user := &jmUser{
		name:     jmName{app: c.app.key, user: *asked.Username},
		password: *asked.Password,
		admin:    admin,
		ctime:    now,
		mtime:    now,
	}
	if err := asked.apply(user); err != nil {
		return err
	}
	if c.app.users.has(user.name.user) {
		return jmFail(jmUserExists)
	}
	c.app.users.add(user.name.user, user)
	return nil
}

// jmRegistered is what became of one user of a registration.
type jmRegistered struct {
	Username string   `json:"username,omitempty"`
	Error    *jmError `json:"error,omitempty"`
}

// jmRegisterUsers implements "注册用户". Each user succeeds or fails alone; the
// status tells of a failure only when nobody was registered.
func jmRegisterUsers(c *jmCall) (jmReply, error) {
	var asked []json.RawMessage
	if err := c.decode(&asked); err != nil {
		return jmReply{}, err
	}
	if len(asked) == 0 {
		return jmReply{}, jmFail(jmInvalid)
	}
	if len(asked) > jmMaxBatch {
		return jmReply{}, jmFail(jmTooManyUsers)
	}
	results := make([]jmRegistered, len(asked))
	failed, malformed := 0, 0
	for i, data := range asked {
		results[i].Username = jmUsernameIn(data)
		err := c.register(data, false)
		if err == nil {
			continue
		}
		failure := jmAsError(err)
		results[i].Error = failure
		failed++
		if failure.Code == jmInvalid {
			malformed++
		}
	}
	status := http.StatusCreated
	switch len(asked) {
	case malformed:
		status = http.StatusBadRequest
	case failed:
		status = http.StatusForbidden
	}
	return jmReply{status: status, body: results}, nil
}

// jmUsernameIn returns the name in a registration that may be malformed, or "".
func jmUsernameIn(data []byte) string {
	var named map[string]json.RawMessage
	var name string
	if json.Unmarshal(data, &named) != nil || json.Unmarshal(named["username"], &name) != nil {
		return ""
	}
	return name
}

// jmUserBody is a user as he is read: username, mtime and ctime are always there.
type jmUserBody struct {
	Username string `json:"username"`
	jmProfile
	Mtime  string          `json:"mtime"`
	Ctime  string          `json:"ctime"`
	Extras json.RawMessage `json:"extras,omitempty"`
	AppKey string          `json:"appkey,omitempty"`
}

func (u *jmUser) body() jmUserBody {
	return jmUserBody{Username: u.name.user, jmProfile: u.profile, Mtime: u.mtime, Ctime: u.ctime, Extras: u.extras}
}

// jmGetUser implements "获取用户信息".
func jmGetUser(c *jmCall) (jmReply, error) {
	user, err := c.user()
	if err != nil {
		return jmReply{}, err
	}
	return jmOK(user.body())
}

// jmUpdateUser implements "更新用户信息".
func jmUpdateUser(c *jmCall) (jmReply, error) {
	user, err := c.user()
	if err != nil {
		return jmReply{}, err
	}
	var change jmProfileChange
	if err := c.decode(&change); err != nil {
		return jmReply{}, err
	}
	if err := change.apply(user); err != nil {
		return jmReply{}, err
	}
	user.mtime = c.timestamp()
	return jmNoContent()
}

// jmSetPassword implements "修改密码".
func jmSetPassword(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	var asked struct {
		Password *string `json:"new_password"`
	}
	if err := c.decode(&asked); err != nil {
		return jmReply{}, err
	}
	if asked.Password == nil || !jmNameSized(*asked.Password) {
		return jmReply{}, jmFail(jmInvalid)
	}
	user.password = *asked.Password
	user.mtime = c.timestamp()
	return jmNoContent()
}

// jmForbidUser implements "禁用用户".
func jmForbidUser(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	disable, err := c.flag("disable")
	if err != nil {
		return jmReply{}, err
	}
	user.disabled = disable
	return jmNoContent()
}

// jmDeleteUser implements "删除用户".
func jmDeleteUser(c *jmCall) (jmReply, error) {
	user, err := c.user()
	if err != nil {
		return jmReply{}, err
	}
	c.world.deleteUsers([]*jmUser{user})
	return jmNoContent()
}

// jmDeleteUsers implements "批量删除用户". One missing user keeps all of them.
func jmDeleteUsers(c *jmCall) (jmReply, error) {
	users, err := c.people(jmMaxDelete)
	if err != nil {
		return jmReply{}, err
	}
	c.world.deleteUsers(users)
	return jmOK(nil)
}

// jmUserPage is a page of users.
type jmUserPage struct {
	Total int          `json:"total"`
	Start int          `json:"start"`
	Count int          `json:"count"`
	Users []jmUserBody `json:"users"`
}

// jmListUsers implements "获取用户列表".
func jmListUsers(c *jmCall) (jmReply, error) {
	return jmPageOfUsers(c, &c.app.users)
}

func jmPageOfUsers(c *jmCall, users *jmOrdered[string, *jmUser]) (jmReply, error) {
	start, count, err := c.page(jmMaxPage)
	if err != nil {
		return jmReply{}, err
	}
	page := jmUserPage{Total: users.len(), Start: start, Users: []jmUserBody{}}
	for _, user := range users.from(start, count) {
		page.Users = append(page.Users, user.body())
	}
	page.Count = len(page.Users)
	return jmOK(page)
}

// jmRegisterAdmin registers a user who may send messages for the application. The
// document no longer has the call, the vendor's clients do.
func jmRegisterAdmin(c *jmCall) (jmReply, error) {
	if err := c.register(c.body, true); err != nil {
		return jmReply{}, err
	}
	return jmCreated(nil)
}

// jmListAdmins lists the admins as jmListUsers does users.
func jmListAdmins(c *jmCall) (jmReply, error) {
	var admins jmOrdered[string, *jmUser]
	for name, user := range c.app.users.all() {
		if user.admin {
			admins.add(name, user)
		}
	}
	return jmPageOfUsers(c, &admins)
}
