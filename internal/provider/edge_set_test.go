package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
)

// completeSet is a resource of all edges of an owner: chat_contacts or chat_blocks.
type completeSet struct {
	edge
	kind, attribute string
}

var completeSets = []completeSet{{edges[0], "chat_contacts", "contacts"}, {edges[1], "chat_blocks", "usernames"}}

// address is the address at which the tests declare the resource.
func (s completeSet) address() string { return s.kind + ".all" }

// declare returns all edges of alice in HCL. Users are named as HCL expressions.
func (s completeSet) declare(users ...string) string {
	elements := make([]string, len(users))
	for i, user := range users {
		elements[i] = user
		if s.kind == "chat_contacts" {
			elements[i] = "(" + user + ") = {}"
		}
	}
	list := "[" + strings.Join(elements, ", ") + "]"
	if s.kind == "chat_contacts" {
		list = "{\n" + strings.Join(elements, "\n") + "\n}"
	}
	return fmt.Sprintf("\nresource %q \"all\" {\n  owner = chat_user.alice.id\n  %s = %s\n}\n", s.kind, s.attribute, list)
}

// ids are references to users of the configuration.
func ids(names ...string) []string {
	for i, name := range names {
		names[i] = "chat_user." + name + ".id"
	}
	return names
}

// hasExactly is has, in any order.
func (s completeSet) hasExactly(w *world, want ...string) func() error {
	return func() error {
		var got []string
		for _, name := range s.list(w, "alice") {
			got = append(got, strings.TrimPrefix(name, w.prefix))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Errorf("%s of alice: got %v, want %v", s.kind, got, want)
		}
		return nil
	}
}

// holds checks which users the state has.
func (s completeSet) holds(w *world, names ...string) statecheck.StateCheck {
	inMap, inSet := map[string]knownvalue.Check{}, []knownvalue.Check{}
	for _, name := range names {
		inMap[w.name(name)] = knownvalue.NotNull()
		inSet = append(inSet, knownvalue.StringExact(w.name(name)))
	}
	check := knownvalue.Check(knownvalue.SetExact(inSet))
	if s.kind == "chat_contacts" {
		check = knownvalue.MapExact(inMap)
	}
	return statecheck.ExpectKnownValue(s.address(), tfjsonpath.New(s.attribute), check)
}

// onEachSet runs an acceptance test of both resources on every platform in parallel.
func onEachSet(t *testing.T, test func(t *testing.T, w *world, s completeSet)) {
	t.Helper()
	for _, s := range completeSets {
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) { test(t, w, s) })
		})
	}
}

func TestAccSet_isCompleteImportedRepairedAndEmptied(t *testing.T) {
	t.Parallel()
	onEachSet(t, func(t *testing.T, w *world, s completeSet) {
		both := w.config(threeUsers + s.declare(ids("bobby", "carol")...))
		bobby := w.config(threeUsers + s.declare(ids("bobby")...))
		none := w.config(threeUsers + s.declare())
		update := expectAction(s.address(), plancheck.ResourceActionUpdate)
		add := func(name string) func() {
			return w.do(func(ctx context.Context) error { w.registerMissing(name); return s.add(ctx, w, "alice", name) })
		}
		w.run(
			resource.TestStep{Config: both, Check: all(s.hasExactly(w, "bobby", "carol")), ConfigStateChecks: []statecheck.StateCheck{
				s.holds(w, "bobby", "carol"), statecheck.ExpectKnownValue(s.address(), tfjsonpath.New("id"), knownvalue.StringExact(w.name("alice"))),
			}},
			resource.TestStep{Config: both, ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: both, ResourceName: s.address(), ImportState: true, ImportStateId: w.name("alice"), ImportStateVerify: true},
			resource.TestStep{
				Config: both, ResourceName: s.address(), ImportState: true, ImportStateId: "alice/bob",
				ExpectError: regexp.MustCompile(`(?s)The id must be the owner`),
			},
			// What somebody else added is removed, and the plan shows it.
			resource.TestStep{PreConfig: add("daisy"), Config: both, ConfigPlanChecks: update, Check: all(s.hasExactly(w, "bobby", "carol"))},
			// What somebody else removed is added again.
			resource.TestStep{
				PreConfig: w.do(func(ctx context.Context) error { return s.remove(ctx, w, "alice", "carol") }),
				Config:    both, ConfigPlanChecks: update, Check: all(s.hasExactly(w, "bobby", "carol")),
			},
			resource.TestStep{Config: bobby, ConfigPlanChecks: update, Check: all(s.hasExactly(w, "bobby"))},
			resource.TestStep{Config: none, ConfigPlanChecks: update, Check: all(s.hasExactly(w)), ConfigStateChecks: []statecheck.StateCheck{s.holds(w)}},
			resource.TestStep{Config: both, Check: all(s.hasExactly(w, "bobby", "carol"))},
			// A user who is gone takes its edge with it.
			resource.TestStep{PreConfig: func() { w.remove("carol") }, Config: both, ConfigPlanChecks: update, Check: all(s.hasExactly(w, "bobby", "carol"))},
			// An owner who is gone has nothing: the set is planned for creation.
			resource.TestStep{
				PreConfig: func() { w.remove("alice") }, Config: both,
				ConfigPlanChecks: expectAction(s.address(), plancheck.ResourceActionCreate), Check: all(s.hasExactly(w, "bobby", "carol")),
			},
			// Destroying it removes all, also what somebody else added meanwhile.
			resource.TestStep{PreConfig: add("daisy"), Config: w.config(threeUsers), Check: all(s.hasExactly(w))},
			resource.TestStep{Config: both},
			resource.TestStep{PreConfig: func() { w.remove("alice") }, Config: both, Destroy: true},
		)
	})
}

// A new set warns of what it removes, before it does.
func TestAccSet_creationShowsWhatItRemoves(t *testing.T) {
	t.Parallel()
	onEachSet(t, func(t *testing.T, w *world, s completeSet) {
		w.registerMissing("alice", "bobby", "carol")
		w.must(s.add(context.Background(), w, "alice", "bobby"))
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+strings.ReplaceAll(s.declare(fmt.Sprintf("%q", w.name("carol"))), "chat_user.alice.id", fmt.Sprintf("%q", w.name("alice"))))
		out := onOneLine(c.run("plan", "-no-color"))
		if want := fmt.Sprintf("Warning: Users will be removed from the %s of %q", strings.TrimPrefix(s.kind, "chat_"), w.name("alice")); !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
		if !strings.Contains(out, fmt.Sprintf("these are not declared: %q.", w.name("bobby"))) {
			t.Errorf("want the name of bobby in\n%s", out)
		}
		c.apply()
		w.must(s.hasExactly(w, "carol")())
	})
}

// A user whose id is not known yet may be one of those that are there.
func TestAccSet_unknownUsersAreNotSaidToBeRemoved(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("alice", "bobby")
		w.must(edges[1].add(context.Background(), w, "alice", "bobby"))
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(`
provider "chat" {
  adopt_existing = true
}

resource "chat_user" "bobby" {
  username = "{@bobby}"
  password = "pass-1"
}

resource "chat_blocks" "all" {
  owner     = "{@alice}"
  usernames = [chat_user.bobby.id]
}
`))
		if out := c.run("plan", "-no-color"); strings.Contains(out, "will be removed") {
			t.Error(out)
		}
	})
}

// A value that is not known while planning may turn out to be the one in the state. If the
// list cannot be read then, or lacks a user, the update says so.
func TestAccSet_unknownValueThatTurnsOutToBeTheOldOne(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		skipBelow(t, tfversion.Version1_4_0)
		w.registerMissing("alice", "bobby")
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(`
provider "chat" {
  max_retries = 0
}

resource "terraform_data" "note" {
  input = "Bob"
}

resource "chat_contacts" "alice" {
  owner    = "{@alice}"
  contacts = { "{@bobby}" = { note_name = terraform_data.note.output } }
}
`))
		c.apply()
		var reads sync.Map // the plan reads each list once
		w.proxy.onCall(func(rw http.ResponseWriter, req *http.Request, forward func(http.ResponseWriter)) {
			if isList := regexp.MustCompile(`/(friends|contacts/users)/?$`).MatchString(req.URL.Path); isList && req.Method == http.MethodGet {
				if _, again := reads.LoadOrStore(req.URL.Path, true); again {
					rw.WriteHeader(http.StatusInternalServerError)
					return
				}
			}
			forward(rw)
		})
		out, code := c.try("apply", "-auto-approve", "-no-color", "-replace=terraform_data.note")
		if out = onOneLine(out); code == 0 || !strings.Contains(out, "Could not read the contacts of") || strings.Contains(out, "inconsistent") {
			t.Errorf("exit code %d\n%s", code, out)
		}
		w.proxy.onCall(nil)
		c.apply("-replace=terraform_data.note")
		c.expectNoChanges()
	})
}

// Names of the owner and of the elements that differ only by case are the same on Easemob.
func TestAccSet_caseOfNamesIsIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	config := func(spell func(string) string, note string) string {
		return w.config(threeUsers + fmt.Sprintf(`
resource "chat_contacts" "all" {
  owner      = %[1]q
  contacts   = { %[2]q = { note_name = %[4]q }, %[3]q = {} }
  depends_on = [chat_user.alice, chat_user.bobby, chat_user.carol]
}

resource "chat_blocks" "all" {
  owner      = %[1]q
  usernames  = [%[2]q, %[3]q]
  depends_on = [chat_contacts.all]
}

resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_group_members" "all" {
  group   = chat_group.team.id
  members = { %[2]q = { muted = true }, %[3]q = {} }
}

resource "chat_room" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_room_members" "all" {
  room    = chat_room.team.id
  members = { %[2]q = {}, %[3]q = null }
}
`, spell(w.name("alice")), spell(w.name("bobby")), spell(w.name("carol")), note))
	}
	asIs := func(name string) string { return name }
	w.run(
		resource.TestStep{Config: config(asIs, "Bob")},
		resource.TestStep{Config: config(strings.ToUpper, "Bob"), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: config(strings.ToUpper, "Bobby"), ConfigPlanChecks: expectAction("chat_contacts.all", plancheck.ResourceActionUpdate)},
		resource.TestStep{Config: config(asIs, "Bobby"), ConfigPlanChecks: expectNothing},
	)
}

// An element may be unknown as a whole while planning.
func TestAccSet_elementThatIsUnknown(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("alice", "bobby")
		config := func(noteName string) string {
			return w.config(fmt.Sprintf(`
resource "terraform_data" "note" {
  input = { note_name = %q }
}

resource "chat_contacts" "all" {
  owner    = "{@alice}"
  contacts = { "{@bobby}" = terraform_data.note.output }
}
`, noteName))
		}
		holds := func(noteName string) []statecheck.StateCheck {
			return []statecheck.StateCheck{statecheck.ExpectKnownValue("chat_contacts.all",
				tfjsonpath.New("contacts").AtMapKey(w.name("bobby")).AtMapKey("note_name"), knownvalue.StringExact(noteName))}
		}
		w.runSince(tfversion.Version1_4_0,
			resource.TestStep{Config: config("Bob"), ConfigStateChecks: holds("Bob")},
			resource.TestStep{Config: config("Bob"), ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: config("Bobby"), ConfigStateChecks: holds("Bobby")},
		)
	})
}

// All of an owner's users travel in as few calls as the platform takes.
func TestAccSet_changesTravelInBulk(t *testing.T) {
	t.Parallel()
	onEachSet(t, func(t *testing.T, w *world, s completeSet) {
		w.registerNumbered(120)
		config := func(from, to int) string {
			users := make([]string, 0, to-from)
			for i := from; i < to; i++ {
				users = append(users, fmt.Sprintf("%q", w.name(fmt.Sprintf("number-%04d", i))))
			}
			return w.config(oneUser + s.declare(users...))
		}
		writes := func(added, removed int) func() error {
			return func() error {
				limits := w.admin.Contacts.Limits()
				if s.kind == "chat_blocks" {
					limits = w.admin.Blocks.Limits()
				}
				calls := func(n int, limit chat.Limit) int { return (n + limit.Items - 1) / limit.Items }
				want := calls(added, limits.Add) + calls(removed, limits.Remove)
				if n := w.emulator.requests(); n.writes() != want {
					return fmt.Errorf("%d writes, want %d: %v", n.writes(), want, n.Routes)
				}
				return nil
			}
		}
		w.run(
			resource.TestStep{Config: w.config(oneUser)},
			resource.TestStep{PreConfig: w.forgetRequests, Config: config(0, 120), Check: all(writes(120, 0))},
			resource.TestStep{PreConfig: w.forgetRequests, Config: config(20, 100), Check: all(writes(0, 40))},
		)
	})
}

// Those that the platform refuses are named; the others are done, and the next apply does
// the rest.
func TestAccSet_someFail(t *testing.T) {
	t.Parallel()
	onEachSet(t, func(t *testing.T, w *world, s completeSet) {
		config := w.config(threeUsers + s.declare(append(ids("bobby", "carol"), `"{@nobody}"`)...))
		w.run(
			resource.TestStep{
				Config:      config,
				ExpectError: regexp.MustCompile(`(?s)Could not add 1 of 3 users to the ` + strings.TrimPrefix(s.kind, "chat_") + `\s+of.*nobody.*Declare\s+it\s+as\s+a\s+chat_user`),
			},
			resource.TestStep{
				PreConfig: func() { w.registerMissing("nobody") }, Config: config,
				Check: all(s.hasExactly(w, "bobby", "carol", "nobody")),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
			resource.TestStep{
				PreConfig: func() {
					w.emulator.faults(fault{Method: "DELETE", Path: "/(contacts|blocks|friends|blacklist)", Status: 400, Body: map[string]string{
						"easemob": refusal, "jmessage": `{"error":{"code":899003,"message":"no"}}`,
					}[w.platform], Times: -1})
				},
				Config:      w.config(threeUsers + s.declare(ids("bobby", "carol")...)),
				ExpectError: regexp.MustCompile(`(?s)Could not remove 1 of 1 users from the.*nobody`),
			},
			// Who could not be removed is still in the state.
			resource.TestStep{
				PreConfig: func() { w.emulator.faults() }, Config: w.config(threeUsers + s.declare(ids("bobby", "carol")...)),
				ConfigPlanChecks: expectAction(s.address(), plancheck.ResourceActionUpdate), Check: all(s.hasExactly(w, "bobby", "carol")),
			},
		)
	})
}

// Answers that are lost leave a state from which the next apply ends as declared.
func TestAccSet_lostAnswersAreSettled(t *testing.T) {
	t.Parallel()
	onEachSet(t, func(t *testing.T, w *world, s completeSet) {
		bobby := w.configFewRetries(threeUsers + s.declare(ids("bobby")...))
		carol := w.configFewRetries(threeUsers + s.declare(ids("carol")...))
		w.run(
			resource.TestStep{Config: bobby},
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults(lost("", "/(contacts|blocks|friends|blacklist)")) },
				Config:      carol,
				ExpectError: regexp.MustCompile(`(?s)Could not (read|add|remove)`),
			},
			resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: carol, Check: all(s.hasExactly(w, "carol"))},
			resource.TestStep{Config: carol, ConfigPlanChecks: expectNothing},
		)
	})
}

func TestAccSet_badInputFailsThePlan(t *testing.T) {
	t.Parallel()
	onEachSet(t, func(t *testing.T, w *world, s completeSet) {
		cases := map[string][]string{
			`(?s)is\s+the\s+owner\s+itself`: {`"{@alice}"`},
			`(?s)Invalid value`:             {`"a b"`},
		}
		if w.platform == "easemob" {
			cases[`(?s)are\s+the\s+same\s+user`] = []string{`"{@bobby}"`, `upper("{@bobby}")`}
		}
		for want, users := range cases {
			w.run(resource.TestStep{
				Config:      w.config(strings.ReplaceAll(s.declare(users...), "chat_user.alice.id", `"{@alice}"`)),
				ExpectError: regexp.MustCompile(want), PlanOnly: true,
			})
		}
	})
}

// Contacts are mutual: two complete sets that agree hold each other's contact, and a set
// that is destroyed leaves what another creates in the same run.
func TestAccContacts_areMutual(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		both := w.config(threeUsers + `
resource "chat_contacts" "alice" {
  owner    = chat_user.alice.id
  contacts = { (chat_user.bobby.id) = {} }
}

resource "chat_contacts" "bobby" {
  owner    = chat_user.bobby.id
  contacts = { (chat_user.alice.id) = {} }
}
`)
		w.run(
			resource.TestStep{Config: both, Check: all(edges[0].has(w, "alice", "bobby"), edges[0].has(w, "bobby", "alice"))},
			resource.TestStep{Config: both, ConfigPlanChecks: expectNothing},
			// The same contact from the other side.
			resource.TestStep{
				Config: w.config(threeUsers + `
resource "chat_contact" "back" {
  owner   = chat_user.bobby.id
  contact = chat_user.alice.id
}
`),
				Check: all(edges[0].has(w, "alice", "bobby"), edges[0].has(w, "bobby", "alice")),
			},
		)
	})
}

// Users of other applications are neither shown nor removed by complete sets.
func TestAccJMessageSet_leavesUsersOfOtherApplicationsAlone(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.registerMissing("alice", "bobby")
	w.other().registerMissing("foreign")
	foreign := []chat.Ref{{AppKey: jmessageOtherKey, Username: w.name("foreign")}}
	ctx := context.Background()
	group, room := assemblies[0].of(w), assemblies[1].of(w)
	for _, add := range []func() ([]error, error){
		func() ([]error, error) { return w.admin.Contacts.Add(ctx, w.name("alice"), foreign) },
		func() ([]error, error) { return w.admin.Blocks.Add(ctx, w.name("alice"), foreign) },
		func() ([]error, error) { return w.admin.GroupMembers.Add(ctx, group, foreign) },
		func() ([]error, error) { return w.admin.RoomMembers.Add(ctx, room, foreign) },
	} {
		w.must(chat.Single(add()))
	}
	present := func() error {
		contacts, err := w.admin.Contacts.List(ctx, w.name("alice"))
		blocks, err2 := w.admin.Blocks.List(ctx, w.name("alice"))
		members, err3 := w.admin.GroupMembers.List(ctx, group)
		inRoom, err4 := w.admin.RoomMembers.List(ctx, room)
		for _, err := range []error{err, err2, err3, err4} {
			if err != nil {
				return err
			}
		}
		is := func(ref chat.Ref) bool { return ref == foreign[0] }
		if !slices.ContainsFunc(contacts, func(c chat.Contact) bool { return is(c.Ref) }) || !slices.ContainsFunc(blocks, is) ||
			!slices.ContainsFunc(members, func(m chat.Member) bool { return is(m.Ref) }) ||
			!slices.ContainsFunc(inRoom, func(m chat.Member) bool { return m.Username == foreign[0].Username }) {
			return fmt.Errorf("the user of the other application is gone: %v, %v, %v, %v", contacts, blocks, members, inRoom)
		}
		return nil
	}
	config := func(user string) string {
		return w.config(strings.NewReplacer("USER", user, "OUR_GROUP", group, "OUR_ROOM", room).Replace(`
resource "chat_contacts" "all" {
  owner    = "{@alice}"
  contacts = USER == "" ? {} : { USER = {} }
}

resource "chat_blocks" "all" {
  owner     = "{@alice}"
  usernames = compact([USER])
}

resource "chat_group_members" "all" {
  group   = "OUR_GROUP"
  members = USER == "" ? {} : { USER = {} }
}

resource "chat_room_members" "all" {
  room    = "OUR_ROOM"
  members = USER == "" ? {} : { USER = {} }
}
`))
	}
	bobby := config(`"{@bobby}"`)
	steps := []resource.TestStep{
		{Config: bobby, Check: all(present)},
		{Config: bobby, ConfigPlanChecks: expectNothing},
	}
	for address, id := range map[string]string{"chat_contacts.all": w.name("alice"), "chat_blocks.all": w.name("alice"), "chat_group_members.all": group, "chat_room_members.all": room} {
		steps = append(steps, resource.TestStep{
			Config: bobby, ResourceName: address, ImportState: true, ImportStateId: id,
			ImportStateCheck: func(states []*instanceState) error {
				for key, value := range states[0].Attributes {
					if strings.Contains(key+value, "foreign") {
						return fmt.Errorf("%s: imported %s = %s", address, key, value)
					}
				}
				return nil
			},
		})
	}
	steps = append(steps,
		resource.TestStep{Config: config(`""`), Check: all(present)},
		resource.TestStep{Config: w.config(""), Check: all(present)},
	)
	w.run(steps...)
}
