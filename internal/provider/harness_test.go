package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/acctest"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/jmessage"
	"terraform-provider-chat/internal/provider"
	"terraform-provider-chat/internal/rest"
)

// What the emulator starts with.
const (
	easemobAppKey       = "chat-demo#testapp"
	easemobClientID     = "demo-client-id"
	easemobClientSecret = "demo-client-secret"
	jmessageAppKey      = "4f7aef34fb361292c566a1cd"
	jmessageSecret      = "demo-master-secret-00000"
	// Another application of each platform, with the same credentials.
	easemobOtherKey  = "chat-demo#otherapp"
	jmessageOtherKey = "0123456789abcdef01234567"
)

func factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"chat": providerserver.NewProtocol6WithError(provider.New("test")()),
	}
}

// world is one application to test against: of its own in an emulator, or a real
// one shared by all tests.
type world struct {
	t        *testing.T
	platform string
	// block is the platform's attribute in the provider block.
	block string
	// admin changes things behind Terraform's back, as an administrator would.
	admin *chat.Service
	// emulator is nil if the application is real.
	emulator *control
	// proxy sees every call on its way to the emulator.
	proxy  *proxy
	appKey string
	prefix string
}

// proxy lets a test watch the calls to the emulator, hold them back, or answer them.
type proxy struct {
	next http.Handler
	// watch, if set, is called with every call, and forwards it with forward.
	watch atomic.Pointer[func(w http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter))]
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	forward := func(w http.ResponseWriter) { p.next.ServeHTTP(w, r) }
	if watch := p.watch.Load(); watch != nil && !strings.HasPrefix(r.URL.Path, "/_emulator/") {
		(*watch)(w, r, forward)
		return
	}
	forward(w)
}

// onCall watches every call from now on; nil ends it.
func (p *proxy) onCall(watch func(w http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter))) {
	if watch == nil {
		p.watch.Store(nil)
		return
	}
	p.watch.Store(&watch)
}

// platformsUnderTest are the platforms and how to reach an application on each.
var platformsUnderTest = map[string]struct {
	// variable is set where a real application is to be tested.
	variable string
	// block is the platform's attribute for the emulator at url; admin is a client for url.
	block func(appKey, url string) string
	admin func(t *testing.T, appKey, url string) *chat.Service
	// appKey is the key of the emulated application, otherKey that of another one.
	appKey, otherKey string
	// live is the client for the real application, as the environment says.
	live func(t *testing.T) *chat.Service
}{
	"easemob": {
		variable: "EASEMOB_APP_KEY", appKey: easemobAppKey, otherKey: easemobOtherKey,
		block: func(appKey, url string) string {
			return fmt.Sprintf("easemob = {\n app_key = %q\n base_url = %q\n client_id = %q\n client_secret = %q\n}",
				appKey, url, easemobClientID, easemobClientSecret)
		},
		admin: func(t *testing.T, appKey, url string) *chat.Service {
			return easemobClient(t, easemob.Config{AppKey: appKey, ClientID: easemobClientID, ClientSecret: easemobClientSecret, REST: rest.Config{BaseURL: url}})
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
			return fmt.Sprintf("jmessage = {\n app_key = %q\n base_url = %q\n master_secret = %q\n}", appKey, url, jmessageSecret)
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

func jmessageClient(t *testing.T, config jmessage.Config) *chat.Service {
	t.Helper()
	c, err := jmessage.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func easemobClient(t *testing.T, config easemob.Config) *chat.Service {
	t.Helper()
	c, err := easemob.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// live tells whether the tests run against real applications.
func live() bool { return os.Getenv("CHAT_ACC_LIVE") != "" }

// onEachPlatform runs a test on every platform, side by side.
func onEachPlatform(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	for name := range platformsUnderTest {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, name))
		})
	}
}

// emulatedAccOnEachPlatform is onEachPlatform for tests of what only an emulator shows or does.
func emulatedAccOnEachPlatform(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	if live() {
		t.Skip("needs the emulator")
	}
	onEachPlatform(t, test)
}

// emulatedOnEachPlatform runs a test in an emulator of each platform, side by side. It
// needs no command line.
func emulatedOnEachPlatform(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	for platform := range platformsUnderTest {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			test(t, emulated(t, platform))
		})
	}
}

// newWorld opens a world on a platform.
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

func randomPrefix() string {
	return "tfacc-" + acctest.RandStringFromCharSet(6, acctest.CharSetAlphaNum) + "-"
}

// emulated opens a world in an emulator of its own. It needs no command line.
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

// other is the same world, in another application of the same platform.
func (w *world) other() *world {
	w.t.Helper()
	p, other := platformsUnderTest[w.platform], *w
	other.appKey = p.otherKey
	other.block, other.admin = p.block(p.otherKey, w.emulator.url), p.admin(w.t, p.otherKey, w.emulator.url)
	return &other
}

// emulatorWorld is newWorld for tests of what only an emulator shows or does.
func emulatorWorld(t *testing.T, platform string) *world {
	t.Helper()
	if live() {
		t.Skip("needs the emulator")
	}
	return newWorld(t, platform)
}

// name returns a user name that no other test uses.
func (w *world) name(name string) string { return w.prefix + name }

// config is a configuration with the provider block in front. Every {@name} in
// body becomes a user name of this world.
func (w *world) config(body string) string { return w.configWith("", body) }

// configWith is config with more arguments in the provider block.
func (w *world) configWith(arguments, body string) string {
	return fmt.Sprintf("provider \"chat\" {\n%s\n%s\n}\n%s", w.block, arguments, w.named(body))
}

var placeholder = regexp.MustCompile(`\{@([a-z-]*)\}`)

// named replaces every {@name} by a user name of this world.
func (w *world) named(body string) string { return placeholder.ReplaceAllString(body, w.prefix+"$1") }

// run applies the steps and checks that nothing is left behind.
func (w *world) run(steps ...resource.TestStep) {
	w.t.Helper()
	resource.Test(w.t, resource.TestCase{ProtoV6ProviderFactories: factories(), Steps: steps})
}

// must fails the test when the administrator could not do its part.
func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// register creates a user behind Terraform's back.
func (w *world) register(name, password string) {
	w.t.Helper()
	results, err := w.admin.Users.Create(context.Background(), []chat.NewUser{{Username: w.name(name), Password: password}})
	w.must(err)
	w.must(results[0].Err)
}

// remove deletes a user behind Terraform's back, now or when the test ends.
func (w *world) remove(name string) {
	w.t.Helper()
	results, err := w.admin.Users.Delete(context.Background(), []string{w.name(name)})
	w.must(err)
	w.must(results[0])
}

// reregister lets somebody else take a user's name, an hour later where the clock can be moved.
func (w *world) reregister(name, password string) {
	w.t.Helper()
	w.remove(name)
	if w.emulator != nil {
		w.emulator.advance(time.Hour)
	}
	w.register(name, password)
}

// do returns a step's PreConfig that acts as the administrator.
func (w *world) do(act func(ctx context.Context) error) func() {
	return func() { w.must(act(context.Background())) }
}

func (w *world) user(name string) *chat.User {
	w.t.Helper()
	user, err := w.admin.Users.Get(context.Background(), w.name(name), chat.WithProfile)
	w.must(err)
	return user
}

// gone tells whether a user does not exist.
func (w *world) gone(name string) bool {
	w.t.Helper()
	_, err := w.admin.Users.Get(context.Background(), w.name(name), chat.Basic)
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		w.t.Fatal(err)
	}
	return err != nil
}

// control is the emulator's own API.
type control struct {
	t   *testing.T
	url string
}

func (c *control) call(method, path string, body, into any) {
	c.t.Helper()
	var reader io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		reader = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.url+"/_emulator"+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		c.t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, answer, err)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			c.t.Fatal(err)
		}
	}
}

type fault struct {
	Method      string `json:"method,omitempty"`
	Path        string `json:"path"`
	When        string `json:"when,omitempty"`
	Status      int    `json:"status,omitempty"`
	Body        string `json:"body,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Drop        bool   `json:"drop,omitempty"`
	Times       int    `json:"times,omitempty"`
}

func (c *control) faults(faults ...fault) {
	c.t.Helper()
	c.call(http.MethodPut, "/faults", faults, nil)
}

func (c *control) advance(d time.Duration) {
	c.t.Helper()
	c.call(http.MethodPost, "/clock", map[string]string{"advance": d.String()}, nil)
}

type counts struct {
	Total, Throttled, Tokens int
	Routes                   map[string]int
}

// requests returns the counts since the last call.
func (c *control) requests() counts {
	c.t.Helper()
	var n counts
	c.call(http.MethodGet, "/requests", nil, &n)
	c.call(http.MethodDelete, "/requests", nil, nil)
	return n
}

// writes sums the calls that change something, the token's left out.
func (n counts) writes() int {
	total := 0
	for route, count := range n.Routes {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodGet && !strings.HasSuffix(path, "/token") && !strings.HasSuffix(path, "/status") {
			total += count
		}
	}
	return total
}

// hidden returns what the emulator keeps of a user, passwords included.
func (w *world) hidden(name string) map[string]any {
	w.t.Helper()
	return findUser(w.held(), w.name(name))
}

// held is all that the emulator keeps of the application.
func (w *world) held() map[string]any {
	w.t.Helper()
	var platforms map[string]map[string]any
	w.emulator.call(http.MethodGet, "/state", nil, &platforms)
	held := platforms[w.platform]
	applications, _ := held["applications"].(map[string]any)
	if application, ok := applications[w.appKey].(map[string]any); ok {
		return application
	}
	delete(held, "applications")
	return held
}

func findUser(node any, name string) map[string]any {
	switch node := node.(type) {
	case map[string]any:
		if node["username"] == name && node["password"] != nil {
			return node
		}
		for _, child := range node {
			if found := findUser(child, name); found != nil {
				return found
			}
		}
	case []any:
		for _, child := range node {
			if found := findUser(child, name); found != nil {
				return found
			}
		}
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

type (
	state         = terraform.State
	instanceState = terraform.InstanceState
)

func (w *world) expectNickname(name, want string) error {
	if got := w.user(name).Nickname; got == nil || *got != want {
		return fmt.Errorf("the nickname is %v, not %q", got, want)
	}
	return nil
}

// expectPassword checks a password where it can be checked.
func (w *world) expectPassword(name, want string) error {
	if w.emulator != nil {
		if got := w.hidden(name)["password"]; got != want {
			return fmt.Errorf("the password is %q, not %q", got, want)
		}
		return nil
	}
	if w.admin.Tokens == nil {
		return nil
	}
	_, err := w.admin.Tokens.ForUser(context.Background(), w.name(name), want, time.Hour)
	return err
}

// expectActivated checks whether a user may log in, where it can be checked.
func (w *world) expectActivated(name string, want bool) error {
	if got := w.user(name).Activated; got != nil {
		if *got != want {
			return fmt.Errorf("activated is %t, not %t", *got, want)
		}
		return nil
	}
	if w.emulator != nil {
		if disabled := w.hidden(name)["disabled"] == true; disabled == want {
			return fmt.Errorf("disabled is %t", disabled)
		}
	}
	return nil
}

// merge replaces one part of what the emulator holds of a platform.
func (c *control) merge(platform, part string, value any) {
	c.t.Helper()
	var state map[string]map[string]any
	c.call(http.MethodGet, "/state", nil, &state)
	state[platform][part] = value
	c.call(http.MethodPut, "/state", state, nil)
}
