package main

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"streetbook/assets/live"
	"streetbook/assets/postgis"
	"streetbook/assets/web"
	"streetbook/static"
)

// How a server of the program runs.
const (
	modeLive  = "live"  // as it is by default
	modeFresh = "fresh" // keeps no tile
	modeOff   = "off"
)

// serve is the server of a child process. It prints its address, and when it
// answers from memory.
func serve(ctx context.Context, database, mode string) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	store, err := postgis.Open(ctx, database, postgis.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	begun := time.Now()
	var memory *live.Live
	if mode != modeOff {
		debug.SetGCPercent(live.GCPercent)
		o := live.Options{}
		if mode == modeFresh {
			o.Tiles = 1
		}
		memory = live.Start(store, o)
		defer memory.Stop()
	}
	server, err := web.New(store, static.Files, web.Config{Version: "bench", Anonymous: true, Live: memory})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("%s %s\n", l.Addr(), time.Since(begun))
	go func() {
		for memory != nil && memory.Moment(ctx, nil) == nil && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		fmt.Printf("ready %s\n", time.Since(begun).Round(time.Millisecond))
	}()
	return server.Serve(ctx, l)
}

// child is a server in a process of its own.
type child struct {
	cmd        *exec.Cmd
	postmaster string
	url        string
	serving    time.Duration
	inMemory   time.Duration
}

func startChild(database, postmaster, mode string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{postmaster: postmaster, cmd: exec.Command(self, "-serve", mode, "-database", database)}
	c.cmd.Stderr = os.Stderr
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it never outlives the measuring
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for range 2 {
		if !lines.Scan() {
			return nil, fmt.Errorf("the server %q did not start", mode)
		}
		first, second, _ := strings.Cut(lines.Text(), " ")
		d, err := time.ParseDuration(second)
		if err != nil {
			return nil, err
		}
		if first == "ready" {
			c.inMemory = d
		} else {
			c.url, c.serving = "http://"+first, d
		}
	}
	return c, nil
}

func (c *child) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return c.cmd.Wait()
}

// memory is what a process keeps in memory, in MiB.
func (c *child) memory() int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kib >> 10
		}
	}
	return 0
}

// cpu is the time that a process and the database's processes have worked so
// far.
func (c *child) cpu() time.Duration {
	sum, _ := ticksOf(strconv.Itoa(c.cmd.Process.Pid))
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, e := range entries {
		if name := e.Name(); name[0] >= '0' && name[0] <= '9' {
			if ticks, parent := ticksOf(name); parent == c.postmaster {
				sum += ticks
			}
		}
	}
	return time.Duration(sum) * time.Second / 100
}

// ticksOf is the CPU time of a process in hundredths of a second, which is what
// Linux counts in, and the number of its parent.
func ticksOf(pid string) (ticks int64, parent string) {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, ""
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, ""
	}
	for _, f := range fields[11:13] {
		n, _ := strconv.ParseInt(f, 10, 64)
		ticks += n
	}
	return ticks, fields[1]
}

// postmasterOf is the number of the process of the database in a folder.
func postmasterOf(dir string) (pid string, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "postmaster.pid" {
			return err
		}
		b, err := os.ReadFile(name)
		pid, _, _ = strings.Cut(string(b), "\n")
		if err != nil {
			return err
		}
		return fs.SkipAll
	})
	return pid, err
}
