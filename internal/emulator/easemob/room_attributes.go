package easemob

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// What the attributes of a chat room may hold.
const (
	mostRoomKeys      = 10 // in one call
	maxRoomAttributes = 100
	maxRoomKey        = 128  // characters
	maxRoomValue      = 4096 // characters
)

// attribute is the value of a key of a chat room and who set it.
type attribute struct {
	value      string
	owner      string // a name
	autoDelete bool   // when the owner leaves
}

// roomOutcome is what became of the keys of a call.
type roomOutcome struct {
	SuccessKeys []string          `json:"successKeys"`
	ErrorKeys   map[string]string `json:"errorKeys"`
}

// roomMember returns the chat room in the path, and the user, who must be in it.
func (c *call) roomMember() (*group, *user, error) {
	g, err := c.group()
	if err != nil {
		return nil, nil, err
	}
	u := c.user()
	if !g.has(u) {
		return nil, nil, metadataException(http.StatusUnauthorized, "user is not in chatroom")
	}
	return g, u, nil
}

func (c *call) roomAttributesReply(data any) *reply {
	return &reply{Action: strings.ToLower(c.r.Method), URI: c.base() + "/metadata/chatroom", Data: data}
}

// setRoomAttributes implements "Set attributes of a chat room": each key on its own. Keys
// of others can only be set by force.
func (c *call) setRoomAttributes() (*reply, error) { return c.changeRoomAttributes(false) }

// forceRoomAttributes implements "Set attributes of a chat room by force".
func (c *call) forceRoomAttributes() (*reply, error) { return c.changeRoomAttributes(true) }

func (c *call) changeRoomAttributes(force bool) (*reply, error) {
	g, u, err := c.roomMember()
	if err != nil {
		return nil, err
	}
	var request struct {
		MetaData   map[string]string `json:"metaData"`
		AutoDelete string            `json:"autoDelete"`
	}
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	switch {
	case len(request.MetaData) == 0:
		return nil, metadataError("metaData is null")
	case len(request.MetaData) > mostRoomKeys:
		return nil, metadataError("exceed allowed batch size 10")
	case !slices.Contains([]string{"", "DELETE", "NO_DELETE"}, request.AutoDelete):
		return nil, metadataError("autoDelete is not legal")
	}
	done := roomOutcome{SuccessKeys: []string{}, ErrorKeys: map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(request.MetaData)) {
		a := attribute{request.MetaData[key], u.name, request.AutoDelete != "NO_DELETE"}
		if wrong := g.checkAttribute(key, a, force); wrong != "" {
			done.ErrorKeys[key] = wrong
			continue
		}
		g.attributes.Set(key, a)
		done.SuccessKeys = append(done.SuccessKeys, key)
	}
	return c.roomAttributesReply(done), nil
}

const roomKeyCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."

// checkAttribute returns why a key cannot be set, or "".
func (g *group) checkAttribute(key string, a attribute, force bool) string {
	known := g.attributes.Has(key)
	switch {
	case utf8.RuneCountInString(key) > maxRoomKey:
		return fmt.Sprintf("properties key '%s' is exceeding maximum limit %d", key, maxRoomKey)
	case key == "" || strings.Trim(key, roomKeyCharacters) != "":
		return fmt.Sprintf("properties key '%s' is not legal", key)
	case utf8.RuneCountInString(a.value) > maxRoomValue:
		return fmt.Sprintf("properties value of '%s' is exceeding maximum limit %d", key, maxRoomValue)
	case known && !force && g.attributes.Get(key).owner != a.owner:
		return "others are not allowed to be set"
	case !known && g.attributes.Len() >= maxRoomAttributes:
		return fmt.Sprintf("properties are exceeding maximum limit %d", maxRoomAttributes)
	}
	return ""
}

// deleteRoomAttributes implements "Delete attributes of a chat room".
func (c *call) deleteRoomAttributes() (*reply, error) { return c.removeRoomAttributes(false) }

// forceDeleteRoomAttributes implements "Delete attributes of a chat room by force".
func (c *call) forceDeleteRoomAttributes() (*reply, error) { return c.removeRoomAttributes(true) }

func (c *call) removeRoomAttributes(force bool) (*reply, error) {
	g, u, err := c.roomMember()
	if err != nil {
		return nil, err
	}
	keys, err := c.roomKeys()
	if err != nil {
		return nil, err
	}
	if len(keys) > mostRoomKeys {
		return nil, metadataError("exceed allowed batch size 10")
	}
	done := roomOutcome{SuccessKeys: []string{}, ErrorKeys: map[string]string{}}
	for _, key := range keys {
		switch {
		case !g.attributes.Has(key):
			done.ErrorKeys[key] = fmt.Sprintf("properties key '%s' does not exist", key)
		case !force && g.attributes.Get(key).owner != u.name:
			done.ErrorKeys[key] = "others are not allowed to be set"
		default:
			g.attributes.Remove(key)
			done.SuccessKeys = append(done.SuccessKeys, key)
		}
	}
	reply := c.roomAttributesReply(done)
	reply.Status = "ok"
	return reply, nil
}

func (c *call) roomKeys() ([]string, error) {
	var request struct {
		Keys []string `json:"keys"`
	}
	if len(c.body) == 0 {
		return nil, nil
	}
	err := c.decodeGroup(&request)
	return request.Keys, err
}

// getRoomAttributes implements "Get attributes of a chat room": those of the keys, or
// all if there are none.
func (c *call) getRoomAttributes() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	keys, err := c.roomKeys()
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		keys = g.attributes.Keys()
	}
	data := map[string]string{}
	for _, key := range keys {
		if g.attributes.Has(key) {
			data[key] = g.attributes.Get(key).value
		}
	}
	return c.roomAttributesReply(data), nil
}
