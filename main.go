// Command terraform-provider-chat serves the chat provider to Terraform.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"terraform-provider-chat/internal/provider"
)

// address is where a configuration finds the provider: source = "chat/chat".
const address = "registry.terraform.io/chat/chat"

// version and commit are set by the release build.
var (
	version = "dev"
	commit  = ""
)

func main() {
	debugged := flag.Bool("debug", false, "serve for a debugger such as delve, and print how Terraform reaches it")
	printVersion := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *printVersion {
		fmt.Println("terraform-provider-chat", version, cmp.Or(commit, "(built from source)"))
		return
	}

	ballast := hurry()
	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address:         address,
		ProtocolVersion: 6,
		Debug:           *debugged,
	})
	runtime.KeepAlive(ballast)
	if err != nil {
		log.Fatal(err)
	}
}

// hurry spares what nobody gains from, unless the environment says otherwise. The
// plugin framework makes log lines below the level that Terraform shows, several for
// every value, at a cost that grows with the square of their number: for thousands
// of users most of the time of a plan. And it leaves much garbage behind in a
// process that lives for seconds and mostly holds little.
//
// It returns memory that is to be kept and never used, so that the system never provides
// it. Because of its size, the garbage collector waits until as much was allocated: for most
// commands that is never. A higher GOGC would do the same, but multiply the memory of a
// hundred thousand users as well.
func hurry() (ballast []byte) {
	level := cmp.Or(os.Getenv("TF_LOG_PROVIDER"), os.Getenv("TF_LOG"), "off")
	for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK"} {
		if os.Getenv(variable) == "" {
			_ = os.Setenv(variable, level) // at worst it stays slow
		}
	}
	if os.Getenv("GOGC") == "" {
		ballast = make([]byte, 128<<20)
	}
	return ballast
}
