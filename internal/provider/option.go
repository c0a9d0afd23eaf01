package provider

// Option changes what New makes.
type Option func(*chatProvider)

// WithoutBulk makes a provider that sends every call on its own and reads nothing
// ahead: what the benchmark measures the provider against. It has no other use.
func WithoutBulk() Option {
	return func(p *chatProvider) { p.bulk.Off = true }
}
