package platform_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"terraform-provider-chat/internal/emulator/platform"
)

// TestSequence compares a sequence with a sorted slice while both grow and shrink.
func TestSequence(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	sequence := platform.NewSequence(cmp.Compare[int])
	var want []int
	for step := range 20_000 {
		item := random.IntN(3000)
		place, found := slices.BinarySearch(want, item)
		if sequence.Rank(item) != place {
			t.Fatalf("step %d: %d items are before %d, want %d", step, sequence.Rank(item), item, place)
		}
		// It grows to most of the numbers, and then shrinks to few.
		if grows := step < 10_000; !found && grows {
			sequence.Add(item)
			want = slices.Insert(want, place, item)
		} else if found && !grows {
			sequence.Remove(item)
			want = slices.Delete(want, place, place+1)
		} else if !found {
			sequence.Remove(item) // not there
		}
		if step%500 == 0 {
			checkSequence(t, &sequence, want, random)
		}
	}
	checkSequence(t, &sequence, want, random)
}

func checkSequence(t *testing.T, sequence *platform.Sequence[int], want []int, random *rand.Rand) {
	t.Helper()
	if sequence.Len() != len(want) {
		t.Fatalf("%d items, want %d", sequence.Len(), len(want))
	}
	reversed := slices.Clone(want)
	slices.Reverse(reversed)
	for range 20 {
		start, count := random.IntN(len(want)+20), random.IntN(600)
		first := min(start, len(want))
		last := min(start+count, len(want))
		if got := slices.Collect(sequence.From(start, count)); !slices.Equal(got, want[first:max(first, last)]) {
			t.Fatalf("%d items from %d are %v", count, start, got)
		}
		if got := slices.Collect(sequence.Backward(start, count)); !slices.Equal(got, reversed[first:max(first, last)]) {
			t.Fatalf("%d items backward from %d are %v", count, start, got)
		}
	}
	for item := range sequence.From(0, len(want)) {
		if item != want[0] {
			t.Fatalf("the first item is %d, want %d", item, want[0])
		}
		break
	}
	for item := range sequence.Backward(0, len(want)) {
		if item != reversed[0] {
			t.Fatalf("the last item is %d, want %d", item, reversed[0])
		}
		break
	}
}

// TestMap compares a map with a slice of its keys, when it is small and when it is large.
func TestMap(t *testing.T) {
	for _, most := range []int{6, 2000} {
		random := rand.New(rand.NewPCG(3, 4))
		var m platform.Map[int, string]
		if m.Len() != 0 || m.Has(1) || m.Remove(1) || len(m.Keys()) != 0 || m.Get(1) != "" {
			t.Error("the zero value is not empty")
		}
		var want []int
		for range 10 * most {
			key := random.IntN(most)
			if slices.Contains(want, key) != m.Has(key) {
				t.Fatalf("%d is there: %t", key, m.Has(key))
			}
			switch at := slices.Index(want, key); {
			case at < 0:
				m.Set(key, "new")
				want = append(want, key)
			case random.IntN(3) == 0:
				m.Set(key, "replaced")
				if m.Get(key) != "replaced" {
					t.Fatalf("%d is %q, want the new value", key, m.Get(key))
				}
			default:
				if !m.Remove(key) || m.Remove(key) {
					t.Fatalf("%d was not removed once", key)
				}
				want = slices.Delete(want, at, at+1)
			}
		}
		if !slices.Equal(m.Keys(), want) || m.Len() != len(want) {
			t.Errorf("the keys are %v, want %v", m.Keys(), want)
		}
		slices.Reverse(want)
		var backward []int
		for key, value := range m.Backward(1, 3) {
			backward = append(backward, key)
			if value == "" {
				t.Errorf("%d has no value", key)
			}
		}
		if expected := want[1:min(4, len(want))]; !slices.Equal(backward, expected) {
			t.Errorf("the keys backward are %v, want %v", backward, expected)
		}
		position := m.Position(want[1])
		m.Remove(want[1])
		m.Set(-1, "newest")
		var before []int
		for key := range m.Before(position, 2) {
			before = append(before, key)
		}
		if expected := want[2:min(4, len(want))]; !slices.Equal(before, expected) {
			t.Errorf("the keys before one that is gone are %v, want %v", before, expected)
		}
		if m.Position(want[1]) != 0 || m.Position(-1) <= position {
			t.Error("the positions are not in the order in which the keys came")
		}
		for key := range m.All() {
			if key != want[len(want)-1] {
				t.Errorf("the oldest key is %d, want %d", key, want[len(want)-1])
			}
			break
		}
	}
}
