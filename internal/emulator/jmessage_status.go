package emulator

// jmUserState implements "用户在线状态查询", which knows of one device only.
func jmUserState(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	var state struct {
		Login  bool `json:"login"`
		Online bool `json:"online"`
	}
	for _, device := range user.devices {
		state.Login = state.Login || device.Login
		state.Online = state.Online || device.Online
	}
	return jmOK(state)
}

// jmStateBody is the state of a user's devices.
type jmStateBody struct {
	Devices  []jmDevice `json:"devices"`
	Username string     `json:"username"`
	// Code and Message belong to the second version: 0 for a user who exists.
	Code    *int   `json:"statuscode,omitempty"`
	Message string `json:"statusmsg,omitempty"`
}

func (u *jmUser) state() jmStateBody {
	return jmStateBody{Devices: append([]jmDevice{}, u.devices...), Username: u.name.user}
}

// askedNames reads the names whose states are asked for.
func (c *jmCall) askedNames() ([]string, error) {
	var names []string
	if err := c.decode(&names); err != nil {
		return nil, err
	}
	for _, name := range names {
		if !jmValidUsername(name) {
			return nil, jmFail(jmInvalid)
		}
	}
	return names, nil
}

// jmUserStates implements "批量用户在线状态查询". One missing user fails the call.
func jmUserStates(c *jmCall) (jmReply, error) {
	names, err := c.askedNames()
	if err != nil {
		return jmReply{}, err
	}
	states := make([]jmStateBody, len(names))
	for i, name := range names {
		user := c.app.users.get(name)
		if user == nil {
			return jmReply{}, jmFail(jmNoUser)
		}
		states[i] = user.state()
	}
	return jmOK(states)
}

// jmUserStatesV2 implements "批量用户在线状态查询 v2".
func jmUserStatesV2(c *jmCall) (jmReply, error) {
	names, err := c.askedNames()
	if err != nil {
		return jmReply{}, err
	}
	exists, missing := 0, 1
	states := make([]jmStateBody, len(names))
	for i, name := range names {
		if user := c.app.users.get(name); user != nil {
			states[i] = user.state()
			states[i].Code = &exists
			continue
		}
		states[i] = jmStateBody{Devices: []jmDevice{}, Username: name, Code: &missing, Message: "no_exist"}
	}
	return jmOK(states)
}
