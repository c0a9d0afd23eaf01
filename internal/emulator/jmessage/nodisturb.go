package jmessage

// idChange asks for groups to be added to a setting and removed from it.
type idChange struct {
	Add    []int64 `json:"add"`
	Remove []int64 `json:"remove"`
}

// nameChange is idChange for users.
type nameChange struct {
	Add    []string `json:"add"`
	Remove []string `json:"remove"`
}

// quietChange is what a call says about not being disturbed.
type quietChange struct {
	AppKey *string    `json:"appkey"`
	Single nameChange `json:"single"`
	Group  idChange   `json:"group"`
	Global *int       `json:"global"`
}

// groupCodes are the errors of a setting that concerns groups. A code of 0 is no error.
type groupCodes struct {
	missing, notMember, on, off int
}

var (
	shieldCodes = groupCodes{missing: codeShieldNoGroup, on: codeShieldOn, off: codeShieldOff}
	listedCodes = groupCodes{
		missing:   codeQuietNoGroup,
		notMember: codeQuietNotInGroup,
		on:        codeGroupAlreadyQuiet,
		off:       codeGroupNotQuiet,
	}
)

// noDisturbCodes returns the errors of a no-disturb call for groups. The document
// prints those of the shield.
func (w *world) noDisturbCodes() groupCodes {
	if w.switches.DocumentedNoDisturbCodes {
		return listedCodes
	}
	return shieldCodes
}

// Users and groups know whose settings name them, so that they leave no trace when they
// are deleted.

func (u *user) quieten(other *user) {
	u.quietUsers.Set(other, struct{}{})
	other.quieters.Set(u, struct{}{})
}

func (u *user) unquieten(other *user) {
	u.quietUsers.Remove(other)
	other.quieters.Remove(u)
}

func (u *user) quietenGroup(g *group) {
	u.quietGroups.Set(g, struct{}{})
	g.quieters.Set(u, struct{}{})
}

func (u *user) unquietenGroup(g *group) {
	u.quietGroups.Remove(g)
	g.quieters.Remove(u)
}

func (u *user) shield(g *group) {
	u.shieldGroups.Set(g, struct{}{})
	g.shielders.Set(u, struct{}{})
}

func (u *user) unshield(g *group) {
	u.shieldGroups.Remove(g)
	g.shielders.Remove(u)
}

// plan is a change of a setting that is known to succeed.
type plan[K comparable] struct {
	add, remove []K
	set, unset  func(K)
}

func (p plan[K]) apply() {
	for _, key := range p.add {
		p.set(key)
	}
	for _, key := range p.remove {
		p.unset(key)
	}
}

// check refuses to set what is set, and to remove what is not.
func (p plan[K]) check(setting set[K], on, off int) error {
	for _, key := range p.add {
		if setting.Has(key) {
			return refusal(on)
		}
	}
	for _, key := range p.remove {
		if !setting.Has(key) {
			return refusal(off)
		}
	}
	return nil
}

// planQuietUsers plans a change of the users of app who do not disturb u.
func planQuietUsers(app *application, u *user, change nameChange) (plan[*user], error) {
	p := plan[*user]{set: u.quieten, unset: u.unquieten}
	var err error
	if p.add, err = peopleOf(app, change.Add); err != nil {
		return p, err
	}
	if p.remove, err = peopleOf(app, change.Remove); err != nil {
		return p, err
	}
	return p, p.check(u.quietUsers, codeSingleAlreadyQuiet, codeSingleNotQuiet)
}

// planQuietGroups plans a change of the groups of app that do not disturb u.
func planQuietGroups(app *application, u *user, change idChange, codes groupCodes) (plan[*group], error) {
	p := plan[*group]{set: u.quietenGroup, unset: u.unquietenGroup}
	err := fillGroups(&p, app, u, change, codes, u.quietGroups)
	return p, err
}

// planShieldGroups plans a change of the groups of app whose messages u does not get.
func planShieldGroups(app *application, u *user, change idChange) (plan[*group], error) {
	p := plan[*group]{set: u.shield, unset: u.unshield}
	err := fillGroups(&p, app, u, change, shieldCodes, u.shieldGroups)
	return p, err
}

func findGroups(app *application, u *user, ids []int64, codes groupCodes) ([]*group, error) {
	var groups []*group
	for _, id := range ids {
		g := app.groups.Get(id)
		switch {
		case g == nil:
			return nil, refusal(codes.missing)
		case codes.notMember != 0 && !g.members.Has(u):
			return nil, refusal(codes.notMember)
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// fillGroups looks up the groups of a change for a plan and checks it.
func fillGroups(p *plan[*group], app *application, u *user, change idChange, codes groupCodes, setting set[*group]) error {
	var err error
	if p.add, err = findGroups(app, u, change.Add, codes); err != nil {
		return err
	}
	if p.remove, err = findGroups(app, u, change.Remove, codes); err != nil {
		return err
	}
	return p.check(setting, codes.on, codes.off)
}

// setNoDisturb implements "免打扰设置". A part that fails keeps all of the call from
// taking effect.
func (c *call) setNoDisturb() (*reply, error) {
	u, err := c.checkedUser()
	if err != nil {
		return nil, err
	}
	var change quietChange
	if err := c.decode(&change); err != nil {
		return nil, err
	}
	users, err := planQuietUsers(c.app, u, change.Single)
	if err != nil {
		return nil, err
	}
	groups, err := planQuietGroups(c.app, u, change.Group, c.world.noDisturbCodes())
	if err != nil {
		return nil, err
	}
	if change.Global != nil {
		if *change.Global != 0 && *change.Global != 1 {
			return nil, refusal(codeInvalid)
		}
		u.quiet = *change.Global == 1
	}
	users.apply()
	groups.apply()
	return noContent()
}

// crossSetNoDisturb implements "跨应用免打扰设置".
func (c *call) crossSetNoDisturb() (*reply, error) {
	u, err := c.checkedUser()
	if err != nil {
		return nil, err
	}
	changes, err := decodeEach[quietChange](c)
	if err != nil {
		return nil, err
	}
	var users []plan[*user]
	var groups []plan[*group]
	for _, change := range changes {
		app, err := c.application(change.AppKey)
		if err != nil {
			return nil, err
		}
		usersOfApp, err := planQuietUsers(app, u, change.Single)
		if err != nil {
			return nil, err
		}
		groupsOfApp, err := planQuietGroups(app, u, change.Group, c.world.noDisturbCodes())
		if err != nil {
			return nil, err
		}
		users, groups = append(users, usersOfApp), append(groups, groupsOfApp)
	}
	for i := range changes {
		users[i].apply()
		groups[i].apply()
	}
	return noContent()
}

// setGroupShield implements "群消息屏蔽".
func (c *call) setGroupShield() (*reply, error) {
	u, err := c.checkedUser()
	if err != nil {
		return nil, err
	}
	var change idChange
	if err := c.decode(&change); err != nil {
		return nil, err
	}
	groups, err := planShieldGroups(c.app, u, change)
	if err != nil {
		return nil, err
	}
	groups.apply()
	return noContent()
}
