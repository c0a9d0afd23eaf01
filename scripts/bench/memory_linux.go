package main

import (
	"os"
	"syscall"
)

// peakMemory returns the most memory that a process that ended, or one that it waited for,
// had at a time, in MB.
func peakMemory(state *os.ProcessState) int {
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		return int(usage.Maxrss >> 10)
	}
	return 0
}
