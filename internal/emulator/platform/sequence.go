package platform

import (
	"iter"
	"slices"
)

// chunkSize is how many items a chunk of a Sequence holds at most.
const chunkSize = 256

// Sequence holds items in the order of a comparison. To find, add or remove an item,
// and to skip to an offset, takes about as long however many it holds.
type Sequence[T any] struct {
	compare func(a, b T) int
	chunks  [][]T // none is empty
	count   int
}

// NewSequence returns an empty sequence in the order of compare, which is 0 for one
// and the same item only.
func NewSequence[T any](compare func(a, b T) int) Sequence[T] {
	return Sequence[T]{compare: compare}
}

// Len returns how many items there are.
func (s *Sequence[T]) Len() int { return s.count }

// locate returns the chunk and the place in it where an item is or would be. The chunk
// is past the last one if all items are smaller.
func (s *Sequence[T]) locate(item T) (chunk, place int, found bool) {
	chunk, _ = slices.BinarySearchFunc(s.chunks, item, func(c []T, item T) int {
		return s.compare(c[len(c)-1], item)
	})
	if chunk == len(s.chunks) {
		return chunk, 0, false
	}
	place, found = slices.BinarySearchFunc(s.chunks[chunk], item, s.compare)
	return chunk, place, found
}

// Add puts an item in its place. It must not be there already.
func (s *Sequence[T]) Add(item T) {
	s.count++
	chunk, place, _ := s.locate(item)
	if chunk == len(s.chunks) { // the item is the largest
		if chunk == 0 || len(s.chunks[chunk-1]) >= chunkSize {
			s.chunks = append(s.chunks, []T{item})
			return
		}
		s.chunks[chunk-1] = append(s.chunks[chunk-1], item)
		return
	}
	grown := slices.Insert(s.chunks[chunk], place, item)
	s.chunks[chunk] = grown
	if len(grown) > chunkSize {
		half := len(grown) / 2
		s.chunks[chunk] = slices.Clone(grown[:half])
		s.chunks = slices.Insert(s.chunks, chunk+1, slices.Clone(grown[half:]))
	}
}

// Remove takes an item out, if it is there.
func (s *Sequence[T]) Remove(item T) {
	chunk, place, found := s.locate(item)
	if !found {
		return
	}
	s.count--
	if len(s.chunks[chunk]) == 1 {
		s.chunks = slices.Delete(s.chunks, chunk, chunk+1)
		return
	}
	s.chunks[chunk] = slices.Delete(s.chunks[chunk], place, place+1)
}

// Rank returns how many items come before an item, which need not be there.
func (s *Sequence[T]) Rank(item T) int {
	chunk, place, _ := s.locate(item)
	for _, c := range s.chunks[:chunk] {
		place += len(c)
	}
	return place
}

// From yields up to count items from the offset start on. Nothing may be added or
// removed meanwhile.
func (s *Sequence[T]) From(start, count int) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, chunk := range s.chunks {
			if count <= 0 {
				return
			}
			if start >= len(chunk) {
				start -= len(chunk)
				continue
			}
			for _, item := range chunk[start:min(len(chunk), start+count)] {
				count--
				if !yield(item) {
					return
				}
			}
			start = 0
		}
	}
}

// Backward yields up to count items from the last but start on, the largest first.
// Nothing may be added or removed meanwhile.
func (s *Sequence[T]) Backward(start, count int) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, chunk := range slices.Backward(s.chunks) {
			if count <= 0 {
				return
			}
			if start >= len(chunk) {
				start -= len(chunk)
				continue
			}
			for _, item := range slices.Backward(chunk[:len(chunk)-start]) {
				if count--; !yield(item) || count <= 0 {
					return
				}
			}
			start = 0
		}
	}
}
