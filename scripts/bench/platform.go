package main

// platform is an application of the emulator: what configures the provider for it,
// and the document that puts users into it.
type platform struct {
	environment func(baseURL string) []string
	state       func(usernames []string) any
}

type named struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

var platforms = map[string]platform{
	"easemob": {
		environment: func(baseURL string) []string {
			return []string{
				"EASEMOB_BASE_URL=" + baseURL,
				"EASEMOB_APP_KEY=chat-demo#testapp",
				"EASEMOB_CLIENT_ID=demo-client-id",
				"EASEMOB_CLIENT_SECRET=demo-client-secret",
			}
		},
		state: func(usernames []string) any {
			return map[string]any{"easemob": map[string]any{"users": users(usernames)}}
		},
	},
	"jmessage": {
		environment: func(baseURL string) []string {
			return []string{
				"JMESSAGE_BASE_URL=" + baseURL,
				"JMESSAGE_APP_KEY=" + jmessageAppKey,
				"JMESSAGE_MASTER_SECRET=demo-master-secret-00000",
			}
		},
		state: func(usernames []string) any {
			return map[string]any{"jmessage": map[string]any{"applications": map[string]any{
				jmessageAppKey: map[string]any{"users": users(usernames)},
			}}}
		},
	},
}

const jmessageAppKey = "4f7aef34fb361292c566a1cd"

func users(usernames []string) []named {
	all := make([]named, len(usernames))
	for i, name := range usernames {
		all[i] = named{Username: name, Password: "resident-password"}
	}
	return all
}
