package jmessage

// userState implements "用户在线状态查询", which knows of one device only.
func (c *call) userState() (*reply, error) {
	u, err := c.checkedUser()
	if err != nil {
		return nil, err
	}
	var state struct {
		Login  bool `json:"login"`
		Online bool `json:"online"`
	}
	for _, device := range u.devices {
		state.Login = state.Login || device.Login
		state.Online = state.Online || device.Online
	}
	return answered(state)
}

// stateBody is the state of a user's devices.
type stateBody struct {
	Devices  []device `json:"devices"`
	Username string   `json:"username"`
	// Code and Message belong to the second version: 0 for a user who exists.
	Code    *int   `json:"statuscode,omitempty"`
	Message string `json:"statusmsg,omitempty"`
}

func (u *user) state() stateBody {
	return stateBody{Devices: append([]device{}, u.devices...), Username: u.name}
}

// askedNames reads the names whose states are asked for.
func (c *call) askedNames() ([]string, error) {
	var names []string
	if err := c.decode(&names); err != nil {
		return nil, err
	}
	for _, name := range names {
		if !validUsername(name) {
			return nil, refusal(codeInvalid)
		}
	}
	return names, nil
}

// userStates implements "批量用户在线状态查询". One missing user fails the call.
func (c *call) userStates() (*reply, error) {
	names, err := c.askedNames()
	if err != nil {
		return nil, err
	}
	states := make([]stateBody, len(names))
	for i, name := range names {
		u := c.app.users.Get(name)
		if u == nil {
			return nil, refusal(codeNoUser)
		}
		states[i] = u.state()
	}
	return answered(states)
}

// userStatesV2 implements "批量用户在线状态查询 v2".
func (c *call) userStatesV2() (*reply, error) {
	names, err := c.askedNames()
	if err != nil {
		return nil, err
	}
	exists, missing := 0, 1
	states := make([]stateBody, len(names))
	for i, name := range names {
		if u := c.app.users.Get(name); u != nil {
			states[i] = u.state()
			states[i].Code = &exists
			continue
		}
		states[i] = stateBody{Devices: []device{}, Username: name, Code: &missing, Message: "no_exist"}
	}
	return answered(states)
}
