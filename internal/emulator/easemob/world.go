package easemob

import (
	"crypto/sha256"
	"slices"
	"strings"

	"terraform-provider-chat/internal/emulator/platform"
)

// The application that the emulator starts with. The others have its credentials.
const (
	firstKey     = "chat-demo#testapp"
	firstUUID    = "8be024f0-e978-11e8-b697-5d598d5f8402"
	clientID     = "demo-client-id"
	clientSecret = "demo-client-secret"
)

// world is everything that the platform holds.
type world struct {
	apps map[string]*application // by key
	// first is the application that the emulator starts with, which the state document
	// has at its top.
	first    *application
	switches switches
	// serial counts groups and chat rooms in the order of their creation, lastGroup is
	// the last id that one of them was given.
	serial, lastGroup int64
	// lastMessage is the id of the last message, lastFile the time in the id of the last
	// file, in ticks.
	lastMessage, lastFile int64
}

// application is an application with all that is in it.
type application struct {
	settings
	users         *directory
	groups, rooms *collection
	superAdmins   platform.Map[*user, struct{}]
	globalMutes   platform.Map[*user, globalMute]
	templates     platform.Map[string, *template]
	labels        platform.Map[string, *label]
	messages      platform.Map[string, *message]
	// messagesOf are the ids of the messages that a name sent or received, of some that
	// are gone as well.
	messagesOf map[string][]string
	files      platform.Map[string, *file]
	// notified are the users who have settings of a conversation, by its key.
	notified map[string]map[*user]struct{}
}

// settings are the application and the hidden settings of its console.
type settings struct {
	Org  string `json:"org"`
	App  string `json:"app"`
	UUID string `json:"uuid"`
	// ClientID and ClientSecret are what an application token is issued for.
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	// OpenRegistration lets anybody register without a token.
	OpenRegistration bool `json:"open_registration"`
	// TokenKey is what the tokens are signed with.
	TokenKey []byte `json:"token_key"`
}

func (s *settings) key() string { return s.Org + "#" + s.App }

// start returns the world at start.
func (p *Platform) start() *world {
	w := &world{apps: map[string]*application{}, switches: usualSwitches(), lastGroup: firstGroupID, lastMessage: firstMessageID}
	for _, key := range slices.Concat([]string{firstKey}, p.env.Apps) {
		w.apps[key] = newApplication(newSettings(key))
	}
	w.first = w.apps[firstKey]
	return w
}

func newApplication(s settings) *application {
	return &application{
		settings: s, users: newDirectory(), groups: newCollection(), rooms: newCollection(),
		messagesOf: map[string][]string{}, notified: map[string]map[*user]struct{}{},
	}
}

// newSettings returns the settings of a new application.
func newSettings(key string) settings {
	org, name, _ := strings.Cut(key, "#")
	return settings{
		Org:              org,
		App:              name,
		UUID:             applicationUUID(key),
		ClientID:         clientID,
		ClientSecret:     clientSecret,
		OpenRegistration: true,
		TokenKey:         randomBytes(32),
	}
}

// applicationUUID returns the same UUID for the same key, so that runs can be repeated.
func applicationUUID(key string) string {
	if key == firstKey {
		return firstUUID
	}
	sum := sha256.Sum256([]byte(key))
	id := uuid(sum[:16])
	id[6] = id[6]&0x0f | 0x10
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// remove deletes a user and every trace of it.
func (a *application) remove(u *user) {
	a.users.remove(u)
	a.superAdmins.Remove(u)
	a.globalMutes.Remove(u)
	for _, l := range a.labels.All() {
		l.users.Remove(u)
	}
	a.forgetNotifications(u)
	a.forgetMessages(u)
}
