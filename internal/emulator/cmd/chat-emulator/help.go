package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

const introduction = `chat-emulator emulates two hosted chat platforms in memory and on one port: the
Chat Platform API (Easemob) and JMessage. It needs no account and no network.

Usage: chat-emulator [options]

It starts with one application on each platform, without users. Select one
with these environment variables:

  easemob   EASEMOB_BASE_URL=http://127.0.0.1:7420
            EASEMOB_APP_KEY=chat-demo#testapp
            EASEMOB_CLIENT_ID=demo-client-id
            EASEMOB_CLIENT_SECRET=demo-client-secret
  jmessage  JMESSAGE_BASE_URL=http://127.0.0.1:7420
            JMESSAGE_APP_KEY=4f7aef34fb361292c566a1cd
            JMESSAGE_MASTER_SECRET=demo-master-secret-00000

http://127.0.0.1:7420/_emulator/ is a console that shows all data, and every
call as it happens. Calls below that address read and replace the state, inject
faults, and move the clock forward. Ctrl-C or SIGTERM ends the emulator.

Options:
`

// helpWidth is how many characters a line of the help has at most.
const helpWidth = 80

// printHelp prints what the command is for, and its options.
func printHelp(w io.Writer, flags *flag.FlagSet) error {
	var text strings.Builder
	text.WriteString(introduction)
	flags.VisitAll(func(f *flag.Flag) {
		argument, usage := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "0s" && f.DefValue != "false" {
			usage += " Defaults to " + strings.TrimSuffix(f.DefValue, "0m0s") + "."
		}
		fmt.Fprintf(&text, "  -%s\n", strings.TrimSpace(f.Name+" "+argument))
		const indent = "      "
		line := indent
		for word := range strings.FieldsSeq(usage) {
			if len(line)+1+len(word) > helpWidth {
				text.WriteString(line + "\n")
				line = indent
			}
			if line != indent {
				line += " "
			}
			line += word
		}
		text.WriteString(line + "\n")
	})
	_, err := io.WriteString(w, text.String())
	return err
}
