package easemob

// listAdmins implements "Get the admins of a group" and the same of a chat room.
func (c *call) listAdmins() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	return c.nameList(oldestNames(g.admins)), nil
}

// addAdmin implements "Add an admin to a group" and the same of a chat room. It
// succeeds if the user is one already.
func (c *call) addAdmin() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	var request struct {
		NewAdmin string `json:"newadmin"`
	}
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	if request.NewAdmin == "" {
		return nil, invalidParameter("newadmin must be provided")
	}
	u := c.app.users.find(request.NewAdmin)
	switch {
	case u == g.owner:
		return nil, ownerForbidden()
	case u == nil || !g.members.Has(u):
		return nil, groupFailure(404, "resource_not_found", g.noSuchMember(request.NewAdmin))
	case !g.admins.Has(u) && g.admins.Len() >= maxAdmins:
		return nil, groupFailure(403, "exceed_limit", "admins size is greater than max admin size !")
	}
	g.admins.Set(u, struct{}{})
	g.allowed.Remove(u) // admins are on the allow list anyway
	return c.groupReply(map[string]string{"result": "success", "newadmin": u.name}), nil
}

// removeAdmin implements "Remove an admin from a group" and the same of a chat room.
func (c *call) removeAdmin() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	name := c.vars["username"]
	u := c.app.users.find(name)
	switch {
	case u == nil && g.kind == roomKind:
		return nil, usernameNotFound(name)
	case u == nil || !g.admins.Has(u):
		return nil, forbiddenOperation("user:" + name + " is not admin of group:" + g.id)
	}
	g.admins.Remove(u)
	return c.groupReply(map[string]string{"result": "success", "oldadmin": u.name}), nil
}
