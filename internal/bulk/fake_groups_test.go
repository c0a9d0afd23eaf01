package bulk_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"terraform-provider-chat/internal/chat"
)

// fakeAssembly is one group of a fake.
type fakeAssembly struct {
	chat.Group
	members, muted []string
}

// withGroups adds groups g0, g1 … to the service of a fake, each with the users u000001 and
// u000002. Calls about them hold up to 10 inputs.
func (f *fake) withGroups(s *chat.Service, groups int, listsMembers bool) *fakeGroups {
	limit := chat.Limit{Items: 10}
	s.Platform.Groups = chat.GroupLimits{Get: limit, ListsMembers: listsMembers}
	all := &fakeGroups{fake: f, limit: limit, listsMembers: listsMembers, groups: map[string]*fakeAssembly{}}
	for i := range groups {
		all.put(fmt.Sprintf("g%d", i), "name", nth(0), time.Now().Add(-24*time.Hour)).members = []string{nth(1), nth(2)}
	}
	s.Groups, s.GroupMembers = all, fakeMembers{all}
	return all
}

type fakeGroups struct {
	*fake
	limit        chat.Limit
	listsMembers bool
	groups       map[string]*fakeAssembly
}

func (f *fakeGroups) put(id, name, owner string, at time.Time) *fakeAssembly {
	created := at.Truncate(time.Second)
	group := &fakeAssembly{Group: chat.Group{
		ID: id, Owner: owner, GroupSettings: chat.GroupSettings{Name: &name},
		Registration: chat.Registration{CreatedAt: created, Since: created, Until: created.Add(time.Second)},
	}}
	f.groups[id] = group
	return group
}

func (f *fakeGroups) Create(ctx context.Context, group chat.NewGroup) (*chat.Group, error) {
	var created chat.Group
	errs, err := f.write(ctx, "CreateGroup", "", "", []string{*group.Name}, chat.Limit{Items: 1}, func(int, string) error {
		created = f.put(fmt.Sprintf("new%d", len(f.groups)), *group.Name, group.Owner, time.Now()).Group
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &created, errs[0]
}

func (f *fakeGroups) Get(ctx context.Context, ids []string) ([]*chat.Group, error) {
	if len(ids) > f.limit.Items {
		f.t.Errorf("GetGroups of %d groups", len(ids))
	}
	found := make([]*chat.Group, len(ids))
	err := f.reading(ctx, "GetGroups", "", ids, func() {
		for i, id := range ids {
			group := f.groups[id]
			if group == nil {
				continue
			}
			own := group.Group
			if f.listsMembers {
				own.Members = group.list()
			}
			found[i] = &own
		}
	})
	return found, err
}

func (f *fakeGroups) List(ctx context.Context, member, _ string) (*chat.Page[chat.Group], error) {
	page := &chat.Page[chat.Group]{Total: -1}
	err := f.reading(ctx, "ListGroups", member, nil, func() {
		for _, group := range f.groups {
			if group.Owner == member {
				page.Items = append(page.Items, chat.Group{ID: group.ID, GroupSettings: group.GroupSettings})
			}
		}
	})
	return page, err
}

func (f *fakeGroups) Announcement(context.Context, string) (string, error) { return "", nil }

func (f *fakeGroups) one(ctx context.Context, op, id string, do func(group *fakeAssembly)) error {
	errs, err := f.write(ctx, op, "group", "", []string{id}, chat.Limit{Items: 1}, func(int, string) error {
		if f.groups[id] == nil {
			return &chat.Error{Op: op, Kind: chat.ErrNotFound}
		}
		do(f.groups[id])
		return nil
	})
	if err != nil {
		return err
	}
	return errs[0]
}

func (f *fakeGroups) Update(ctx context.Context, id string, settings chat.GroupSettings) error {
	return f.one(ctx, "UpdateGroup", id, func(group *fakeAssembly) { group.Name = settings.Name })
}

func (f *fakeGroups) Transfer(ctx context.Context, id, owner string) error {
	return f.one(ctx, "TransferGroup", id, func(group *fakeAssembly) { group.Owner = owner })
}

func (f *fakeGroups) Delete(ctx context.Context, id string) error {
	return f.one(ctx, "DeleteGroup", id, func(*fakeAssembly) { delete(f.groups, id) })
}

// list returns the members of a group, the owner first.
func (g *fakeAssembly) list() []chat.Member {
	list := []chat.Member{{Ref: chat.Ref{Username: g.Owner}, Owner: true}}
	for _, name := range g.members {
		list = append(list, chat.Member{Ref: chat.Ref{Username: name}})
	}
	return list
}

type fakeMembers struct{ *fakeGroups }

func (f fakeMembers) Limits() chat.EdgeLimits {
	return chat.EdgeLimits{Add: f.limit, Remove: f.limit, Set: f.limit}
}

func (f fakeMembers) List(ctx context.Context, id string) ([]chat.Member, error) {
	var list []chat.Member
	err := f.reading(ctx, "Members", id, nil, func() {
		if f.groups[id] != nil {
			list = f.groups[id].list()
		}
	})
	return list, err
}

func (f fakeMembers) Add(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	return f.write(ctx, "AddMembers", "member", id, refNames(others), f.limit, func(_ int, key string) error {
		f.groups[id].members = append(f.groups[id].members, key)
		return nil
	})
}

func (f fakeMembers) Remove(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	return f.write(ctx, "RemoveMembers", "member", id, refNames(others), f.limit, func(_ int, key string) error {
		f.groups[id].members = slices.DeleteFunc(f.groups[id].members, func(name string) bool { return name == key })
		return nil
	})
}

func (f fakeMembers) Having(ctx context.Context, id string, _ chat.MemberState) ([]string, error) {
	var names []string
	err := f.reading(ctx, "Having", id, nil, func() { names = slices.Clone(f.groups[id].muted) })
	return names, err
}

func (f fakeMembers) Set(ctx context.Context, id string, _ chat.MemberState, members []chat.Ref, on bool) ([]error, error) {
	return f.write(ctx, "SetMembers", "state", id, refNames(members), f.limit, func(_ int, key string) error {
		f.groups[id].muted = slices.DeleteFunc(f.groups[id].muted, func(name string) bool { return strings.EqualFold(name, key) })
		if on {
			f.groups[id].muted = append(f.groups[id].muted, key)
		}
		return nil
	})
}
