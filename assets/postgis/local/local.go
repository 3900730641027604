// Package local runs a private PostGIS on this machine: for the first run of
// the program, and for tests. It finds or installs the system's packages,
// starts a server that listens on a socket only, and stops it with its owner.
package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// Options say how to run the cluster.
type Options struct {
	Dir      string // holds the cluster, its log and its lock; made if absent
	Database string // created if absent
	// Ephemeral gives up durability for speed: for tests only.
	Ephemeral bool
	// Lasting leaves the server running when its owner ends, however it ends.
	Lasting bool
	// Progress is told of everything that takes longer than a second.
	Progress func(assets.Text)
}

// Server is a running cluster, of ours or of another process that owns it.
type Server struct {
	url   string
	owned bool
	lock  *os.File
	ready string // the file that tells others the server may be used

	stop context.CancelFunc // nil when not owned, as is the next
	done chan struct{}      // closed when the server has ended for good
	err  error              // why it did not end well, once done is closed
}

// ownerPatience is how long a process that found the lock taken waits for the
// owner to be ready: an installation from a slow mirror takes minutes.
const ownerPatience = 15 * time.Minute

// Start returns a server that answers, with the database in it. One process
// owns the cluster, elected by a lock that ends with it; the others attach to
// the owner's server and lose it when the owner stops.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Progress == nil {
		o.Progress = func(assets.Text) {}
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	installation, err := find(dir)
	if err != nil {
		if installation, err = install(ctx, o); err != nil {
			return nil, err
		}
	}
	user, err := serverUser()
	if err != nil {
		return nil, err
	}
	if err := prepareDir(dir, user); err != nil {
		return nil, err
	}
	s := &Server{ready: filepath.Join(dir, "ready")}
	if s.lock, err = os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, err
	}
	c := cluster{installation: installation, user: user, dir: dir, options: o}
	if err := s.own(ctx, c); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// own takes the lock and starts the server, or attaches to the owner's. An
// owner may end while others wait for it: then one of them takes its place.
func (s *Server) own(ctx context.Context, c cluster) error {
	deadline := time.Now().Add(ownerPatience)
	for {
		err := syscall.Flock(int(s.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			s.owned = true
			return s.start(ctx, c)
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		if _, err := os.Stat(s.ready); err == nil {
			s.url = c.url(c.options.Database)
			if err := waitUntilReady(ctx, s.url, nil, 2*time.Second); err == nil {
				return nil
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("another process has held %s for %s without a server to attach to", s.lock.Name(), ownerPatience)
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

func (s *Server) start(ctx context.Context, c cluster) error {
	if err := os.Remove(s.ready); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := c.init(ctx); err != nil {
		return err
	}
	p, err := c.again(ctx)
	if err != nil {
		return err
	}
	kept, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop, s.done = stop, make(chan struct{})
	go s.keep(kept, c, p)
	if err := createDatabase(ctx, c.url("postgres"), c.options.Database); err != nil {
		return err
	}
	s.url = c.url(c.options.Database)
	return os.WriteFile(s.ready, nil, 0o644)
}

// keep starts the server again when it ends by itself: killed, or out of memory. It
// gives up when that fails.
func (s *Server) keep(ctx context.Context, c cluster, p *process) {
	defer close(s.done)
	for {
		select {
		case <-ctx.Done():
			s.err = p.stop()
			return
		case <-p.done:
		}
		c.options.Progress(assets.Text{ZH: "数据库意外停止，正在重新启动……", EN: "The database stopped by itself: starting it again …"})
		next, err := c.again(ctx)
		if ctx.Err() != nil && err != nil { // it was to stop meanwhile, and has
			return
		}
		if err != nil {
			s.err = err
			return
		}
		p = next
	}
}

// again starts a server, whatever the last one left behind.
func (c cluster) again(ctx context.Context) (*process, error) {
	if err := c.settleOrphan(ctx); err != nil {
		return nil, err
	}
	return c.run(ctx)
}

// URL is where to connect.
func (s *Server) URL() string { return s.url }

// Owned reports whether this process started the server and will stop it.
func (s *Server) Owned() bool { return s.owned }

// Done is closed when the server has ended and cannot be started again. For a server
// that another process owns it never is: connections fail instead.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop asks an owned server for a fast shutdown, waits for it, and lets go of
// the lock. A server that another process owns is left alone.
func (s *Server) Stop() error {
	var err error
	if s.stop != nil {
		err = removeIfThere(s.ready)
		s.stop()
		<-s.done
		err = errors.Join(err, s.err)
	}
	return errors.Join(err, s.lock.Close())
}

// Remove deletes what Start made in a folder, once the server that a killed owner
// may have left has ended.
func Remove(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	c := cluster{dir: dir}
	if err := c.settleOrphan(ctx); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(c.socketDir()), os.RemoveAll(dir))
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// waitUntilReady connects until it works, the server ends or patience does.
func waitUntilReady(ctx context.Context, url string, ended <-chan struct{}, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ended:
			return errors.New("the database server ended while starting")
		case <-ctx.Done():
			return fmt.Errorf("the database server is not ready: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func createDatabase(ctx context.Context, url, name string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var exists bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&exists); err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, `create database `+pgx.Identifier{name}.Sanitize())
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
