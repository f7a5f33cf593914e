// tethered runs a program for as long as whoever started it lives: it ends the program when its standard input is closed, which the
// kernel does even for a parent that was killed. No signal handler in the parent is needed, and none can be forgotten.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// How long the folder's other users may take to end.
const patience = 10 * time.Second

func main() {
	remove := flag.String("remove", "", "folder to remove when the parent is gone")
	flag.Parse()
	child := exec.Command(flag.Arg(0), flag.Args()[1:]...)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := child.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(127)
	}
	gone := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(gone)
		// Killed and not asked: a test cluster has nothing to save, and what the program started itself goes too.
		_ = syscall.Kill(-child.Process.Pid, syscall.SIGKILL)
	}()
	_ = child.Wait()
	select {
	case <-gone:
		if *remove != "" {
			clear(*remove)
		}
	default:
		os.Exit(1)
	}
}

// clear removes the folder, again as long as somebody still writes to it.
func clear(folder string) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if os.RemoveAll(folder) == nil {
			return
		}
	}
}
