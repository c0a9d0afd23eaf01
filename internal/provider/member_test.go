package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-chat/internal/chat"
)

// oneAssembly declares three users and a group or room of alice's.
const oneAssembly = `
resource "chat_GROUP" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}
`

// The owner of a group is not removed from it by the destroy of a chat_group_member.
func TestAccMember_ownerStays(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		member := func(name string) string {
			return fmt.Sprintf(`
resource "chat_GROUP_member" %[1]q {
  GROUP    = chat_GROUP.team.id
  username = chat_user.%[1]s.id
}
`, name)
		}
		var id string
		isOwnedBy := func(name string) func() error {
			return func() error {
				if owner := a.owner(w, id); owner != w.name(name) {
					return fmt.Errorf("the owner is %q", owner)
				}
				return nil
			}
		}
		given := strings.Replace(oneAssembly, "chat_user.alice.id", "chat_user.bobby.id", 1)
		muted := strings.Replace(member("bobby"), "username", "muted    = true\n  username", 1)
		w.run(
			resource.TestStep{Config: a.hcl(w, oneAssembly+muted), Check: all(func() error { id = a.only(w).ID; return nil }, a.having(w, chat.Muted, "bobby"))},
			// A member becomes the owner in the same run in which it is no longer declared.
			resource.TestStep{Config: a.hcl(w, given), Check: all(isOwnedBy("bobby"), a.having(w, chat.Muted))},
			resource.TestStep{Config: a.hcl(w, given), ConfigPlanChecks: expectNothing},
			// It becomes the owner first.
			resource.TestStep{Config: a.hcl(w, oneAssembly+member("bobby")), Check: all(isOwnedBy("alice"))},
			resource.TestStep{Config: a.hcl(w, given+member("bobby")), Check: all(isOwnedBy("bobby"))},
			resource.TestStep{Config: a.hcl(w, given), Check: all(isOwnedBy("bobby"))},
		)
	})
}

// The owner is not declared as a member: not in the run that creates the group, and not later.
func TestAccMember_ownerIsRefused(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		member := func(name string) string {
			return fmt.Sprintf("\nresource \"chat_GROUP_member\" %[1]q {\n  GROUP    = chat_GROUP.team.id\n  username = chat_user.%[1]s.id\n}\n", name)
		}
		refused := regexp.MustCompile(`(?s)owns\s+` + a.noun + `.*always\s+a\s+member`)
		given := strings.Replace(oneAssembly, "chat_user.alice.id", "chat_user.bobby.id", 1)
		w.run(
			resource.TestStep{Config: a.hcl(w, oneAssembly+member("alice")+member("bobby")), ExpectError: refused},
			resource.TestStep{Config: a.hcl(w, oneAssembly+member("bobby"))},
			resource.TestStep{Config: a.hcl(w, oneAssembly+member("bobby")+member("alice")), ExpectError: refused, PlanOnly: true},
			// The present owner is a member after the transfer.
			resource.TestStep{Config: a.hcl(w, given+member("alice"))},
			resource.TestStep{Config: a.hcl(w, given+member("alice")), ConfigPlanChecks: expectNothing},
		)
	})
}

// has checks who is in alice's group or room, besides her.
func (a assembly) has(w *world, names ...string) func() error {
	return func() error {
		list, err := a.members(w.admin).List(context.Background(), a.only(w).ID)
		if err != nil {
			return err
		}
		var got, want []string
		for _, member := range list {
			if !member.Owner {
				got = append(got, member.Username)
			}
		}
		for _, name := range names {
			want = append(want, w.name(name))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Errorf("the members are %v, not %v", got, want)
		}
		return nil
	}
}

// having checks which members of alice's group or room have a state. JMessage does not
// return who is muted in a group: the emulator is asked.
func (a assembly) having(w *world, state chat.MemberState, names ...string) func() error {
	return func() error {
		var want []string
		for _, name := range names {
			want = append(want, w.name(name))
		}
		got := a.withState(w, state)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Errorf("those with state %d are %v, not %v", state, got, want)
		}
		return nil
	}
}

func (a assembly) withState(w *world, state chat.MemberState) []string {
	w.t.Helper()
	ctx, id := context.Background(), a.only(w).ID
	if w.platform == "jmessage" && a.noun == "group" {
		var names []string
		for _, group := range w.held()["groups"].([]any) {
			for _, member := range group.(map[string]any)["members"].([]any) {
				if member := member.(map[string]any); member["silenced"] == true {
					names = append(names, member["username"].(string))
				}
			}
		}
		return names
	}
	list, err := a.members(w.admin).List(ctx, id)
	w.must(err)
	having, err := a.members(w.admin).Having(ctx, id, state)
	if err == nil {
		return having
	}
	var names []string
	for _, member := range list {
		if has := map[chat.MemberState]*bool{chat.Muted: member.Muted, chat.Admin: member.Admin}[state]; has != nil && *has {
			names = append(names, member.Username)
		}
	}
	return names
}

// join and quit change the members of alice's group or room without Terraform.
func (a assembly) join(w *world, name string) func() {
	return w.do(func(ctx context.Context) error {
		return chat.Single(a.members(w.admin).Add(ctx, a.only(w).ID, chat.Refs(w.name(name))))
	})
}

func (a assembly) quit(w *world, name string) func() {
	return w.do(func(ctx context.Context) error {
		return chat.Single(a.members(w.admin).Remove(ctx, a.only(w).ID, chat.Refs(w.name(name))))
	})
}

func TestAccMember_isAddedImportedRepairedAndRemoved(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		address := "chat_" + a.noun + "_member.it"
		member := func(name string) string {
			return a.hcl(w, oneAssembly+`
resource "chat_GROUP_member" "it" {
  GROUP    = chat_GROUP.team.id
  username = chat_user.`+name+`.id
}
`)
		}
		w.run(
			resource.TestStep{Config: member("bobby"), Check: all(a.has(w, "bobby"))},
			resource.TestStep{Config: member("bobby"), ConfigPlanChecks: expectNothing},
			resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"muted", "admin"}},
			resource.TestStep{Config: member("carol"), ConfigPlanChecks: expectAction(address, plancheck.ResourceActionReplace), Check: all(a.has(w, "carol"))},
			resource.TestStep{
				PreConfig: a.quit(w, "carol"), Config: member("carol"),
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate), Check: all(a.has(w, "carol")),
			},
			// Others are left alone, and who is gone already is no failure.
			resource.TestStep{PreConfig: a.join(w, "bobby"), Config: member("carol"), ConfigPlanChecks: expectNothing},
			resource.TestStep{PreConfig: a.quit(w, "carol"), Config: a.hcl(w, oneAssembly), Check: all(a.has(w, "bobby"))},
			// Somebody who is a member already stays one.
			resource.TestStep{Config: member("bobby"), Check: all(a.has(w, "bobby"))},
			// With the group, the members go.
			resource.TestStep{
				PreConfig:        w.do(func(ctx context.Context) error { return a.groups(w.admin).Delete(ctx, a.only(w).ID) }),
				Config:           member("bobby"),
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
				Check:            all(a.has(w, "bobby")),
			},
		)
	})
}

func TestAccMember_isMutedAndAdmin(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		address := "chat_" + a.noun + "_member.it"
		readable := w.platform == "easemob" || a.noun == "room"
		member := func(arguments string) string {
			return a.hcl(w, oneAssembly+`
resource "chat_GROUP_member" "it" {
  GROUP    = chat_GROUP.team.id
  username = chat_user.bobby.id
`+arguments+`
}
`)
		}
		set := func(state chat.MemberState, on bool) func() {
			return w.do(func(ctx context.Context) error {
				return chat.Single(a.members(w.admin).Set(ctx, a.only(w).ID, state, chat.Refs(w.name("bobby")), on))
			})
		}
		steps := []resource.TestStep{
			{Config: member("muted = true"), Check: all(a.having(w, chat.Muted, "bobby"))},
			{Config: member("muted = true"), ConfigPlanChecks: expectNothing},
			{Config: member(""), ConfigPlanChecks: expectNothing},
		}
		if readable {
			steps = append(steps,
				resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"admin"}},
				resource.TestStep{PreConfig: set(chat.Muted, false), Config: member("muted = true"),
					ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate), Check: all(a.having(w, chat.Muted, "bobby"))},
			)
		}
		steps = append(steps, resource.TestStep{Config: member("muted = false"), Check: all(a.having(w, chat.Muted))})
		if w.platform == "easemob" {
			steps = append(steps,
				resource.TestStep{Config: member("admin = true"), Check: all(a.having(w, chat.Admin, "bobby"), a.having(w, chat.Muted))},
				resource.TestStep{Config: member("admin = true"), ConfigPlanChecks: expectNothing},
				resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true},
				resource.TestStep{PreConfig: set(chat.Admin, false), Config: member("admin = true"),
					ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate), Check: all(a.having(w, chat.Admin, "bobby"))},
				resource.TestStep{Config: member("admin = false"), Check: all(a.having(w, chat.Admin))},
			)
		}
		// A mute does not outlive the membership.
		steps = append(steps,
			resource.TestStep{Config: member("muted = true"), Check: all(a.having(w, chat.Muted, "bobby"))},
			resource.TestStep{Config: a.hcl(w, oneAssembly), Check: all(a.has(w))},
			resource.TestStep{PreConfig: a.join(w, "bobby"), Config: a.hcl(w, oneAssembly), Check: all(a.has(w, "bobby"), a.having(w, chat.Muted))},
		)
		w.run(steps...)
	})
}

func TestAccMembers_areCompleteAndNoMore(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		address := "chat_" + a.noun + "_members.all"
		members := func(elements string) string {
			return a.hcl(w, oneAssembly+`
resource "chat_GROUP_members" "all" {
  GROUP   = chat_GROUP.team.id
  members = {`+elements+`}
}
`)
		}
		const bobby, carol = `
    (chat_user.bobby.id) = {}
`, `
    (chat_user.carol.id) = { muted = true }
`
		elements := func(names ...string) statecheck.StateCheck {
			want := map[string]knownvalue.Check{}
			for _, name := range names {
				want[w.name(name)] = knownvalue.NotNull()
			}
			return statecheck.ExpectKnownValue(address, tfjsonpath.New("members"), knownvalue.MapExact(want))
		}
		w.run(
			resource.TestStep{
				Config: members(bobby + carol), Check: all(a.has(w, "bobby", "carol"), a.having(w, chat.Muted, "carol")),
				ConfigStateChecks: []statecheck.StateCheck{elements("bobby", "carol")},
			},
			resource.TestStep{Config: members(bobby + carol), ConfigPlanChecks: expectNothing},
			resource.TestStep{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"members"}, // checked below: what is omitted has a value after an import
				ImportStateCheck: func(states []*instanceState) error {
					if n := states[0].Attributes["members.%"]; n != "2" {
						return fmt.Errorf("imported %s members", n)
					}
					return nil
				},
			},
			// Somebody who joined is removed, and the plan shows it.
			resource.TestStep{
				PreConfig: w.do(func(ctx context.Context) error {
					w.register("daisy", "pass-1")
					return chat.Single(a.members(w.admin).Add(ctx, a.only(w).ID, chat.Refs(w.name("daisy"))))
				}),
				Config: members(bobby + carol), ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
				Check: all(a.has(w, "bobby", "carol")),
			},
			// Somebody who left is added, with the mute.
			resource.TestStep{
				PreConfig: a.quit(w, "carol"),
				Config:    members(bobby + carol), ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
				Check: all(a.has(w, "bobby", "carol"), a.having(w, chat.Muted, "carol")),
			},
			resource.TestStep{Config: members(carol), Check: all(a.has(w, "carol")), ConfigStateChecks: []statecheck.StateCheck{elements("carol")}},
			resource.TestStep{Config: members(""), Check: all(a.has(w))},
			resource.TestStep{Config: members(""), ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: members(bobby), Check: all(a.has(w, "bobby"))},
			// Destroying the set empties it, the owner stays.
			resource.TestStep{Config: a.hcl(w, oneAssembly), Check: all(a.has(w))},
			// A new one removes who is there.
			resource.TestStep{PreConfig: a.join(w, "carol"), Config: members(bobby), Check: all(a.has(w, "bobby"))},
			resource.TestStep{PreConfig: func() { w.remove("daisy") }, Config: members(bobby), ConfigPlanChecks: expectNothing},
		)
	})
}

// The owner is a member without being declared, and what the platform would refuse fails
// at plan time.
func TestAccMembers_refusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		members := func(elements string) string {
			return a.hcl(w, oneAssembly+`
resource "chat_GROUP_members" "all" {
  GROUP   = chat_GROUP.team.id
  members = { `+elements+` }
}
`)
		}
		steps := []resource.TestStep{
			{Config: members(`(chat_user.alice.id) = {}`), ExpectError: regexp.MustCompile(`(?s)alice"\s+owns ` + a.noun + `.*always a\s+member`)},
			{Config: members(`(chat_user.bobby.id) = {}`)},
			{Config: members(`(chat_user.alice.id) = {}`), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)alice"\s+owns ` + a.noun)},
			{Config: members(`"{@bobby}" = {}, "#" = {}`), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)Invalid value.*#`)},
			{Config: members(`"{@bobby}" = {}, "{@nobody}" = {}`), ExpectError: regexp.MustCompile(`(?s)nobody.*does not exist|nobody.*not\s+found`)},
			{Config: members(`(chat_user.bobby.id) = {}`), ConfigPlanChecks: expectNothing, Check: all(a.has(w, "bobby"))},
		}
		switch w.platform {
		case "easemob":
			steps = append(steps, resource.TestStep{
				Config: members(`"` + w.name("bobby") + `" = {}, "` + strings.ToUpper(w.name("bobby")) + `" = {}`), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)are\s+the\s+same\s+user`),
			})
		case "jmessage":
			steps = append(steps, resource.TestStep{
				Config: members(`(chat_user.bobby.id) = { admin = true }`), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)JMessage does not support\s+admin`),
			})
		}
		w.run(steps...)
	})
}

// Many members travel in the batches of the platform.
func TestAccMembers_travelInBatches(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		const n = 150
		config := w.config(strings.NewReplacer("GROUP", a.noun).Replace(fmt.Sprintf(`
locals {
  names = [for i in range(%d) : format("{@n}-%%03d", i)]
}

resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}

resource "chat_users" "all" {
  users       = { for name in local.names : name => {} }
  password_wo = "pass-1"
}

resource "chat_GROUP" "team" {
  name        = "The team"
  owner       = chat_user.alice.id
}

resource "chat_GROUP_members" "all" {
  GROUP   = chat_GROUP.team.id
  members = { for name in keys(chat_users.all.users) : name => {} }
}
`, n)))
		// A member of a room on Easemob is added to the room and to its allow list.
		most := map[string]int{"easemob group": 3, "easemob room": 6, "jmessage group": 1, "jmessage room": 1}
		var writes atomic.Int32
		w.run(
			resource.TestStep{
				PreConfig: func() {
					w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
						if r.Method != http.MethodGet && regexp.MustCompile(`members|/users$|white|super`).MatchString(r.URL.Path) && regexp.MustCompile(`groups|room`).MatchString(r.URL.Path) {
							writes.Add(1)
						}
						forward(rw)
					})
				},
				Config: config,
				Check: all(func() error {
					list, err := a.members(w.admin).List(context.Background(), a.only(w).ID)
					if err == nil && len(list) != n+1 && len(list) != n { // with or without the owner
						err = fmt.Errorf("%d members", len(list))
					}
					if most := most[w.platform+" "+a.noun]; err == nil && int(writes.Load()) > most {
						err = fmt.Errorf("%d writing calls, more than %d", writes.Load(), most)
					}
					return err
				}),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

func TestAccGroupDataSources(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		config := a.hcl(w, oneAssembly+`
resource "chat_GROUP_members" "all" {
  GROUP   = chat_GROUP.team.id
  members = { (chat_user.bobby.id) = { muted = true } }
}

data "chat_GROUP" "team" {
  id         = chat_GROUP.team.id
  depends_on = [chat_GROUP_members.all]
}

data "chat_GROUPs" "of_bobby" {
  member     = chat_user.bobby.id
  depends_on = [chat_GROUP_members.all]
}

data "chat_GROUPs" "all" {
  depends_on = [chat_GROUP_members.all]
}

data "chat_GROUPs" "none" {
  member     = chat_user.carol.id
  limit      = 1
  depends_on = [chat_GROUP_members.all]
}

data "chat_GROUP_members" "team" {
  GROUP      = chat_GROUP.team.id
  depends_on = [chat_GROUP_members.all]
}
`)
		expect := func(address string, at tfjsonpath.Path, value knownvalue.Check) statecheck.StateCheck {
			return statecheck.ExpectKnownValue("data.chat_"+a.noun+address, at, value)
		}
		is := func(name string) knownvalue.Check { return knownvalue.StringExact(w.name(name)) }
		muted := knownvalue.Check(knownvalue.Bool(true))
		if w.platform == "jmessage" && a.noun == "group" {
			muted = knownvalue.Null()
		}
		w.run(
			resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
				expect(".team", tfjsonpath.New("name"), knownvalue.StringExact("The team")),
				expect(".team", tfjsonpath.New("owner"), is("alice")),
				expect(".team", tfjsonpath.New("created_at"), knownvalue.NotNull()),
				expect("s.of_bobby", tfjsonpath.New("ids"), knownvalue.ListSizeExact(1)),
				expect("s.of_bobby", tfjsonpath.New(a.noun+"s").AtSliceIndex(0).AtMapKey("name"), knownvalue.StringExact("The team")),
				expect("s.all", tfjsonpath.New("ids"), knownvalue.ListSizeExact(1)),
				expect("s.none", tfjsonpath.New("ids"), knownvalue.ListSizeExact(0)),
				expect("_members.team", tfjsonpath.New("owner"), is("alice")),
				expect("_members.team", tfjsonpath.New("usernames"), knownvalue.ListExact([]knownvalue.Check{is("bobby")})),
				expect("_members.team", tfjsonpath.New("members").AtMapKey(w.name("bobby")).AtMapKey("muted"), muted),
			}},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
			resource.TestStep{
				Config:      w.config(strings.NewReplacer("GROUP", a.noun).Replace(`data "chat_GROUP" "x" { id = "999" }`)),
				ExpectError: regexp.MustCompile(`(?s)` + strings.ToUpper(a.noun[:1]) + a.noun[1:] + ` "999" does not exist`),
			},
			resource.TestStep{
				Config:      w.config(strings.NewReplacer("GROUP", a.noun).Replace(`data "chat_GROUP_members" "x" { GROUP = "999" }`)),
				ExpectError: regexp.MustCompile(`(?s)Could not read the members of ` + a.noun + ` "999"`),
			},
			resource.TestStep{
				Config:      w.config(strings.NewReplacer("GROUP", a.noun).Replace(`data "chat_GROUPs" "x" { member = "{@nobody}" }`)),
				ExpectError: regexp.MustCompile(`(?s)Could not list the ` + a.noun + `s`),
			},
		)
	})
}

// What a group has no room for fails by name.
func TestAccMembers_fullGroup(t *testing.T) {
	t.Parallel()
	if live() {
		t.Skip("needs the emulator")
	}
	w := newWorld(t, "easemob")
	group := func(most int) string {
		return w.config(threeUsers + fmt.Sprintf(`
resource "chat_group" "team" {
  name        = "The team"
  owner       = chat_user.alice.id
  max_members = %d
}

resource "chat_group_members" "team" {
  group = chat_group.team.id
  members = {
    (chat_user.bobby.id) = {}
    (chat_user.carol.id) = {}
  }
}
`, most))
	}
	w.run(
		resource.TestStep{Config: group(2), ExpectError: regexp.MustCompile(`(?s)Could not add 2 of 2 .*bobby.*carol.*quota exceeded.*max_members`)},
		resource.TestStep{Config: group(3), Check: all(assemblies[0].has(w, "bobby", "carol"))},
		resource.TestStep{Config: group(3), ConfigPlanChecks: expectNothing},
	)
}

// What the platform refuses for good is said in words, with what to do about it.
func TestAccMember_refusals(t *testing.T) {
	t.Parallel()
	for platform, refusals := range map[string]map[string]struct {
		status     int
		body, want string
	}{
		"easemob": {
			"too many groups": {403, `{"error":"exceed_limit","exception":"x","error_description":"user {@bobby} has joined too many groups/chatroom!"}`,
				`Could not add .*bobby.* to the members of group.*too many groups.*raise the limit`},
			"quota":   {429, `{"error":"resource_limited","error_description":"You have exceeded the limit of the Free edition"}`, `Could not add .*bobby.*quota.*console`},
			"feature": {403, `{"error":"forbidden_op","exception":"x","error_description":"group_member is not used for this app"}`, `Could not add .*bobby.*Switch the feature on in the platform's console`},
		},
		"jmessage": {
			"full":            {403, `{"error":{"code":899012,"message":"No enough space for members"}}`, `Could not add .*bobby.* to the members of group.*No enough space`},
			"too many groups": {403, `{"error":{"code":899015,"message":"User 's group are full can not continue"}}`, `Could not add .*bobby.*group are full`},
		},
	} {
		for name, c := range refusals {
			t.Run(platform+"/"+name, func(t *testing.T) {
				t.Parallel()
				w := emulatorWorld(t, platform)
				config := assemblies[0].hcl(w, oneAssembly+`
resource "chat_group_member" "bobby" {
  group    = chat_group.team.id
  username = chat_user.bobby.id
}
`)
				w.run(
					resource.TestStep{
						PreConfig: func() {
							w.emulator.faults(fault{Method: "POST", Path: `(chatgroups/.*/users|groups/[0-9]+/members)`, Status: c.status, Body: w.named(c.body), Times: -1})
						},
						Config: config, ExpectError: regexp.MustCompile(`(?s)` + strings.ReplaceAll(c.want, " ", `\s+`)),
					},
					resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: config, Check: all(assemblies[0].has(w, "bobby"))},
				)
			})
		}
	}
}

// A member who left after the plan was made is added again as declared, not only added:
// whether it is muted cannot be read everywhere, so that no later plan would find that.
func TestMembers_whoLeftAfterThePlanAreMutedAgain(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("alice", "bobby", "carol")
		for _, a := range assemblies {
			apply := func(kind string, i instance, config attrs) instance {
				t.Helper()
				created, problems := w.wire().apply(kind, i, config)
				if len(problems) > 0 {
					t.Fatalf("%s: %v", kind, problems)
				}
				return created
			}
			group := apply("chat_"+a.noun, instance{}, attrs{"name": "The team", "owner": w.name("alice")})
			with := func(members attrs) attrs { return attrs{a.noun: group.state["id"], "members": members} }
			bobby := attrs{"muted": true}
			members := apply("chat_"+a.noun+"_members", instance{}, with(attrs{w.name("bobby"): bobby}))
			a.quit(w, "bobby")()
			apply("chat_"+a.noun+"_members", members, with(attrs{w.name("bobby"): bobby, w.name("carol"): attrs{}}))
			if err := all(a.has(w, "bobby", "carol"), a.having(w, chat.Muted, "bobby"))(nil); err != nil {
				t.Errorf("%s: %v", a.noun, err)
			}
		}
	})
}
