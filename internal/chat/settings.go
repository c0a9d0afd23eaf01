package chat

import "context"

// AppSettings reads and changes settings of the application.
type AppSettings interface {
	// Get reports whether a setting is on.
	Get(ctx context.Context, setting AppSetting) (bool, error)
	// Set turns a setting on or off. If it already has this value, the call succeeds.
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
