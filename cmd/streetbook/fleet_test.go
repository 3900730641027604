package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
)

// Size of the fleet: small beside the other tests, 50 phones and 10,000
// operations with -fleet=50 -fleetops=10000.
var (
	fleetPhones = flag.Int("fleet", 5, "simulated phones")
	fleetOps    = flag.Int("fleetops", 150, "operations of all phones together")
	fleetKills  = flag.Int("fleetkills", 1, "kills of the server, and as many of the database")
	fleetPhoto  = flag.Int("fleetphoto", 300, "longest side of a photo, pixels; 3300 makes up to 5 MB")
	fleetSeed   = flag.Uint64("fleetseed", 1, "seed of everything that is random")
)

const fleetPlace = "410105015" // of the sample

// fleet is a server that is killed again and again, and the phones that send to it.
type fleet struct {
	t      *testing.T
	data   string
	listen string
	token  string
	server *program
	phones []*handset
	pool   *pool
	client *http.Client
	backup string // the file of one, when one is to be put back
	left   int    // operations that a restored registry has no place for: they stay on their phones
	began  int64  // the last entry that the restored registry shares with the lost one
	based  int    // operations that were made from what the restore took away
	sent, acknowledged,
	lost, doubled, late, conflicts, merged, notYet atomic.Int64
}

// pool is what phones know of one another's assets: ids that were acknowledged.
type pool struct {
	mu  sync.Mutex
	ids []string
}

func (p *pool) add(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ids = append(p.ids, id)
}

// TestFleet: phones on a bad network write to one registry whose server and
// database are killed meanwhile. In the end nothing is lost, nothing doubled,
// every conflict kept, and everything as a model says.
func TestFleet(t *testing.T) {
	newFleet(t).run()
}

func newFleet(t *testing.T) *fleet {
	return &fleet{t: t, data: dataFolder(t), listen: freeAddress(t), pool: &pool{}, client: &http.Client{Timeout: 20 * time.Second}}
}

func (f *fleet) run() {
	f.startServer()
	f.token = f.newToken()
	for i := range *fleetPhones {
		f.phones = append(f.phones, newHandset(f, i))
	}
	began := time.Now()
	done := make(chan struct{})
	var wait sync.WaitGroup
	for _, p := range f.phones {
		wait.Go(p.work)
	}
	go func() { wait.Wait(); close(done) }()
	f.terrorise(done)
	<-done
	f.settle()
	took := time.Since(began)
	f.check()
	f.t.Logf("%d phones, %d operations and %d photos in %.0f s; %d kills of server and database each; %d batches lost, %d doubled, %d late; %d merged, %d conflicts, %d not yet, %d left, %d made from what was lost",
		len(f.phones), f.acknowledged.Load(), f.photoCount(), took.Seconds(), *fleetKills, f.lost.Load(), f.doubled.Load(), f.late.Load(), f.merged.Load(), f.conflicts.Load(), f.notYet.Load(), f.left, f.based)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (f *fleet) startServer() {
	f.server = start(f.t, "serve", "--data", f.data, "--listen", f.listen)
	f.server.url(f.t)
}

func (f *fleet) newToken() string {
	out, err := f.command("token", "create", "--data", f.data, "--user", "admin", "--name", "fleet", "--role", "admin").Output()
	if err != nil {
		f.t.Fatal(err)
	}
	lines := strings.Fields(string(out))
	return lines[len(lines)-1]
}

func (f *fleet) command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "STREETBOOK_TEST_PROGRAM=1")
	return c
}

// terrorise kills the server and the database, each so often while the phones
// work: when so many operations were acknowledged, whatever the time.
func (f *fleet) terrorise(done <-chan struct{}) {
	kills := 2 * *fleetKills
	for k := range kills {
		at := int64(*fleetOps) * int64(k+1) / int64(kills+1)
		for f.acknowledged.Load() < at {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
		if f.backup != "" && k == (kills-1)/2 {
			f.back()
		}
		if f.backup != "" && k == kills*4/5 {
			f.restore()
			f.startServer()
		} else if k%2 == 0 {
			f.server.kill(f.t)
			f.startServer()
		} else {
			f.killDatabase()
		}
	}
}

// postmaster is what the running database says of itself: its process, and the
// folder of its socket.
func (f *fleet) postmaster() (pid int, socket string) {
	f.t.Helper()
	files, err := filepath.Glob(filepath.Join(f.data, "postgis", "*", "postmaster.pid"))
	if err != nil || len(files) != 1 {
		f.t.Fatalf("postmaster.pid: %v %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		f.t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	if pid, err = strconv.Atoi(strings.TrimSpace(lines[0])); err != nil || len(lines) < 5 {
		f.t.Fatalf("postmaster.pid: %q %v", text, err)
	}
	return pid, lines[4]
}

// killDatabase ends the postmaster at once; the server starts it again by itself.
func (f *fleet) killDatabase() {
	pid, _ := f.postmaster()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		f.t.Fatal(err)
	}
}

// request sends one request; an error is a network that failed.
func (f *fleet) request(ctx context.Context, method, path string, body []byte, header ...string) (int, http.Header, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+f.listen+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+f.token)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := f.client.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, answer, err
}

// must asks until the server is there and answers 200.
func (f *fleet) must(path string, into any) {
	f.t.Helper()
	for range 600 {
		status, _, body, err := f.request(context.Background(), "GET", path, nil)
		if err == nil && status == 200 {
			if err := json.Unmarshal(body, into); err != nil {
				f.t.Fatalf("%s: %v", path, err)
			}
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	f.t.Fatalf("%s is not answered", path)
}

func (f *fleet) photoCount() (n int) {
	for _, p := range f.phones {
		n += len(p.photos)
	}
	return n
}

// fleetOp is an operation in the outbox of a phone, as it is sent, and what the
// model needs to know of it.
type fleetOp struct {
	Op    string         `json:"op"`
	Noun  string         `json:"noun"`
	ID    string         `json:"id"`
	Kind  string         `json:"kind"`
	Base  int            `json:"base,omitempty"`
	Epoch string         `json:"epoch,omitempty"`
	After string         `json:"after,omitempty"`
	At    string         `json:"at"`
	Was   map[string]any `json:"was,omitempty"`
	Value map[string]any `json:"value,omitempty"`

	receipt *fleetReceipt
	sets    map[string]string // fields as the model has them
	was     map[string]string
}

type fleetReceipt struct {
	Op, Outcome, ID string
	Version         int
	Seq             int64
	Conflict        *struct {
		ID     string
		Kind   string
		Fields []struct{ Field string }
	}
	Problem *struct{ Type, Detail, Field string }
}

func newUUID() string { return uuid.Must(uuid.NewV7()).String() }

// chance is true so often.
func chance(r *rand.Rand, of float64) bool { return r.Float64() < of }

func unique(r *rand.Rand) string { return fmt.Sprintf("%08x", r.Uint32()) }
