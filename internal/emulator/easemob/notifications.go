package easemob

import (
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"

	"terraform-provider-chat/internal/emulator/platform"
)

// notification is how a user is notified of a conversation, or of all of them. What was
// never set is absent.
type notification struct {
	Type     *string `json:"type,omitempty"`
	Interval *string `json:"ignoreInterval,omitempty"`
	Duration *int64  `json:"ignoreDuration,omitempty"` // until when, in milliseconds
}

// maxIgnoreDuration is seven days in milliseconds.
const maxIgnoreDuration = 604_800_000

var intervalPattern = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$`)

// pushFailures have the names of exceptions that the pages about push print.
func pushUserNotFound() error {
	f := asFailure(propertyNotFound())
	f.exception = "RequiredPropertyNotFoundException"
	return f
}

func invalidPush(name string) error {
	f := asFailure(illegal("parameters is invalid : " + name))
	f.exception = "IllegalArgumentException"
	return f
}

// pushReply is the answer to a call about the push settings of a user.
func (c *call) pushReply(data any) *reply {
	r := c.groupReply(data)
	r.Path, r.Entities, r.Properties, r.Params = "/users", nil, nil, nil
	return r
}

// conversation returns the key of a conversation, and whether it stands for all of them.
func (c *call) conversation(u *user) (key string, all bool) {
	if group, ok := c.vars["group_id"]; ok {
		return groupConversation(group), false
	}
	peer := fold(c.vars["peer"])
	return userConversation(peer), peer == u.name
}

func groupConversation(id string) string  { return "chatgroup/" + id }
func userConversation(name string) string { return "user/" + name }

// keepNotification remembers that a user has settings of a conversation.
func (a *application) keepNotification(u *user, key string) {
	if a.notified[key] == nil {
		a.notified[key] = map[*user]struct{}{}
	}
	a.notified[key][u] = struct{}{}
}

// notified yields the keys of the conversations that the user has settings of.
func (u *user) notified() iter.Seq[string] {
	return func(yield func(string) bool) {
		for key := range u.notifications {
			if !yield(key) {
				return
			}
		}
		for group := range u.ignored {
			if !yield(groupConversation(group)) {
				return
			}
		}
	}
}

// forgetNotifications deletes the settings of a user, and those that others have of it.
func (a *application) forgetNotifications(u *user) {
	for key := range u.notified() {
		if delete(a.notified[key], u); len(a.notified[key]) == 0 {
			delete(a.notified, key)
		}
	}
	a.forgetConversation(userConversation(u.name))
}

// forgetConversation deletes all settings of a conversation.
func (a *application) forgetConversation(key string) {
	group, ofGroup := strings.CutPrefix(key, groupConversation(""))
	for u := range a.notified[key] {
		u.notifications = maps.Clone(u.notifications)
		delete(u.notifications, key)
		if ofGroup {
			u.ignored = maps.Clone(u.ignored)
			delete(u.ignored, group)
		}
	}
	delete(a.notified, key)
}

// setNotification implements "Set how offline messages are pushed". What is not sent
// stays.
func (c *call) setNotification() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, pushUserNotFound()
	}
	var request struct {
		Type     *string `json:"type"`
		Interval *string `json:"ignoreInterval"`
		Duration *int64  `json:"ignoreDuration"` // milliseconds
	}
	if platform.Decode(c.body, &request) != nil {
		return nil, invalidPush("body")
	}
	key, all := c.conversation(u)
	changed := u.notifications[key]
	if kind := request.Type; kind != nil {
		if !slices.Contains([]string{"DEFAULT", "ALL", "AT", "NONE"}, *kind) || all && *kind == "DEFAULT" {
			return nil, invalidPush("type")
		}
		changed.Type = kind
	}
	if interval := request.Interval; interval != nil {
		if *interval != "" && (!all || !intervalPattern.MatchString(*interval)) {
			return nil, invalidPush("ignoreInterval")
		}
		changed.Interval = interval
	}
	if duration := request.Duration; duration != nil {
		if *duration < 0 || *duration > maxIgnoreDuration {
			return nil, invalidPush("ignoreDuration")
		}
		until := c.now.UnixMilli() + *duration
		if *duration == 0 {
			until = 0
		}
		changed.Duration = &until
	}
	u.notifications = maps.Clone(u.notifications)
	if u.notifications == nil {
		u.notifications = map[string]notification{}
	}
	u.notifications[key] = changed
	c.app.keepNotification(u, key)
	return c.pushReply(changed), nil
}

// getNotification implements "Get how offline messages are pushed".
func (c *call) getNotification() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, pushUserNotFound()
	}
	key, _ := c.conversation(u)
	return c.pushReply(u.notifications[key]), nil
}

// languageData and templateData are empty if nothing was ever set.
type languageData struct {
	Language *string `json:"language,omitempty"`
}

type templateData struct {
	TemplateName *string `json:"templateName,omitempty"`
}

// setLanguage implements "Set the language of notifications".
func (c *call) setLanguage() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, pushUserNotFound()
	}
	var request struct {
		Language *string `json:"translationLanguage"`
	}
	if platform.Decode(c.body, &request) != nil || request.Language == nil {
		return nil, invalidPush("translationLanguage")
	}
	u.language = request.Language
	return c.pushReply(languageData{u.language}), nil
}

// getLanguage implements "Get the language of notifications".
func (c *call) getLanguage() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, pushUserNotFound()
	}
	return c.pushReply(languageData{u.language}), nil
}

// setTemplateName implements "Set the template of the notifications of a user".
func (c *call) setTemplateName() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, pushUserNotFound()
	}
	var request struct {
		TemplateName *string `json:"templateName"`
	}
	if platform.Decode(c.body, &request) != nil || request.TemplateName == nil {
		return nil, invalidPush("templateName")
	}
	u.templateName = request.TemplateName
	return c.pushReply(templateData{u.templateName}), nil
}

// getTemplateName implements "Get the template of the notifications of a user".
func (c *call) getTemplateName() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, pushUserNotFound()
	}
	return c.pushReply(templateData{u.templateName}), nil
}
