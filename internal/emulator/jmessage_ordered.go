package emulator

import (
	"cmp"
	"iter"
	"slices"
)

// jmOrdered is a map that remembers the order in which its keys came, which is
// the order the platform lists in. Looking up and paging cost the same however
// many it holds; removing moves what comes after. The zero value is empty.
type jmOrdered[K comparable, V any] struct {
	index  map[K]*jmItem[K, V]
	items  []*jmItem[K, V]
	serial uint64
}

type jmItem[K comparable, V any] struct {
	serial uint64
	key    K
	value  V
}

func (o *jmOrdered[K, V]) len() int { return len(o.items) }

func (o *jmOrdered[K, V]) has(key K) bool {
	_, ok := o.index[key]
	return ok
}

// get returns the value of key, or the zero value.
func (o *jmOrdered[K, V]) get(key K) V {
	if item, ok := o.index[key]; ok {
		return item.value
	}
	var none V
	return none
}

// add appends key, or replaces its value where it stands.
func (o *jmOrdered[K, V]) add(key K, value V) {
	if item, ok := o.index[key]; ok {
		item.value = value
		return
	}
	if o.index == nil {
		o.index = map[K]*jmItem[K, V]{}
	}
	o.serial++
	item := &jmItem[K, V]{serial: o.serial, key: key, value: value}
	o.index[key] = item
	o.items = append(o.items, item)
}

func (o *jmOrdered[K, V]) remove(key K) {
	item, ok := o.index[key]
	if !ok {
		return
	}
	delete(o.index, key)
	at, _ := slices.BinarySearchFunc(o.items, item.serial, func(i *jmItem[K, V], serial uint64) int {
		return cmp.Compare(i.serial, serial)
	})
	o.items = slices.Delete(o.items, at, at+1)
}

// all yields what is held, oldest first. Nothing may be removed meanwhile.
func (o *jmOrdered[K, V]) all() iter.Seq2[K, V] {
	return o.from(0, len(o.items))
}

// from yields up to count items from the offset start on.
func (o *jmOrdered[K, V]) from(start, count int) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		first := min(start, len(o.items))
		last := first + min(count, len(o.items)-first)
		for _, item := range o.items[first:last] {
			if !yield(item.key, item.value) {
				return
			}
		}
	}
}

// keys returns a copy of the keys, oldest first.
func (o *jmOrdered[K, V]) keys() []K {
	keys := make([]K, 0, len(o.items))
	for key := range o.all() {
		keys = append(keys, key)
	}
	return keys
}
