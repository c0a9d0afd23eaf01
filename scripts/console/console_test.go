// Package console_test tests the emulator's console in a real browser. It is a module of
// its own, so that the provider does not depend on what drives the browser.
package console_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const repository = "../.."

// patience is how long the page may take for anything.
const patience = 30 * time.Second

// emulator is a running emulator.
type emulator struct {
	t     *testing.T
	url   string
	token string
}

var build = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "chat-console-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(folder, "chat-emulator")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	command := exec.Command("go", "build", "-o", binary, "./internal/emulator/cmd/chat-emulator")
	command.Dir = repository
	if out, err := command.CombinedOutput(); err != nil {
		return folder, fmt.Errorf("build: %w\n%s", err, out)
	}
	return folder, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if folder, err := build(); err == nil {
		_ = os.RemoveAll(folder)
	}
	os.Exit(code)
}

func startEmulator(t *testing.T, seed string) *emulator {
	t.Helper()
	folder, err := build()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(file, []byte(seed), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, filepath.Join(folder, "chat-emulator"), "-listen", "127.0.0.1:0", "-seed", file)
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait() // it was killed
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	url, ready := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ready {
		t.Fatalf("the first line is %q, %v", line, err)
	}
	return &emulator{t: t, url: url}
}

// call makes a call and returns its answer.
func (e *emulator) call(method, path, body string) string {
	e.t.Helper()
	request, err := http.NewRequestWithContext(e.t.Context(), method, e.url+path, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	request.Header.Set("X-Emulator-Control", "test")
	request.Header.Set("Content-Type", "application/json")
	switch {
	case e.token != "" && strings.HasPrefix(path, "/chat-demo/"):
		request.Header.Set("Authorization", "Bearer "+e.token)
	case strings.HasPrefix(path, "/v1/"):
		request.SetBasicAuth("4f7aef34fb361292c566a1cd", "demo-master-secret-00000")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		e.t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if closeErr := response.Body.Close(); err != nil || closeErr != nil {
		e.t.Fatal(err, closeErr)
	}
	return strings.TrimSpace(string(text))
}

// login makes the next calls those of the application.
func (e *emulator) login() {
	e.t.Helper()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	text := e.call("POST", "/chat-demo/testapp/token", `{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"demo-client-secret"}`)
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		e.t.Fatal(err)
	}
	e.token = answer.AccessToken
}

// page is the console in a browser. A problem that the browser reports fails the test.
type page struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string
}

// openBrowser starts a browser and skips the test if there is none.
func openBrowser(t *testing.T) *page {
	t.Helper()
	browser := os.Getenv("CHAT_BROWSER")
	if browser == "" {
		t.Skip("needs a browser: make test-console says which")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.WindowSize(1440, 1060),
		chromedp.Flag("host-resolver-rules", "MAP *.example 127.0.0.1"))
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until the browser has ended
		cancel()
		cancelAllocator()
	})
	p := &page{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch event := event.(type) {
		case *cdpruntime.EventExceptionThrown:
			p.problems = append(p.problems, "exception: "+event.ExceptionDetails.Text)
		case *cdpruntime.EventConsoleAPICalled:
			p.problems = append(p.problems, fmt.Sprintf("console.%s", event.Type))
		case *log.EventEntryAdded:
			p.problems = append(p.problems, event.Entry.Text)
		}
	}); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, log.Enable, cdp.Empty{})
		return err
	}))
	p.prefer("light")
	return p
}

// prefer makes the browser that of somebody who prefers light or dark pages.
func (p *page) prefer(scheme string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// open opens the console and checks at the end of the test that the browser had nothing to report.
func openConsole(t *testing.T, e *emulator) *page {
	t.Helper()
	p := openBrowser(t)
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, problem := range p.problems {
			t.Errorf("the browser reports: %s", problem)
		}
	})
	p.do(chromedp.Navigate(e.url + "/_emulator/"))
	p.until(`document.getElementById("connection").textContent === "live"`)
	p.until(`document.querySelectorAll("#applications a").length >= 2`)
	return p
}

func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 2*patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// get returns the value of an expression, or what it promises.
func (p *page) get(expression string) any {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 2*patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[any](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// run runs a statement.
func (p *page) run(statement string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](statement))
}

// click clicks an element.
func (p *page) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// enter types into an element.
func (p *page) enter(selector, text string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// want checks the value of an expression.
func (p *page) want(expression string, want any) {
	p.t.Helper()
	if got := p.get(expression); got != want {
		p.t.Errorf("%s is %v, want %v", expression, got, want)
	}
}

// until waits until an expression is true.
func (p *page) until(expression string) {
	p.t.Helper()
	waiting := fmt.Sprintf(`new Promise((resolve) => {
		const end = performance.now() + %d;
		const look = () => {
			if (%s) resolve(true);
			else if (performance.now() > end) resolve(false);
			else setTimeout(look, 20);
		};
		look();
	})`, patience.Milliseconds(), expression)
	if p.get(waiting) != true {
		p.t.Fatalf("%s did not come true; the page says %v", expression, p.get(`document.body.innerText`))
	}
}

// press presses keys, one after the other.
func (p *page) press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.do(chromedp.KeyEvent(key))
	}
}

// tabTo presses Tab until an element has the focus, as somebody without a mouse does.
func (p *page) tabTo(selector string) {
	p.t.Helper()
	quoted, err := json.Marshal(selector)
	if err != nil {
		p.t.Fatal(err)
	}
	for range 200 {
		if p.get(`document.activeElement.matches(`+string(quoted)+`)`) == true {
			return
		}
		p.press(kb.Tab)
	}
	p.t.Fatalf("no number of tabs leads to %s", selector)
}

// text is the text of an element.
func text(selector string) string {
	quoted, _ := json.Marshal(selector) // a text always encodes
	return `document.querySelector(` + string(quoted) + `)?.textContent`
}

const script = `<script>window.harmed = true</script>`

// seed is a small application of each platform, whose texts are all meant to do harm.
func seed(t *testing.T) string {
	t.Helper()
	image := `"><img src=x onerror="window.harmed = true">`
	document := map[string]any{
		"easemob": map[string]any{
			"users": []any{
				map[string]any{"username": "alice", "password": "pa55word", "nickname": script},
				map[string]any{"username": "bruno", "nickname": image, "activated": false},
				map[string]any{"username": "chen", "nickname": "Chen"}, map[string]any{"username": "dana"},
			},
			"contacts":  map[string]any{"alice": []string{"bruno", "chen"}},
			"blocks":    map[string]any{"alice": []string{"dana"}},
			"remarks":   map[string]any{"alice": map[string]any{"bruno": image}},
			"groups":    []any{map[string]any{"id": "101", "name": script, "description": image, "owner": "chen", "members": []string{"alice", "dana"}, "admins": []string{"dana"}}},
			"chatrooms": []any{map[string]any{"id": "202", "name": "lobby", "owner": "alice", "members": []string{}}},
		},
		"jmessage": map[string]any{"applications": map[string]any{"4f7aef34fb361292c566a1cd": map[string]any{
			"users": []any{
				map[string]any{"username": "jane", "password": "pa55word", "nickname": image, "friends": []any{map[string]any{"username": "john", "note_name": script}}, "blacklist": []any{"john"}},
				map[string]any{"username": "john", "password": "pa55word", "disabled": true},
			},
			"groups":          []any{map[string]any{"gid": 7, "name": image, "owner": "jane", "members": []any{map[string]any{"username": "john", "silenced": true}}}},
			"sensitive_words": []any{map[string]any{"name": script}},
		}}},
	}
	encoded, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// unharmed checks that no text became markup.
func (p *page) unharmed() {
	p.t.Helper()
	p.want(`window.harmed === undefined`, true)
	p.want(`document.querySelectorAll("script").length`, 1.)
	p.want(`document.querySelectorAll("img").length`, 0.)
}

func TestConsole_showsWhatTheEmulatorHolds(t *testing.T) {
	e := startEmulator(t, seed(t))
	p := openConsole(t, e)
	p.want(text("#user-count"), "4")
	p.want(text("#user-list li:first-child .name"), "alice")
	p.want(text("#user-list li:first-child .quiet"), script)
	p.want(text("#user-list li:nth-child(2) .quiet"), "inactive")
	p.want(text("#group-list .name"), script)
	p.want(text("#room-list .name"), "lobby")
	p.want(`document.body.innerText.includes("pa55word")`, false)
	p.unharmed()

	p.click("#user-list li:first-child a")
	p.until(text("#subject") + ` === "alice"`)
	p.want(text("#summary"), "User of chat-demo#testapp, nickname "+script+": 2 contacts, 1 blocked user, 1 group, 1 chat room.")
	p.want(`[...document.querySelectorAll("#picture a")].map((a) => a.getAttribute("aria-label")).join("; ")`,
		"bruno, contact; chen, contact; dana, blocked; "+script+", group; lobby, chat room")
	p.unharmed()

	p.click(`#picture a.group`)
	p.until(text("#subject") + ` === ` + quote(script))
	p.want(`[...document.querySelectorAll("#picture a")].map((a) => a.getAttribute("aria-label")).join("; ")`,
		"chen, owner; dana, administrator; alice, member")
	p.unharmed()

	p.click(`#applications li:nth-child(2) a`)
	p.until(text("#user-count") + ` === "2"`)
	p.want(text("#words"), script)
	p.want(`document.querySelector("#settings").innerText.includes("Sensitive word filter")`, true)
	p.click("#user-list li:first-child a")
	p.until(text("#subject") + ` === "jane"`)
	p.want(`[...document.querySelectorAll("#picture a")].map((a) => a.getAttribute("class")).join(" ")`, "contact block group")
	p.want(`document.querySelector("#details").innerText.includes(`+quote(script)+`)`, true) // the note
	p.unharmed()

	// Names in the address are texts too, and those that are gone are said to be.
	p.run(`location.hash = "#/easemob/chat-demo%23testapp/user/" + encodeURIComponent(` + quote(script) + `)`)
	p.until(text("#subject") + ` === ` + quote(script+" does not exist"))
	p.unharmed()
}

func TestConsole_isUsableByKeyboard(t *testing.T) {
	e := startEmulator(t, seed(t))
	p := openConsole(t, e)
	p.tabTo("#user-search")
	p.press("C", "h", "e")
	p.until(text("#user-count") + ` === "1 of 4"`)
	p.press(kb.Enter)
	p.until(text("#subject") + ` === "chen"`)
	p.tabTo("#picture a") // the only contact
	p.press(kb.Enter)
	p.until(text("#subject") + ` === "alice"`)
	p.want(`document.activeElement.getAttribute("aria-label")`, "bruno, contact") // where one can go on
	p.press(kb.ArrowRight, kb.ArrowRight)
	p.want(`document.activeElement.getAttribute("aria-label")`, "dana, blocked")
	p.press(kb.ArrowLeft, kb.Enter)
	p.until(text("#subject") + ` === "chen"`)
	p.do(chromedp.NavigateBack())
	p.until(text("#subject") + ` === "alice"`)

	p.tabTo("#latency")
	p.run(`document.activeElement.select()`)
	p.press("5", "m", "s", kb.Tab)
	p.run(`document.activeElement.select()`)
	p.press("9", "0", "0", kb.Enter)
	p.untilControl(e, "limits", `{"latency":"5ms","rps":900}`)
	p.tabTo("#fault-path")
	p.press("/", "u", "s", "e", "r", "s", kb.Enter)
	p.untilControl(e, "faults", `[{"path":"/users","when":"before","status":500,"times":1}]`)
	p.until(text("#fault-list") + `.includes("/users → 500, 1 time")`)
	p.tabTo("#no-faults")
	p.press(kb.Enter)
	p.untilControl(e, "faults", `[]`)

	p.tabTo("#latency")
	p.run(`document.activeElement.select()`)
	p.press("x", kb.Enter)
	p.until(text("#message") + `.includes("latency is \"x\"")`)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = slices.DeleteFunc(p.problems, func(problem string) bool { return strings.Contains(problem, "status of 400") })
}

// untilControl waits until a control call answers as it should.
func (p *page) untilControl(e *emulator, path, want string) {
	p.t.Helper()
	p.until(text("#message") + ` === ""`)
	for range 1000 {
		if e.call("GET", "/_emulator/"+path, "") == want {
			return
		}
	}
	p.t.Fatalf("%s is %s, want %s", path, e.call("GET", "/_emulator/"+path, ""), want)
}

func TestConsole_showsCallsAsTheyHappen(t *testing.T) {
	e := startEmulator(t, seed(t))
	e.call("GET", "/v1/users/jane", "") // before anybody looks
	p := openConsole(t, e)
	p.until(`document.querySelectorAll("#call-list li").length === 1`)

	e.call("POST", "/chat-demo/testapp/users", `{"username":"erin","password":"hunter22","nickname":`+quote(script)+`}`)
	p.until(`document.querySelectorAll("#call-list li").length === 2`)
	p.want(text("#call-list li:first-child .path"), "…/users")
	p.want(`document.querySelector("#call-list .path").title`, "/chat-demo/testapp/users")
	p.want(text("#call-list li:first-child .ok"), "200")
	p.click("#call-list li:first-child summary")
	p.want(text("#call-list li:first-child pre")+`.includes('"password": "[hidden]"')`, true)
	p.want(text("#call-list li:first-child pre")+`.includes(`+quote(script)+`)`, true)
	p.want(`document.documentElement.outerHTML.includes("hunter22")`, false)
	p.until(text("#user-count") + ` === "5"`) // what it did is shown too
	p.until(text("#route-total") + `.startsWith("2 calls")`)
	p.want(`document.querySelectorAll("#routes tr").length`, 2.)
	p.unharmed()

	e.call("PUT", "/_emulator/faults", `[{"drop":true}]`)
	if response, err := http.Post(e.url+"/chat-demo/testapp/users", "application/json", strings.NewReader("{}")); err == nil { // is not sent twice
		t.Errorf("got %s, want no answer", response.Status)
		_ = response.Body.Close()
	}
	p.until(text("#call-list li:first-child .bad") + ` === "✕"`)

	p.enter("#call-filter", "post 200")
	p.until(`document.querySelectorAll("#call-list li").length === 1`)
	e.call("GET", "/v1/users/john", "") // does not fit the filter
	p.until(text("#call-count") + ` === "4"`)
	p.want(`document.querySelectorAll("#call-list li").length`, 1.)

	p.click("#pause")
	e.call("POST", "/chat-demo/testapp/users", `{"username":"fred","password":"hunter22"}`)
	p.until(text("#call-count") + ` === "4, 1 waiting"`)
	p.want(`document.querySelectorAll("#call-list li").length`, 1.)
	p.click("#pause")
	p.until(`document.querySelectorAll("#call-list li").length === 2`)

	p.click("#clear-counts")
	p.until(text("#route-total") + `.startsWith("0 calls")`)
}

// Members may be muted, and what control calls change is shown as well.
func TestConsole_showsMutesAndControlCalls(t *testing.T) {
	e := startEmulator(t, seed(t))
	e.login()
	p := openConsole(t, e)
	p.run(`location.hash = "#/easemob/chat-demo%23testapp/group/101"`)
	const members = `[...document.querySelectorAll("#picture a")].map((a) => a.getAttribute("aria-label")).join("; ")`
	p.until(members + ` === "chen, owner; dana, administrator; alice, member"`)
	e.call("POST", "/chat-demo/testapp/chatgroups/101/mute", `{"usernames":["dana"],"mute_duration":-1}`)
	e.call("POST", "/chat-demo/testapp/chatgroups/101/mute", `{"usernames":["alice"],"mute_duration":60000}`)
	p.until(members + ` === "chen, owner; dana, administrator, muted; alice, muted"`)
	p.want(text("#details .chips .quiet"), " (muted)")
	e.call("POST", "/_emulator/clock", `{"advance":"61s"}`)
	p.until(members + ` === "chen, owner; dana, administrator, muted; alice, member"`)

	e.call("PUT", "/_emulator/settings", `{"easemob":{"max_groups":77}}`)
	p.until(`document.querySelector("#settings").innerText.includes("77")`)
	e.call("PUT", "/_emulator/limits", `{"latency":"3ms"}`)
	p.until(`document.getElementById("latency").value === "3ms"`)
	e.call("PUT", "/_emulator/faults", `[{"path":"/nobody","drop":true}]`)
	p.until(text("#fault-list") + `.includes("/nobody")`)
	e.call("PUT", "/_emulator/state", `{"easemob":{"users":[{"username":"zoe"}]}}`)
	p.until(text("#user-list .name") + ` === "zoe"`)
	e.call("DELETE", "/_emulator/requests", "")
	p.until(text("#route-total") + `.startsWith("0 calls")`)
	e.call("POST", "/_emulator/reset", "")
	p.until(text("#user-count") + ` === "4"`)
}

func TestConsole_resets(t *testing.T) {
	e := startEmulator(t, seed(t))
	p := openConsole(t, e)
	e.call("POST", "/chat-demo/testapp/users", `{"username":"erin","password":"hunter22"}`)
	p.until(text("#user-count") + ` === "5"`)
	p.click("#reset")
	p.until(`document.getElementById("reset-dialog").open`)
	p.press(kb.Escape)
	p.until(`!document.getElementById("reset-dialog").open`)
	p.want(text("#user-count"), "5")
	p.click("#reset")
	p.click("#reset-confirm")
	p.until(text("#user-count") + ` === "4"`) // those of the seed
}

func TestConsole_isLightAndDark(t *testing.T) {
	p := openConsole(t, startEmulator(t, "{}"))
	const ground, ink = `getComputedStyle(document.body).backgroundColor`, `getComputedStyle(document.body).color`
	light := []any{p.get(ground), p.get(ink)}
	p.prefer("dark")
	if dark := []any{p.get(ground), p.get(ink)}; dark[0] == light[0] || dark[1] == light[1] {
		t.Errorf("the colors are %v, and %v in the dark", light, dark)
	}
}

// A large application does not make the page large.
func TestConsole_manyUsers(t *testing.T) {
	var users []any
	var names []string
	for i := range 5000 {
		names = append(names, fmt.Sprintf("user%04d", i))
		users = append(users, map[string]any{"username": names[i]})
	}
	document, err := json.Marshal(map[string]any{"easemob": map[string]any{"users": users, "contacts": map[string]any{"user0000": names[1:1001]}}})
	if err != nil {
		t.Fatal(err)
	}
	p := openConsole(t, startEmulator(t, string(document)))
	p.want(text("#user-list li:last-child"), "and 4800 more")
	p.enter("#user-search", "user4999")
	p.until(text("#user-count") + ` === "1 of 5000"`)
	p.run(`location.hash = document.querySelector("#user-list a").hash.replace("user4999", "user0000")`)
	p.until(text("#subject") + ` === "user0000"`)
	p.want(`document.querySelectorAll("#picture a").length`, 30.)
	p.want(`document.querySelector("#picture").textContent.includes("and 970 more below")`, true)
	p.want(text("#details .chips .chip:last-child"), "and 800 more")
}

// Pages of other origins neither read nor change anything, also under a name that their
// owner has directed here.
func TestConsole_foreignPages(t *testing.T) {
	e := startEmulator(t, seed(t))
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>foreign</title>"))
	}))
	t.Cleanup(foreign.Close)
	p := openBrowser(t)
	p.do(chromedp.Navigate(foreign.URL))
	for _, attack := range []string{
		`fetch(URL + "reset", { method: "POST", headers: { "X-Emulator-Control": "1" } })`,
		`fetch(URL + "reset", { method: "POST", mode: "no-cors" }).then((r) => { throw r.type; })`,
		`fetch(URL + "state", { method: "PUT", body: "{}", headers: { "X-Emulator-Control": "1" } })`,
		`fetch(URL + "state").then((r) => r.text())`,
		`new Promise((resolve, reject) => {
			const events = new EventSource(URL + "events");
			events.onopen = resolve;
			events.onerror = () => { events.close(); reject(); };
		})`,
		`new Promise((resolve, reject) => {
			const frame = document.createElement("iframe");
			frame.src = URL;
			frame.onload = () => { try { resolve(frame.contentDocument.title); } catch { reject(); } };
			document.body.append(frame);
		}).then((title) => { if (title !== "chat-emulator") throw title; })`,
	} {
		attack = strings.ReplaceAll(attack, "URL", quote(e.url+"/_emulator/"))
		if got := p.get(attack + `.then(() => "got through", () => "refused")`); got != "refused" {
			t.Errorf("%s: %s", attack, got)
		}
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(e.url, "http://"), ":")
	for _, path := range []string{"", "state"} {
		p.do(chromedp.Navigate("http://rebound.example:" + port + "/_emulator/" + path))
		if got := fmt.Sprint(p.get(`document.body.innerText`)); !strings.Contains(got, "not answered under the host name") || strings.Contains(got, "alice") {
			t.Errorf("under a foreign name /_emulator/%s shows %s", path, got)
		}
	}
	var state struct{ Easemob struct{ Users []any } }
	if err := json.Unmarshal([]byte(e.call("GET", "/_emulator/state", "")), &state); err != nil || len(state.Easemob.Users) != 4 {
		t.Errorf("there are %d users, want 4; %v", len(state.Easemob.Users), err)
	}
}

// TestScreenshot writes the picture of the documentation if CHAT_SCREENSHOT names its file.
func TestScreenshot(t *testing.T) {
	file := os.Getenv("CHAT_SCREENSHOT")
	if file == "" {
		t.Skip("writes a file; make console-screenshot runs it")
	}
	e := startEmulator(t, staging(t))
	e.login()
	for _, call := range [][3]string{
		{"GET", "/chat-demo/testapp/users?limit=100", ""},
		{"POST", "/chat-demo/testapp/users", `[{"username":"ines","password":"pass-1"},{"username":"jonas","password":"pass-1"}]`},
		{"POST", "/chat-demo/testapp/users", `[{"username":"ines","password":"pass-1"}]`},
		{"GET", "/v1/users/alice", ""},
	} {
		e.call(call[0], call[1], call[2])
	}
	e.call("PUT", "/_emulator/faults", `[{"method":"POST","path":"/users$","status":503,"times":2}]`)
	e.call("POST", "/chat-demo/testapp/users", `[{"username":"karim","password":"pass-1"}]`)
	p := openConsole(t, e)
	p.click("#user-list li:first-child a")
	p.until(text("#subject") + ` === "alice"`)
	p.until(`document.querySelectorAll("#call-list li").length === 6`)
	p.click("#call-list li:nth-child(4) summary")
	if os.Getenv("CHAT_SCREENSHOT_DARK") != "" {
		p.prefer("dark")
	}
	p.run(`document.activeElement.blur()`)
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, fewColors(decoded)); err != nil {
		t.Fatal(err)
	}
	if small.Len() > 150_000 {
		t.Fatalf("the picture has %d bytes", small.Len())
	}
	if err := os.WriteFile(file, small.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fewColors returns a picture with its most frequent 256 colors, which a small file holds.
func fewColors(picture image.Image) *image.Paletted {
	counts := map[color.Color]int{} // bright colors count more, because few pixels have them
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			r, g, b, _ := picture.At(x, y).RGBA()
			counts[picture.At(x, y)] += 1 + int(max(r, g, b)-min(r, g, b))>>10
		}
	}
	colors := slices.SortedFunc(maps.Keys(counts), func(a, b color.Color) int { return counts[b] - counts[a] })
	result := image.NewPaletted(bounds, colors[:min(256, len(colors))])
	draw.Draw(result, bounds, picture, bounds.Min, draw.Src)
	return result
}

// staging is an application such as people have.
func staging(t *testing.T) string {
	t.Helper()
	var users []any
	for _, name := range []string{"alice", "bruno", "chen", "dana", "emeka", "farah", "goran", "hana"} {
		users = append(users, map[string]any{"username": name, "nickname": strings.ToUpper(name[:1]) + name[1:]})
	}
	encoded, err := json.Marshal(map[string]any{
		"easemob": map[string]any{
			"users":     users,
			"contacts":  map[string]any{"alice": []string{"bruno", "chen", "emeka", "farah"}},
			"blocks":    map[string]any{"alice": []string{"goran"}},
			"groups":    []any{map[string]any{"name": "on-call", "owner": "alice", "members": []string{"bruno", "dana"}}, map[string]any{"name": "release", "owner": "chen", "members": []string{"alice"}}},
			"chatrooms": []any{map[string]any{"name": "lobby", "owner": "hana", "members": []string{"alice"}}},
		},
		"jmessage": map[string]any{"applications": map[string]any{"4f7aef34fb361292c566a1cd": map[string]any{
			"users": []any{map[string]any{"username": "alice", "password": "pass-1"}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func quote(text string) string {
	quoted, _ := json.Marshal(text) // a text always encodes
	return string(quoted)
}
