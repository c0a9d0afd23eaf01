package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
)

// colors reports whether standard output is a terminal that shows colors.
var colors = isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == ""

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func heading(text string) {
	if colors {
		text = "\x1b[1;36m" + text + "\x1b[0m"
	}
	fmt.Printf("\n=== %s\n\n", text)
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// calmWriter passes on the lines of Terraform's output that report results, and leaves
// out those that report progress.
type calmWriter struct {
	w    io.Writer
	line []byte
}

var progress = regexp.MustCompile(`: (Refreshing state|Reading|Read complete|Creating|Modifying|Destroying|Still )`)

func (c *calmWriter) Write(p []byte) (int, error) {
	c.line = append(c.line, p...)
	for {
		end := bytes.IndexByte(c.line, '\n')
		if end < 0 {
			return len(p), nil
		}
		line := c.line[:end+1]
		c.line = c.line[end+1:]
		if progress.Match(line) {
			continue
		}
		if _, err := c.w.Write(line); err != nil {
			return 0, err
		}
	}
}

// flush passes on a last line without an end.
func (c *calmWriter) flush() error {
	_, err := c.w.Write(c.line)
	c.line = nil
	return err
}
