package emulator

// jmIDChange asks for groups to be added to a setting and removed from it.
type jmIDChange struct {
	Add    []int64 `json:"add"`
	Remove []int64 `json:"remove"`
}

// jmNameChange is jmIDChange for users.
type jmNameChange struct {
	Add    []string `json:"add"`
	Remove []string `json:"remove"`
}

// jmQuietChange is what a call says about not being disturbed.
type jmQuietChange struct {
	AppKey *string      `json:"appkey"`
	Single jmNameChange `json:"single"`
	Group  jmIDChange   `json:"group"`
	Global *int         `json:"global"`
}

// jmGroupCodes are the errors of a setting that concerns groups. A code of 0 is no error.
type jmGroupCodes struct {
	missing, notMember, on, off int
}

var (
	jmShieldCodes = jmGroupCodes{missing: jmShieldNoGroup, on: jmShieldOn, off: jmShieldOff}
	jmListedCodes = jmGroupCodes{
		missing:   jmQuietNoGroup,
		notMember: jmQuietNotInGroup,
		on:        jmGroupAlreadyQuiet,
		off:       jmGroupNotQuiet,
	}
)

// noDisturbCodes returns the errors of a no-disturb call for groups. The document
// prints those of the shield.
func (w *jmWorld) noDisturbCodes() jmGroupCodes {
	if w.documentedNoDisturbCodes {
		return jmListedCodes
	}
	return jmShieldCodes
}

// jmPlan is a change of a setting that is known to succeed.
type jmPlan[K comparable] struct {
	setting     *jmOrdered[K, struct{}]
	add, remove []K
}

func (p jmPlan[K]) apply() {
	for _, key := range p.add {
		p.setting.add(key, struct{}{})
	}
	for _, key := range p.remove {
		p.setting.remove(key)
	}
}

// check refuses to set what is set, and to remove what is not.
func (p jmPlan[K]) check(on, off int) error {
	for _, key := range p.add {
		if p.setting.has(key) {
			return jmFail(on)
		}
	}
	for _, key := range p.remove {
		if !p.setting.has(key) {
			return jmFail(off)
		}
	}
	return nil
}

// jmPlanUsers plans a change of the users of app who do not disturb.
func jmPlanUsers(app *jmApplication, user *jmUser, change jmNameChange) (jmPlan[jmName], error) {
	plan := jmPlan[jmName]{setting: &user.quietUsers}
	for _, part := range []struct {
		names []string
		into  *[]jmName
	}{{change.Add, &plan.add}, {change.Remove, &plan.remove}} {
		people, err := jmPeople(app, part.names)
		if err != nil {
			return plan, err
		}
		for _, other := range people {
			*part.into = append(*part.into, other.name)
		}
	}
	return plan, plan.check(jmSingleAlreadyQuiet, jmSingleNotQuiet)
}

// jmPlanGroups plans a change of a setting that concerns groups of app.
func jmPlanGroups(
	app *jmApplication, user *jmUser, setting *jmOrdered[int64, struct{}], change jmIDChange, codes jmGroupCodes,
) (jmPlan[int64], error) {
	plan := jmPlan[int64]{setting: setting, add: change.Add, remove: change.Remove}
	for _, ids := range [][]int64{change.Add, change.Remove} {
		for _, id := range ids {
			group := app.groups.get(id)
			if group == nil {
				return plan, jmFail(codes.missing)
			}
			if codes.notMember != 0 && !group.members.has(user.name) {
				return plan, jmFail(codes.notMember)
			}
		}
	}
	return plan, plan.check(codes.on, codes.off)
}

// jmSetNoDisturb implements "免打扰设置". A part that fails keeps all of the call from taking effect.
func jmSetNoDisturb(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	var change jmQuietChange
	if err := c.decode(&change); err != nil {
		return jmReply{}, err
	}
	singles, err := jmPlanUsers(c.app, user, change.Single)
	if err != nil {
		return jmReply{}, err
	}
	groups, err := jmPlanGroups(c.app, user, &user.quietGroups, change.Group, c.world.noDisturbCodes())
	if err != nil {
		return jmReply{}, err
	}
	quiet := user.quiet
	if change.Global != nil {
		if quiet, err = jmGlobal(quiet, *change.Global); err != nil {
			return jmReply{}, err
		}
	}
	singles.apply()
	groups.apply()
	user.quiet = quiet
	return jmNoContent()
}

// jmGlobal returns what the global setting becomes. Setting it to what it is, is an error.
func jmGlobal(quiet bool, wanted int) (bool, error) {
	switch {
	case wanted != 0 && wanted != 1:
		return quiet, jmFail(jmInvalid)
	case quiet && wanted == 1:
		return quiet, jmFail(jmGlobalAlreadyQuiet)
	case !quiet && wanted == 0:
		return quiet, jmFail(jmGlobalNotQuiet)
	}
	return wanted == 1, nil
}

// jmCrossSetNoDisturb implements "跨应用免打扰设置".
func jmCrossSetNoDisturb(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	changes, err := jmDecodeEach[jmQuietChange](c)
	if err != nil {
		return jmReply{}, err
	}
	var singles []jmPlan[jmName]
	var groups []jmPlan[int64]
	for _, change := range changes {
		app, err := c.application(change.AppKey)
		if err != nil {
			return jmReply{}, err
		}
		users, err := jmPlanUsers(app, user, change.Single)
		if err != nil {
			return jmReply{}, err
		}
		ids, err := jmPlanGroups(app, user, &user.quietGroups, change.Group, c.world.noDisturbCodes())
		if err != nil {
			return jmReply{}, err
		}
		singles, groups = append(singles, users), append(groups, ids)
	}
	for i := range changes {
		singles[i].apply()
		groups[i].apply()
	}
	return jmNoContent()
}

// jmSetGroupShield implements "群消息屏蔽".
func jmSetGroupShield(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	var change jmIDChange
	if err := c.decode(&change); err != nil {
		return jmReply{}, err
	}
	plan, err := jmPlanGroups(c.app, user, &user.shieldGroups, change, jmShieldCodes)
	if err != nil {
		return jmReply{}, err
	}
	plan.apply()
	return jmNoContent()
}
