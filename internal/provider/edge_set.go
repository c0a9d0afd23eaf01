package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// edgeSet describes a resource that holds all edges of one owner: what is not declared is
// removed.
type edgeSet[Model, Found any] struct {
	relation[Found]
	// noun is the resource without the provider's name: "contacts".
	noun string
	// single is the resource of one edge: its rules hold for the elements as well.
	single string
	// elements is the attribute that holds the edges.
	elements string
	// types are the attributes of an element; nil if elements is a set of names.
	types  map[string]attr.Type
	fields func(*Model) edgeSetFields
	// managed reports whether the resource covers an edge; nil if it covers all users of the
	// own application.
	managed func(Found) bool
	// refuse returns why a user cannot be declared, given what is there; nil if all can.
	refuse func(client *client, owner string, found []Found, wanted map[string]element) error
	// values returns the attributes of an edge as the platform returns them.
	values func(Found) map[string]attr.Value
	// complete reads what the relation does not return of edges, of those attributes only
	// that are asked for; nil if there is nothing.
	complete func(ctx context.Context, client *client, owner string, found []*Found, asked map[string]bool) error
	// write changes the attributes of edges; nil if there are none.
	write func(ctx context.Context, client *client, owner string, changes []elementChange) []error
	// leave takes back what would outlive edges, before they are removed; nil if nothing would.
	leave func(ctx context.Context, client *client, owner string, found []Found) error
}

// edgeSetFields are the values of a model of edges: a map of objects, or a set of names.
type edgeSetFields struct {
	id, owner *types.String
	mapped    *types.Map
	set       *types.Set
}

// element is one declared edge.
type element struct {
	// name is spelled as declared.
	name string
	// values are its attributes; nil if there are none.
	values map[string]attr.Value
	// null reports whether the element is declared as null, unknown whether it is not known.
	null, unknown bool
}

// elementChange is what to write of an edge: the attributes that are declared otherwise
// than they are.
type elementChange struct {
	ref    chat.Ref
	values map[string]attr.Value
}

// isUnknown reports whether the elements as a whole are not known yet.
func (f edgeSetFields) isUnknown() bool {
	if f.set != nil {
		return f.set.IsUnknown()
	}
	return f.mapped.IsUnknown()
}

// equal reports whether two models hold the same elements.
func (f edgeSetFields) equal(other edgeSetFields) bool {
	if f.set != nil {
		return f.set.Equal(*other.set)
	}
	return f.mapped.Equal(*other.mapped)
}

// someUnknown reports whether it is not known yet which users are declared.
func (f edgeSetFields) someUnknown() bool {
	return f.isUnknown() || f.set != nil && slices.ContainsFunc(f.set.Elements(), attr.Value.IsUnknown)
}

// adopt sets the elements to those of another model.
func (f edgeSetFields) adopt(other edgeSetFields) {
	if f.set != nil {
		*f.set = *other.set
		return
	}
	*f.mapped = *other.mapped
}

// list returns the elements by name.
func (f edgeSetFields) list() map[string]element {
	list := map[string]element{}
	if f.set != nil {
		for _, value := range f.set.Elements() {
			if name, ok := value.(types.String); ok && known(name) {
				list[name.ValueString()] = element{name: name.ValueString()}
			}
		}
		return list
	}
	for name, value := range f.mapped.Elements() {
		e := element{name: name, null: value.IsNull(), unknown: value.IsUnknown()}
		if object, ok := value.(types.Object); ok && known(object) {
			e.values = object.Attributes()
		}
		list[name] = e
	}
	return list
}

// equal reports whether two elements are equal but for the spelling of their names.
func (e element) equal(other element) bool {
	return e.null == other.null && maps.EqualFunc(e.values, other.values, attr.Value.Equal)
}

// put sets the elements.
func (f edgeSetFields) put(list map[string]element, of map[string]attr.Type) {
	if f.set != nil {
		names := make([]attr.Value, 0, len(list))
		for name := range list {
			names = append(names, types.StringValue(name))
		}
		*f.set = types.SetValueMust(types.StringType, names)
		return
	}
	values := make(map[string]attr.Value, len(list))
	for name, e := range list {
		values[name] = e.object(of)
	}
	*f.mapped = types.MapValueMust(types.ObjectType{AttrTypes: of}, values)
}

func (e element) object(of map[string]attr.Type) types.Object {
	switch {
	case e.null:
		return types.ObjectNull(of)
	case e.unknown:
		return types.ObjectUnknown(of)
	}
	return types.ObjectValueMust(of, e.values)
}
