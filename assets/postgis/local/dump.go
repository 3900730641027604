package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// Tools run PostgreSQL's own programs on a database.
type Tools struct {
	cluster
	url, password string
}

// ToolsFor are the tools for the private cluster in dir, or for a database of
// others, which dir = "" says. Its server may not be newer than the programs.
func ToolsFor(dir, database string) (*Tools, error) {
	t := &Tools{}
	var err error
	if t.installation, err = find(dir); err != nil {
		return nil, errors.Join(err, errors.New("to install it: "+command))
	}
	if dir != "" {
		if t.user, err = serverUser(); err != nil {
			return nil, err
		}
	}
	t.url, t.password = withoutPassword(database)
	return t, nil
}

var passwordWord = regexp.MustCompile(`\bpassword\s*=\s*('(?:[^'\\]|\\.)*'|\S+)`)

// withoutPassword takes the password out of a connection string: everybody on
// the machine can read the arguments of a program.
func withoutPassword(database string) (rest, password string) {
	if u, err := url.Parse(database); err == nil && u.Scheme != "" {
		if p, ok := u.User.Password(); ok {
			u.User, password = url.User(u.User.Username()), p
		}
		return u.String(), password
	}
	if m := passwordWord.FindStringSubmatch(database); m != nil {
		password = strings.NewReplacer(`\\`, `\`, `\'`, `'`).Replace(strings.Trim(m[1], "'"))
	}
	return passwordWord.ReplaceAllString(database, ""), password
}

// Dump writes the database as it was at an exported snapshot, in PostgreSQL's
// custom archive format, without the rows of some tables.
func (t *Tools) Dump(ctx context.Context, w io.Writer, snapshot string, rowsLeftOut []string) error {
	args := []string{"--format=custom", "--no-owner", "--no-privileges", "--no-comments", "--snapshot=" + snapshot, "--dbname=" + t.url}
	for _, table := range rowsLeftOut {
		args = append(args, "--exclude-table-data="+table)
	}
	cmd := t.tool("pg_dump", args...)
	cmd.Stdout = w
	return runTool(ctx, cmd)
}

// Load puts what Dump wrote into an empty database: all of it or nothing.
func (t *Tools) Load(ctx context.Context, r io.Reader) error {
	cmd := t.tool("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname="+t.url)
	cmd.Stdin = r
	return runTool(ctx, cmd)
}

func (t *Tools) tool(name string, args ...string) *exec.Cmd {
	cmd := t.program(filepath.Join(t.bin, name), args...)
	if t.password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+t.password)
	}
	return cmd
}

// runTool runs to the end or until the context ends, and reports what the
// program complained of.
func runTool(ctx context.Context, cmd *exec.Cmd) error {
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }) // it may have ended just now
	defer stop()
	if err := cmd.Wait(); err != nil {
		return errors.Join(ctx.Err(), fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, strings.TrimSpace(complaints.String())))
	}
	return nil
}
