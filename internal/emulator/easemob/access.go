package easemob

import (
	"net/http"
	"strings"
)

// access is who may make a call and how others are refused.
type access struct {
	// open lets a call through without a token, if it says so.
	open func(*call) bool
	// self lets the user in the path make the call, besides the application.
	self bool
	// refuse is the answer to a call without a token, or with one that is not valid.
	refuse func(*call) error
	// strict refuses every token that is no good in those words, whatever is wrong.
	strict bool
}

var (
	anybody       = access{open: func(*call) bool { return true }}
	registrar     = access{open: (*call).registersOpenly, refuse: (*call).refuseRegistration}
	administrator = access{refuse: (*call).refusePermission}
	owner         = access{refuse: (*call).refusePermission, self: true}
	statusReader  = access{refuse: (*call).refuseStatuses}
	console       = access{refuse: (*call).refuseConsole, strict: true}

	// Groups and chat rooms, their newer attributes, and what users joined.
	groupAdministrator = access{refuse: (*call).refuseGroups, strict: true}
	groupOwner         = access{refuse: (*call).refuseGroups, strict: true, self: true}
	anyRefusal         = access{refuse: (*call).refuseAnything, strict: true}
	attributeOwner     = access{refuse: (*call).refuseAttributes, strict: true, self: true}
	attributeReader    = access{refuse: (*call).refuseAttributes, strict: true}
	pushOwner          = access{refuse: (*call).refuseAnything, strict: true, self: true}
)

// authorize returns the answer to a caller who may not make the call, or nil.
func (c *call) authorize(a access) error {
	err := c.judge(a)
	if _, given := c.bearer(); err != nil && c.server.era.oneRefusal && (given || a.open == nil) {
		return c.refuseAnything()
	}
	return err
}

// refuseAnything is the answer that newer servers give whatever is wrong with a token.
func (c *call) refuseAnything() error {
	return &failure{
		status: http.StatusUnauthorized, code: "unauthorized", description: "Unable to authenticate (OAuth)",
	}
}

func (c *call) judge(a access) error {
	token, given := c.bearer()
	if a.open != nil && (a.refuse == nil || !given) && a.open(c) {
		return nil
	}
	if !given {
		return a.refuse(c)
	}
	claim, ok, corrupt := parseClaim(c.app.TokenKey, token)
	switch {
	case corrupt && !a.strict:
		return badToken("Unable to authenticate due to corrupt access token")
	case !ok, claim.expires != 0 && claim.expires <= c.now.UnixMilli():
		return a.refuse(c)
	case claim.user == uuid{}:
		return nil
	}
	u := c.app.users.byID[claim.user]
	switch valid := u != nil && u.activated && u.generation == claim.generation; {
	case valid && a.self && c.user() == u:
		return nil
	case !valid || a.strict:
		return a.refuse(c)
	}
	return badToken("Unable to authenticate")
}

// bearer returns the token that the call carries.
func (c *call) bearer() (token string, given bool) {
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, token != "" && strings.EqualFold(scheme, "Bearer")
}

// registersOpenly reports whether the call needs no token: anybody may register one
// user while registration is open.
func (c *call) registersOpenly() bool { return c.app.OpenRegistration && !c.bodyIsArray() }

func (c *call) refuseRegistration() error {
	if _, given := c.bearer(); given || c.bodyIsArray() {
		return c.refusePermission()
	}
	return &failure{
		status: http.StatusUnauthorized, code: "unauthorized",
		description: "registration is not open, please contact the app admin",
	}
}

// refusePermission names what the caller may not do. Calls that change a user name
// all users.
func (c *call) refusePermission() error {
	name := c.vars["username"]
	if c.r.Method == http.MethodPut {
		name = ""
	}
	return c.noPermission(strings.ToLower(c.r.Method), name)
}

// refuseStatuses is the answer that the documents show, which is that of the status of
// one user. The user is the first that the call asks about.
func (c *call) refuseStatuses() error {
	var request struct {
		Usernames []string `json:"usernames"`
	}
	if c.decode(&request) != nil || len(request.Usernames) == 0 {
		return c.noPermission("get", "")
	}
	return c.noPermission("get", request.Usernames[0])
}

func (c *call) noPermission(verb, username string) error {
	resource := "/users"
	if u := c.app.users.find(username); u != nil {
		resource += "/" + u.id.String()
	}
	return &failure{
		status: http.StatusUnauthorized, code: "unauthorized",
		exception:   "org.apache.shiro.authz.UnauthorizedException",
		description: "Subject does not have permission [applications:" + verb + ":" + c.app.UUID + ":" + resource + "]",
	}
}

func (c *call) refuseConsole() error {
	return &failure{
		status: http.StatusUnauthorized, code: "unauthorized", exception: securityException,
		description: "No admin user access authorized",
	}
}

func badToken(description string) error {
	return &failure{
		status: http.StatusUnauthorized, code: "auth_bad_access_token", exception: securityException,
		description: description,
	}
}
