package easemob

import (
	"net/http"
	"regexp"

	"terraform-provider-chat/internal/emulator/platform"
)

// template is what notifications are made of.
type template struct {
	Name     string `json:"name"`
	CreateAt int64  `json:"createAt"` // milliseconds
	UpdateAt int64  `json:"updateAt"`
	Title    string `json:"title_pattern"`
	Content  string `json:"content_pattern"`
}

var templateName = regexp.MustCompile(`^[A-Za-z0-9]{1,64}$`)

// templateReply is the answer to a call about templates.
func (c *call) templateReply(t template) *reply {
	r := c.pushReply(t)
	r.Path = ""
	return r
}

// template returns the template in the path.
func (c *call) template() (*template, error) {
	t := c.app.templates.Get(c.vars["name"])
	if t == nil {
		return nil, &failure{
			status: http.StatusBadRequest, code: "entity_not_found", exception: "EntityNotFoundException",
			description: c.vars["name"] + " template is not exist",
		}
	}
	return t, nil
}

// createTemplate implements "Create a push template". One of the same name is replaced.
func (c *call) createTemplate() (*reply, error) {
	var request struct {
		Name    *string `json:"name"`
		Title   *string `json:"title_pattern"`
		Content *string `json:"content_pattern"`
	}
	if platform.Decode(c.body, &request) != nil {
		return nil, invalidPush("body")
	}
	switch {
	case !templateName.MatchString(value(request.Name)):
		return nil, invalidPush("name")
	case value(request.Title) == "":
		return nil, invalidPush("title_pattern")
	case value(request.Content) == "":
		return nil, invalidPush("content_pattern")
	}
	now := c.now.UnixMilli()
	t := &template{*request.Name, now, now, *request.Title, *request.Content}
	c.app.templates.Set(t.Name, t)
	return c.templateReply(*t), nil
}

// putTemplate implements "Modify a push template". What is not sent stays.
func (c *call) putTemplate() (*reply, error) {
	t, err := c.template()
	if err != nil {
		return nil, err
	}
	changed := *t
	var request struct {
		Title   *string `json:"title_pattern"`
		Content *string `json:"content_pattern"`
	}
	if platform.Decode(c.body, &request) != nil {
		return nil, invalidPush("body")
	}
	if request.Title != nil {
		changed.Title = *request.Title
	}
	if request.Content != nil {
		changed.Content = *request.Content
	}
	switch {
	case changed.Title == "":
		return nil, invalidPush("title_pattern")
	case changed.Content == "":
		return nil, invalidPush("content_pattern")
	}
	changed.UpdateAt = c.now.UnixMilli()
	*t = changed
	return c.templateReply(changed), nil
}

// getTemplate implements "Get a push template".
func (c *call) getTemplate() (*reply, error) {
	t, err := c.template()
	if err != nil {
		return nil, err
	}
	return c.templateReply(*t), nil
}

// deleteTemplate implements "Delete a push template".
func (c *call) deleteTemplate() (*reply, error) {
	t, err := c.template()
	if err != nil {
		return nil, err
	}
	c.app.templates.Remove(t.Name)
	return c.templateReply(*t), nil
}
