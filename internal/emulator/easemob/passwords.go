package easemob

import "unicode/utf8"

// setPassword implements "Modify user password". The user's tokens end with it.
func (c *call) setPassword() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, entityNotFound()
	}
	var request struct {
		NewPassword string `json:"newpassword"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	switch {
	case request.NewPassword == "":
		return nil, illegal("newpassword is required")
	case utf8.RuneCountInString(request.NewPassword) > 64:
		return nil, illegal("newpassword must not exceed 64 characters")
	}
	u.password = request.NewPassword
	u.generation++
	u.goOffline(c.now)
	u.touch(c.now)
	return &reply{Action: "set user password"}, nil
}
