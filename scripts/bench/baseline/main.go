// Command baseline is the provider without bulk calls and read-ahead, which the
// benchmark measures the provider against.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"terraform-provider-chat/internal/provider"
)

func main() {
	address := flag.String("address", "registry.terraform.io/chat/chat", "the provider's source `address`")
	flag.Parse()
	err := providerserver.Serve(context.Background(), provider.New("baseline", provider.WithoutBulk()), providerserver.ServeOpts{
		Address:         *address,
		ProtocolVersion: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
}
