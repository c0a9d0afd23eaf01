package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
)

// assembly is what groups and chat rooms have in common in tests.
type assembly struct {
	noun    string
	groups  func(*chat.Service) chat.Groups
	members func(*chat.Service) chat.Members
}

var assemblies = []assembly{
	{"group", func(s *chat.Service) chat.Groups { return s.Groups }, func(s *chat.Service) chat.Members { return s.GroupMembers }},
	{"room", func(s *chat.Service) chat.Groups { return s.Rooms }, func(s *chat.Service) chat.Members { return s.RoomMembers }},
}

// onEachAssembly runs a test with groups and with rooms, on each platform.
func onEachAssembly(t *testing.T, test func(t *testing.T, w *world, a assembly)) {
	t.Helper()
	for _, a := range assemblies {
		t.Run(a.noun, func(t *testing.T) {
			t.Parallel()
			emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) { test(t, w, a) })
		})
	}
}

// hcl writes a configuration for groups or rooms: GROUP stands for the noun.
func (a assembly) hcl(w *world, body string) string {
	return w.config(threeUsers + strings.NewReplacer("GROUP", a.noun).Replace(body))
}

// registerDetailed makes a group or room of alice's with every setting that the platform
// has, and with bobby and carol in it, who is muted. It returns the id.
func (a assembly) registerDetailed(w *world) string {
	w.t.Helper()
	ctx := context.Background()
	group, err := a.groups(w.admin).Create(ctx, chat.NewGroup{Owner: w.name("alice"), GroupSettings: chat.GroupSettings{Name: ptr("The team"), Description: ptr("Everybody")}})
	w.must(err)
	if w.platform == "easemob" {
		w.must(a.groups(w.admin).Update(ctx, group.ID, chat.GroupSettings{Announcement: ptr("Welcome"), Muted: ptr(true), MaxMembers: ptr(int64(300))}))
	}
	for _, name := range []string{"bobby", "carol"} {
		w.must(chat.Single(a.members(w.admin).Add(ctx, group.ID, chat.Refs(w.name(name)))))
	}
	w.must(chat.Single(a.members(w.admin).Set(ctx, group.ID, chat.Muted, chat.Refs(w.name("carol")), true)))
	return group.ID
}

// of returns the id of the group or room of alice's that was made first, and makes it if
// there is none.
func (a assembly) of(w *world) string {
	w.t.Helper()
	for _, group := range a.list(w, "alice") {
		return group.ID
	}
	group, err := a.groups(w.admin).Create(context.Background(), chat.NewGroup{Owner: w.name("alice"), GroupSettings: chat.GroupSettings{Name: ptr("The team")}})
	w.must(err)
	return group.ID
}

// list returns the groups or rooms that a user is in.
func (a assembly) list(w *world, member string) []*chat.Group {
	w.t.Helper()
	var all []*chat.Group
	page := func(ctx context.Context, cursor string) (*chat.Page[chat.Group], error) {
		return a.groups(w.admin).List(ctx, w.name(member), cursor)
	}
	for group, err := range chat.All(context.Background(), "list groups", page, func(g *chat.Group) string { return g.ID }) {
		w.must(err)
		all = append(all, group)
	}
	return all
}

// only returns the one group or room of alice's.
func (a assembly) only(w *world) *chat.Group {
	w.t.Helper()
	all := a.list(w, "alice")
	if len(all) != 1 {
		w.t.Fatalf("alice is in %d, not in one", len(all))
	}
	found, err := a.groups(w.admin).Get(context.Background(), []string{all[0].ID})
	w.must(err)
	return found[0]
}

// owner returns the owner of a group or room.
func (a assembly) owner(w *world, id string) string {
	w.t.Helper()
	list, err := a.members(w.admin).List(context.Background(), id)
	w.must(err)
	for _, member := range list {
		if member.Owner {
			return member.Username
		}
	}
	return ""
}

func TestAccGroup_lifecycle(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		address := "chat_" + a.noun + ".team"
		same := statecheck.CompareValue(compare.ValuesSame())
		before, after := a.hcl(w, `
resource "chat_GROUP" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}
`), a.hcl(w, `
resource "chat_GROUP" "team" {
  name        = "The team of 张三"
  owner       = chat_user.alice.id
  description = "Everybody"
}
`)
		w.run(
			resource.TestStep{
				Config: before,
				ConfigStateChecks: []statecheck.StateCheck{
					same.AddStateValue(address, tfjsonpath.New("id")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("name"), knownvalue.StringExact("The team")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("owner"), knownvalue.StringExact(w.name("alice"))),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("created_at"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("max_members"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("description"), knownvalue.Null()),
				},
			},
			resource.TestStep{Config: before, ConfigPlanChecks: expectNothing},
			resource.TestStep{
				Config:            after,
				ConfigPlanChecks:  expectAction(address, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{same.AddStateValue(address, tfjsonpath.New("id"))},
				Check: all(func() error {
					if g := a.only(w); *g.Name != "The team of 张三" || *g.Description != "Everybody" {
						return fmt.Errorf("the %s is %q, %q", a.noun, *g.Name, *g.Description)
					}
					return nil
				}),
			},
			resource.TestStep{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: map[string][]string{"jmessage": {"public"}}[w.platform],
			},
			// What is omitted is left alone.
			resource.TestStep{Config: a.hcl(w, `
resource "chat_GROUP" "team" {
  name  = "The team of 张三"
  owner = chat_user.alice.id
}
`), ConfigPlanChecks: expectNothing},
			// Drift is repaired.
			resource.TestStep{
				PreConfig: w.do(func(ctx context.Context) error {
					return a.groups(w.admin).Update(ctx, a.only(w).ID, chat.GroupSettings{Name: ptr("Mallory's"), Description: ptr("changed")})
				}),
				Config:           after,
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
				Check: all(func() error {
					if g := a.only(w); *g.Name != "The team of 张三" || *g.Description != "Everybody" {
						return fmt.Errorf("the %s is %q, %q", a.noun, *g.Name, *g.Description)
					}
					return nil
				}),
			},
			// What is gone is created again.
			resource.TestStep{
				PreConfig:        w.do(func(ctx context.Context) error { return a.groups(w.admin).Delete(ctx, a.only(w).ID) }),
				Config:           after,
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
				Check:            all(func() error { a.only(w); return nil }),
			},
		)
	})
}

func TestAccGroup_transfer(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		address := "chat_" + a.noun + ".team"
		ownedBy := func(owner string) string {
			return a.hcl(w, `
resource "chat_GROUP" "team" {
  name  = "The team"
  owner = chat_user.`+owner+`.id
}
`)
		}
		owner := func(want string) resource.TestCheckFunc {
			return all(func() error {
				if got := a.owner(w, a.only(w).ID); got != w.name(want) {
					return fmt.Errorf("the owner is %q, not %q", got, want)
				}
				return nil
			})
		}
		w.run(
			resource.TestStep{Config: ownedBy("alice"), Check: owner("alice")},
			resource.TestStep{Config: ownedBy("bobby"), ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate), Check: owner("bobby")},
			resource.TestStep{Config: ownedBy("bobby"), ConfigPlanChecks: expectNothing},
			// Somebody else transfers it.
			resource.TestStep{
				PreConfig:        w.do(func(ctx context.Context) error { return a.groups(w.admin).Transfer(ctx, a.only(w).ID, w.name("alice")) }),
				Config:           ownedBy("bobby"),
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
				Check:            owner("bobby"),
			},
		)
	})
}

// createsGroup reports whether a call creates a group or a room.
func createsGroup(r *http.Request) bool {
	return r.Method == http.MethodPost && regexp.MustCompile(`/(chat)?(groups|rooms?)/?$`).MatchString(r.URL.Path)
}

// A creation whose answer is lost makes one group, never two, and never an orphan.
func TestAccGroup_lostCreation(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		config := func(owner string) string {
			return w.configFewRetries(threeUsers + strings.ReplaceAll(`
resource "chat_GROUP" "team" {
  name  = "The team"
  owner = chat_user.`+owner+`.id
}
`, "GROUP", a.noun))
		}
		one := all(func() error { a.only(w); return nil })
		w.run(
			// The answer is lost, and reading works.
			resource.TestStep{
				PreConfig: func() {
					var lost atomic.Bool
					w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
						if createsGroup(r) && !lost.Swap(true) {
							forward(httptest.NewRecorder())
							panic(http.ErrAbortHandler)
						}
						forward(rw)
					})
				},
				Config: config("alice"), Check: one,
			},
			resource.TestStep{PreConfig: func() { w.proxy.onCall(nil) }, Config: config("alice"), ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: w.config(threeUsers)},
			// The answer and all reads after it are lost, and the platform's clock is ahead.
			resource.TestStep{
				PreConfig: func() {
					w.emulator.advance(time.Hour)
					var lost atomic.Bool
					w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
						switch {
						case createsGroup(r):
							lost.Store(true)
							forward(httptest.NewRecorder())
							panic(http.ErrAbortHandler)
						case lost.Load() && r.Method == http.MethodGet:
							panic(http.ErrAbortHandler)
						}
						forward(rw)
					})
				},
				Config:      config("alice"),
				ExpectError: regexp.MustCompile(`Could not determine whether ` + a.noun + ` "The team" was created`),
			},
			resource.TestStep{PreConfig: func() { w.proxy.onCall(nil) }, Config: config("alice"), Check: one},
			resource.TestStep{Config: config("alice"), ConfigPlanChecks: expectNothing},
		)
	})
}

// Two resources are of the same name and owner, and the connection breaks before the second
// creation arrives: the next run does not take the first group for what became of it.
func TestAccGroup_lostCreationBesideOneOfTheSameName(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		w.registerMissing("alice")
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(strings.ReplaceAll(`
provider "chat" {
  max_retries = 0
}

resource "chat_GROUP" "one" {
  name  = "The team"
  owner = "{@alice}"
}

resource "chat_GROUP" "two" {
  name       = "The team"
  owner      = "{@alice}"
  depends_on = [chat_GROUP.one]
}
`, "GROUP", a.noun)))
		var creations atomic.Int32
		w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
			if createsGroup(r) && creations.Add(1) == 2 {
				panic(http.ErrAbortHandler)
			}
			forward(rw)
		})
		if out, code := c.try("apply", "-auto-approve", "-no-color"); code == 0 || !strings.Contains(onOneLine(out), "Could not determine whether "+a.noun+` "The team" was created`) {
			t.Fatalf("exit code %d\n%s", code, out)
		}
		w.proxy.onCall(nil)
		one := a.only(w).ID
		c.apply()
		c.expectNoChanges()
		if ids := a.list(w, "alice"); len(ids) != 2 || ids[0].ID != one && ids[1].ID != one {
			t.Errorf("the first was %s, and there are %+v", one, ids)
		}
	})
}

// Names are not unique: two groups of the same name are two resources.
func TestAccGroup_sameName(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		config := a.hcl(w, `
resource "chat_GROUP" "one" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_GROUP" "two" {
  name  = "The team"
  owner = chat_user.alice.id
}
`)
		w.run(
			resource.TestStep{Config: config, Check: all(func() error {
				if n := len(a.list(w, "alice")); n != 2 {
					return fmt.Errorf("%d, not 2", n)
				}
				return nil
			})},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

// Everything goes before its users, and a group that went with its owner is created again.
func TestAccGroup_ownerDeleted(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		config := a.hcl(w, `
resource "chat_GROUP" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_GROUP_members" "team" {
  GROUP   = chat_GROUP.team.id
  members = { (chat_user.bobby.id) = {} }
}
`)
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig: func() { w.remove("alice") },
				Config:    config,
				Check:     all(func() error { a.only(w); return nil }),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
			resource.TestStep{PreConfig: func() { w.remove("alice"); w.remove("bobby") }, Config: config, Destroy: true},
		)
	})
}

func TestAccGroup_badInput(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		long := strings.Repeat("x", 600)
		for name, c := range map[string]struct{ config, want string }{
			"long name":        {`name = "` + long + `"`, `(?s)Invalid value.*name.*(at\s+most|1\s+to\s+128)`},
			"long description": {"name = \"x\"\ndescription = \"" + long + `"`, `(?s)Invalid value.*description.*at\s+most`},
			"no such owner":    {"name = \"x\"\nowner = \"{@nobody}\"", `(?s)Could not create ` + a.noun + ` "x" of owner.*nobody.*not\s+found`},
			"illegal owner":    {"name = \"x\"\nowner = \"#\"", `(?s)Invalid value`},
		} {
			t.Run(name, func(t *testing.T) {
				w := *w
				w.t = t
				owner := "owner = chat_user.alice.id\n"
				if strings.Contains(c.config, "owner") {
					owner = ""
				}
				w.run(resource.TestStep{
					Config:      a.hcl(&w, "resource \"chat_GROUP\" \"team\" {\n"+owner+c.config+"\n}\n"),
					ExpectError: regexp.MustCompile(c.want),
				})
			})
		}
	})
}

// What only some platforms have fails the plan elsewhere, in one sentence.
func TestAccJMessageGroup_unsupported(t *testing.T) {
	t.Parallel()
	for attribute, value := range map[string]string{
		"max_members": "100", "allow_invites": "true", "members_only": "true", "custom": `"x"`, "announcement": `"x"`, "muted": "true",
	} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "jmessage")
			w.run(resource.TestStep{
				Config: w.config(threeUsers + fmt.Sprintf(`
resource "chat_group" "team" {
  name  = "x"
  owner = chat_user.alice.id
  %s    = %s
}
`, attribute, value)),
				ExpectError: regexp.MustCompile(`(?s)JMessage does not support\s+` + attribute),
			})
		})
	}
}

// A value that is not known while planning may turn out to be the one in the state. If the
// group cannot be read then, the update says so.
func TestAccGroup_unknownValueThatTurnsOutToBeTheOldOne(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		skipBelow(t, tfversion.Version1_4_0)
		w.registerMissing("alice")
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(strings.ReplaceAll(`
provider "chat" {
  max_retries = 0
}

resource "terraform_data" "text" {
  input = "Everybody"
}

resource "chat_GROUP" "team" {
  name        = "The team"
  owner       = "{@alice}"
  description = terraform_data.text.output
}
`, "GROUP", a.noun)))
		c.apply()
		var reads sync.Map // the plan reads what there is once
		w.proxy.onCall(func(rw http.ResponseWriter, req *http.Request, forward func(http.ResponseWriter)) {
			if isGroup := regexp.MustCompile(`/(groups|chatgroups|chatroom|chatrooms)/`).MatchString(req.URL.Path); isGroup {
				if _, again := reads.LoadOrStore(req.URL.Path, true); again {
					rw.WriteHeader(http.StatusInternalServerError)
					return
				}
			}
			forward(rw)
		})
		out, code := c.try("apply", "-auto-approve", "-no-color", "-replace=terraform_data.text")
		if out = onOneLine(out); code == 0 || !strings.Contains(out, "Could not read "+a.noun) || strings.Contains(out, "inconsistent") {
			t.Errorf("exit code %d\n%s", code, out)
		}
		w.proxy.onCall(nil)
		c.apply("-replace=terraform_data.text")
		c.expectNoChanges()
	})
}

// On JMessage, public cannot be read or changed.
func TestAccJMessageGroup_public(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	group := func(arguments string) string {
		return w.config(threeUsers + `
resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
` + arguments + `
}
`)
	}
	unknown := func(public string) string {
		return "  public = terraform_data.public.output\n}\n\nresource \"terraform_data\" \"public\" {\n  input = " + public
	}
	w.run(
		resource.TestStep{Config: group("  public = true")},
		resource.TestStep{Config: group("  public = true"), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: group("  public = false"), ConfigPlanChecks: expectAction("chat_group.team", plancheck.ResourceActionReplace)},
		resource.TestStep{Config: group(""), ConfigPlanChecks: expectNothing},
		// It may be another value: nobody knows before the apply.
		resource.TestStep{Config: group(unknown("false"))},
		resource.TestStep{Config: group(unknown("true")), ConfigPlanChecks: expectAction("chat_group.team", plancheck.ResourceActionReplace)},
		resource.TestStep{Config: group(unknown("true")), ConfigPlanChecks: expectNothing},
	)
}

func TestAccEasemobGroup_everything(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	group := func(arguments string) string {
		return w.config(threeUsers + `
resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
` + arguments + `
}
`)
	}
	full := group(`
  description   = "Everybody"
  avatar        = "https://example.com/team.png"
  public        = true
  max_members   = 300
  allow_invites = true
  members_only  = true
  custom        = "anything"
  announcement  = "Welcome"
  muted         = true
`)
	changed := group(`
  description   = ""
  avatar        = "https://example.com/other.png"
  public        = false
  max_members   = 400
  allow_invites = false
  custom        = "else"
  announcement  = "Hello"
  muted         = false
`)
	w.run(
		resource.TestStep{Config: full},
		resource.TestStep{Config: full, ConfigPlanChecks: expectNothing},
		resource.TestStep{ResourceName: "chat_group.team", ImportState: true, ImportStateVerify: true},
		resource.TestStep{Config: changed, ConfigPlanChecks: expectAction("chat_group.team", plancheck.ResourceActionUpdate)},
		resource.TestStep{Config: changed, ConfigPlanChecks: expectNothing},
		resource.TestStep{
			PreConfig: w.do(func(ctx context.Context) error {
				return w.admin.Groups.Update(ctx, assemblies[0].only(w).ID, chat.GroupSettings{Announcement: ptr("Changed"), Muted: ptr(true), MaxMembers: ptr(int64(350))})
			}),
			Config:           changed,
			ConfigPlanChecks: expectAction("chat_group.team", plancheck.ResourceActionUpdate),
		},
		resource.TestStep{Config: changed, ConfigPlanChecks: expectNothing},
	)
}

// The picture of a group may not be readable. If it is not known whether a change of it took
// effect, it is written again, also if the change is taken back.
func TestAccLostAnswers_avatarOfAGroupIsWrittenAgain(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		before, after := "https://example.com/a.png", "https://example.com/b.png"
		if w.platform == "jmessage" {
			before, after = "qiniu/image/0123456789ABCDEF", "qiniu/image/FEDCBA9876543210"
		}
		c := newCLI(t, "", environmentOf(w))
		write := func(avatar string) {
			c.write("main.tf", requireChat+w.named(fmt.Sprintf(`
provider "chat" {
  max_retries     = 1
  request_timeout = "5s"
}

resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}

resource "chat_group" "team" {
  name   = "The team"
  owner  = chat_user.alice.id
  avatar = %q
}
`, avatar)))
		}
		write(before)
		c.apply()
		w.emulator.faults(lost("PUT", "/(chat)?groups/"))
		write(after)
		if out, code := c.try("apply", "-auto-approve", "-no-color"); code == 0 {
			t.Error(out)
		}
		w.emulator.faults()
		write(before)
		c.apply("-refresh=false")
		if avatar := assemblies[0].only(w).Avatar; avatar == nil || *avatar != before {
			t.Errorf("the picture is %s", text(avatar))
		}
		c.expectNoChanges()
	})
}
