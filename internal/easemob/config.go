package easemob

import (
	"regexp"
	"strings"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// Config names the application to manage.
type Config struct {
	// AppKey is org_name#app_name.
	AppKey string
	// ClientID and ClientSecret are exchanged for a token when the first call needs one.
	ClientID     string
	ClientSecret string
	// Token is used instead of them if it is set, and is never renewed.
	Token string
	// REST says how to reach the platform.
	REST rest.Config
}

var appKeyPart = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// ParseAppKey splits an app key into the name of the organization and that of the
// application ("Appkey data structure"). Its error is ErrInvalid and says the rule.
func ParseAppKey(appKey string) (org, app string, err error) {
	org, app, found := strings.Cut(appKey, "#")
	if !found || !appKeyPart.MatchString(org) || !appKeyPart.MatchString(app) || len(app) > 32 {
		return "", "", chat.Refuse("An app key must have the form org_name#app_name, such as chat-demo#testapp. "+
			"Both parts have letters, digits, hyphens and underscores, and app_name at most 32 of them. It is %q.", appKey)
	}
	return org, app, nil
}

var dataCenters = []struct{ name, url string }{
	{"cn1", "https://a1.easemob.com"},
	{"cn2", "https://a31.easemob.com"},
	{"sgp1", "https://a1-sgp.easemob.com"},
	{"use1", "https://a41.easemob.com"},
	{"fra1", "https://a51.easemob.com"},
}

// DataCenters returns the names of the platform's data centers.
func DataCenters() []string {
	names := make([]string, len(dataCenters))
	for i, dc := range dataCenters {
		names[i] = dc.name
	}
	return names
}

// DataCenterURL returns the base URL of a data center ("Request Domain").
func DataCenterURL(name string) (string, bool) {
	for _, dc := range dataCenters {
		if dc.name == name {
			return dc.url, true
		}
	}
	return "", false
}
