package emulator

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

// easemobClaim is what a token says. Tokens are signed and not kept, so that a user
// may have any number of them.
type easemobClaim struct {
	user       easemobID // zero for the application
	expires    int64     // milliseconds since the Unix epoch; 0 is never
	generation uint32
}

// Every token begins with the same bytes, which read YWMt in base64.
const easemobTokenPrefix = "ac-"

const (
	easemobClaimSize = len(easemobTokenPrefix) + 16 + 8 + 4 + 8
	easemobSignSize  = 16
)

func (c easemobClaim) sign(key []byte) string {
	token := append([]byte(easemobTokenPrefix), c.user[:]...)
	token = binary.BigEndian.AppendUint64(token, uint64(c.expires)) // #nosec G115 -- read back the same way
	token = binary.BigEndian.AppendUint32(token, c.generation)
	token = append(token, randomBytes(8)...)
	token = append(token, easemobSignature(key, token)...)
	return base64.RawURLEncoding.EncodeToString(token)
}

func easemobSignature(key, text []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return mac.Sum(nil)[:easemobSignSize]
}

// parseEasemobClaim reads a token. corrupt tells that it is not even of the form of
// one, ok that it was issued here.
func parseEasemobClaim(key []byte, text string) (claim easemobClaim, ok, corrupt bool) {
	token, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || !bytes.HasPrefix(token, []byte(easemobTokenPrefix)) {
		return claim, false, true
	}
	if len(token) != easemobClaimSize+easemobSignSize {
		return claim, false, false
	}
	signed, signature := token[:easemobClaimSize], token[easemobClaimSize:]
	if subtle.ConstantTimeCompare(signature, easemobSignature(key, signed)) != 1 {
		return claim, false, false
	}
	signed = signed[len(easemobTokenPrefix):]
	claim.user = easemobID(signed[:16])
	claim.expires = int64(binary.BigEndian.Uint64(signed[16:])) // #nosec G115 -- as it was written
	claim.generation = binary.BigEndian.Uint32(signed[24:])
	return claim, true, false
}

// easemobGrant is the answer to a call that asks for a token.
type easemobGrant struct {
	AccessToken string         `json:"access_token"`
	ExpiresIn   int64          `json:"expires_in"`
	Application string         `json:"application,omitempty"`
	User        *easemobEntity `json:"user,omitempty"`
}

// issueToken implements "Get administrator permission" and, in the Chinese document
// only, the token of a user.
func (c *easemobCall) issueToken() (*easemobReply, *easemobError) {
	var request struct {
		GrantType    string          `json:"grant_type"`
		ClientID     string          `json:"client_id"`
		ClientSecret string          `json:"client_secret"`
		Username     string          `json:"username"`
		Password     string          `json:"password"`
		TTL          json.RawMessage `json:"ttl"`
	}
	if failure := c.decode(&request); failure != nil {
		return nil, failure
	}
	ttl, ok := c.lifetime(request.TTL)
	if !ok {
		return nil, easemobIllegal("ttl is not a number of seconds")
	}
	switch request.GrantType {
	case "client_credentials":
		return c.issueAppToken(request.ClientID, request.ClientSecret, ttl)
	case "password":
		return c.issueUserToken(request.Username, request.Password, ttl)
	}
	return nil, easemobIllegal("grant_type [" + request.GrantType + "] is not supported")
}

// lifetime reads a ttl in seconds: a number, or a text that is one. 0 is forever, and
// what is absent is the application's setting.
func (c *easemobCall) lifetime(ttl json.RawMessage) (time.Duration, bool) {
	text := strings.Trim(string(ttl), `"`)
	if text == "" || text == "null" {
		return c.env.tokenTTL, true
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	return time.Duration(seconds) * time.Second, err == nil && seconds >= 0 && seconds < 1<<32
}

func (c *easemobCall) issueAppToken(id, secret string, ttl time.Duration) (*easemobReply, *easemobError) {
	switch {
	case id == "":
		return nil, easemobIllegal("client_id must be provided.")
	case secret == "":
		return nil, easemobIllegal("client_secret must be provided")
	case id != c.app.ClientID:
		return nil, easemobInvalidGrant("client_id does not match", true)
	case secret != c.app.ClientSecret:
		return nil, easemobInvalidGrant("client_secret does not match", true)
	}
	grant := c.grant(easemobClaim{}, ttl)
	grant.Application = c.app.UUID
	return &easemobReply{token: grant}, nil
}

func (c *easemobCall) issueUserToken(name, password string, ttl time.Duration) (*easemobReply, *easemobError) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	u := c.users.find(name)
	switch {
	case u == nil:
		return nil, easemobNoEntity()
	case u.password != password:
		return nil, easemobInvalidGrant("invalid password", false)
	case !u.activated:
		return nil, easemobInvalidGrant("user not activated", false)
	}
	grant := c.grant(easemobClaim{user: u.id, generation: u.generation}, ttl)
	grant.User = &easemobEntity{
		UUID: u.id.String(), Type: "user", Created: u.created, Modified: u.modified,
		Username: u.name, Activated: u.activated,
	}
	return &easemobReply{token: grant}, nil
}

func (c *easemobCall) grant(claim easemobClaim, ttl time.Duration) *easemobGrant {
	if ttl > 0 {
		claim.expires = c.start.Add(ttl).UnixMilli()
	}
	return &easemobGrant{AccessToken: claim.sign(c.app.TokenKey), ExpiresIn: int64(ttl / time.Second)}
}

func easemobInvalidGrant(description string, bare bool) *easemobError {
	return &easemobError{status: http.StatusBadRequest, code: "invalid_grant", description: description, bare: bare}
}

// authorize returns the answer to a caller who may not make the call, or nil.
func (c *easemobCall) authorize(access easemobAccess) *easemobError {
	if access == easemobAnybody {
		return nil
	}
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if token == "" || !strings.EqualFold(scheme, "Bearer") {
		if access == easemobRegister && !bytes.HasPrefix(bytes.TrimSpace(c.body), []byte("[")) {
			return c.authorizeOpen()
		}
		return c.refuse(access)
	}
	claim, ok, corrupt := parseEasemobClaim(c.app.TokenKey, token)
	switch {
	case corrupt && access == easemobConsole, !corrupt && !ok:
		return c.refuse(access)
	case corrupt:
		return easemobBadToken("Unable to authenticate due to corrupt access token")
	case claim.expires != 0 && claim.expires <= c.start.UnixMilli():
		return c.refuse(access)
	case claim.user == easemobID{}:
		return nil
	}
	return c.authorizeUser(claim, access)
}

// authorizeOpen decides about somebody who registers without a token.
func (c *easemobCall) authorizeOpen() *easemobError {
	if c.app.OpenRegistration {
		return nil
	}
	return &easemobError{
		status: http.StatusUnauthorized, code: "unauthorized",
		description: "registration is not open, please contact the app admin",
	}
}

// authorizeUser decides about a user's own token.
func (c *easemobCall) authorizeUser(claim easemobClaim, access easemobAccess) *easemobError {
	c.mu.RLock()
	u := c.users.byID[claim.user]
	valid := u != nil && u.activated && u.generation == claim.generation
	own := valid && access == easemobOwner && c.users.find(c.vars["username"]) == u
	c.mu.RUnlock()
	switch {
	case own:
		return nil
	case !valid || access == easemobConsole:
		return c.refuse(access)
	}
	return easemobBadToken("Unable to authenticate")
}

func easemobBadToken(description string) *easemobError {
	return &easemobError{
		status: http.StatusUnauthorized, code: "auth_bad_access_token",
		exception: "org.apache.usergrid.rest.exceptions.SecurityException", description: description,
	}
}

// refuse is the answer to a call without a token, or with one that is not valid.
func (c *easemobCall) refuse(access easemobAccess) *easemobError {
	if access == easemobConsole {
		return &easemobError{
			status: http.StatusUnauthorized, code: "unauthorized",
			exception:   "org.apache.usergrid.rest.exceptions.SecurityException",
			description: "No admin user access authorized",
		}
	}
	resource := "/users"
	if name := c.vars["username"]; name != "" && c.r.Method != http.MethodPut {
		c.mu.RLock()
		if u := c.users.find(name); u != nil {
			resource += "/" + u.id.String()
		}
		c.mu.RUnlock()
	}
	return &easemobError{
		status: http.StatusUnauthorized, code: "unauthorized",
		exception: "org.apache.shiro.authz.UnauthorizedException",
		description: "Subject does not have permission [applications:" + strings.ToLower(c.r.Method) + ":" +
			c.app.UUID + ":" + resource + "]",
	}
}
