package emulator

// easemobStatusLimit is how many users one call asks about.
const easemobStatusLimit = 100

func (u *easemobUser) presence() string {
	if u != nil && u.online {
		return "online"
	}
	return "offline"
}

// status implements "Get user online status".
func (c *easemobCall) status() (*easemobReply, *easemobError) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	u := c.users.find(c.vars["username"])
	if u == nil {
		return nil, easemobNotFound()
	}
	return c.read(map[string]string{u.name: u.presence()}, 0), nil
}

// batchStatus implements "Get users' online status". Names are not verified: a user
// that does not exist is offline.
func (c *easemobCall) batchStatus() (*easemobReply, *easemobError) {
	var request struct {
		Usernames []string `json:"usernames"`
	}
	if failure := c.decode(&request); failure != nil {
		return nil, failure
	}
	switch n := len(request.Usernames); {
	case n == 0:
		return nil, easemobIllegal("usernames is required")
	case n > easemobStatusLimit:
		return nil, easemobIllegal("request body exceeds maximum limit, maximum limit is 100")
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	data := make([]map[string]string, 0, len(request.Usernames))
	for _, name := range request.Usernames {
		data = append(data, map[string]string{easemobFold(name): c.users.find(name).presence()})
	}
	return &easemobReply{Action: "get batch user status", Data: data}, nil
}

// offlineCount implements "Get the number of user offline messages".
func (c *easemobCall) offlineCount() (*easemobReply, *easemobError) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	u := c.users.find(c.vars["username"])
	if u == nil {
		return nil, easemobNotFound()
	}
	waiting := 0
	for _, status := range u.offline {
		if status == "undelivered" {
			waiting++
		}
	}
	return c.read(map[string]int{u.name: waiting}, 0), nil
}

// offlineStatus implements "Get the status of an offline message". One that nobody
// knows is delivered.
func (c *easemobCall) offlineStatus() (*easemobReply, *easemobError) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	u := c.users.find(c.vars["username"])
	if u == nil {
		return nil, easemobNotFound()
	}
	message, status := c.vars["msg_id"], "delivered"
	if known, ok := u.offline[message]; ok {
		status = known
	}
	return c.read(map[string]string{message: status}, 0), nil
}

// deactivate implements "User account disable". The user is offline from then on.
func (c *easemobCall) deactivate() (*easemobReply, *easemobError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.users.find(c.vars["username"])
	if u == nil {
		return nil, easemobNoManaged(c.app.UUID)
	}
	u.activated, u.online = false, false
	return &easemobReply{Action: "Deactivate user", Entities: []any{u.entity()}}, nil
}

// activate implements "User account unblock".
func (c *easemobCall) activate() (*easemobReply, *easemobError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.users.find(c.vars["username"])
	if u == nil {
		return nil, easemobNotFound()
	}
	u.activated = true
	return &easemobReply{Action: "activate user"}, nil
}

// disconnect implements "Forced downline".
func (c *easemobCall) disconnect() (*easemobReply, *easemobError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.users.find(c.vars["username"])
	if u == nil {
		return nil, easemobNotFound()
	}
	u.online = false
	return c.read(map[string]bool{"result": true}, 0), nil
}
