package jmessage_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
)

// from says who sends a message, and to whom.
func from(sender, targetType, target string) chat.Conversation {
	return chat.Conversation{Sender: sender, TargetType: targetType, Target: target}
}

// across is the same with a target in another application.
func across(c chat.Conversation, appKey string) chat.Conversation {
	c.TargetAppKey = appKey
	return c
}

// sentBy names a message of a user.
func sentBy(sender, id string) chat.SentMessage {
	return chat.SentMessage{Conversation: chat.Conversation{Sender: sender}, ID: id}
}

func TestMessageCalls(t *testing.T) {
	send := func(how chat.Conversation, content chat.Message) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			content.Conversation = how
			return s.Messages.Send(ctx, content)
		}
	}
	javen := from("fang", chat.TargetUser, "javen")
	accepted := []answer{{status: 201, body: `{"msg_id": 43143728109, "msg_ctime":1493794522950}`}}
	const id = "43143728109"
	checkCalls(t, []callTest{
		{
			name: "a text", call: send(javen, chat.Message{Text: ptr("Hello, <JMessage>!")}), answers: accepted, want: id,
			calls: []string{`POST /v1/messages {"version":1,"target_type":"single","target_id":"javen","from_type":"user","from_id":"fang",` +
				`"msg_type":"text","msg_body":{"text":"Hello, <JMessage>!"}}`},
		},
		{
			name: "custom JSON", answers: accepted, want: id,
			call: send(from("fang", chat.TargetRoom, "7"), chat.Message{Custom: ptr(` { "a" : [1, "<二>"] } `)}),
			calls: []string{`POST /v1/messages {"version":1,"target_type":"chatroom","target_id":"7","from_type":"user","from_id":"fang",` +
				`"msg_type":"custom","msg_body":{"a":[1,"<二>"]}}`},
		},
		{
			name: "to a user of another application", answers: accepted, want: id,
			call: send(across(from("fang", chat.TargetUser, "javen"), strings.ToUpper(otherKey)), chat.Message{Text: ptr("a")}),
			calls: []string{`POST /v1/messages {"version":1,"target_type":"single","target_id":"javen","target_appkey":"` + otherKey + `",` +
				`"from_type":"user","from_id":"fang","msg_type":"text","msg_body":{"text":"a"}}`},
		},
		{
			name: "to a user of the own application, with its key", answers: accepted, want: id,
			call: send(across(from("fang", chat.TargetUser, "javen"), strings.ToUpper(appKey)), chat.Message{Text: ptr("a")}),
			calls: []string{`POST /v1/messages {"version":1,"target_type":"single","target_id":"javen","from_type":"user","from_id":"fang",` +
				`"msg_type":"text","msg_body":{"text":"a"}}`},
		},
		{
			name: "retract a message",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Messages.Retract(ctx, sentBy("fang", id)))
			},
			answers: []answer{{status: 204}},
			calls:   []string{"POST /v1/messages/fang/43143728109/retract"},
		},
		{
			name: "retract a message, and the answer is lost",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Messages.Retract(ctx, sentBy("fang", id)))
			},
			answers: []answer{{drop: true}, refuse(403, 855004)},
			calls:   []string{"POST /v1/messages/fang/43143728109/retract", "POST /v1/messages/fang/43143728109/retract"},
		},
	})
}

func TestMessageErrors(t *testing.T) {
	javen := from("fang", chat.TargetUser, "javen")
	send := func(message chat.Message) func(context.Context, *chat.Service) error {
		return func(ctx context.Context, s *chat.Service) error { _, err := s.Messages.Send(ctx, message); return err }
	}
	text := send(chat.Message{Conversation: javen, Text: ptr("hi")})
	elsewhere := send(chat.Message{Conversation: across(from("fang", chat.TargetUser, "javen"), otherKey), Text: ptr("hi")})
	retract := func(ctx context.Context, s *chat.Service) error {
		return s.Messages.Retract(ctx, sentBy("fang", "7"))
	}
	for _, tt := range []struct {
		name   string
		call   func(context.Context, *chat.Service) error
		answer *answer // nil if no call is made
		kind   error
		maybe  bool
		says   string
	}{
		{"no such user", text, ptr(refuse(403, 899002)), chat.ErrNotFound, false, `send a message of user "fang" to user "javen": not found`},
		{"no permission", text, ptr(refuse(403, 899016)), chat.ErrInvalid, false, "the sender may not send messages"},
		{"malformed", text, ptr(refuse(400, 899003)), chat.ErrInvalid, false, ""},
		{"no such application", elsewhere, ptr(refuse(400, 899009)), chat.ErrNotFound, false, "there is no application with this key"},
		{"a foreign application", elsewhere, ptr(refuse(403, 899020)), chat.ErrInvalid, false, "no access"},
		{"a lost answer", text, &answer{drop: true}, chat.ErrUnavailable, true, ""},
		{"a server error", text, &answer{status: 500}, chat.ErrUnavailable, true, ""},
		{"no id", text, &answer{status: 201, body: "{}"}, chat.ErrUnavailable, true, "the message's id"},
		{"too long", send(chat.Message{Conversation: javen, Text: ptr(strings.Repeat("密", 1400))}), nil, chat.ErrInvalid, false, "at most 4096 bytes as JSON; this one has 4211"},
		{"custom text", send(chat.Message{Conversation: javen, Custom: ptr(`"a"`)}), nil, chat.ErrInvalid, false, "must be a JSON object"},
		{"an empty text", send(chat.Message{Conversation: javen, Text: ptr("")}), nil, chat.ErrInvalid, false, "at least one character"},
		{"an image without an id", send(chat.Message{Conversation: javen, Image: ptr("")}), nil, chat.ErrInvalid, false, "the media id of a file"},
		{"nothing", send(chat.Message{Conversation: javen}), nil, chat.ErrInvalid, false, "a text, custom JSON or an image"},
		{"two things", send(chat.Message{Conversation: javen, Text: ptr(""), Custom: ptr("{}")}), nil, chat.ErrInvalid, false, "a text, custom JSON or an image"},
		{"nobody", send(chat.Message{Text: ptr("a")}), nil, chat.ErrInvalid, false, "a user, a group or a room"},
		{"retracted too late", retract, ptr(refuse(403, 855001)), chat.ErrInvalid, false, "a message can be retracted for 3 minutes"},
		{"retracted by another user", retract, ptr(refuse(403, 855002)), chat.ErrInvalid, false, "by its sender only"},
		{"retracted without being sent", retract, ptr(refuse(403, 855003)), chat.ErrNotFound, false, "there is no such message"},
		{"retracted twice", retract, ptr(refuse(403, 855004)), chat.ErrInvalid, false, "the message was retracted before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			platform, calls := &script{}, 0
			if tt.answer != nil {
				platform.answers, calls = []answer{*tt.answer}, 1
			}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				err := tt.call(t.Context(), s)
				checkKind(t, err, tt.kind)
				if _, maybe := chat.Unsettled(err); maybe != tt.maybe || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("got %q (may have taken effect: %v), want something about %q", err, maybe, tt.says)
				}
			})
			if len(platform.Calls) != calls {
				t.Errorf("%d calls, want %d: %q", len(platform.Calls), calls, platform.Calls)
			}
		})
	}
}

// resource is a platform that takes one file.
type resource struct {
	t       *testing.T
	answers []answer
	// name, content and query are those of the latest file.
	name, content, query string
	calls                int
}

func (p *resource) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.calls++
	if r.ContentLength <= 0 || len(r.TransferEncoding) > 0 || r.Method != http.MethodPost || r.URL.Path != "/v1/resource" ||
		r.Header.Get("Authorization") != authorization {
		p.t.Errorf("%s %s with %d bytes, sent %q, %v", r.Method, r.URL, r.ContentLength, r.TransferEncoding, r.Header)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		p.t.Error(err)
		return
	}
	part, err := parts.NextPart()
	if err != nil || part.FormName() != "filename" {
		p.t.Errorf("%+v, %v", part, err)
		return
	}
	data, err := io.ReadAll(part)
	if err != nil {
		p.t.Error(err)
	}
	p.name, p.content, p.query = part.FileName(), string(data), r.URL.RawQuery
	next := p.answers[0]
	p.answers = p.answers[1:]
	if next.drop {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(next.status)
	_, _ = io.WriteString(w, next.body)
}

func TestUploads(t *testing.T) {
	for _, tt := range []struct {
		kind, body string
		want       *chat.Uploaded
	}{
		{
			chat.MediaImage, `{"media_id":"qiniu/image/F39AA12204DAB6A2","media_crc32":1338734977,"width":720,"height":1280,"format":"jpg","fsize":52468}`,
			&chat.Uploaded{ID: "qiniu/image/F39AA12204DAB6A2", CRC32: 1338734977, Width: 720, Height: 1280},
		},
		{
			chat.MediaAny, `{"media_id":"qiniu/file/j/1BB3B833AEABFF62E883C5CE421867A9","media_crc32":1415584260,"fname":"a.dmp","fsize":176512,"hash":"FtH0kPT0YI89HAw1K9wv_vVKiNab"}`,
			&chat.Uploaded{ID: "qiniu/file/j/1BB3B833AEABFF62E883C5CE421867A9", CRC32: 1415584260},
		},
		{
			chat.MediaVoice, `{"media_id":"qiniu/voice/j/9C4312B1EA0FB28337566D1A29A244B5","media_crc32":1882116055,"hash":"FoYn15bAGRUM9gZCAkvf9dolVH7h","format":"m4a","fsize":238105}`,
			&chat.Uploaded{ID: "qiniu/voice/j/9C4312B1EA0FB28337566D1A29A244B5", CRC32: 1882116055},
		},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			content := strings.Repeat("0123456789", 20_000)
			platform := &resource{t: t, answers: []answer{{drop: true}, {status: 500}, {status: 200, body: tt.body}}}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				var sent, total int64
				got, err := s.Media.Upload(t.Context(), chat.MediaFile{
					Name: `测试 "1".jpg`, Type: tt.kind, Size: int64(len(content)), Content: strings.NewReader(content),
				}, func(n, of int64) { sent, total = n, of })
				wantEqual(t, tt.want, got, err)
				if sent != 200_000 || total != 200_000 {
					t.Errorf("progress ended at %d of %d", sent, total)
				}
			})
			if platform.calls != 3 || platform.name != `测试 "1".jpg` || platform.content != content || platform.query != "type="+tt.kind {
				t.Errorf("after %d calls, %q with %d bytes arrived with %s", platform.calls, platform.name, len(platform.content), platform.query)
			}
		})
	}
}

func TestUploadErrors(t *testing.T) {
	file := func(kind, content string, size int64) chat.MediaFile {
		return chat.MediaFile{Name: "a.png", Type: kind, Size: size, Content: strings.NewReader(content)}
	}
	for _, tt := range []struct {
		name   string
		file   chat.MediaFile
		answer *answer
		kind   error
		says   string
	}{
		{"an empty file", file(chat.MediaImage, "", 0), nil, chat.ErrInvalid, "this one has 0 bytes"},
		{"a large file", file(chat.MediaImage, "", 8<<20+1), nil, chat.ErrInvalid, "1 byte to 8 MB (8388608 bytes)"},
		{"another type", file("video", "abc", 3), nil, chat.ErrInvalid, "one of image, file, voice"},
		{"a file that has changed", file(chat.MediaImage, "abcd", 3), nil, chat.ErrInvalid, "it has changed"},
		{"no image", file(chat.MediaImage, "abc", 3), ptr(refuse(400, 899003)), chat.ErrInvalid, `upload "a.png": invalid: HTTP 400 899003`},
		{"no id", file(chat.MediaImage, "abc", 3), &answer{status: 200, body: "{}"}, chat.ErrUnavailable, "does not hold the file's id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			platform := &script{}
			if tt.answer != nil {
				platform.answers = []answer{*tt.answer}
			}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				_, err := s.Media.Upload(t.Context(), tt.file, nil)
				checkKind(t, err, tt.kind)
				if !strings.Contains(err.Error(), tt.says) {
					t.Errorf("got %q, want something about %q", err, tt.says)
				}
			})
			if (len(platform.Calls) == 1) != (tt.answer != nil) {
				t.Errorf("%d calls", len(platform.Calls))
			}
		})
	}
}

func TestMediaURL(t *testing.T) {
	platform := &script{answers: []answer{{status: 200, body: `{"url":"http://host.example/a?b=1"}`}, {status: 200, body: `{"url":""}`}, refuse(400, 899003)}}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		got, err := s.Media.URL(t.Context(), "qiniu/image/F39A&B")
		if err != nil || got != "http://host.example/a?b=1" {
			t.Errorf("got %q, %v", got, err)
		}
		for _, kind := range []error{chat.ErrUnavailable, chat.ErrInvalid} {
			_, err := s.Media.URL(t.Context(), "a")
			checkKind(t, err, kind)
		}
	})
	want := []string{"GET /v1/resource?mediaId=qiniu%2Fimage%2FF39A%26B", "GET /v1/resource?mediaId=a", "GET /v1/resource?mediaId=a"}
	if diff := cmp.Diff(want, platform.Calls); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A call that ends while a file is on its way waits for the answer.
func TestInterruptedUpload(t *testing.T) {
	platform := &script{answers: []answer{{status: 200, body: `{"media_id":"a"}`, slow: 10 * time.Second}}}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		got, err := s.Media.Upload(ctx, chat.MediaFile{Name: "a", Type: chat.MediaAny, Size: 3, Content: strings.NewReader("abc")}, nil)
		if err != nil || got.ID != "a" || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
