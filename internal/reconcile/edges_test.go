package reconcile_test

import (
	"context"
	"slices"
	"testing"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

// losing is a relation from which somebody removes everything after it was listed first.
type losing struct {
	have  []chat.Ref
	lists int
}

func (l *losing) List(context.Context, string) ([]chat.Ref, error) {
	have := slices.Clone(l.have)
	if l.lists++; l.lists == 1 {
		l.have = nil
	}
	return have, nil
}

func (l *losing) Add(_ context.Context, _ string, others []chat.Ref) ([]error, error) {
	l.have = append(l.have, others...)
	return make([]error, len(others)), nil
}

func (l *losing) Remove(_ context.Context, _ string, others []chat.Ref) ([]error, error) {
	l.have = slices.DeleteFunc(l.have, func(ref chat.Ref) bool { return slices.Contains(others, ref) })
	return make([]error, len(others)), nil
}

func (l *losing) Limits() chat.EdgeLimits { return chat.EdgeLimits{} }

// An edge that a destroy of the same run removed after it was read is added again.
func TestEdges_whatIsRemovedMeanwhileIsAdded(t *testing.T) {
	relation := &losing{have: chat.Refs("bob", "carol")}
	edges := reconcile.Edges[chat.Ref]{
		Relation: relation, Owner: "alice", Run: &reconcile.Run{},
		Key:     func(ref chat.Ref) string { return ref.Username },
		RunKey:  func(ref chat.Ref) string { return ref.Username },
		Ref:     func(ref chat.Ref) chat.Ref { return ref },
		Managed: func(chat.Ref) bool { return true },
		Want:    map[string]chat.Ref{"bob": {Username: "bob"}},
	}
	if err := edges.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := chat.Usernames(relation.have); !slices.Equal(got, []string{"bob"}) || len(edges.Have) != 1 || len(edges.Failed) != 0 {
		t.Errorf("there are %v, known are %v, failed %v", got, edges.Have, edges.Failed)
	}
}
