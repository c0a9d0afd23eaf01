package reconcile_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/reconcile"
)

func TestRun_holdsOneThingOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var run reconcile.Run
		var order []string
		var mu sync.Mutex
		work := func(name string, begin, takes time.Duration, keys ...string) {
			time.Sleep(begin)
			defer run.Hold(keys...)()
			mu.Lock()
			order = append(order, name)
			mu.Unlock()
			time.Sleep(takes)
		}
		var wg sync.WaitGroup
		start := time.Now()
		wg.Go(func() { work("first", 0, 4*time.Second, "a", "b") })
		wg.Go(func() { work("waits for both", time.Second, time.Second, "b", "a") })
		wg.Go(func() { work("another", 2*time.Second, time.Second, "c") })
		wg.Go(func() { work("waits for one", 3*time.Second, time.Second, "b", "c") })
		wg.Go(func() { work("of nothing", 3*time.Second, time.Second) })
		wg.Wait()
		if order[0] != "first" || order[1] != "another" || order[2] != "of nothing" || len(order) != 5 {
			t.Errorf("held in the order %v", order)
		}
		if took := time.Since(start); took != 6*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// However many hold what, in whatever order, nobody waits for ever and nothing is held
// twice.
func TestRun_manyHolders(t *testing.T) {
	keys := []string{"a", "b", "c", "d", "e"}
	var run reconcile.Run
	held := map[string]*atomic.Int32{}
	for _, key := range keys {
		held[key] = new(atomic.Int32)
	}
	var wg sync.WaitGroup
	for seed := range uint64(30) {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(seed, 0))
			for range 100 {
				mine := slices.Clone(keys)
				random.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
				mine = mine[:1+random.IntN(len(mine))]
				release := run.Hold(append(mine, mine[0])...) // a key may be given twice
				for _, key := range mine {
					if n := held[key].Add(1); n != 1 {
						t.Errorf("%s is held %d times", key, n)
					}
				}
				run.Confirm(mine[0])
				if !run.Confirmed(mine[0]) {
					t.Errorf("%s is not confirmed", mine[0])
				}
				for _, key := range mine {
					held[key].Add(-1)
				}
				release()
			}
		})
	}
	wg.Wait()
}

func TestRun_confirms(t *testing.T) {
	var run reconcile.Run
	if run.Confirmed("a") {
		t.Error("it is confirmed from the start")
	}
	run.Confirm("a")
	if !run.Confirmed("a") || run.Confirmed("b") {
		t.Error("not what was confirmed is")
	}
	run.Hold("a")() // which changes nothing
	if !run.Confirmed("a") {
		t.Error("it is confirmed no longer")
	}
	if reconcile.UserRunKey("ann") == reconcile.UserRunKey("bob") {
		t.Error("two users have the same key")
	}
}

// Who waits for one thing is not held up by who waits for another.
func TestRun_waitsOnlyForItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var run reconcile.Run
		var wg sync.WaitGroup
		start := time.Now()
		hold := func(key string, takes, want time.Duration) {
			wg.Go(func() {
				defer run.Hold(key)()
				if waited := time.Since(start); waited != want {
					t.Errorf("%s was held after %s, want %s", key, waited, want)
				}
				time.Sleep(takes)
			})
			synctest.Wait()
		}
		hold("long", 10*time.Second, 0)
		hold("short", time.Second, 0)
		hold("long", 0, 10*time.Second)
		hold("short", 0, time.Second)
		wg.Wait()
	})
}

// A destroy that waits for the create of the same thing finds it confirmed.
func TestRun_destroyWaitsForCreate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var run reconcile.Run
		var wg sync.WaitGroup
		wg.Go(func() {
			defer run.Hold("a")()
			time.Sleep(time.Second)
			run.Confirm("a")
		})
		synctest.Wait()
		wg.Go(func() {
			defer run.Hold("a")()
			if !run.Confirmed("a") {
				t.Error("the destroy does not know of the create")
			}
		})
		wg.Wait()
	})
}
