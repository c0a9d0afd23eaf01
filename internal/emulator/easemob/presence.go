package easemob

import "time"

// statusLimit is how many users one call asks about.
const statusLimit = 100

func (u *user) presence() string {
	if u != nil && u.online {
		return "online"
	}
	return "offline"
}

func (u *user) goOffline(now time.Time) {
	if u.online {
		u.online, u.offlineSince = false, now.UnixMilli()
	}
}

// status implements "Get user online status".
func (c *call) status() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, userNotFound()
	}
	return c.read(map[string]string{u.name: u.presence()}, 0), nil
}

// batchStatus implements "Get users' online status". Names are not verified: a user
// that does not exist is offline.
func (c *call) batchStatus() (*reply, error) {
	usernames, err := c.requiredUsernames()
	if err != nil {
		return nil, err
	}
	if len(usernames) > statusLimit {
		return nil, illegal("request body exceeds maximum limit, maximum limit is 100")
	}
	data := make([]map[string]string, 0, len(usernames))
	for _, name := range usernames {
		data = append(data, map[string]string{fold(name): c.app.users.find(name).presence()})
	}
	return &reply{Action: "get batch user status", Data: data}, nil
}

// offlineCount implements "Get the number of user offline messages".
func (c *call) offlineCount() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, userNotFound()
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
func (c *call) offlineStatus() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, userNotFound()
	}
	message, status := c.vars["msg_id"], "delivered"
	if known, ok := u.offline[message]; ok {
		status = known
	}
	return c.read(map[string]string{message: status}, 0), nil
}

// deactivate implements "User account disable". The user is offline from then on.
func (c *call) deactivate() (*reply, error) {
	u := c.user()
	switch {
	case u == nil && c.server.era.usersNotFound:
		return nil, userNotFound()
	case u == nil:
		return nil, managedNotFound(c.app.UUID)
	}
	u.activated = false
	u.goOffline(c.now)
	return &reply{Action: "Deactivate user", Entities: []any{u.entity()}}, nil
}

// activate implements "User account unblock".
func (c *call) activate() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, userNotFound()
	}
	u.activated = true
	return &reply{Action: "activate user"}, nil
}

// disconnect implements "Forced downline".
func (c *call) disconnect() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, userNotFound()
	}
	u.goOffline(c.now)
	return c.read(map[string]bool{"result": true}, 0), nil
}
