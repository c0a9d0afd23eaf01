// Command release checks what goreleaser makes of .goreleaser.yml before anybody can use
// it: that every archive is there and nothing else, that each has the right program in it,
// that the checksums and the manifest are right, and that the signature is valid.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

const usage = `Usage, in the folder of this program:

  go run . systems
      prints the systems that every program is released for, one GOOS/GOARCH a line
  go run . check -goreleaser PATH
      makes a release that is not published, signs it with a key for this purpose,
      and verifies it
  go run . verify -dist FOLDER -version VERSION
      verifies the files of a release, whose signing key GnuPG must have
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("a command is missing: systems, check or verify")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprint(os.Stderr, usage) }
	root := flags.String("root", filepath.Join("..", ".."), "")
	goreleaser := flags.String("goreleaser", "", "")
	dist := flags.String("dist", "", "")
	version := flags.String("version", "", "")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	c, err := readConfig(*root)
	if err != nil {
		return err
	}
	switch args[0] {
	case "systems":
		for _, s := range c.systems() {
			fmt.Println(s)
		}
		return nil
	case "check":
		return check(ctx, c, *goreleaser)
	case "verify":
		r := release{config: c, dist: *dist, version: *version}
		if err := r.verify(ctx); err != nil {
			return err
		}
		fmt.Printf("%s %s is complete, and its signature is valid.\n", c.Project, r.version)
		return nil
	}
	return fmt.Errorf("there is no command %q, only systems, check and verify", args[0])
}
