package jmessage

import (
	"bytes"
	"encoding/json"

	"terraform-provider-chat/internal/emulator/platform"
)

// switches are what tests may set. They hold for all applications.
type switches struct {
	// EnforceRateLimit refuses calls over the limit, which otherwise is only announced.
	EnforceRateLimit bool `json:"enforce_rate_limit"`
	// DocumentedNoDisturbCodes answers no-disturb calls for groups with the codes of the
	// vendor's list of errors instead of those printed with the call.
	DocumentedNoDisturbCodes bool `json:"documented_no_disturb_codes"`
	// RefuseOtherApps refuses cross-application calls that name another application.
	RefuseOtherApps bool `json:"refuse_other_applications"`
}

// Settings returns the switches.
func (p *Platform) Settings() any {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.world.switches
}

// Configure changes those switches that the document names.
func (p *Platform) Configure(document json.RawMessage) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed := p.world.switches
	if err := platform.DecodeStrict(bytes.NewReader(document), &changed); err != nil {
		return err
	}
	p.world.switches = changed
	return nil
}
