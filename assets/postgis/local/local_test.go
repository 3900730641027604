package local_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"streetbook/assets/postgis/local"
)

// TestMain lets this program play the owner of a cluster in another process,
// which a test can kill.
func TestMain(m *testing.M) {
	if dir := os.Getenv("STREETBOOK_TEST_OWNER"); dir != "" {
		own(dir)
	}
	os.Exit(m.Run())
}

func own(dir string) {
	s, err := local.Start(context.Background(), options(dir))
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println("ready", s.URL())
	select {}
}

func options(dir string) local.Options {
	return local.Options{Dir: dir, Database: "streetbook"}
}

// folder is one that the server's user can reach, which a test's own temporary
// folder of root is not.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "streetbook-local-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "postgis")
}

// startOwner starts another process that owns the cluster, and returns it and
// its URL.
func startOwner(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STREETBOOK_TEST_OWNER="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "ready ") {
		t.Fatalf("the owner says %q (%v)", line, err)
	}
	return cmd, strings.TrimSpace(strings.TrimPrefix(line, "ready "))
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func start(t *testing.T, dir string) *local.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	s, err := local.Start(ctx, options(dir))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func stop(t *testing.T, s *local.Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

// TestKilledOwner kills the owner again and again while it writes: what was
// committed is there at the next start, which needs no help.
func TestKilledOwner(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	execute(t, s.URL(), `create extension postgis`)
	execute(t, s.URL(), `create table n (n int)`)
	stop(t, s)
	for i := range 4 {
		owner, url := startOwner(t, dir)
		execute(t, url, fmt.Sprintf(`insert into n values (%d)`, i))
		if err := owner.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := owner.Wait(); err == nil {
			t.Fatal("the owner was not killed")
		}
	}
	s = start(t, dir)
	defer stop(t, s)
	execute(t, s.URL(), `do $$ begin assert (select count(*) = 4 from n); end $$`)
}

func TestOthersAttachAndOneTakesOver(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	owner, _ := startOwner(t, dir)
	guest := start(t, dir)
	if guest.Owned() {
		t.Error("two processes own the cluster")
	}
	execute(t, guest.URL(), `create table n (n int)`)
	stop(t, guest)
	execute(t, guest.URL(), `select from n`) // a guest's end leaves the server alone
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait() // it was killed
	heir := start(t, dir)
	defer stop(t, heir)
	if !heir.Owned() {
		t.Error("nobody took over from the dead owner")
	}
	execute(t, heir.URL(), `select from n`)
}

// TestLeftovers starts over what earlier runs may have left.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.MkdirAll(filepath.Join(dir, "data.half", "base"), 0o700); err != nil { // an initdb that was cut off
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil { // one of a version that did not rename
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ready"), nil, 0o644); err != nil { // a killed owner's
		t.Fatal(err)
	}
	stop(t, start(t, dir))
	// A number that belongs to somebody else now, and one that nobody has.
	for _, pid := range []int{os.Getpid(), 4194303} {
		pidFile := filepath.Join(dir, "data", "postmaster.pid")
		if err := os.WriteFile(pidFile, fmt.Appendf(nil, "%d\n%s\n", pid, filepath.Join(dir, "data")), 0o644); err != nil {
			t.Fatal(err)
		}
		stop(t, start(t, dir))
	}
}

func TestStopEndsTheServer(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	stop(t, s)
	select {
	case <-s.Done():
	default:
		t.Error("the server runs on after Stop")
	}
	if conn, err := pgx.Connect(context.Background(), s.URL()); err == nil {
		conn.Close(context.Background())
		t.Error("the server answers after Stop")
	}
}

// TestAKilledServerIsStartedAgain kills the server under its owner, who need do
// nothing: what was committed is there soon.
func TestAKilledServerIsStartedAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	defer stop(t, s)
	execute(t, s.URL(), `create table n (n int)`)
	for i := range 3 {
		execute(t, s.URL(), fmt.Sprintf(`insert into n values (%d)`, i))
		before := postmaster(t, dir)
		if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		for postmaster(t, dir) == before || !answers(s.URL()) {
			select {
			case <-s.Done():
				t.Fatal("it was given up")
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	execute(t, s.URL(), `do $$ begin assert (select count(*) = 3 from n); end $$`)
}

// postmaster is the number of the server's process; 0 while there is none.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if os.IsNotExist(err) || len(text) == 0 {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func answers(url string) bool {
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		return false
	}
	return conn.Close(context.Background()) == nil
}
