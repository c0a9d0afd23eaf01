package local

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// CheckAddress checks the source address of a provider, which is the flag -address.
func CheckAddress(address string) error {
	if strings.Count(address, "/") != 2 {
		return fmt.Errorf("-address must be host/namespace/name, got %q", address)
	}
	return nil
}

// WriteOverride writes a configuration of the command line that takes the provider
// of an address, host/namespace/name, from a folder, without any installation.
func WriteOverride(file, address, folder string) error {
	// Without a host, Terraform and OpenTofu each mean their own registry.
	_, name, _ := strings.Cut(address, "/")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  dev_overrides {\n    %q = %q\n  }\n}\n",
		name, filepath.ToSlash(folder))
	return os.WriteFile(file, []byte(text), 0o600)
}

// Environment is the caller's environment without what would reach into a run of
// Terraform, least of all the address of a real application, and with the
// configuration of the command line in a file.
func Environment(config string) []string {
	env := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		for _, prefix := range []string{"TF_", "EASEMOB_", "JMESSAGE_"} {
			if strings.HasPrefix(variable, prefix) {
				return true
			}
		}
		return false
	})
	return append(env, "TF_CLI_CONFIG_FILE="+config, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1")
}
