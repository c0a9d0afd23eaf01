package jmessage

import (
	"encoding/json"
	"net/http"
)

// maxDelete is how many users one call may delete.
const maxDelete = 100

// profileChange is what a call says about a profile. What it leaves out, or
// gives as null, stays as it is.
type profileChange struct {
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
func (p profileChange) apply(u *user) error {
	profile, extras := u.profile, u.extras
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
	if p.Extras != nil && !isNull(p.Extras) {
		extras = p.Extras
	}
	return u.setProfile(profile, extras)
}

// setProfile stores a profile that keeps the rules of "字符串规范".
func (u *user) setProfile(profile profile, extras json.RawMessage) error {
	if !oneLine(profile.Nickname) {
		return refusal(codeInvalid)
	}
	for _, text := range []string{profile.Avatar, profile.Signature, profile.Region, profile.Address} {
		if len(text) > maxText {
			return refusal(codeInvalid)
		}
	}
	if profile.Gender != nil && (*profile.Gender < 0 || *profile.Gender > 2) {
		return refusal(codeInvalid)
	}
	var err error
	if profile.Birthday != "" {
		if profile.Birthday, err = parseBirthday(profile.Birthday); err != nil {
			return err
		}
	}
	if extras != nil {
		if extras, err = compactObject(extras, maxExtras); err != nil {
			return err
		}
	}
	u.profile, u.extras = profile, extras
	return nil
}

// registration is a user to be registered.
type registration struct {
	Username *string `json:"username"`
	Password *string `json:"password"`
	profileChange
}

// register adds a user to the application of the call.
func (c *call) register(data []byte, admin bool) error {
	var asked registration
	if err := decodeJSON(data, &asked); err != nil {
		return err
	}
	if asked.Username == nil || !validUsername(*asked.Username) ||
		asked.Password == nil || !nameSized(*asked.Password) {
		return refusal(codeInvalid)
	}
	now := c.timestamp()
	u := &user{
		app:      c.app,
		name:     *asked.Username,
		password: *asked.Password,
		admin:    admin,
		ctime:    now,
		mtime:    now,
	}
	if err := asked.apply(u); err != nil {
		return err
	}
	if c.app.users.Has(u.name) {
		return refusal(codeUserExists)
	}
	c.app.add(u)
	return nil
}

// registered is what became of one user of a registration.
type registered struct {
	Username string   `json:"username,omitempty"`
	Error    *failure `json:"error,omitempty"`
}

// registerUsers implements "注册用户". Each user succeeds or fails alone; the
// status is that of a failure only if nobody was registered.
func (c *call) registerUsers() (*reply, error) {
	var asked []json.RawMessage
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	if len(asked) == 0 {
		return nil, refusal(codeInvalid)
	}
	if len(asked) > maxBatch {
		return nil, refusal(codeTooManyUsers)
	}
	results := make([]registered, len(asked))
	failed, malformed := 0, 0
	for i, data := range asked {
		results[i].Username = usernameIn(data)
		err := c.register(data, false)
		if err == nil {
			continue
		}
		failure := asFailure(err)
		results[i].Error = failure
		failed++
		if failure.Code == codeInvalid {
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
	return &reply{status: status, body: results}, nil
}

// usernameIn returns the name in a registration that may be malformed, or "".
func usernameIn(data []byte) string {
	var named map[string]json.RawMessage
	var name string
	if json.Unmarshal(data, &named) != nil || json.Unmarshal(named["username"], &name) != nil {
		return ""
	}
	return name
}

// userBody is a user as he is read: username, mtime and ctime are always there.
type userBody struct {
	Username string `json:"username"`
	profile
	Mtime  string          `json:"mtime"`
	Ctime  string          `json:"ctime"`
	Extras json.RawMessage `json:"extras,omitempty"`
	AppKey string          `json:"appkey,omitempty"`
}

func (u *user) body() userBody {
	return userBody{Username: u.name, profile: u.profile, Mtime: u.mtime, Ctime: u.ctime, Extras: u.extras}
}

// getUser implements "获取用户信息".
func (c *call) getUser() (*reply, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	return answered(u.body())
}

// updateUser implements "更新用户信息".
func (c *call) updateUser() (*reply, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	var change profileChange
	if err := c.decode(&change); err != nil {
		return nil, err
	}
	if err := change.apply(u); err != nil {
		return nil, err
	}
	u.mtime = c.timestamp()
	return noContent()
}

// setPassword implements "修改密码".
func (c *call) setPassword() (*reply, error) {
	u, err := c.checkedUser()
	if err != nil {
		return nil, err
	}
	var asked struct {
		Password *string `json:"new_password"`
	}
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	if asked.Password == nil || !nameSized(*asked.Password) {
		return nil, refusal(codeInvalid)
	}
	u.password = *asked.Password
	u.mtime = c.timestamp()
	return noContent()
}

// forbidUser implements "禁用用户".
func (c *call) forbidUser() (*reply, error) {
	u, err := c.checkedUser()
	if err != nil {
		return nil, err
	}
	disable, err := c.flag("disable")
	if err != nil {
		return nil, err
	}
	u.disabled = disable
	return noContent()
}

// deleteUser implements "删除用户".
func (c *call) deleteUser() (*reply, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	u.delete()
	return noContent()
}

// deleteUsers implements "批量删除用户". One missing user keeps all of them.
func (c *call) deleteUsers() (*reply, error) {
	users, err := c.people(maxDelete)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		u.delete()
	}
	return answered(nil)
}

// userPage is a page of users.
type userPage struct {
	Total int        `json:"total"`
	Start int        `json:"start"`
	Count int        `json:"count"`
	Users []userBody `json:"users"`
}

// listUsers implements "获取用户列表".
func (c *call) listUsers() (*reply, error) {
	start, count, err := c.page(maxPage)
	if err != nil {
		return nil, err
	}
	page := userPage{Total: c.app.users.Len(), Start: start, Users: []userBody{}}
	for _, u := range c.app.users.From(start, count) {
		page.add(u)
	}
	return answered(page)
}

func (p *userPage) add(u *user) {
	p.Users = append(p.Users, u.body())
	p.Count++
}

// registerAdmin registers a user who may send messages for the application. The
// document no longer has the call, the vendor's clients do.
func (c *call) registerAdmin() (*reply, error) {
	if err := c.register(c.body, true); err != nil {
		return nil, err
	}
	return created(nil)
}

// listAdmins lists the admins as listUsers does users.
func (c *call) listAdmins() (*reply, error) {
	start, count, err := c.page(maxPage)
	if err != nil {
		return nil, err
	}
	page := userPage{Total: c.app.admins.Len(), Start: start, Users: []userBody{}}
	for u := range c.app.admins.From(start, count) {
		page.add(u)
	}
	return answered(page)
}
