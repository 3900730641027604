package main

import (
	"bufio"
	"context"
	crypto "crypto/rand"
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
	"sync/atomic"
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
func serve(ctx context.Context, o options) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	files, err := besides(o.beside)
	if err != nil {
		return err
	}
	store, err := postgis.Open(ctx, o.database, postgis.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	var memory *live.Live
	if o.serve != modeOff {
		debug.SetGCPercent(live.GCPercent)
		lo := live.Options{}
		if o.serve == modeFresh {
			lo.Tiles = 1
		}
		memory = live.Start(store, lo)
		defer memory.Stop()
	}
	server, err := web.New(store, files, web.Config{Version: "bench", Anonymous: true, Live: memory})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go tell(ctx, memory)
	return server.Serve(ctx, l)
}

// tell prints which position memory holds, whenever that is another one, and 0 once
// where PostGIS answers everything.
func tell(ctx context.Context, memory *live.Live) {
	if memory == nil {
		fmt.Println(0)
		return
	}
	for told := int64(-1); ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		if m := memory.Moment(ctx, nil); m != nil && m.Position() != told {
			told = m.Position()
			fmt.Println(told)
		}
	}
}

// beside is the name of the web file of the same size as a tile. No compressor
// gains anything on it.
const beside = "bench.png"

// besides returns the program's web files and one of so many bytes, if that is
// not 0.
func besides(size int64) (fs.FS, error) {
	if size == 0 {
		return static.Files, nil
	}
	dir, err := os.MkdirTemp("", "streetbook-bench-")
	if err != nil {
		return nil, err
	}
	body := make([]byte, size)
	crypto.Read(body)
	if err := os.CopyFS(dir, static.Files); err != nil {
		return nil, err
	}
	return os.DirFS(dir), os.WriteFile(filepath.Join(dir, beside), body, 0o600)
}

// child is a server in a process of its own.
type child struct {
	process
	cmd      *exec.Cmd
	url      string
	serving  time.Duration // from its start
	inMemory time.Duration
	position atomic.Int64 // what memory holds
}

// startChild returns when the server answers as it will from then on.
func startChild(database, postmaster, mode string, more ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(self, append([]string{"-serve", mode, "-database", database}, more...)...)}
	c.cmd.Stderr = os.Stderr
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it never outlives the measuring
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.process = process{c.cmd.Process.Pid, postmaster}
	lines := bufio.NewScanner(out)
	for range 2 {
		if !lines.Scan() {
			return nil, fmt.Errorf("the server %q did not start", mode)
		}
		if c.hear(lines.Text()) {
			c.inMemory = time.Since(begun)
		} else {
			c.url, c.serving = "http://"+lines.Text(), time.Since(begun)
		}
	}
	go func() {
		for lines.Scan() {
			c.hear(lines.Text())
		}
	}()
	return c, nil
}

// hear takes what a server tells of its memory.
func (c *child) hear(text string) bool {
	position, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		c.position.Store(position)
	}
	return err == nil
}

func (c *child) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return c.cmd.Wait()
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
