package easemob

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// claim is what a token says. Tokens are signed and not kept, so that a user
// may have any number of them.
type claim struct {
	user       uuid  // zero for the application
	expires    int64 // milliseconds since the Unix epoch; 0 is never
	generation uint32
}

// Every token begins with the same bytes, which read YWMt in base64.
const tokenPrefix = "ac-"

const (
	claimSize     = len(tokenPrefix) + 16 + 8 + 4 + 8
	signatureSize = 16
)

func (c claim) sign(key []byte) string {
	token := append([]byte(tokenPrefix), c.user[:]...)
	token = binary.BigEndian.AppendUint64(token, uint64(c.expires)) // #nosec G115 -- read back the same way
	token = binary.BigEndian.AppendUint32(token, c.generation)
	token = append(token, randomBytes(8)...)
	token = append(token, signature(key, token)...)
	return base64.RawURLEncoding.EncodeToString(token)
}

func signature(key, text []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return mac.Sum(nil)[:signatureSize]
}

// parseClaim reads a token. corrupt reports whether it is not even of the form of one,
// ok whether it was issued here.
func parseClaim(key []byte, text string) (c claim, ok, corrupt bool) {
	token, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || !bytes.HasPrefix(token, []byte(tokenPrefix)) {
		return c, false, true
	}
	if len(token) != claimSize+signatureSize {
		return c, false, false
	}
	signed := token[:claimSize]
	if subtle.ConstantTimeCompare(token[claimSize:], signature(key, signed)) != 1 {
		return c, false, false
	}
	signed = signed[len(tokenPrefix):]
	c.user = uuid(signed[:16])
	c.expires = int64(binary.BigEndian.Uint64(signed[16:])) // #nosec G115 -- as it was written
	c.generation = binary.BigEndian.Uint32(signed[24:])
	return c, true, false
}

// grant is the answer to a call that asks for a token.
type grant struct {
	AccessToken string  `json:"access_token"`
	ExpiresIn   int64   `json:"expires_in"`
	Application string  `json:"application,omitempty"`
	User        *entity `json:"user,omitempty"`
}

// issueToken implements "Get administrator permission" and, in the Chinese document
// only, the token of a user.
func (c *call) issueToken() (*reply, error) {
	var request struct {
		GrantType    string          `json:"grant_type"`
		ClientID     string          `json:"client_id"`
		ClientSecret string          `json:"client_secret"`
		Username     string          `json:"username"`
		Password     string          `json:"password"`
		TTL          json.RawMessage `json:"ttl"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	ttl, ok := c.lifetime(request.TTL)
	if !ok {
		return nil, illegal("ttl is not a number of seconds")
	}
	switch request.GrantType {
	case "client_credentials":
		return c.issueAppToken(request.ClientID, request.ClientSecret, ttl)
	case "password":
		return c.issueUserToken(request.Username, request.Password, ttl)
	}
	return nil, illegal("grant_type [" + request.GrantType + "] is not supported")
}

// lifetime reads a ttl in seconds: a number, or a text that is one. 0 is forever, and
// what is absent is the application's setting.
func (c *call) lifetime(ttl json.RawMessage) (time.Duration, bool) {
	text := strings.Trim(string(ttl), `"`)
	if text == "" || text == "null" {
		return c.server.env.TokenTTL, true
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	return time.Duration(seconds) * time.Second, err == nil && seconds >= 0 && seconds < 1<<32
}

func (c *call) issueAppToken(id, secret string, ttl time.Duration) (*reply, error) {
	switch {
	case id == "":
		return nil, illegal("client_id must be provided.")
	case secret == "":
		return nil, illegal("client_secret must be provided")
	case id != c.app.ClientID:
		return nil, invalidGrant("client_id does not match", true)
	case secret != c.app.ClientSecret:
		return nil, invalidGrant("client_secret does not match", true)
	}
	issued := c.issue(claim{}, ttl)
	issued.Application = c.app.UUID
	return &reply{instead: issued}, nil
}

func (c *call) issueUserToken(name, password string, ttl time.Duration) (*reply, error) {
	u := c.app.users.find(name)
	switch {
	case u == nil && c.server.era.usersNotFound:
		return nil, entityNotFound()
	case u == nil:
		return nil, invalidGrant("username or password wrong", false)
	case u.password != password:
		return nil, invalidGrant("invalid password", false)
	case !u.activated:
		return nil, invalidGrant("user not activated", false)
	}
	issued := c.issue(claim{user: u.id, generation: u.generation}, ttl)
	issued.User = &entity{
		UUID: u.id.String(), Type: "user", Created: u.created, Modified: u.modified,
		Username: u.name, Activated: u.activated,
	}
	return &reply{instead: issued}, nil
}

func (c *call) issue(claimed claim, ttl time.Duration) *grant {
	if ttl > 0 {
		claimed.expires = c.now.Add(ttl).UnixMilli()
	}
	return &grant{AccessToken: claimed.sign(c.app.TokenKey), ExpiresIn: int64(ttl / time.Second)}
}

func invalidGrant(description string, bare bool) error {
	return &failure{status: http.StatusBadRequest, code: "invalid_grant", description: description, bare: bare}
}
