// Command terraform-provider-chat serves the chat provider to Terraform.
package main

import (
	"cmp"
	"context"
	"flag"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"terraform-provider-chat/internal/provider"
)

// address is where a configuration finds the provider: source = "chat/chat".
const address = "registry.terraform.io/chat/chat"

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger such as delve, and print how Terraform reaches it")
	flag.Parse()

	quiet()
	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address:         address,
		ProtocolVersion: 6,
		Debug:           *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// quiet keeps the plugin framework from making log lines below the level that
// Terraform shows. It makes several for every value, at a cost that grows with the
// square of their number: for thousands of users most of the time of a plan.
func quiet() {
	level := cmp.Or(os.Getenv("TF_LOG_PROVIDER"), os.Getenv("TF_LOG"), "off")
	for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK"} {
		if os.Getenv(variable) == "" {
			_ = os.Setenv(variable, level) // at worst it stays slow
		}
	}
}
