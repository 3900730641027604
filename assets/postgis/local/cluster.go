package local

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"streetbook/assets"
)

// cluster is the data of a server on disk and how to run it.
type cluster struct {
	installation
	user    *syscall.Credential
	dir     string
	options Options
}

func (c cluster) data() string { return filepath.Join(c.dir, "data") }

func (c cluster) url(database string) string {
	return fmt.Sprintf("host=%s port=5432 user=postgres dbname=%s", c.socketDir(), database)
}

// socketDir is short, because a socket's path has at most 107 bytes, and
// follows from the data folder, so that others find it.
func (c cluster) socketDir() string {
	sum := sha256.Sum256([]byte(c.dir))
	return filepath.Join(os.TempDir(), fmt.Sprintf("streetbook-%x", sum[:6]))
}

// serverUser is whom the server runs as: PostgreSQL refuses to run as root, so
// root drops to the packages' own user.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("running as root, and there is no user postgres or nobody to run the database as")
}

// prepareDir makes the folder and sees that the server's user can work in it.
func prepareDir(dir string, as *syscall.Credential) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if as == nil {
		return nil
	}
	if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
		return err
	}
	if c := (cluster{user: as}); c.program("/bin/sh", "-c", `test -w "$0" && cd "$0"`, dir).Run() != nil {
		return assets.Errorf(assets.Invalid, "data", "数据库用户（uid %[2]d）进不了 %[1]s：上级目录是私有的（如 /root）。请另选目录，例如 --data /var/lib/streetbook",
			"the database's user (uid %[2]d) cannot reach %[1]s: a folder above it is private, as /root is. Choose another, such as --data /var/lib/streetbook", dir, as.Uid)
	}
	return nil
}

// program prepares one of the server's programs to run as its user, in a place
// that user can reach, with nothing of our environment.
func (c cluster) program(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"}, c.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.user, Setpgid: true}
	return cmd
}

// init makes the data folder, beside its place first: an initdb that was cut
// off is never taken for a cluster.
func (c cluster) init(ctx context.Context) error {
	version, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if err == nil {
		if made := strings.TrimSpace(string(version)); made != strconv.Itoa(c.major) {
			return assets.Errorf(assets.Unsupported, "data", "%s 由 PostgreSQL %s 建立，现装版本为 %d：请先用 pg_upgrade 升级",
				"%s was made by PostgreSQL %s, installed is %d: upgrade it with pg_upgrade first", c.data(), made, c.major)
		}
		return nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	c.options.Progress(assets.Text{ZH: "正在建立数据库……", EN: "Making the database …"})
	// Of its own name: the initdb of an owner that was killed may still be at work, and
	// takes away what it made when it fails.
	half := fmt.Sprintf("%s.half.%d", c.data(), time.Now().UnixNano())
	if err := errors.Join(c.clear(ctx), os.RemoveAll(c.data())); err != nil {
		return err
	}
	// C.UTF-8, because in C pg_trgm drops every Chinese character.
	args := []string{"-D", half, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject", "--data-checksums", "--no-instructions"}
	if c.options.Ephemeral {
		args = append(args, "--no-sync")
	}
	cmd := c.program(filepath.Join(c.bin, "initdb"), args...)
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL // it belongs to the thread that forks
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return os.Rename(half, c.data())
}

// clear removes what initdbs that were cut off have left. One that is still at work
// fails for it and ends.
func (c cluster) clear(ctx context.Context) error {
	for start := time.Now(); ; {
		left, err := filepath.Glob(c.data() + ".half*")
		for _, dir := range left {
			err = errors.Join(err, os.RemoveAll(dir))
		}
		if err == nil || time.Since(start) > 10*time.Second {
			return err
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

// settleOrphan deals with what a killed owner left behind. The server gets a
// fast shutdown when its owner dies, which may still be going on: it is waited
// for. A postmaster.pid whose number belongs to somebody else is dropped.
func (c cluster) settleOrphan(ctx context.Context) error {
	pidFile := filepath.Join(c.data(), "postmaster.pid")
	text, err := os.ReadFile(pidFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(string(text), "\n", 2)[0]))
	if err != nil || !c.runs(pid) {
		return removeIfThere(pidFile)
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	for start := time.Now(); c.runs(pid); {
		if time.Since(start) > time.Minute {
			return fmt.Errorf("the server of an earlier run, process %d, does not stop", pid)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return removeIfThere(pidFile)
}

// runs reports whether a process is the server of this data folder.
func (c cluster) runs(pid int) bool {
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return false
	}
	real, err := filepath.EvalSymlinks(c.data())
	return err == nil && cwd == real
}

// settings are those of a small office's machine. Nothing here gives up
// durability, unless the cluster is ephemeral.
func (c cluster) settings() map[string]string {
	s := map[string]string{
		"listen_addresses": "", "unix_socket_directories": c.socketDir(), "unix_socket_permissions": "0700", "port": "5432",
		"timezone": "UTC", "log_timezone": "UTC", "jit": "off", "max_connections": "100",
		"shared_buffers": "256MB", "work_mem": "16MB", "maintenance_work_mem": "256MB", "effective_cache_size": "1GB",
		"max_wal_size": "4GB", "checkpoint_timeout": "15min", "wal_compression": "on", "random_page_cost": "1.1",
		"log_min_messages": "warning", "dynamic_shared_memory_type": "posix",
	}
	if c.options.Ephemeral {
		for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
			s[name] = "off"
		}
		s["max_connections"] = "400"
	}
	return s
}

// run starts the server and waits until it answers. Backends that a killed
// server left hold its shared memory for a moment longer: hence the retries.
func (c cluster) run(ctx context.Context) (*process, error) {
	socket := c.socketDir()
	if err := os.RemoveAll(socket); err != nil {
		return nil, err
	}
	if err := os.Mkdir(socket, 0o700); err != nil {
		return nil, err
	}
	if c.user != nil {
		if err := os.Chown(socket, int(c.user.Uid), int(c.user.Gid)); err != nil {
			return nil, err
		}
	}
	args := []string{"-D", c.data()}
	settings := c.settings()
	names := make([]string, 0, len(settings))
	for name := range settings {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		args = append(args, "-c", name+"="+settings[name])
	}
	log := filepath.Join(c.dir, "postgres.log")
	var err error
	for range 6 {
		var p *process
		if p, err = spawn(c.program(filepath.Join(c.bin, "postgres"), args...), log, c.options.Lasting); err != nil {
			return nil, err
		}
		if err = waitUntilReady(ctx, c.url("postgres"), p.done, 2*time.Minute); err == nil {
			return p, nil
		}
		err = errors.Join(err, p.stop())
		if pauseErr := pause(ctx, 300*time.Millisecond); pauseErr != nil {
			return nil, pauseErr
		}
	}
	return nil, fmt.Errorf("%w; its log is %s", err, log)
}
