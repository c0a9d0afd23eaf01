package jmessage

import (
	"regexp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// DefaultBaseURL is the address of the hosted platform.
const DefaultBaseURL = "https://api.im.jpush.cn"

// Config names the application to manage.
type Config struct {
	// AppKey is the application's key; see CheckAppKey.
	AppKey string
	// MasterSecret is the application's secret; see CheckMasterSecret.
	MasterSecret string
	// REST says how to reach the platform. An empty BaseURL means DefaultBaseURL.
	REST rest.Config
}

var (
	appKeyRule = regexp.MustCompile(`^[A-Za-z0-9]{24}$`)
	secretRule = regexp.MustCompile(`^[!-~]{24}$`)
)

// CheckAppKey returns an ErrInvalid that says the rule an application's key breaks, or nil.
func CheckAppKey(key string) error {
	if !appKeyRule.MatchString(key) {
		return chat.Refuse("A %s app key must have 24 letters or digits, as the console shows it.", title)
	}
	return nil
}

// appKeyRules are those of attributes that name another application.
var appKeyRules = chat.Rules{
	"contact.contact_app_key":        chat.Text(CheckAppKey),
	"block.blocked_app_key":          chat.Text(CheckAppKey),
	"group_member.user_app_key":      chat.Text(CheckAppKey),
	"room_member.user_app_key":       chat.Text(CheckAppKey),
	"do_not_disturb.contact_app_key": chat.Text(CheckAppKey),
}

// CheckMasterSecret returns an ErrInvalid that says the rule an application's secret
// breaks, or nil. It never quotes the secret.
func CheckMasterSecret(secret string) error {
	if !secretRule.MatchString(secret) {
		return chat.Refuse("A %s master secret must have 24 letters, digits or other visible ASCII characters, without spaces.", title)
	}
	return nil
}
