package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/acctest"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/jmessage"
	"terraform-provider-chat/internal/provider"
	"terraform-provider-chat/internal/rest"
)

// How the tests of this package work.
//
// A test runs in a world: an application on a platform, its own in an emulator or a
// real one that all tests share. It writes HCL in which {@alice} stands for a user name
// of that world, and runs it through
//
//   - w.run: the test framework of the plugin SDK, with steps, plan checks and state checks,
//   - newCLI: the command line itself with the provider's binary (cli_test.go), or
//   - w.wire: the provider's protocol without a command line (wire_test.go, rpc_test.go).
//
// Between steps it acts through w.admin as somebody else would, and controls the
// emulator through w.emulator (control_test.go).

// The applications and credentials that the emulator starts with, and another
// application of each platform with the same credentials.
const (
	easemobAppKey       = "chat-demo#testapp"
	easemobOtherKey     = "chat-demo#otherapp"
	easemobClientID     = "demo-client-id"
	easemobClientSecret = "demo-client-secret"
	jmessageAppKey      = "4f7aef34fb361292c566a1cd"
	jmessageOtherKey    = "0123456789abcdef01234567"
	jmessageSecret      = "demo-master-secret-00000"
)

// oneUser declares the user alice.
const oneUser = `
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}
`

// threeUsers declares the users alice, bobby and carol.
const threeUsers = `
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}

resource "chat_user" "bobby" {
  username = "{@bobby}"
  password = "pass-1"
}

resource "chat_user" "carol" {
  username = "{@carol}"
  password = "pass-1"
}
`

// The addresses of the resources that many tests declare.
const (
	aliceAddress = "chat_user.alice"
	teamAddress  = "chat_users.team"
)

// onEachPlatform runs an acceptance test on every platform in parallel.
func onEachPlatform(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	for platform := range platformsUnderTest {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, platform))
		})
	}
}

// emulatedAccOnEachPlatform is onEachPlatform for acceptance tests that need the emulator.
func emulatedAccOnEachPlatform(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	if live() {
		t.Skip("needs the emulator")
	}
	onEachPlatform(t, test)
}

// emulatedOnEachPlatform runs a test that needs no command line on every platform in
// parallel, in an emulator of its own.
func emulatedOnEachPlatform(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	for platform := range platformsUnderTest {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			test(t, emulated(t, platform))
		})
	}
}

// world is the application that a test runs against.
type world struct {
	t        *testing.T
	platform string
	appKey   string
	// block is the platform's attribute in the provider block; empty if the environment
	// configures the provider.
	block string
	// prefix begins every user name of the test.
	prefix string
	// admin changes the application as somebody else would, without Terraform.
	admin *chat.Service
	// emulator and proxy are nil if the application is real.
	emulator *control
	proxy    *proxy
}

// newWorld returns an application for an acceptance test: in an emulator, or the real
// one of the environment if the tests run against real applications.
func newWorld(t *testing.T, platform string) *world {
	t.Helper()
	if os.Getenv(resource.EnvTfAcc) == "" {
		t.Skipf("acceptance tests need %s", resource.EnvTfAcc)
	}
	if !live() {
		return emulated(t, platform)
	}
	p := platformsUnderTest[platform]
	if os.Getenv(p.variable) == "" {
		t.Skipf("%s is not set", p.variable)
	}
	return &world{t: t, platform: platform, prefix: randomPrefix(), admin: p.live(t)}
}

// emulatorWorld is newWorld for acceptance tests that need the emulator.
func emulatorWorld(t *testing.T, platform string) *world {
	t.Helper()
	if live() {
		t.Skip("needs the emulator")
	}
	return newWorld(t, platform)
}

// emulated returns an application in an emulator of its own, for tests with or without
// a command line.
func emulated(t *testing.T, platform string) *world {
	t.Helper()
	between := &proxy{next: emulator.New(emulator.Options{Apps: []emulator.App{
		{Platform: "easemob", Key: easemobOtherKey}, {Platform: "jmessage", Key: jmessageOtherKey},
	}})}
	server := httptest.NewServer(between)
	t.Cleanup(server.Close)
	p := platformsUnderTest[platform]
	return &world{
		t: t, platform: platform, prefix: randomPrefix(), appKey: p.appKey, proxy: between,
		block: p.block(p.appKey, server.URL), admin: p.admin(t, p.appKey, server.URL), emulator: &control{t: t, url: server.URL},
	}
}

// other returns the same world with the other application of the platform.
func (w *world) other() *world {
	w.t.Helper()
	p, other := platformsUnderTest[w.platform], *w
	other.appKey = p.otherKey
	other.block, other.admin = p.block(p.otherKey, w.emulator.url), p.admin(w.t, p.otherKey, w.emulator.url)
	return &other
}

// in returns the same world for a subtest.
func (w *world) in(t *testing.T) *world {
	same := *w
	same.t = t
	return &same
}

// live reports whether the tests run against real applications.
func live() bool { return os.Getenv("CHAT_ACC_LIVE") != "" }

// randomPrefix returns the beginning of the user names of one test.
func randomPrefix() string {
	return "tfacc-" + acctest.RandStringFromCharSet(6, acctest.CharSetAlphaNum) + "-"
}

// platformsUnderTest are the platforms by the name of their attribute in the provider block.
var platformsUnderTest = map[string]struct {
	// variable is the environment variable that is set if a real application is to be tested.
	variable string
	// appKey is the key of the emulator's application, otherKey that of another one.
	appKey, otherKey string
	// block is the attribute of the provider block for an emulator at url.
	block func(appKey, url string) string
	// admin is a client for an emulator at url.
	admin func(t *testing.T, appKey, url string) *chat.Service
	// live is a client for the real application that the environment names.
	live func(t *testing.T) *chat.Service
}{
	"easemob": {
		variable: "EASEMOB_APP_KEY", appKey: easemobAppKey, otherKey: easemobOtherKey,
		block: func(appKey, url string) string {
			return fmt.Sprintf(`
  easemob = {
    app_key       = %q
    base_url      = %q
    client_id     = %q
    client_secret = %q
  }`, appKey, url, easemobClientID, easemobClientSecret)
		},
		admin: func(t *testing.T, appKey, url string) *chat.Service {
			return easemobClient(t, easemob.Config{
				AppKey: appKey, ClientID: easemobClientID, ClientSecret: easemobClientSecret, REST: rest.Config{BaseURL: url},
			})
		},
		live: func(t *testing.T) *chat.Service {
			return easemobClient(t, easemob.Config{
				AppKey:       os.Getenv("EASEMOB_APP_KEY"),
				ClientID:     os.Getenv("EASEMOB_CLIENT_ID"),
				ClientSecret: os.Getenv("EASEMOB_CLIENT_SECRET"),
				Token:        os.Getenv("EASEMOB_TOKEN"),
				REST:         rest.Config{BaseURL: os.Getenv("EASEMOB_BASE_URL"), MaxRetries: 8},
			})
		},
	},
	"jmessage": {
		variable: "JMESSAGE_APP_KEY", appKey: jmessageAppKey, otherKey: jmessageOtherKey,
		block: func(appKey, url string) string {
			return fmt.Sprintf(`
  jmessage = {
    app_key       = %q
    base_url      = %q
    master_secret = %q
  }`, appKey, url, jmessageSecret)
		},
		admin: func(t *testing.T, appKey, url string) *chat.Service {
			return jmessageClient(t, jmessage.Config{AppKey: appKey, MasterSecret: jmessageSecret, REST: rest.Config{BaseURL: url}})
		},
		live: func(t *testing.T) *chat.Service {
			return jmessageClient(t, jmessage.Config{
				AppKey:       os.Getenv("JMESSAGE_APP_KEY"),
				MasterSecret: os.Getenv("JMESSAGE_MASTER_SECRET"),
				REST:         rest.Config{BaseURL: os.Getenv("JMESSAGE_BASE_URL"), MaxRetries: 8},
			})
		},
	},
}

// easemobClient returns a client of the Chat Platform API.
func easemobClient(t *testing.T, config easemob.Config) *chat.Service {
	t.Helper()
	c, err := easemob.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// jmessageClient returns a client of the JMessage REST API.
func jmessageClient(t *testing.T, config jmessage.Config) *chat.Service {
	t.Helper()
	c, err := jmessage.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// name returns the user name that {@name} stands for. No other test uses it.
func (w *world) name(name string) string { return w.prefix + name }

// named replaces every {@name} in a text by the user name that it stands for.
func (w *world) named(text string) string { return placeholder.ReplaceAllString(text, w.prefix+"$1") }

var placeholder = regexp.MustCompile(`\{@([a-z0-9-]*)\}`)

// config returns a configuration: the provider block, and body with every {@name} replaced.
func (w *world) config(body string) string { return w.configWith("", body) }

// configWith is config with more arguments in the provider block.
func (w *world) configWith(arguments, body string) string {
	return fmt.Sprintf(`
provider "chat" {%s
  %s
}
%s`, w.block, arguments, w.named(body))
}

// run applies the steps with the command line, destroys what they declared, and checks
// that nothing is left in the state.
func (w *world) run(steps ...resource.TestStep) {
	w.t.Helper()
	resource.Test(w.t, resource.TestCase{ProtoV6ProviderFactories: factories(), Steps: steps})
}

// runSince is run for what came to the command line with a version, with the provider
// "echo" (see echo). It skips the test on older versions.
func (w *world) runSince(since *version.Version, steps ...resource.TestStep) {
	w.t.Helper()
	for _, step := range steps {
		if strings.Contains(step.Config, `ephemeral "`) && step.ExpectError == nil {
			skipOn(w.t, "OpenTofu", "< 1.12", "its JSON plan lists an ephemeral resource as a change, so that no plan is empty")
		}
	}
	providers := factories()
	providers["echo"] = echoprovider.NewProviderServer()
	resource.Test(w.t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(since)},
		ProtoV6ProviderFactories: providers,
		Steps:                    steps,
	})
}

// factories are the provider under test, for the test framework.
func factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"chat": providerserver.NewProtocol6WithError(provider.New("test")()),
	}
}

// do returns a step's PreConfig that acts without Terraform.
func (w *world) do(act func(ctx context.Context) error) func() {
	return func() { w.must(act(context.Background())) }
}

// must ends the test if something that it needs failed.
func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// register registers a user without Terraform.
func (w *world) register(name, password string) {
	w.t.Helper()
	w.registerAll([]chat.NewUser{{Username: w.name(name), Password: password}})
}

// registerMissing registers those users that do not exist.
func (w *world) registerMissing(names ...string) {
	w.t.Helper()
	for _, name := range names {
		if w.gone(name) {
			w.register(name, "pass-1")
		}
	}
}

// registerNumbered registers the users number-0000, number-0001 and so on.
func (w *world) registerNumbered(count int) {
	w.t.Helper()
	var users []chat.NewUser
	for i := range count {
		users = append(users, chat.NewUser{Username: w.name(fmt.Sprintf("number-%04d", i)), Password: "pass-1"})
	}
	w.registerAll(users)
}

// registerDetailed registers bobby, carol, and alice with every setting that the
// platform has and with both others as contacts and blocks. On Easemob carol is deactivated.
func (w *world) registerDetailed() {
	w.t.Helper()
	ctx := context.Background()
	for _, name := range []string{"alice", "bobby", "carol"} {
		w.register(name, "pass-1")
	}
	settings := chat.Settings{Nickname: ptr("Alice")}
	if w.platform == "easemob" {
		settings.Push = &chat.Push{DisplayStyle: ptr("detail"), DoNotDisturb: ptr(true), Start: ptr(int64(22)), End: ptr(int64(7))}
		w.must(w.admin.Users.SetActivated(ctx, w.name("carol"), false))
	}
	settings.Profile = &chat.Profile{Region: ptr("Shenzhen"), Gender: ptr("female"), Extras: ptr(`{"team":"qa"}`)}
	w.must(w.admin.Users.Update(ctx, w.name("alice"), settings))
	for _, e := range edges {
		w.must(e.add(ctx, w, "alice", "bobby"))
		w.must(e.add(ctx, w, "alice", "carol"))
	}
	notes := chat.Notes{NoteName: ptr("Bob")}
	if w.platform == "jmessage" {
		notes.Note = ptr("met at work")
	}
	w.must(w.admin.Contacts.SetNotes(ctx, w.name("alice"), chat.Ref{Username: w.name("bobby")}, notes))
}

// registerAll registers users in as few calls as the platform takes.
func (w *world) registerAll(users []chat.NewUser) {
	w.t.Helper()
	for chunk := range slices.Chunk(users, w.admin.Platform.Users.Create.Items) {
		results, err := w.admin.Users.Create(context.Background(), chunk)
		w.must(err)
		for _, result := range results {
			w.must(result.Err)
		}
	}
}

// remove deletes a user without Terraform.
func (w *world) remove(name string) {
	w.t.Helper()
	w.must(chat.Single(w.admin.Users.Delete(context.Background(), []string{w.name(name)})))
}

// reregister deletes a user and registers another of that name, an hour later in an emulator.
func (w *world) reregister(name, password string) {
	w.t.Helper()
	w.remove(name)
	if w.emulator != nil {
		w.emulator.advance(time.Hour)
	}
	w.register(name, password)
}

// setNickname changes a user's nickname without Terraform.
func (w *world) setNickname(name, nickname string) {
	w.t.Helper()
	w.must(w.admin.Users.Update(context.Background(), w.name(name), chat.Settings{Nickname: ptr(nickname)}))
}

// user reads a user.
func (w *world) user(name string) *chat.User {
	w.t.Helper()
	user, err := w.admin.Users.Get(context.Background(), w.name(name), chat.WithProfile)
	w.must(err)
	return user
}

// usernames reads the names of all users of the application.
func (w *world) usernames() []string {
	w.t.Helper()
	var names []string
	for user, err := range w.admin.AllUsers(context.Background()) {
		w.must(err)
		names = append(names, user.Username)
	}
	return names
}

// gone reports whether a user does not exist.
func (w *world) gone(name string) bool {
	w.t.Helper()
	_, err := w.admin.Users.Get(context.Background(), w.name(name), chat.Basic)
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		w.t.Fatal(err)
	}
	return err != nil
}

// ptr returns a pointer to a value.
func ptr[T any](v T) *T { return &v }

// text returns what a pointer points to as a text, or "unset".
func text[T any](p *T) string {
	if p == nil {
		return "unset"
	}
	return fmt.Sprint(*p)
}
