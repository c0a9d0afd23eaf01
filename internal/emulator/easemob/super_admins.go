package easemob

// addSuperAdmin implements "Add a super admin of chat rooms".
func (c *call) addSuperAdmin() (*reply, error) {
	var request struct {
		SuperAdmin string `json:"superadmin"`
	}
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	if request.SuperAdmin == "" {
		return nil, invalidParameter("superadmin must be provided")
	}
	u, err := c.known(request.SuperAdmin)
	if err != nil {
		return nil, err
	}
	c.app.superAdmins.Set(u, struct{}{})
	return c.groupReply(map[string]string{"result": "success", "resource": ""}), nil
}

// removeSuperAdmin implements "Remove a super admin of chat rooms". It succeeds if
// the user is none.
func (c *call) removeSuperAdmin() (*reply, error) {
	u, err := c.known(c.vars["username"])
	if err != nil {
		return nil, err
	}
	c.app.superAdmins.Remove(u)
	return c.groupReply(map[string]string{"newSuperAdmin": u.name, "resource": ""}), nil
}

// listSuperAdmins implements "Get the super admins of chat rooms".
func (c *call) listSuperAdmins() (*reply, error) {
	p, err := c.page(1, 10, 1000)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for u := range c.app.superAdmins.From(p.start, p.count) {
		names = append(names, u.name)
	}
	return c.nameList(names), nil
}
