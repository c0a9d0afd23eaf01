package easemob

import (
	"net/http"
	"regexp"
	"strconv"
	"unicode/utf8"

	"terraform-provider-chat/internal/emulator/platform"
)

// What the calls about push labels take.
const (
	mostLabels           = 100
	maxLabelDescription  = 255 // characters
	mostLabelUsers       = 100
	defaultLabelUserPage = 10
)

// label is a group of users to whom notifications are pushed.
type label struct {
	name, description string
	created           int64 // milliseconds
	users             platform.Map[*user, int64]
}

// labelDocument is a label as answers and the state document have it.
type labelDocument struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	CreatedAt   int64  `json:"createdAt"`
	// Count is how many users have the label; not in the answer to its creation.
	Count *int `json:"count,omitempty"`
}

var labelName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

func (l *label) document(counted bool) labelDocument {
	d := labelDocument{Name: l.name, Description: l.description, CreatedAt: l.created}
	if counted {
		n := l.users.Len()
		d.Count = &n
	}
	return d
}

// heldLabel is a label in the state document.
type heldLabel struct {
	labelDocument
	Users []labelUser `json:"users,omitempty"`
}

// label returns the label in the path.
func (c *call) label() (*label, error) {
	l := c.app.labels.Get(c.vars["label"])
	if l == nil {
		return nil, &failure{
			status: http.StatusBadRequest, code: "entity_not_found", exception: "EntityNotFoundException",
			description: c.vars["label"] + " label is not exist",
		}
	}
	return l, nil
}

// createLabel implements "Create a push label".
func (c *call) createLabel() (*reply, error) {
	var request struct {
		Name        *string `json:"name"`
		Description *string `json:"description"`
	}
	if platform.Decode(c.body, &request) != nil {
		return nil, invalidPush("body")
	}
	name, description := value(request.Name), value(request.Description)
	switch {
	case !labelName.MatchString(name) || c.app.labels.Has(name):
		return nil, invalidPush("name")
	case utf8.RuneCountInString(description) > maxLabelDescription:
		return nil, invalidPush("description")
	case c.app.labels.Len() >= mostLabels:
		return nil, invalidPush("label")
	}
	l := &label{name: name, description: description, created: c.now.UnixMilli()}
	c.app.labels.Set(name, l)
	return &reply{Data: l.document(false)}, nil
}

// listLabels implements "Get push labels".
func (c *call) listLabels() (*reply, error) {
	list := []labelDocument{}
	for _, l := range c.app.labels.All() {
		list = append(list, l.document(true))
	}
	return &reply{Data: list}, nil
}

// getLabel implements "Get a push label".
func (c *call) getLabel() (*reply, error) {
	l, err := c.label()
	if err != nil {
		return nil, err
	}
	return &reply{Data: l.document(true)}, nil
}

// deleteLabel implements "Delete a push label".
func (c *call) deleteLabel() (*reply, error) {
	l, err := c.label()
	if err != nil {
		return nil, err
	}
	c.app.labels.Remove(l.name)
	return &reply{Data: "success"}, nil
}

// labelled is what became of users who get a label, or lose it.
type labelled struct {
	Success []string          `json:"success"`
	Fail    map[string]string `json:"fail"`
}

// addToLabel implements "Give users a push label".
func (c *call) addToLabel() (*reply, error) {
	return c.changeLabel(func(l *label, u *user) { l.users.Set(u, c.now.UnixMilli()) })
}

// removeFromLabel implements "Take a push label from users".
func (c *call) removeFromLabel() (*reply, error) {
	return c.changeLabel(func(l *label, u *user) { l.users.Remove(u) })
}

func (c *call) changeLabel(change func(*label, *user)) (*reply, error) {
	l, err := c.label()
	if err != nil {
		return nil, err
	}
	var request struct {
		Usernames []string `json:"usernames"`
	}
	if platform.Decode(c.body, &request) != nil || len(request.Usernames) == 0 || len(request.Usernames) > mostLabelUsers {
		return nil, invalidPush("usernames")
	}
	outcome := labelled{Success: []string{}, Fail: map[string]string{}}
	for _, name := range request.Usernames {
		u := c.app.users.find(name)
		if u == nil {
			outcome.Fail[name] = "user not found"
			continue
		}
		change(l, u)
		outcome.Success = append(outcome.Success, u.name)
	}
	return &reply{Data: outcome}, nil
}

// labelUser is a user who has a label.
type labelUser struct {
	Username string `json:"username"`
	Created  int64  `json:"created"`
}

// listLabelUsers implements "Get the users of a push label".
func (c *call) listLabelUsers() (*reply, error) {
	l, err := c.label()
	if err != nil {
		return nil, err
	}
	limit, start := defaultLabelUserPage, 0
	query := c.r.URL.Query()
	if text := query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > mostLabelUsers {
			return nil, invalidPush("limit")
		}
	}
	if text := query.Get("cursor"); text != "" {
		if start, err = strconv.Atoi(text); err != nil || start < 0 {
			return nil, invalidPush("cursor")
		}
	}
	list := []labelUser{}
	for u, created := range l.users.From(start, limit) {
		list = append(list, labelUser{u.name, created})
	}
	answer := &reply{Data: list}
	if limit < l.users.Len()-start {
		answer.Cursor = strconv.Itoa(start + limit)
	}
	return answer, nil
}

// getLabelUser implements "Get a user of a push label".
func (c *call) getLabelUser() (*reply, error) {
	l, err := c.label()
	if err != nil {
		return nil, err
	}
	u := c.user()
	if u == nil || !l.users.Has(u) {
		return nil, pushUserNotFound()
	}
	return &reply{Data: labelUser{u.name, l.users.Get(u)}}, nil
}
