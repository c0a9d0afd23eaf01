package chat_test

import (
	"testing"

	"terraform-provider-chat/internal/chat"
)

func TestStatusOf(t *testing.T) {
	off, on := chat.Device{Platform: "ios", LoggedIn: true}, chat.Device{Platform: "web", Online: true}
	for _, tt := range []struct {
		devices []chat.Device
		want    chat.Status
	}{
		{nil, chat.Offline},
		{[]chat.Device{off}, chat.Offline},
		{[]chat.Device{off, on}, chat.Online},
	} {
		if got := chat.StatusOf(tt.devices); got != tt.want {
			t.Errorf("%+v: got %s, want %s", tt.devices, got, tt.want)
		}
	}
}
