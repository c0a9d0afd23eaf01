// Command provider-schema prints the schemas of the chat provider as JSON, for
// the documentation generator.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"terraform-provider-chat/internal/provider"
	"terraform-provider-chat/internal/schemajson"
)

// name is the provider as the documentation generator looks it up.
const name = "chat"

func main() {
	log.SetFlags(0)
	server, err := providerserver.NewProtocol6WithError(provider.New("dev")())()
	if err != nil {
		log.Fatal(err)
	}
	schemas, err := schemajson.JSON(context.Background(), server, name)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(schemas))
}
