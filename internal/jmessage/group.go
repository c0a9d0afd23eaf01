package jmessage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// groupLimits: the platform reads one group a call.
var groupLimits = chat.GroupLimits{Get: chat.Limit{Items: 1}, PublicIsFixed: true}

// groupPage is how many groups a page holds at most.
const groupPage = 500

// groupRules are those of "Group 对象字段总览". Lengths are bytes in UTF-8. The document
// allows line breaks in a name in one place and forbids them in another.
var groupRules = chat.Rules{
	"group.name":          oneLine("group name"),
	"group.description":   anyText("group description"),
	"group.max_members":   chat.Lacking(title, "max_members"),
	"group.allow_invites": chat.Lacking(title, "allow_invites"),
	"group.members_only":  chat.Lacking(title, "members_only"),
	"group.custom":        chat.Lacking(title, "custom"),
	"group.announcement":  chat.Lacking(title, "announcement"),
	"group.muted":         chat.Lacking(title, "muted"),
	"group_member.admin":  chat.Lacking(title, "admin"),
}

// groups implements chat.Groups with the platform's groups.
type groups struct{ *client }

// groupReply is a group as the platform writes it.
type groupReply struct {
	ID json.Number `json:"gid"`
	// Owner is in the document's list of fields, but not in its sample.
	Owner   textOrNumber `json:"owner_username"`
	Name    *string      `json:"name"`
	Desc    *string      `json:"desc"`
	Avatar  *string      `json:"avatar"`
	Max     *int64       `json:"MaxMemberCount"`
	Created string       `json:"ctime"`
}

func (c groups) group(r groupReply) chat.Group {
	return chat.Group{
		ID: r.ID.String(), Owner: string(r.Owner), Registration: c.createdAt(r.Created),
		GroupSettings: chat.GroupSettings{
			Name: nonEmpty(r.Name), Description: nonEmpty(r.Desc), Avatar: nonEmpty(r.Avatar), MaxMembers: r.Max,
		},
	}
}

// The platform's numbers for groups by who may join them.
const (
	flagPrivate = 1
	flagPublic  = 2
)

// groupFields are what can be written of a group.
type groupFields struct {
	Name   *string `json:"name,omitempty"`
	Desc   *string `json:"desc,omitempty"`
	Avatar *string `json:"avatar,omitempty"`
}

// Create makes a group ("创建群组"). Its owner is a member. ErrNotFound: there is no such
// owner.
func (c groups) Create(ctx context.Context, group chat.NewGroup) (*chat.Group, error) {
	name := valueOf(group.Name)
	req := rest.Request{
		Op:     fmt.Sprintf("create group %q of user %q", name, group.Owner),
		Method: http.MethodPost, Path: groupPath(), Once: true,
	}
	if err := checkSupported(groupRules, "group", group.GroupSettings); err != nil {
		return nil, refusedInput(req, err)
	}
	body := struct {
		Owner string `json:"owner_username"`
		groupFields
		Flag int `json:"flag,omitempty"`
	}{Owner: group.Owner, groupFields: groupFields{
		Name: &name, Desc: nonEmpty(group.Description), Avatar: nonEmpty(group.Avatar),
	}}
	if group.Public != nil {
		body.Flag = flagPrivate
		if *group.Public {
			body.Flag = flagPublic
		}
	}
	req.Body = body
	var answer groupReply
	res, err := c.exchange(ctx, req, &answer)
	if err != nil {
		return nil, err
	}
	if answer.ID == "" {
		return nil, unusable(res, req, "the answer does not hold the group's id")
	}
	created := c.group(answer)
	created.Owner = group.Owner // the document's sample shows a number that is no name
	if !created.Known() {
		created.Registration = confirmedBy(res)
	}
	return &created, nil
}

// Get returns one group ("获取群组详情"). Whether it is public cannot be read, and its owner
// is empty if the answer does not hold it.
func (c groups) Get(ctx context.Context, ids []string) ([]*chat.Group, error) {
	op := chat.About("read group", ids...)
	if err := groupLimits.Get.Check(op, len(ids)); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, nil
	}
	req := rest.Request{Op: op, Method: http.MethodGet, Path: groupPath(ids[0])}
	var answer groupReply
	res, err := c.exchange(ctx, req, &answer)
	switch {
	case hasCode(err, codeNoSuchGroup):
		return []*chat.Group{nil}, nil
	case err != nil:
		return nil, err
	case answer.ID.String() != ids[0]:
		return nil, unusable(res, req, "the answer does not hold the group")
	}
	group := c.group(answer)
	return []*chat.Group{&group}, nil
}

// List returns a page of the groups of the application ("获取当前应用的群组列表"), or all of
// this application that a user is in ("获取某用户的群组列表"). ErrNotFound: there is no such
// user.
func (c groups) List(ctx context.Context, member, cursor string) (*chat.Page[chat.Group], error) {
	if member != "" {
		req := rest.Request{
			Op:     fmt.Sprintf("list the groups of user %q", member),
			Method: http.MethodGet, Path: userPath(member, "groups"),
		}
		var answer []groupReply
		if err := c.read(ctx, req, &answer); err != nil {
			return nil, err
		}
		return &chat.Page[chat.Group]{Items: each(answer, c.group), Total: len(answer)}, nil
	}
	var answer struct {
		Total  int          `json:"total"`
		Groups []groupReply `json:"groups"`
	}
	req := rest.Request{Op: "list groups", Method: http.MethodGet, Path: groupPath()}
	offset, err := c.page(ctx, req, cursor, groupPage, &answer)
	if err != nil {
		return nil, err
	}
	return counted(each(answer.Groups, c.group), offset, answer.Total), nil
}

// Announcement is an ErrUnsupported.
func (groups) Announcement(_ context.Context, id string) (string, error) {
	return "", noAnnouncement("group", id)
}

// Update changes name, description and avatar of a group in one call ("更新群组信息").
// ErrNotFound: there is no such group.
func (c groups) Update(ctx context.Context, id string, settings chat.GroupSettings) error {
	req := rest.Request{Op: fmt.Sprintf("update group %q", id), Method: http.MethodPut, Path: groupPath(id)}
	err := checkSupported(groupRules, "group", settings)
	if err == nil && settings.Public != nil {
		err = chat.Unsupported(title, "changing who may join a group")
	}
	if err != nil {
		return refusedInput(req, err)
	}
	if settings.Empty() {
		return nil
	}
	req.Body = groupFields{Name: settings.Name, Desc: settings.Description, Avatar: settings.Avatar}
	return c.write(ctx, req)
}

// Transfer makes a user of this application the owner ("移交群主"), and a member if the
// platform wants that. ErrNotFound: there is no such group or user.
func (c groups) Transfer(ctx context.Context, id, owner string) error {
	req := rest.Request{
		Op:     fmt.Sprintf("make user %q the owner of group %q", owner, id),
		Method: http.MethodPut, Path: groupPath("owner", id),
		Body: struct {
			Username string `json:"username"`
		}{owner},
	}
	return c.transfer(ctx, req, groupMembers(c), id, owner)
}

// transfer makes a call that makes a user the owner of a group or room. The document
// does not say that the user has to be a member, nor what the answer is otherwise: the
// user becomes one if the call is refused for what may be that reason.
func (c *client) transfer(ctx context.Context, req rest.Request, members chat.Members, id, owner string) error {
	err := c.write(ctx, req)
	if !hasCode(err, codeNotMember, codeNotInRoom, codeInvalid) || ctx.Err() != nil {
		return err
	}
	if _, err := members.Add(ctx, id, chat.Refs(owner)); err != nil {
		return chat.For(err, req.Op)
	}
	return c.write(ctx, req)
}

// Delete deletes a group ("删除群组").
func (c groups) Delete(ctx context.Context, id string) error {
	err := c.write(ctx, rest.Request{
		Op: fmt.Sprintf("delete group %q", id), Method: http.MethodDelete, Path: groupPath(id),
	})
	if hasCode(err, codeNoSuchGroup) {
		return nil
	}
	return err
}

// groupPath is the path of all groups and what is under it.
func groupPath(under ...string) []string { return append([]string{"v1", "groups"}, under...) }

// checkSupported returns an ErrUnsupported if settings hold one that groups, or rooms, of
// the platform do not have.
func checkSupported(rules chat.Rules, noun chat.Field, s chat.GroupSettings) error {
	for _, setting := range []struct {
		name     chat.Field
		declared bool
	}{
		{"avatar", s.Avatar != nil},
		{"public", s.Public != nil},
		{"max_members", s.MaxMembers != nil},
		{"allow_invites", s.AllowInvites != nil},
		{"members_only", s.MembersOnly != nil},
		{"custom", s.Custom != nil},
		{"announcement", s.Announcement != nil},
		{"muted", s.Muted != nil},
	} {
		if setting.declared {
			if err := rules.Check(noun+"."+setting.name, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func noAnnouncement(noun, id string) error {
	req := rest.Request{Op: fmt.Sprintf("read the announcement of %s %q", noun, id)}
	return refusedInput(req, chat.Unsupported(title, "announcements"))
}

// each translates a list.
func each[From, To any](list []From, translate func(From) To) []To {
	translated := make([]To, len(list))
	for i, item := range list {
		translated[i] = translate(item)
	}
	return translated
}

// valueOf returns a text, empty if there is none.
func valueOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
