package chat

import "context"

// AppSettings are the settings of the application itself.
type AppSettings interface {
	// Get reports whether a setting is on.
	Get(ctx context.Context, setting AppSetting) (bool, error)
	// Set turns a setting on or off. One that is so already is a success.
	Set(ctx context.Context, setting AppSetting, on bool) error
}

// AppSetting is a setting of an application that is on or off.
type AppSetting int

const (
	// SensitiveWordFilter hides sensitive words in messages.
	SensitiveWordFilter AppSetting = iota
	// SDKRegistration allows users to register themselves through the platform's SDKs.
	SDKRegistration
)
