// Command chat-emulator serves the emulated chat platforms on one port. When it is
// ready it prints one line with its address.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"terraform-provider-chat/internal/emulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "chat-emulator:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("chat-emulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:7420", "`address` to listen on; port 0 takes any free one")
	latency := flags.Duration("latency", 0, "time added to every API answer")
	rps := flags.Float64("rps", 0, "calls per second and application past which calls are throttled; 0 is no limit")
	tokenTTL := flags.Duration("token-ttl", 1440*time.Hour, "lifetime of a token whose request names none")
	var apps []emulator.App
	flags.Func("app", "an `application` besides the first of its platform, with the same credentials: easemob=org#name or jmessage=24-character-key; may be repeated", func(text string) error {
		app, err := emulator.ParseApp(text)
		apps = append(apps, app)
		return err
	})
	easemobEra := flags.Int("easemob-era", 2018, "`year` whose answers the Chat Platform API gives: 2018 or 2025")
	allowRemote := flags.Bool("allow-remote", false, "allow an address that other machines can reach")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case *latency < 0:
		return errors.New("-latency must not be negative")
	case *rps < 0:
		return errors.New("-rps must not be negative")
	case *easemobEra != 2018 && *easemobEra != 2025:
		return errors.New("-easemob-era must be 2018 or 2025")
	case *tokenTTL <= 0:
		return errors.New("-token-ttl must be positive")
	}
	address, err := net.ResolveTCPAddr("tcp", *listen)
	if err != nil {
		return fmt.Errorf("-listen: %w", err)
	}
	if !address.IP.IsLoopback() && !*allowRemote {
		return fmt.Errorf("%s can be reached from other machines, and anybody may control the emulator; add -allow-remote if that is meant", *listen)
	}
	listener, err := net.ListenTCP("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           emulator.New(emulator.Options{Latency: *latency, RPS: *rps, TokenTTL: *tokenTTL, EasemobEra: *easemobEra, Apps: apps}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if _, err := fmt.Fprintf(stdout, "listening on http://%s\n", listener.Addr()); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}
