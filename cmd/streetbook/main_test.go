package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"streetbook/assets/postgis/postgistest"
)

// TestMain lets this test program be streetbook itself, in a process of its own
// that can be killed.
func TestMain(m *testing.M) {
	if os.Getenv("STREETBOOK_TEST_PROGRAM") != "" {
		main()
	}
	os.Exit(m.Run())
}

// program is a streetbook in a process of its own. What it says goes to a file
// each, which can be read while it runs and after it was killed.
type program struct {
	cmd            *exec.Cmd
	stdout, stderr string
}

func start(t testing.TB, args ...string) *program {
	t.Helper()
	dir := t.TempDir()
	p := &program{cmd: exec.Command(os.Args[0], args...), stdout: filepath.Join(dir, "stdout"), stderr: filepath.Join(dir, "stderr")}
	p.cmd.Env = append(os.Environ(), "STREETBOOK_TEST_PROGRAM=1", "LC_ALL=en_US.UTF-8", "STREETBOOK_DATA="+dir)
	stdout, err := os.Create(p.stdout)
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := os.Create(p.stderr)
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = stdout, stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdout.Close()
		stderr.Close()
		if p.cmd.ProcessState == nil {
			p.kill(t)
		}
	})
	return p
}

func (p *program) kill(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err == nil {
		t.Fatal("the program ended by itself")
	}
}

func (p *program) said(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var address = regexp.MustCompile(`https?://[0-9.:]+/`)

// url waits until the program says where it listens.
func (p *program) url(t testing.TB) string {
	t.Helper()
	for end := time.Now().Add(2 * patience); time.Now().Before(end); {
		if u := address.FindString(p.said(t, p.stdout)); u != "" {
			return strings.TrimSuffix(u, "/")
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("no address after %v; it says\n%s%s", 2*patience, p.said(t, p.stdout), p.said(t, p.stderr))
	return ""
}

// stop asks the program to end, and returns its exit status.
func (p *program) stop(t testing.TB) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // its status is what is asked for
	return p.cmd.ProcessState.ExitCode()
}

// dataFolder is one that the database's user can reach, which a temporary
// folder of root's is not.
func dataFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "streetbook-data-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The server of a program that was killed may still be writing its last.
		var err error
		for range 300 {
			if err = os.RemoveAll(dir); err == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Error(err)
	})
	return dir
}

func fetch[T any](t testing.TB, url string) (v T) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", url, res.StatusCode, body)
	}
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

type places struct {
	Jurisdictions []struct {
		Code                    string
		Areas, Segments, Assets int
	}
}

func TestServeFromNothing(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	first := start(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
	url := first.url(t)
	sample := fetch[places](t, url+"/api/v1/jurisdictions").Jurisdictions
	if len(sample) != 1 || sample[0].Code != "410105015" || sample[0].Areas != 68 || sample[0].Assets < 4000 {
		t.Errorf("the first start holds %+v", sample)
	}
	if said := first.said(t, first.stdout); strings.Count(said, "admin password") != 1 {
		t.Errorf("the first start says %q", said)
	}
	// Other verbs run beside it.
	var out, complaints bytes.Buffer
	if status := Main(context.Background(), []string{"verify", "--data", data}, &out, &complaints); status != 0 || !strings.Contains(out.String(), "410105015 ok") {
		t.Errorf("verify beside serve: %d %s%s", status, &out, &complaints)
	}
	if status := first.stop(t); status != 0 {
		t.Errorf("SIGTERM ends the program with %d: %s", status, first.said(t, first.stderr))
	}
	second := start(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
	again := fetch[places](t, second.url(t)+"/api/v1/jurisdictions").Jurisdictions
	if len(again) != 1 || again[0] != sample[0] || strings.Contains(second.said(t, second.stdout), "password") {
		t.Errorf("the second start holds %+v and says %q", again, second.said(t, second.stdout))
	}
}

// TestKilledAtAnyMoment kills the program at random moments of its first
// starts. The start after them is clean and complete.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	for range 6 {
		p := start(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
		time.Sleep(time.Duration(50+rand.IntN(2500)) * time.Millisecond)
		p.kill(t)
	}
	p := start(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
	held := fetch[places](t, p.url(t)+"/api/v1/jurisdictions").Jurisdictions
	if len(held) != 1 || held[0].Areas != 68 || held[0].Segments < 17 || held[0].Assets < 4000 {
		t.Errorf("after six kills the registry holds %+v", held)
	}
	var out, complaints bytes.Buffer
	if status := Main(context.Background(), []string{"verify", "--data", data}, &out, &complaints); status != 0 {
		t.Errorf("verify: %d %s%s", status, &out, &complaints)
	}
}

// command runs a verb on a database and returns what it prints.
func command(t *testing.T, status int, database string, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	if got := Main(context.Background(), append(args, "--database", database), &out, &complaints); got != status {
		t.Fatalf("%v ends with %d, want %d\n%s%s", args, got, status, &out, &complaints)
	}
	return out.String(), complaints.String()
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const outline = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":
	{"type":"Polygon","coordinates":[[[113.7,34.7],[113.8,34.7],[113.8,34.8],[113.7,34.8],[113.7,34.7]]]}}]}`

func TestImportAndExport(t *testing.T) {
	t.Setenv("LC_ALL", "en_US.UTF-8")
	db := postgistest.URL(t)
	command(t, 0, db, "migrate")
	command(t, 0, db, "jurisdiction", "add", "990000001", "测试街道", "--boundary", file(t, "outline.geojson", outline))
	csv := file(t, "lamps.csv", "编号,名称,经度,纬度\nA1,路灯一,113.75,34.75\nA2,=2+3,113.751,34.75\nA3,远方,100,20\n")
	load := []string{"import", csv, "--jurisdiction", "990000001", "--class", "0118"}
	for _, c := range []struct {
		args []string
		want string
	}{
		{append(load, "--dry-run"), "3 rows read, 2 added, 0 unchanged, 1 refused"},
		{load, "3 rows read, 2 added, 0 unchanged, 1 refused\n  row 4, 经度: 100.000000,20.000000 lies outside the jurisdiction"},
		{load, "3 rows read, 0 added, 2 unchanged, 1 refused"},
	} {
		if out, _ := command(t, 0, db, c.args...); !strings.Contains(out, c.want) {
			t.Errorf("%v says\n%s, want %s", c.args, out, c.want)
		}
	}
	changed := file(t, "lamps.csv", "编号,名称,经度,纬度\nA1,另一盏,113.75,34.75\n")
	if out, _ := command(t, 0, db, "import", changed, "--jurisdiction", "990000001", "--class", "0118"); !strings.Contains(out, "0 added, 0 unchanged, 1 refused") {
		t.Errorf("a changed row: %s", out)
	}
	for _, name := range []string{"out.csv", "out.geojson"} {
		path := filepath.Join(t.TempDir(), name)
		if out, _ := command(t, 0, db, "export", "assets", path, "--jurisdiction", "990000001"); out != "2\n" {
			t.Errorf("export says %q", out)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".csv") && !strings.Contains(string(text), "'=2+3") {
			t.Errorf("a formula goes out alive: %s", text)
		}
		// What was exported can be imported, into another place.
		code := map[string]string{"out.csv": "990000002", "out.geojson": "990000003"}[name]
		command(t, 0, db, "jurisdiction", "add", code, "另一处", "--boundary", file(t, "outline.geojson", outline))
		if out, _ := command(t, 0, db, "import", path, "--jurisdiction", code, "--class", "0118"); !strings.Contains(out, "2 rows read, 2 added") {
			t.Errorf("%s comes back as %s", name, out)
		}
	}
	if out, _ := command(t, 0, db, "verify"); strings.Contains(out, "broken") {
		t.Errorf("verify says %s", out)
	}
}

func TestWrongCommandsSayWhatIsWrong(t *testing.T) {
	t.Setenv("LC_ALL", "en_US.UTF-8")
	db := postgistest.URL(t)
	boundary := file(t, "outline.geojson", outline)
	command(t, 0, db, "jurisdiction", "add", "990000001", "测试街道", "--boundary", boundary)
	csv := file(t, "x.csv", "lon,lat\n113.75,34.75\n")
	bow := file(t, "bow.geojson", `{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[4,4],[4,0],[0,4.5],[0,0]]]}}`)
	cases := []struct {
		args []string
		want string
	}{
		{[]string{"jurisdiction", "add", "99", "x", "--boundary", boundary}, "code: must be a 9-digit"},
		{[]string{"jurisdiction", "add", "990000001", "x", "--boundary", boundary}, "code: this jurisdiction exists already"},
		{[]string{"jurisdiction", "add", "990000002", "x", "--boundary", bow}, "geometry.coordinates[0]: the ring crosses itself"},
		{[]string{"import", csv, "--jurisdiction", "990000009", "--class", "0118"}, "jurisdiction: there is no jurisdiction 990000009"},
		{[]string{"import", csv, "--jurisdiction", "990000001", "--class", "9999"}, "class: "},
		{[]string{"import", csv, "--jurisdiction", "990000001", "--class", "0118", "--crs", "西安80"}, "crs: Xi'an 1980 has no public"},
		{[]string{"import", csv, "--jurisdiction", "990000001", "--class", "0118", "--map", "lon=colour"}, "map: class 路灯 has no attribute"},
		{[]string{"import", file(t, "x.pdf", ""), "--jurisdiction", "990000001", "--class", "0118"}, "file: only .geojson and .csv"},
		{[]string{"import", file(t, "x.geojson", `{"type":`), "--jurisdiction", "990000001", "--class", "0118"}, "file: "},
	}
	for _, c := range cases {
		if _, stderr := command(t, 1, db, c.args...); !strings.Contains(stderr, c.want) {
			t.Errorf("%v complains\n%s, want %s", c.args, stderr, c.want)
		}
	}
	var out, complaints bytes.Buffer
	if status := Main(context.Background(), []string{"serve", "--colour"}, &out, &complaints); status != 2 {
		t.Errorf("an unknown flag ends with %d", status)
	}
}
