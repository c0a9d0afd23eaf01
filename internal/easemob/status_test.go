package easemob_test

import (
	"fmt"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
)

// Names in an answer may be spelled in another case and be in another order, and any
// status but "online" is offline.
func TestStatuses(t *testing.T) {
	var names []string
	var online []string
	want := make([]chat.Status, 100)
	for i := range want {
		names = append(names, fmt.Sprintf("User%d", i))
		status := []string{"offline", "online", "away"}[i%3]
		online = append(online, fmt.Sprintf(`{"USER%d":%q}`, 99-i, []string{"offline", "online", "away"}[(99-i)%3]))
		if want[i] = chat.Offline; status == "online" {
			want[i] = chat.Online
		}
	}
	p := &platform{answers: map[string][]reply{"POST /users/batch/status": {{body: `{"data":[` + strings.Join(online, ",") + `]}`}}}}
	got, err := connect(t, p).Statuses.Of(t.Context(), names)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "statuses", got, want)
}
