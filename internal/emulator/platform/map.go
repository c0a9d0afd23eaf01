package platform

import (
	"cmp"
	"iter"
)

// Map remembers the order in which its keys came, which is the order that platforms
// list in. To look up, add, remove and page takes about as long however many there
// are. The zero value is empty and takes next to no memory; a copy is the same map.
type Map[K comparable, V any] struct{ body *mapBody[K, V] }

type mapBody[K comparable, V any] struct {
	index map[K]*entry[K, V] // nil while there are few
	order Sequence[*entry[K, V]]
	last  uint64
}

type entry[K comparable, V any] struct {
	serial uint64
	key    K
	value  V
}

// few is how many entries are found by looking at all of them.
const few = 8

func (m Map[K, V]) find(key K) *entry[K, V] {
	if m.body == nil {
		return nil
	}
	if m.body.index != nil {
		return m.body.index[key]
	}
	for e := range m.body.order.From(0, few) {
		if e.key == key {
			return e
		}
	}
	return nil
}

// Len returns how many keys there are.
func (m Map[K, V]) Len() int {
	if m.body == nil {
		return 0
	}
	return m.body.order.Len()
}

// Has reports whether the key is there.
func (m Map[K, V]) Has(key K) bool { return m.find(key) != nil }

// Get returns the value of a key, or the zero value.
func (m Map[K, V]) Get(key K) V {
	if e := m.find(key); e != nil {
		return e.value
	}
	var none V
	return none
}

// Set appends a key, or replaces its value where it stands.
func (m *Map[K, V]) Set(key K, value V) {
	if e := m.find(key); e != nil {
		e.value = value
		return
	}
	if m.body == nil {
		m.body = &mapBody[K, V]{order: NewSequence(func(a, b *entry[K, V]) int { return cmp.Compare(a.serial, b.serial) })}
	}
	b := m.body
	b.last++
	e := &entry[K, V]{serial: b.last, key: key, value: value}
	b.order.Add(e)
	switch {
	case b.index != nil:
		b.index[key] = e
	case b.order.Len() > few:
		b.index = map[K]*entry[K, V]{}
		for e := range b.order.From(0, b.order.Len()) {
			b.index[e.key] = e
		}
	}
}

// Remove takes a key out and reports whether it was there.
func (m Map[K, V]) Remove(key K) bool {
	e := m.find(key)
	if e == nil {
		return false
	}
	m.body.order.Remove(e)
	delete(m.body.index, key)
	return true
}

// All yields what is there, oldest first. Nothing may be added or removed meanwhile.
func (m Map[K, V]) All() iter.Seq2[K, V] { return m.From(0, m.Len()) }

// From yields up to count entries from the offset start on, oldest first. Nothing may
// be added or removed meanwhile.
func (m Map[K, V]) From(start, count int) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if m.body != nil {
			each(m.body.order.From(start, count), yield)
		}
	}
}

// Backward yields up to count entries, newest first, without the start newest ones.
// Nothing may be added or removed meanwhile.
func (m Map[K, V]) Backward(start, count int) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if m.body != nil {
			each(m.body.order.Backward(start, count), yield)
		}
	}
}

// Position returns where a key stands among all that came before and after it, for
// Before. It is larger for newer keys, and 0 if the key is not there.
func (m Map[K, V]) Position(key K) uint64 {
	if e := m.find(key); e != nil {
		return e.serial
	}
	return 0
}

// Before yields up to count entries, newest first, from a position on. What stood there
// may be gone. Nothing may be added or removed meanwhile.
func (m Map[K, V]) Before(position uint64, count int) iter.Seq2[K, V] {
	if m.body == nil {
		return m.Backward(0, 0)
	}
	newer := m.Len() - m.body.order.Rank(&entry[K, V]{serial: position + 1})
	return m.Backward(newer, count)
}

func each[K comparable, V any](entries iter.Seq[*entry[K, V]], yield func(K, V) bool) {
	for e := range entries {
		if !yield(e.key, e.value) {
			return
		}
	}
}

// Keys returns a copy of the keys, oldest first.
func (m Map[K, V]) Keys() []K {
	keys := make([]K, 0, m.Len())
	for key := range m.All() {
		keys = append(keys, key)
	}
	return keys
}
