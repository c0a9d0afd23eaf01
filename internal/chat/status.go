package chat

import (
	"context"
	"slices"
)

// Statuses reads who is online.
type Statuses interface {
	// Of returns the online status of users, one per name in order. A user that does
	// not exist is offline.
	Of(ctx context.Context, usernames []string) ([]Status, error)
	// Limit bounds one call of Of.
	Limit() Limit
}

// Status is a user's online status.
type Status string

// The online statuses.
const (
	Online  Status = "online"
	Offline Status = "offline"
)

// Devices are the devices that users have logged in with.
type Devices interface {
	// Of returns the devices of users, one list per name in order. A user that does not
	// exist has none. Who is online follows from them; see StatusOf.
	Of(ctx context.Context, usernames []string) ([][]Device, error)
	// Limit bounds one call of Of.
	Limit() Limit
}

// Device is a device that a user has logged in with.
type Device struct {
	// Platform is "android", "ios", "web" or "windows", or what the platform calls it if it
	// is another.
	Platform string
	// Online reports whether the device is connected, LoggedIn whether the user has not
	// logged out.
	Online, LoggedIn bool
}

// StatusOf returns the online status of a user with these devices.
func StatusOf(devices []Device) Status {
	if slices.ContainsFunc(devices, func(d Device) bool { return d.Online }) {
		return Online
	}
	return Offline
}
