package provider

// Option is an option of New.
type Option func(*chatProvider)

// WithoutBulk makes a provider that sends every call separately and reads nothing ahead.
// Only the benchmark uses it, for comparison.
func WithoutBulk() Option {
	return func(p *chatProvider) { p.bulk.Off = true }
}
