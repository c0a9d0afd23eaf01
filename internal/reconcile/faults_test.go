package reconcile_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
)

// kinds are the requests without what differs from one run to the next: which name is
// read by a request of its own depends on the order in which names are asked for.
func kinds(requests []string) []string {
	kinds := make([]string, len(requests))
	for i, request := range requests {
		if kinds[i] = request; isRead(request) {
			kinds[i], _, _ = strings.Cut(request, " ")
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

func isRead(request string) bool {
	return strings.HasPrefix(request, "Get ") || isList(request)
}

func isList(request string) bool { return strings.HasPrefix(request, "List ") }

// scene is a resource in the middle of its life, and what is declared next: users to
// keep, to change in every way, to create and to delete, one that somebody registered
// again, one whose registration is unfinished, and one to take over.
type scene struct {
	*resource
	want      map[string]user
	strangers []string
}

func newScene(t *testing.T, p *platform, adopt bool) scene {
	t.Helper()
	for _, name := range []string{"yan", "zoe", "jon"} {
		p.put(name, "theirs")
	}
	r := newResource(p)
	r.mustApply(t, map[string]user{
		"ann": {password: "pw-ann"},
		"Bob": {password: "pw-bob", nickname: pointer("Bobby")},
		"cid": {password: "pw-cid"},
		"dan": {password: "pw-dan", activated: pointer(true)},
		"eva": {password: "pw-eva"},
		"hal": {password: "pw-hal"},
	})
	p.drop("hal")
	time.Sleep(time.Minute)
	p.put("hal", "theirs")
	if seen := r.refresh(t.Context(), t); !slices.Equal(seen.Foreign, []string{"hal"}) {
		t.Fatalf("%+v", seen)
	}
	account := r.account(t)
	account.Sent("ida", time.Now(), &chat.Platform{})
	r.keep(t, account)
	p.put("ida", "pw-ida").ours = true

	s := scene{resource: r, strangers: []string{"yan", "zoe"}, want: map[string]user{
		"ann": {password: "pw-ann"},
		"bob": {password: "pw-bob", nickname: pointer("Robert"), activated: pointer(false)},
		"cid": {password: "new-cid"},
		"dan": {password: "new-dan", activated: pointer(false), nickname: pointer("Danny")},
		"fay": {password: "pw-fay", nickname: pointer("Fay")},
		"Gus": {password: "pw-gus", activated: pointer(false)},
		"hal": {password: "pw-hal", nickname: pointer("Hal"), activated: pointer(false)},
		"ida": {password: "pw-ida", nickname: pointer("Ida")},
	}}
	if r.adopt = adopt; adopt {
		s.want["jon"] = user{password: "pw-jon", nickname: pointer("Jon"), activated: pointer(false)}
	} else {
		s.strangers = append(s.strangers, "jon")
	}
	p.requests = nil
	return s
}

// eachScene runs a test on both kinds of platforms, with and without taking over
// strangers, after a refresh and without one.
func eachScene(t *testing.T, test func(t *testing.T, s scene, refreshed bool)) {
	for _, likeJMessage := range []bool{false, true} {
		for _, adopt := range []bool{false, true} {
			for _, refreshed := range []bool{false, true} {
				t.Run(fmt.Sprintf("like JMessage %v, adopt %v, refreshed %v", likeJMessage, adopt, refreshed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { test(t, newScene(t, newPlatform(likeJMessage), adopt), refreshed) })
				})
			}
		}
	}
}

func TestApply(t *testing.T) {
	eachScene(t, func(t *testing.T, s scene, refreshed bool) {
		if refreshed {
			s.refresh(t.Context(), t)
		}
		s.mustApply(t, s.want)
		s.checkDone(t, "after an apply", s.want, s.strangers...)
	})
}

// Every request fails once, in every way, with and without the reads that would find out
// what became of it. Then nothing is lost, and the next apply does the rest.
func TestApplyAfterAnyFault(t *testing.T) {
	for _, likeJMessage := range []bool{false, true} {
		for _, refreshed := range []bool{false, true} {
			var requests []string
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t, newPlatform(likeJMessage), true)
				if refreshed {
					s.refresh(t.Context(), t)
				}
				s.p.requests = nil
				s.mustApply(t, s.want)
				requests = kinds(s.p.requests)
			})
			for _, request := range requests {
				for how, kind := range map[fault]string{refused: "is refused", before: "is lost", after: "is lost after its effect"} {
					for _, unread := range []bool{false, true} {
						t.Run(fmt.Sprintf("like JMessage %v, refreshed %v, %s %s, then unread %v", likeJMessage, refreshed, request, kind, unread), func(t *testing.T) {
							synctest.Test(t, func(t *testing.T) {
								s := newScene(t, newPlatform(likeJMessage), true)
								if refreshed {
									s.refresh(t.Context(), t)
								}
								failed := false
								s.p.breaks(func(arrived string) fault {
									switch {
									case strings.HasPrefix(arrived, request) && !failed:
										failed = true
										return how
									case failed && unread && isRead(arrived):
										return refused
									}
									return none
								})
								s.apply(t.Context(), t, s.want)
								if !failed {
									t.Fatalf("%q was not sent: %q", request, s.p.requests)
								}
								s.checkTruth(t, "after the fault")
								s.p.breaks(nil)
								s.refresh(t.Context(), t)
								s.checkTruth(t, "after the refresh")
								s.mustApply(t, s.want)
								s.checkDone(t, "after the second apply", s.want, s.strangers...)
							})
						})
					}
				}
			}
		}
	}
}

// The run is interrupted when a request arrives: what was sent is finished, and nothing
// more is sent but reads that find out what became of it.
func TestApplyInterrupted(t *testing.T) {
	for _, likeJMessage := range []bool{false, true} {
		var requests []string
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t, newPlatform(likeJMessage), true)
			s.mustApply(t, s.want)
			requests = kinds(s.p.requests)
		})
		for _, request := range requests {
			for how, kind := range map[fault]string{none: "answered", after: "lost"} {
				t.Run(fmt.Sprintf("like JMessage %v, at %s, which is %s", likeJMessage, request, kind), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := newScene(t, newPlatform(likeJMessage), true)
						ctx, cancel := context.WithCancel(t.Context())
						var interrupted time.Time
						s.p.breaks(func(arrived string) fault {
							switch {
							case strings.HasPrefix(arrived, request) && interrupted.IsZero():
								interrupted = time.Now()
								cancel()
								return how
							case !interrupted.IsZero() && time.Now().After(interrupted) && !isRead(arrived):
								t.Errorf("%q was sent %s after the interruption", arrived, time.Since(interrupted))
							}
							return none
						})
						s.apply(ctx, t, s.want)
						s.p.mu.Lock()
						if took := time.Since(interrupted); interrupted.IsZero() || took > grace {
							t.Errorf("interrupted at %s, it took %s", interrupted, took)
						}
						s.p.mu.Unlock()
						s.checkTruth(t, "after the interruption")
						s.p.breaks(nil)
						s.refresh(t.Context(), t)
						s.checkTruth(t, "after the refresh")
						s.mustApply(t, s.want)
						s.checkDone(t, "after the second apply", s.want, s.strangers...)
					})
				})
			}
		}
	}
}

// A fifth of all requests fails, run after run, while what is declared changes.
func TestApplyWithManyFaults(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 0))
				s := newScene(t, newPlatform(seed%2 == 0), seed%4 < 2)
				all := s.want
				for range 6 {
					s.p.breaks(func(string) fault {
						if random.IntN(5) > 0 {
							return none
						}
						return []fault{refused, before, after}[random.IntN(3)]
					})
					ctx, cancel := context.WithCancel(t.Context())
					if random.IntN(4) == 0 {
						ctx, cancel = context.WithTimeout(t.Context(), time.Minute+time.Duration(random.IntN(10))*time.Second)
					}
					want := maps.Clone(all)
					for name, u := range all {
						switch random.IntN(4) {
						case 0:
							if name != "hal" { // not declared, the account of somebody else is forgotten
								delete(want, name)
							}
						case 1:
							want[name] = user{password: u.password + "2", nickname: pointer("another"), activated: pointer(random.IntN(2) == 0)}
						}
					}
					if seen := s.refresh(t.Context(), t); len(seen.Failed) == 0 {
						s.apply(ctx, t, want)
					}
					cancel()
					s.checkTruth(t, "in between")
				}
				s.p.breaks(nil)
				s.refresh(t.Context(), t)
				s.mustApply(t, s.want)
				s.checkDone(t, "in the end", s.want, s.strangers...)
			})
		})
	}
}
