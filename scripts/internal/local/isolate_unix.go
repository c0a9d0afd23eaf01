//go:build unix

package local

import (
	"os"
	"os/exec"
	"syscall"
)

// isolate keeps the terminal's Ctrl-C from the process, so that it is told to end
// once, by us, and Terraform does not take the second time for impatience.
func isolate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

// Sweep ends what a process of Command that had to be killed left behind:
// Terraform's providers.
func Sweep(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
