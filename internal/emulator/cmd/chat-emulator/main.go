// Command chat-emulator serves the emulated chat platforms on one port. When it is
// ready it prints one line with its address.
package main

import (
	"cmp"
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

// version and commit are set by the release build.
var (
	version = "dev"
	commit  = ""
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chat-emulator:", err)
		os.Exit(1)
	}
}

// settings are the options of the command line.
type settings struct {
	emulator.Options
	listen      string
	allowRemote bool
	data, seed  string
	version     bool
}

func (s *settings) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("chat-emulator", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // run returns the error
	flags.StringVar(&s.listen, "listen", "127.0.0.1:7420", "`ADDRESS` to listen on. Port 0 selects a free port.")
	flags.StringVar(&s.data, "data", "", "`FILE` that keeps the state across restarts. It is created if it does not exist, contains passwords, and serves one emulator at a time: FILE.lock next to it is locked.")
	flags.StringVar(&s.seed, "seed", "", "`FILE` with the state to start from, as GET /_emulator/state returns it. A reset returns to it.")
	flags.Func("app", "Add an application, `PLATFORM=KEY`: easemob=org#name or jmessage=24-character-key. It has the same credentials as the first application of its platform. May be repeated.", func(text string) error {
		app, err := emulator.ParseApp(text)
		s.Apps = append(s.Apps, app)
		return err
	})
	flags.DurationVar(&s.Latency, "latency", 0, "`TIME` by which every response of the API is delayed, such as 150ms.")
	flags.Float64Var(&s.RPS, "rps", 0, "Maximum number of `CALLS` per second and application; more are throttled. 0 means no limit.")
	flags.DurationVar(&s.TokenTTL, "token-ttl", 1440*time.Hour, "Lifetime of a token, as a `TIME` such as 1h, unless its request sets one.")
	flags.IntVar(&s.EasemobEra, "easemob-era", 2018, "`YEAR` of the responses of the Chat Platform API: 2018 or 2025.")
	flags.BoolVar(&s.allowRemote, "allow-remote", false, "Allow an address that other machines can reach. They can then read and change everything.")
	flags.Func("host", "Another host `NAME`, without a port, under which the console and control calls are served. May be repeated.", func(name string) error {
		s.Hosts = append(s.Hosts, name)
		return nil
	})
	flags.BoolVar(&s.version, "version", false, "Print the version and exit.")
	return flags
}

// check returns an error if an option has a value that it cannot have.
func (s *settings) check() error {
	switch {
	case s.Latency < 0:
		return errors.New("-latency must not be negative")
	case s.EasemobEra != 2018 && s.EasemobEra != 2025:
		return errors.New("-easemob-era must be 2018 or 2025")
	case s.TokenTTL <= 0:
		return errors.New("-token-ttl must be positive")
	}
	if err := emulator.CheckRPS(s.RPS); err != nil {
		return fmt.Errorf("-%w", err)
	}
	return nil
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var s settings
	flags := s.flags()
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return printHelp(stdout, flags)
	case err != nil:
		return fmt.Errorf("%w; run chat-emulator -h for the options", err)
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q; run chat-emulator -h for the options", flags.Arg(0))
	case s.version:
		_, err := fmt.Fprintln(stdout, "chat-emulator", version, cmp.Or(commit, "(built from source)"))
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	address, err := net.ResolveTCPAddr("tcp", s.listen)
	if err != nil {
		return fmt.Errorf("-listen: %w", err)
	}
	if !address.IP.IsLoopback() && !s.allowRemote {
		return fmt.Errorf("%s can be reached from other machines, and anybody could then control the emulator; add -allow-remote to allow this", s.listen)
	}
	s.AnyAddress = s.allowRemote
	emulated := emulator.New(s.Options)
	if s.seed != "" {
		document, err := os.ReadFile(s.seed)
		if err == nil {
			err = emulated.Seed(document)
		}
		if err != nil {
			return fmt.Errorf("-seed %s: %w", s.seed, err)
		}
	}
	listener, err := net.ListenTCP("tcp", address)
	if err != nil {
		return err
	}
	// The file is opened after the port, so that a second emulator on the same port does not
	// use it by mistake.
	finish := func() error { return nil }
	if s.data != "" {
		data, err := openStore(s.data, emulated)
		if err != nil {
			return errors.Join(fmt.Errorf("-data %s: %w", s.data, err), listener.Close())
		}
		finish = data.keep(stderr)
	}
	err = serve(ctx, listener, emulated, stdout)
	if saveErr := finish(); saveErr != nil {
		err = errors.Join(err, fmt.Errorf("-data %s: %w", s.data, saveErr))
	}
	return err
}

// serve answers calls until ctx ends, and then finishes the calls in progress.
func serve(ctx context.Context, listener net.Listener, emulated *emulator.Server, stdout io.Writer) error {
	server := &http.Server{Handler: emulated, ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(emulated.Close)
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
