package easemob_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"terraform-provider-chat/internal/chat"
)

// everything is a profile with everything.
var everything = chat.Profile{
	Avatar: ptr("https://x/a.png"), Birthday: ptr("2000-01-02"), Gender: ptr("female"), Signature: ptr(" a&b=c "), Region: ptr("北京"),
	Address: ptr("1 <Road>"), Extras: ptr(`{"a":1}`), Phone: ptr("+86 10"), Email: ptr("ann@example.com"),
}

const reading = `POST /metadata/user/get {"properties":["address","avatarurl","birth","ext","gender","mail","phone","region","sign"],"targets":["ann"]}`

func TestProfileCalls(t *testing.T) {
	get := func(names ...string) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) { return s.Profiles.Get(ctx, names) }
	}
	set := func(profile chat.Profile) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return nil, s.Profiles.Set(ctx, "Ann", profile)
		}
	}
	user := func(detail chat.Detail) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			u, err := s.Users.Get(ctx, "ann", detail)
			if err != nil {
				return nil, err
			}
			return u.Profile, nil
		}
	}
	const ann = `{"entities":[{"uuid":"u","username":"ann"}]}`
	writing := "PUT /metadata/user/ann birth="
	testWire(t, []wireTest{
		{
			name: "read profiles", call: get("Ann", "bob", "ann"),
			exchanges: []exchange{works(
				strings.Replace(reading, `["ann"]`, `["ann","bob","ann"]`, 1),
				`{"timestamp":1620445147011,"data":{"Ann":{"avatarurl":"https://x/a.png","birth":"2000-01-02","gender":"2","sign":" a&b=c ","region":"北京","address":"1 <Road>","ext":"{\"a\":1}","phone":"+86 10","mail":"ann@example.com","nickname":"A"},"bob":{}},"duration":0}`,
			)},
			want: []chat.Profile{everything, {}, everything},
		},
		{
			name: "read a profile that holds other things", call: get("ann"),
			exchanges: []exchange{works(reading, `{"data":{"ann":{"gender":1,"ext":"plain text","sign":"","mail":null,"phone":10,"birth":"some day"}}}`)},
			want:      []chat.Profile{{Gender: ptr("male"), Phone: ptr("10"), Birthday: ptr("some day")}},
		},
		{
			name: "read a profile with an unknown gender", call: get("ann"),
			exchanges: []exchange{works(reading, `{"data":{"ann":{"gender":"7","ext":{"a":1}}}}`)},
			want:      []chat.Profile{{Gender: ptr("unknown"), Extras: ptr(`{"a":1}`)}},
		},
		{name: "read no profile", call: get(), want: []chat.Profile(nil)},
		{
			name: "read a profile that the answer does not mention", call: get("ann"), exchanges: []exchange{works(reading, `{"data":{"bob":{}}}`)},
			want: []chat.Profile(nil), kind: chat.ErrUnavailable, text: `read the profile of user "ann": unavailable: HTTP 200: the response lacks the requested data`,
		},
		{
			name: "read too many profiles for the platform", call: get("ann"),
			exchanges: []exchange{{reading, reply{status: 403, body: `{"desc":"exceed allowed batch size 100","duration":0,"timestamp":1}`}}},
			want:      []chat.Profile(nil), text: `read the profile of user "ann": HTTP 403: exceed allowed batch size 100`,
		},

		{name: "read a user without its profile", call: user(chat.Basic), exchanges: []exchange{works("GET /users/ann", ann)}, want: (*chat.Profile)(nil)},
		{
			name: "read a user with its profile", call: user(chat.WithProfile),
			exchanges: []exchange{works("GET /users/ann", ann), works(reading, `{"data":{"ann":{"sign":"s"}}}`)}, want: &chat.Profile{Signature: ptr("s")},
		},
		{
			name: "read a user without a profile", call: user(chat.WithProfile),
			exchanges: []exchange{works("GET /users/ann", ann), works(reading, `{"data":{"ann":{}}}`)}, want: &chat.Profile{},
		},
		{
			name: "read a missing user with its profile", call: user(chat.WithProfile),
			exchanges: []exchange{{"GET /users/ann", reply{status: 404, body: missing}}}, kind: chat.ErrNotFound,
		},
		{
			name: "read a user whose profile cannot be read", call: user(chat.WithProfile),
			exchanges: []exchange{works("GET /users/ann", ann), fails(reading, 403, "FORBIDDEN", "no")}, text: `read the profile of user "ann": HTTP 403 FORBIDDEN: no`,
		},

		{
			name: "write a profile", call: set(everything),
			exchanges: []exchange{works(
				"PUT /metadata/user/ann address=1+%3CRoad%3E&avatarurl=https%3A%2F%2Fx%2Fa.png&birth=2000-01-02&ext=%7B%22a%22%3A1%7D&gender=2&mail=ann%40example.com&phone=%2B86+10&region=%E5%8C%97%E4%BA%AC&sign=+a%26b%3Dc+",
				`{"timestamp":1620445147011,"data":{"birth":"2000-01-02"},"duration":166}`,
			)},
		},
		{
			name: "clear parts of a profile", call: set(chat.Profile{Birthday: ptr(""), Gender: ptr("")}),
			exchanges: []exchange{works("PUT /metadata/user/ann birth=&gender=", `{"data":{"birth":"","gender":""}}`)},
		},
		{
			name: "write a gender that is not known", call: set(chat.Profile{Gender: ptr("unknown")}),
			exchanges: []exchange{works("PUT /metadata/user/ann gender=0", `{"data":{"gender":"0"}}`)},
		},
		{name: "write nothing", call: set(chat.Profile{})},
		{
			name: "write the profile of a missing user, in 2018", call: set(chat.Profile{Birthday: ptr("")}),
			exchanges: []exchange{{writing, reply{status: 404, body: `{"desc":"Not Found","duration":0,"timestamp":1}`}}},
			kind:      chat.ErrNotFound, text: `write the profile of user "Ann": not found: HTTP 404: Not Found`,
		},
		{
			name: "write the profile of a missing user, in 2025", call: set(chat.Profile{Birthday: ptr("")}),
			exchanges: []exchange{fails(writing, 404, "metadata_error", "Not Found")},
			kind:      chat.ErrNotFound, text: `write the profile of user "Ann": not found: HTTP 404 metadata_error: Not Found`,
		},
		{
			name: "write a profile that is too large", call: set(chat.Profile{Birthday: ptr("")}),
			exchanges: []exchange{{writing, reply{status: 403, body: `{"desc":"size of metadata for this single user exceeds the user defined limit, 2048Bytes","duration":0,"timestamp":1}`}}},
			kind:      chat.ErrInvalid,
		},
		{
			name: "write a profile in a way that the platform does not take", call: set(chat.Profile{Birthday: ptr("")}),
			exchanges: []exchange{{writing, reply{status: 415, body: `{"desc":"Unsupported Media Type"}`}}}, text: `write the profile of user "Ann": HTTP 415: Unsupported Media Type`,
		},
		{
			name: "update a user and its profile",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nil, s.Users.Update(ctx, "ann", chat.Settings{Nickname: ptr("A"), Profile: &chat.Profile{Birthday: ptr("")}})
			},
			exchanges: []exchange{works(`PUT /users/ann {"nickname":"A"}`, ann), works(writing, `{"data":{}}`)},
		},
		{
			name: "update only the profile of a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nil, s.Users.Update(ctx, "ann", chat.Settings{Push: &chat.Push{}, Profile: &chat.Profile{Birthday: ptr("")}})
			},
			exchanges: []exchange{works(writing, `{"data":{}}`)},
		},
		{
			name: "update a missing user and its profile",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nil, s.Users.Update(ctx, "ann", chat.Settings{Nickname: ptr("A"), Profile: &chat.Profile{Birthday: ptr("")}})
			},
			exchanges: []exchange{fails(`PUT /users/ann {"nickname":"A"}`, 400, "required_property_not_found", "Entity user requires a property named username")},
			kind:      chat.ErrNotFound,
		},
	})
}

// Writes of attributes that meet are repeated until they succeed.
func TestConcurrentProfileWrites(t *testing.T) {
	conflict := reply{status: 409, body: `{"desc":"concurrent","duration":0,"timestamp":1}`}
	for _, tt := range []struct {
		answers []reply
		calls   int
		text    string
	}{
		{[]reply{conflict, {status: 409, body: errorBody("CONFLICT", "again")}, {body: `{"data":{}}`}}, 3, ""},
		{[]reply{conflict}, 3, `write the profile of user "ann": HTTP 409: concurrent`},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{answers: map[string][]reply{"PUT /metadata/user/ann": tt.answers}}
			err := connect(t, p).Profiles.Set(t.Context(), "ann", chat.Profile{Birthday: ptr("")})
			if n := p.count("PUT /metadata/user/ann"); n != tt.calls || err == nil != (tt.text == "") || err != nil && err.Error() != tt.text {
				t.Errorf("%v after %d calls, want %q after %d", err, n, tt.text, tt.calls)
			}
		})
	}
}

func TestProfilesOnTheEmulator(t *testing.T) {
	eras(t, func(t *testing.T, e http.Handler, service *chat.Service) {
		ctx := t.Context()
		var names []string
		for i := range 100 {
			names = append(names, fmt.Sprintf("user%02d", i))
		}
		create(t, service, names[:50]...)
		create(t, service, names[50:]...)
		good := func(err error) {
			t.Helper()
			if err != nil {
				t.Error(err)
			}
		}
		good(service.Profiles.Set(ctx, "USER07", everything))
		good(service.Users.Update(ctx, "user08", chat.Settings{Nickname: ptr("A"), Profile: &chat.Profile{Signature: ptr("s")}}))
		read, err := service.Profiles.Get(ctx, names)
		good(err)
		for i, profile := range read {
			want := map[int]chat.Profile{7: everything, 8: {Signature: ptr("s")}}[i]
			same(t, names[i], profile, want)
		}
		user, err := service.Users.Get(ctx, "User07", chat.WithProfile)
		good(err)
		same(t, "profile", *user.Profile, everything)

		// Each part of a profile changes and goes alone.
		want := everything
		for what, part := range map[string]struct {
			change chat.Profile
			in     **string
		}{
			"avatar": {chat.Profile{Avatar: ptr("")}, &want.Avatar}, "birthday": {chat.Profile{Birthday: ptr("")}, &want.Birthday},
			"gender": {chat.Profile{Gender: ptr("")}, &want.Gender}, "signature": {chat.Profile{Signature: ptr("")}, &want.Signature},
			"region": {chat.Profile{Region: ptr("")}, &want.Region}, "address": {chat.Profile{Address: ptr("")}, &want.Address},
			"extras": {chat.Profile{Extras: ptr("")}, &want.Extras}, "phone": {chat.Profile{Phone: ptr("")}, &want.Phone},
			"email": {chat.Profile{Email: ptr("")}, &want.Email},
		} {
			good(service.Profiles.Set(ctx, "user07", part.change))
			*part.in = nil
			read, err := service.Profiles.Get(ctx, []string{"user07"})
			good(err)
			same(t, "profile without "+what, read[0], want)
		}

		if err := service.Profiles.Set(ctx, "nobody", everything); !hasKind(err, chat.ErrNotFound) {
			t.Errorf("profile of nobody: %v", err)
		}
		if read, err := service.Profiles.Get(ctx, []string{"nobody"}); err != nil || read[0] != (chat.Profile{}) {
			t.Errorf("profile of nobody: %v, %v", read, err)
		}
		if _, err := service.Users.Get(ctx, "nobody", chat.WithProfile); !hasKind(err, chat.ErrNotFound) {
			t.Errorf("nobody with a profile: %v", err)
		}
		if err := service.Profiles.Set(ctx, "user07", chat.Profile{Extras: ptr(`{"a":"` + strings.Repeat("a", 2048) + `"}`)}); !hasKind(err, chat.ErrInvalid) {
			t.Errorf("a large profile: %v", err)
		}
		if _, err := service.Profiles.Get(ctx, append(names, "one")); !hasKind(err, chat.ErrTooLarge) {
			t.Errorf("too many profiles: %v", err)
		}
	})
}
