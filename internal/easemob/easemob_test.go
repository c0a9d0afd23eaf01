package easemob_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
	"terraform-provider-chat/internal/rest"
)

// memory carries requests to a handler without a socket, so that time can be made up.
type memory struct{ handler http.Handler }

func (m memory) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer func() {
		switch what := recover(); what {
		case nil:
		case http.ErrAbortHandler:
			resp, err = nil, io.EOF
			if r.Context().Err() != nil {
				err = r.Context().Err()
			} else if w.Body.Len() > 0 {
				err = io.ErrUnexpectedEOF
			}
		default:
			panic(what)
		}
	}()
	m.handler.ServeHTTP(w, in)
	return w.Result(), nil
}

// platform is scripted: it answers a call with what the documents print.
type platform struct {
	mu sync.Mutex
	// answers holds what is left to answer to a method and path; the last one stays.
	answers map[string][]reply
	calls   []string
	tokens  []string
	issued  int
}

type reply struct {
	status int
	body   string
	drop   bool
	then   func()
}

const missing = `{"error":"service_resource_not_found","timestamp":1542799099701,"duration":0,"exception":"org.apache.usergrid.services.exceptions.ServiceResourceNotFoundException","error_description":"Service resource not found"}`

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	p.mu.Lock()
	call := r.Method + " " + strings.TrimPrefix(r.RequestURI, "/chat-demo/testapp")
	line := call
	if len(body) > 0 {
		line += " " + string(body)
	}
	p.calls = append(p.calls, line)
	var answer reply
	switch list := p.answers[call]; {
	case len(list) > 1:
		answer, p.answers[call] = list[0], list[1:]
	case len(list) == 1:
		answer = list[0]
	case call == "POST /token":
		p.issued++
		answer = reply{body: fmt.Sprintf(`{"access_token":"token-%d","expires_in":5184000,"application":"8be024f0"}`, p.issued)}
	default:
		answer = reply{status: 404, body: missing}
	}
	if call != "POST /token" {
		p.tokens = append(p.tokens, r.Header.Get("Authorization"))
	}
	p.mu.Unlock()
	if answer.then != nil {
		answer.then()
	}
	if answer.drop {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(answer.body, "<") {
		w.Header().Set("Content-Type", "text/html")
	}
	if answer.status != 0 {
		w.WriteHeader(answer.status)
	}
	_, _ = io.WriteString(w, answer.body)
}

// sent returns the calls but those for tokens.
func (p *platform) sent() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var calls []string
	for _, call := range p.calls {
		if !strings.HasPrefix(call, "POST /token") {
			calls = append(calls, call)
		}
	}
	return calls
}

func connect(t *testing.T, handler http.Handler, change ...func(*easemob.Config)) *easemob.Client {
	t.Helper()
	config := easemob.Config{
		AppKey:       "chat-demo#testapp",
		ClientID:     "demo-client-id",
		ClientSecret: "demo-client-secret",
		REST:         rest.Config{BaseURL: "http://chat.test", MaxRetries: 2, Transport: memory{handler}},
	}
	for _, f := range change {
		f(&config)
	}
	c, err := easemob.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func ptr[T any](v T) *T { return &v }

func TestConfig(t *testing.T) {
	for _, key := range []string{"", "a", "a#", "#b", "a#b#c", "a b#c", "a/..#c", "org#" + strings.Repeat("x", 33)} {
		if _, _, err := easemob.ParseAppKey(key); !errors.Is(err, chat.ErrInvalid) || !strings.Contains(err.Error(), "org_name#app_name") {
			t.Errorf("ParseAppKey(%q): %v", key, err)
		}
	}
	for _, key := range []string{"chat-demo#testapp", "1112171214115068#Test_App-1", "a#" + strings.Repeat("x", 32)} {
		org, app, err := easemob.ParseAppKey(key)
		if err != nil || org+"#"+app != key {
			t.Errorf("ParseAppKey(%q) = %q, %q, %v", key, org, app, err)
		}
	}
	good := easemob.Config{AppKey: "a#b", Token: "t", REST: rest.Config{BaseURL: "https://host"}}
	if _, err := easemob.New(good); err != nil {
		t.Error(err)
	}
	for _, bad := range []easemob.Config{
		{AppKey: "a", Token: "t", REST: good.REST},
		{AppKey: "a#b", REST: good.REST},
		{AppKey: "a#b", ClientID: "x", REST: good.REST},
		{AppKey: "a#b", ClientSecret: "x", REST: good.REST},
		{AppKey: "a#b", Token: "t"},
	} {
		if _, err := easemob.New(bad); !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	same(t, "data centers", easemob.DataCenters(), []string{"cn1", "cn2", "sgp1", "use1", "fra1"})
	for name, want := range map[string]string{
		"cn1": "https://a1.easemob.com", "cn2": "https://a31.easemob.com", "sgp1": "https://a1-sgp.easemob.com",
		"use1": "https://a41.easemob.com", "fra1": "https://a51.easemob.com", "mars": "",
	} {
		if got, ok := easemob.DataCenterURL(name); got != want || ok != (want != "") {
			t.Errorf("DataCenterURL(%q) = %q, %v", name, got, ok)
		}
	}
}

func TestUsersOfTheDocument(t *testing.T) {
	p := &platform{answers: map[string][]reply{
		"GET /users/user1":                          {{body: `{"action":"get","path":"/users","uri":"http://elsewhere/users/user1","entities":[{"uuid":"3b8c9890-7b9a-11e8-9d88-f50bf55cafad","type":"user","created":1530276298905,"modified":1534405429835,"username":"User1","activated":true,"notification_no_disturbing":true,"notification_no_disturbing_start":1,"notification_no_disturbing_end":3,"notification_display_style":0,"nickname":"testuser","notifier_name":"2882303761517426801"}],"timestamp":1534405429833,"duration":4,"count":1}`}},
		"GET /users/user2":                          {{body: `{"entities":[{"uuid":"u2","created":"1542356523769","username":"user2","activated":"false","nickname":"","notification_no_disturbing":"0","notification_no_disturbing_start":"22","notification_no_disturbing_end":null,"notification_display_style":"1"}]}`}},
		"GET /users/user3":                          {{body: `{"entities":null}`}},
		"GET /users?limit=100":                      {{body: `{"params":{"limit":["100"]},"entities":[{"uuid":"a","created":1542356511855,"username":"user1","activated":true}],"timestamp":1542558467056,"cursor":"LTgz+/=","count":1}`}},
		"GET /users?cursor=LTgz%2B%2F%3D&limit=100": {{body: `{"entities":[],"count":0}`}},
	}}
	c := connect(t, p)
	got, err := c.GetUser(t.Context(), "USER1", chat.Basic)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "user", got, &chat.User{
		Username: "User1", UUID: "3b8c9890-7b9a-11e8-9d88-f50bf55cafad",
		CreatedAt: time.UnixMilli(1530276298905).UTC(), Activated: ptr(true),
		Settings: chat.Settings{Nickname: ptr("testuser"), Push: &chat.Push{
			DisplayStyle: ptr("summary"), DoNotDisturb: ptr(true), Start: ptr(int64(1)), End: ptr(int64(3)),
		}},
	})
	if got, err = c.GetUser(t.Context(), "user2", chat.WithProfile); err != nil {
		t.Fatal(err)
	}
	same(t, "user", got, &chat.User{
		Username: "user2", UUID: "u2", CreatedAt: time.UnixMilli(1542356523769).UTC(), Activated: ptr(false),
		Settings: chat.Settings{Push: &chat.Push{DisplayStyle: ptr("detail"), DoNotDisturb: ptr(false), Start: ptr(int64(22))}},
	})
	if _, err = c.GetUser(t.Context(), "user3", chat.Basic); !errors.Is(err, chat.ErrUnavailable) {
		t.Errorf("an answer without the user: %v", err)
	}
	if _, err = c.GetUser(t.Context(), "user4", chat.Basic); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("a missing user: %v", err)
	}
	page, err := c.ListUsers(t.Context(), "")
	if err != nil || len(page.Users) != 1 || page.Users[0].Username != "user1" || page.Next != "LTgz+/=" || page.Total != -1 {
		t.Errorf("first page %+v, %v", page, err)
	}
	page, err = c.ListUsers(t.Context(), page.Next)
	if err != nil || len(page.Users) != 0 || page.Next != "" {
		t.Errorf("last page %+v, %v", page, err)
	}
}

func TestUpdateSendsOnlyWhatIsGiven(t *testing.T) {
	ok := []reply{{body: `{"action":"put","entities":[]}`}}
	p := &platform{answers: map[string][]reply{"PUT /users/ann": ok, "PUT /users/ann/password": {{body: `{"action":"set user password"}`}}}}
	c := connect(t, p)
	for _, settings := range []chat.Settings{
		{},
		{Push: &chat.Push{}},
		{Nickname: ptr("")},
		{Nickname: ptr("<Ann>"), Push: &chat.Push{DisplayStyle: ptr("detail"), DoNotDisturb: ptr(true), Start: ptr(int64(0)), End: ptr(int64(23))}},
		{Push: &chat.Push{DisplayStyle: ptr("summary")}},
		{Push: &chat.Push{DoNotDisturb: ptr(false)}},
	} {
		if err := c.UpdateUser(t.Context(), "Ann", settings); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.SetPassword(t.Context(), "Ann", "pa&ss"); err != nil {
		t.Fatal(err)
	}
	same(t, "calls", p.sent(), []string{
		`PUT /users/ann {"nickname":""}`,
		`PUT /users/ann {"nickname":"<Ann>","notification_display_style":"1","notification_no_disturbing":true,"notification_no_disturbing_end":"23","notification_no_disturbing_start":"0"}`,
		`PUT /users/ann {"notification_display_style":"0"}`,
		`PUT /users/ann {"notification_no_disturbing":false}`,
		`PUT /users/ann/password {"newpassword":"pa&ss"}`,
	})
	if err := c.UpdateUser(t.Context(), "ann", chat.Settings{Profile: &chat.Profile{}}); !errors.Is(err, chat.ErrUnsupported) {
		t.Errorf("a profile: %v", err)
	}
	if err := c.UpdateUser(t.Context(), "ann", chat.Settings{Push: &chat.Push{DisplayStyle: ptr("loud")}}); !errors.Is(err, chat.ErrInvalid) {
		t.Errorf("an unknown style: %v", err)
	}
	if err := c.UpdateContact(t.Context(), "ann", "bob", chat.Notes{Note: ptr("x")}); !errors.Is(err, chat.ErrUnsupported) {
		t.Errorf("notes: %v", err)
	}
	if n := len(p.sent()); n != 5 {
		t.Errorf("%d calls, want 5", n)
	}
}

func TestNamesAreEscapedAndNeverEmpty(t *testing.T) {
	p := &platform{}
	c := connect(t, p)
	if _, err := c.GetUser(t.Context(), "a/b?c#%2F", chat.Basic); !errors.Is(err, chat.ErrNotFound) {
		t.Error(err)
	}
	same(t, "calls", p.sent(), []string{"GET /users/a%2Fb%3Fc%23%252f"})
	for _, name := range []string{"", ".", ".."} {
		if errs, err := c.DeleteUsers(t.Context(), []string{name}); err != nil || !errors.Is(errs[0], chat.ErrInvalid) {
			t.Errorf("deleting %q: %v, %v", name, errs, err)
		}
	}
	if n := len(p.sent()); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

func TestErrors(t *testing.T) {
	body := func(name, text string) string {
		return fmt.Sprintf(`{"error":%q,"timestamp":1,"duration":0,"exception":"x","error_description":%q}`, name, text)
	}
	type service = *easemob.Client
	get := func(c service) error { _, err := c.GetUser(context.Background(), "ann", chat.Basic); return err }
	first := func(errs []error, err error) error {
		if err == nil && len(errs) > 0 {
			return errs[0]
		}
		return err
	}
	create := func(c service) error {
		results, err := c.CreateUsers(context.Background(), []chat.NewUser{{Username: "ann", Password: "pw"}})
		if err == nil {
			return results[0].Err
		}
		return err
	}
	for _, tt := range []struct {
		name   string
		call   string
		answer reply
		do     func(service) error
		want   error
		text   string
	}{
		{"missing on read", "GET /users/ann", reply{status: 404, body: missing}, get, chat.ErrNotFound, `read user "ann": not found: HTTP 404 service_resource_not_found: Service resource not found`},
		{"missing on password", "PUT /users/ann/password", reply{status: 404, body: body("entity_not_found", "User null not found")}, func(c service) error { return c.SetPassword(context.Background(), "ann", "pw") }, chat.ErrNotFound, ""},
		{"missing on update", "PUT /users/ann", reply{status: 400, body: body("required_property_not_found", "Entity user requires a property named username")}, func(c service) error {
			return c.UpdateUser(context.Background(), "ann", chat.Settings{Nickname: ptr("x")})
		}, chat.ErrNotFound, ""},
		{"missing on deactivate", "POST /users/ann/deactivate", reply{status: 400, body: body("management", "User with id null does not exist in app 8be024f0")}, func(c service) error { return c.SetActivated(context.Background(), "ann", false) }, chat.ErrNotFound, ""},
		{"missing on deactivate, newer", "POST /users/ann/deactivate", reply{status: 404, body: body("management", "gone")}, func(c service) error { return c.SetActivated(context.Background(), "ann", false) }, chat.ErrNotFound, ""},
		{"missing on activate", "POST /users/ann/activate", reply{status: 404, body: missing}, func(c service) error { return c.SetActivated(context.Background(), "ann", true) }, chat.ErrNotFound, ""},
		{"gone on delete", "DELETE /users/ann", reply{status: 404, body: missing}, func(c service) error { return first(c.DeleteUsers(context.Background(), []string{"ann"})) }, nil, ""},
		{"gone on delete, newer", "DELETE /users/ann", reply{status: 400, body: body("management", "gone")}, func(c service) error { return first(c.DeleteUsers(context.Background(), []string{"ann"})) }, nil, ""},
		{"exists", "POST /users", reply{status: 400, body: body("duplicate_unique_property_exists", "Application null Entity user requires that property named username be unique, value of ann exists")}, create, chat.ErrAlreadyExists, ""},
		{"illegal name", "POST /users", reply{status: 400, body: body("illegal_argument", "username [ann] is not legal")}, create, chat.ErrInvalid, ""},
		{"free plan", "POST /users", reply{status: 429, body: body("resource_limited", "You have exceeded the limit of the Free edition")}, create, chat.ErrQuota, `register user "ann": quota exceeded: HTTP 429 resource_limited: You have exceeded the limit of the Free edition`},
		{"throttled", "GET /users/ann", reply{status: 429, body: body("reach_limit", "This request has reached api limit")}, get, chat.ErrThrottled, ""},
		{"busy", "GET /users/ann", reply{status: 503, body: "<h1>Busy</h1>"}, get, chat.ErrThrottled, `read user "ann": throttled: HTTP 503: answered with HTML instead of JSON: Busy`},
		{"broken", "GET /users/ann", reply{status: 500, body: body("web_application", "oops")}, get, chat.ErrUnavailable, ""},
		{"gateway", "GET /users/ann", reply{status: 502, body: "<html><body>Bad Gateway</body></html>"}, get, chat.ErrUnavailable, ""},
		{"too large", "POST /users", reply{status: 413, body: "<html>Request Entity Too Large</html>"}, create, chat.ErrTooLarge, ""},
		{"wrong application", "GET /users/ann", reply{status: 404, body: body("organization_application_not_found", "Could not find application for chat-demo/testapp from URI: chat-demo/testapp/users/ann")}, get, chat.ErrInvalid, `read user "ann": invalid: HTTP 404 organization_application_not_found: The platform knows no application chat-demo#testapp here; check the app key and the base URL. Could not find application for chat-demo/testapp from URI: chat-demo/testapp/users/ann`},
		{"another server", "GET /users/ann", reply{status: 404, body: "<html>404 page not found</html>"}, get, chat.ErrUnavailable, `read user "ann": unavailable: HTTP 404: answered with HTML instead of JSON: 404 page not found (This is not an answer of the platform; check the base URL.)`},
		{"another framework", "GET /users/ann", reply{status: 404, body: `{"status":404,"error":"Not Found","path":"/"}`}, get, chat.ErrUnavailable, ""},
		{"empty answer", "GET /users/ann", reply{}, get, chat.ErrUnavailable, `read user "ann": unavailable: HTTP 200: an empty answer`},
		{"cut short", "GET /users/ann", reply{body: `{"entities":[{"uuid":`}, get, chat.ErrUnavailable, `read user "ann": unavailable: HTTP 200: an answer cut short: {"entities":[{"uuid":`},
		{"not JSON", "GET /users/ann", reply{body: "<p>Log in</p>"}, get, chat.ErrUnavailable, `read user "ann": unavailable: HTTP 200: answered with HTML instead of JSON: Log in`},
		{"full contact list", "POST /users/ann/contacts/users/bob", reply{status: 403, body: body("exceed_limit", "user contact number exceed limit")}, func(c service) error { return first(c.AddContacts(context.Background(), "ann", []string{"bob"})) }, chat.ErrQuota, ""},
		{"contact of nobody", "POST /users/ann/contacts/users/bob", reply{status: 404, body: missing}, func(c service) error { return first(c.AddContacts(context.Background(), "ann", []string{"bob"})) }, chat.ErrNotFound, ""},
		{"contact gone", "DELETE /users/ann/contacts/users/bob", reply{status: 404, body: missing}, func(c service) error { return first(c.RemoveContacts(context.Background(), "ann", []string{"bob"})) }, nil, ""},
		{"block of nobody", "POST /users/ann/blocks/users", reply{status: 400, body: body("illegal_argument", "attempt to adding new block[bob] for user[ann],but user[bob] not found.")}, func(c service) error { return first(c.AddBlocks(context.Background(), "ann", []string{"bob"})) }, chat.ErrNotFound, ""},
		{"block of nobody, newer", "POST /users/ann/blocks/users", reply{status: 404, body: missing}, func(c service) error { return first(c.AddBlocks(context.Background(), "ann", []string{"bob"})) }, chat.ErrNotFound, ""},
		{"bad block", "POST /users/ann/blocks/users", reply{status: 400, body: body("illegal_argument", "usernames must not be empty")}, func(c service) error { return first(c.AddBlocks(context.Background(), "ann", []string{"bob"})) }, chat.ErrInvalid, ""},
		{"block gone", "DELETE /users/ann/blocks/users/bob", reply{status: 404, body: missing}, func(c service) error { return first(c.RemoveBlocks(context.Background(), "ann", []string{"bob"})) }, nil, ""},
		{"refused twice", "GET /users/ann", reply{status: 401, body: body("unauthorized", "Unable to authenticate (OAuth)")}, get, chat.ErrUnauthorized, ""},
		{"wrong password", "POST /token", reply{status: 400, body: `{"error":"invalid_grant","error_description":"invalid password"}`}, func(c service) error {
			_, err := c.IssueUserToken(context.Background(), "ann", "pw", 0)
			return err
		}, chat.ErrUnauthorized, ""},
		{"token for nobody", "POST /token", reply{status: 404, body: body("entity_not_found", "User null not found")}, func(c service) error {
			_, err := c.IssueUserToken(context.Background(), "ann", "pw", 0)
			return err
		}, chat.ErrNotFound, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platform{answers: map[string][]reply{tt.call: {tt.answer}}}
				err := tt.do(connect(t, p))
				if !errors.Is(err, tt.want) {
					t.Fatalf("error %v, want %v", err, tt.want)
				}
				var failure *chat.Error
				if err != nil && !errors.As(err, &failure) {
					t.Errorf("error %T", err)
				}
				if tt.text != "" && err.Error() != tt.text {
					t.Errorf("error %q, want %q", err, tt.text)
				}
			})
		})
	}
}

func TestBulkCallsAreBounded(t *testing.T) {
	p := &platform{}
	c := connect(t, p)
	ctx := t.Context()
	names := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("user%d", i)
		}
		return list
	}
	users := func(n, length int) []chat.NewUser {
		var list []chat.NewUser
		for _, name := range names(n) {
			list = append(list, chat.NewUser{Username: name, Password: strings.Repeat("p", length)})
		}
		return list
	}
	limits := c.Limits()
	for name, call := range map[string]func() error{
		"CreateUsers":    func() error { _, err := c.CreateUsers(ctx, users(limits.CreateUsers.Items+1, 1)); return err },
		"long users":     func() error { _, err := c.CreateUsers(ctx, users(60, 64)); return err },
		"DeleteUsers":    func() error { _, err := c.DeleteUsers(ctx, names(limits.DeleteUsers.Items+1)); return err },
		"AddContacts":    func() error { _, err := c.AddContacts(ctx, "ann", names(limits.AddContacts.Items+1)); return err },
		"RemoveContacts": func() error { _, err := c.RemoveContacts(ctx, "ann", names(limits.RemoveContacts.Items+1)); return err },
		"AddBlocks":      func() error { _, err := c.AddBlocks(ctx, "ann", names(limits.AddBlocks.Items+1)); return err },
		"RemoveBlocks":   func() error { _, err := c.RemoveBlocks(ctx, "ann", names(limits.RemoveBlocks.Items+1)); return err },
		"Statuses":       func() error { _, err := c.Statuses(ctx, names(limits.Statuses.Items+1)); return err },
	} {
		if err := call(); !errors.Is(err, chat.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(p.calls) > 0 {
		t.Errorf("calls were made: %q", p.calls)
	}
}

func TestUserSizeBoundsTheBody(t *testing.T) {
	var size int
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil && strings.HasSuffix(r.URL.Path, "/users") {
			size = len(body)
		}
		_, _ = io.WriteString(w, `{"access_token":"t","entities":[]}`)
	}))
	var users []chat.NewUser
	sum := 0
	for i := range 20 {
		user := chat.NewUser{Username: fmt.Sprintf("user%d", i), Password: `"<&>\`, Nickname: ptr("é\n")}
		users = append(users, user)
		sum += c.UserSize(user)
	}
	if _, err := c.CreateUsers(t.Context(), users); err != nil {
		t.Fatal(err)
	}
	if size == 0 || size > sum || size < sum/2 {
		t.Errorf("a body of %d bytes, where the users say %d", size, sum)
	}
}

func TestRegisterSeveral(t *testing.T) {
	p := &platform{answers: map[string][]reply{
		"POST /users": {{body: `{"action":"post","entities":[{"uuid":"278b5e60-e27b-11e8-8f9b-d5d83ebec806","type":"user","created":1541587920710,"modified":1541587920710,"username":"user1","activated":true,"nickname":"one"},{"uuid":"278bac80-e27b-11e8-b192-73e4cd5078a5","type":"user","created":1541587920712,"username":"user2","activated":true}],"timestamp":1541587920714,"data":[{"username":"user3","registerUserFailReason":"the user3 already exists"},{"username":"user4","registerUserFailReason":"password of user4 not good: pw-four"}],"duration":0}`}},
	}}
	c := connect(t, p)
	results, err := c.CreateUsers(t.Context(), []chat.NewUser{
		{Username: "User1", Password: "pw-one", Nickname: ptr("one")}, {Username: "user4", Password: "pw-four"},
		{Username: "user3", Password: "pw-three"}, {Username: "user2", Password: "pw-two"}, {Username: "user5", Password: "pw-five"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if u := results[0].User; u == nil || u.UUID != "278b5e60-e27b-11e8-8f9b-d5d83ebec806" || *u.Nickname != "one" {
		t.Errorf("user1: %+v", results[0])
	}
	if u := results[3].User; u == nil || u.Username != "user2" {
		t.Errorf("user2: %+v", results[3])
	}
	for i, want := range map[int]error{1: chat.ErrInvalid, 2: chat.ErrAlreadyExists, 4: chat.ErrUnavailable} {
		if !errors.Is(results[i].Err, want) {
			t.Errorf("result %d: %v, want %v", i, results[i].Err, want)
		} else if strings.Contains(results[i].Err.Error(), "pw-") {
			t.Errorf("result %d tells a password: %v", i, results[i].Err)
		}
	}
	same(t, "calls", p.sent(), []string{
		`POST /users [{"username":"user1","password":"pw-one","nickname":"one"},{"username":"user4","password":"pw-four"},{"username":"user3","password":"pw-three"},{"username":"user2","password":"pw-two"},{"username":"user5","password":"pw-five"}]`,
		`GET /users/user5`,
	})
}

func TestRegisterSeveralRefused(t *testing.T) {
	p := &platform{answers: map[string][]reply{
		"POST /users": {{status: 400, body: `{"error":"duplicate_unique_property_exists","error_description":"value of ann exists with passwords [secret-1, secret-2]"}`}},
	}}
	results, err := connect(t, p).CreateUsers(t.Context(), []chat.NewUser{{Username: "ann", Password: "secret-1"}, {Username: "ann", Password: "secret-2"}})
	if results != nil || !errors.Is(err, chat.ErrAlreadyExists) || strings.Contains(fmt.Sprintf("%v %+v", err, err), "secret") {
		t.Errorf("%v, %v", results, err)
	}
}

func TestStatuses(t *testing.T) {
	var bodies [][]string
	var mu sync.Mutex
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			_, _ = io.WriteString(w, `{"access_token":"t"}`)
			return
		}
		data, _ := io.ReadAll(r.Body)
		var body struct{ Usernames []string }
		if err := json.Unmarshal(data, &body); err != nil || len(data) > 5000 {
			t.Errorf("a body of %d bytes: %v", len(data), err)
		}
		mu.Lock()
		bodies = append(bodies, body.Usernames)
		mu.Unlock()
		var out bytes.Buffer
		for i := len(body.Usernames) - 1; i >= 0; i-- {
			fmt.Fprintf(&out, `,{%q:%q}`, body.Usernames[i], map[bool]string{true: "online", false: "offline"}[strings.HasPrefix(body.Usernames[i], "on")])
		}
		_, _ = fmt.Fprintf(w, `{"action":"get batch user status","data":[%s]}`, strings.TrimPrefix(out.String(), ","))
	}))
	got, err := c.Statuses(t.Context(), []string{"off1", "ON1", "off2"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "statuses", got, []chat.Status{chat.Offline, chat.Online, chat.Offline})
	same(t, "names", bodies, [][]string{{"off1", "on1", "off2"}})

	bodies = nil
	var long []string
	for i := range 100 {
		long = append(long, fmt.Sprintf("on%062d", i))
	}
	if got, err = c.Statuses(t.Context(), long); err != nil || len(got) != 100 || got[99] != chat.Online {
		t.Errorf("%v, %v", got, err)
	}
	if len(bodies) != 2 {
		t.Errorf("%d calls, want 2", len(bodies))
	}
	if got, err = c.Statuses(t.Context(), nil); err != nil || len(got) != 0 || len(bodies) != 2 {
		t.Errorf("nobody: %v, %v", got, err)
	}
}

func TestNoSecretIsTold(t *testing.T) {
	const canary = "canary-4711"
	// A platform that says back all it was told, in every kind of answer.
	for _, status := range []int{200, 302, 400, 401, 403, 404, 413, 429, 500, 503} {
		for _, kind := range []string{"json", "html", "cut", "drop"} {
			synctest.Test(t, func(t *testing.T) {
				var told []string
				var mu sync.Mutex
				c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					if strings.HasSuffix(r.URL.Path, "/token") && strings.Contains(string(body), "client_credentials") && status != 401 && status != 403 {
						_, _ = io.WriteString(w, `{"access_token":"`+canary+`-token","expires_in":"3600"}`)
						return
					}
					said := string(body) + r.Header.Get("Authorization")
					w.Header().Set("Location", "http://x/"+canary+"-client")
					w.WriteHeader(status)
					switch kind {
					case "json":
						quoted, err := json.Marshal(said)
						if err != nil {
							t.Error(err)
						}
						_, _ = fmt.Fprintf(w, `{"error":%s,"error_description":%s,"data":[{"username":"ann","registerUserFailReason":%s}]}`, quoted, quoted, quoted)
					case "html":
						_, _ = io.WriteString(w, "<p>"+said+"</p>")
					case "cut":
						_, _ = io.WriteString(w, `{"entities":["`+said)
					case "drop":
						panic(http.ErrAbortHandler)
					}
				}), func(config *easemob.Config) {
					config.ClientSecret = canary + "-client"
					config.REST.MaxRetries = 1
					config.REST.Log = func(_ context.Context, msg string, fields map[string]any) {
						mu.Lock()
						defer mu.Unlock()
						told = append(told, fmt.Sprint(msg, fields))
					}
				})
				tell := func(err error) {
					for ; err != nil; err = errors.Unwrap(err) {
						told = append(told, fmt.Sprintf("%v %+v %#v", err, err, err))
					}
				}
				ctx := t.Context()
				results, err := c.CreateUsers(ctx, []chat.NewUser{{Username: "ann", Password: canary + "-one"}})
				tell(err)
				for _, result := range results {
					tell(result.Err)
				}
				results, err = c.CreateUsers(ctx, []chat.NewUser{{Username: "ann", Password: canary + "-two"}, {Username: "bob", Password: canary + "-three"}})
				tell(err)
				for _, result := range results {
					tell(result.Err)
				}
				tell(c.SetPassword(ctx, "ann", canary+"-four"))
				_, err = c.IssueUserToken(ctx, "ann", canary+"-five", time.Hour)
				tell(err)
				if len(told) < 4 {
					t.Errorf("status %d, %s: only %q", status, kind, told)
				}
				for _, text := range told {
					if strings.Contains(text, canary) {
						t.Errorf("status %d, %s: a secret in %s", status, kind, text)
					}
				}
			})
		}
	}
}

func TestNoCallWithoutNeed(t *testing.T) {
	var calls atomic.Int64
	connect(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	if calls.Load() > 0 {
		t.Error("New makes a request")
	}
}
