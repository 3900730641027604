package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"streetbook/assets/blob"
	"streetbook/assets/postgis/postgistest"
)

// verb runs the program and returns its exit status and all it said.
func verb(args ...string) (status int, out, said string) {
	var stdout, stderr bytes.Buffer
	status = Main(context.Background(), args, &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

// TestBackup backs a serving registry up and makes another of it, private and
// in somebody's database.
func TestBackup(t *testing.T) {
	t.Parallel()
	from, data := postgistest.URL(t), t.TempDir()
	server := start(t, "serve", "--database", from, "--data", data, "--listen", "127.0.0.1:0", "--tls", "self")
	server.url(t)
	file := filepath.Join(t.TempDir(), "registry.tar")
	if status, out, said := verb("backup", file, "--database", from, "--data", data); status != 0 || strings.TrimSpace(out) != file {
		t.Fatalf("backup: %d %s %s", status, out, said)
	}
	if status, _, said := verb("backup", file, "--database", from, "--data", data); status != 1 || !strings.Contains(said, "overwrites nothing") {
		t.Errorf("a second backup to the same file: %d %s", status, said)
	}
	_, before, _ := verb("verify", "--database", from)
	epoch := func(args ...string) string { _, out, _ := verb(append([]string{"epoch"}, args...)...); return out }

	private := filepath.Join(dataFolder(t), "data")
	if status, out, said := verb("restore", file, "--data", private); status != 0 || !strings.Contains(out, "\n410105015 ") {
		t.Fatalf("restore: %d %s %s", status, out, said)
	}
	if _, after, said := verb("verify", "--data", private); after != before || !strings.Contains(after, "410105015 ok") {
		t.Errorf("verify says %s%s, before it said %s", after, said, before)
	}
	if was, is := epoch("--database", from), epoch("--data", private); was == is || is == "" {
		t.Errorf("the epoch is %q, it was %q", is, was)
	}
	if a, b := content(t, data), content(t, private); a != b || strings.Count(a, "\n") < 4 {
		t.Errorf("beside the database is\n%s, there was\n%s", b, a)
	}
	second := start(t, "serve", "--data", private, "--listen", "127.0.0.1:0")
	held := fetch[places](t, second.url(t)+"/api/v1/jurisdictions").Jurisdictions
	if len(held) != 1 || held[0].Areas != 68 || held[0].Assets < 4000 || strings.Contains(second.said(t, second.stdout), "password") {
		t.Errorf("the restored registry holds %+v and says %s", held, second.said(t, second.stdout))
	}
	if status, _, said := verb("restore", file, "--data", private); status != 1 || !strings.Contains(said, "not empty") {
		t.Errorf("restoring over a registry: %d %s", status, said)
	}

	elsewhere := postgistest.EmptyURL(t)
	if status, out, said := verb("restore", file, "--database", elsewhere, "--data", t.TempDir()); status != 0 {
		t.Errorf("restore into a database of others: %d %s %s", status, out, said)
	}
	if _, after, said := verb("verify", "--database", elsewhere); after != before {
		t.Errorf("verify says %s%s, before it said %s", after, said, before)
	}
	if status, _, said := verb("restore", file, "--database", elsewhere, "--data", t.TempDir()); status != 1 || !strings.Contains(said, "not empty") {
		t.Errorf("restoring over somebody's database: %d %s", status, said)
	}
}

// content lists what stands beside a database: the sums of its blobs, which are
// their names, and the authority that phones trust.
func content(t *testing.T, data string) string {
	t.Helper()
	var list strings.Builder
	err := blob.In(filepath.Join(data, "blobs")).Each(func(ref blob.Ref, _ *os.File) error {
		list.WriteString(ref.SHA256 + "\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	both, err := os.ReadFile(filepath.Join(data, authorityFile))
	if err != nil {
		t.Fatal(err)
	}
	return list.String() + string(both)
}

// TestBrokenBackup refuses what is no whole backup, and leaves no registry that
// the next start would take for one.
func TestBrokenBackup(t *testing.T) {
	t.Parallel()
	from, data, dir := postgistest.URL(t), t.TempDir(), t.TempDir()
	if _, err := blob.In(filepath.Join(data, "blobs")).Put(strings.NewReader("a document"), 100); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "registry.tar")
	if status, _, said := verb("backup", file, "--database", from, "--data", data); status != 0 {
		t.Fatal(said)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dump := bytes.Index(whole, []byte("PGDMP"))
	name := bytes.LastIndex(whole, []byte(blobsName))
	broken := map[string][]byte{
		"nothing":                 nil,
		"not a tar":               bytes.Repeat([]byte("street"), 500),
		"cut in the database":     whole[:dump+2000],
		"cut before the blobs":    whole[:name],
		"other rows":              bytes.Replace(whole, []byte(`"jurisdiction": 1`), []byte(`"jurisdiction": 3`), 1),
		"another format":          bytes.Replace(whole, []byte(`"format": 1`), []byte(`"format": 9`), 1),
		"a document of other sum": bytes.Replace(whole, []byte("a document"), []byte("A document"), 1),
		"a path as a name":        bytes.Replace(whole, whole[name:name+len(blobsName)+16], []byte("../../../../../../evil..")[:len(blobsName)+16], 1),
	}
	for what, content := range broken {
		if bytes.Equal(content, whole) {
			t.Fatalf("%s: the test broke nothing", what)
		}
		bad := filepath.Join(dir, "bad.tar")
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dataFolder(t), "data")
		status, out, said := verb("restore", bad, "--data", to)
		if status != 1 || out != "" || !strings.Contains(said, "streetbook: ") {
			t.Errorf("%s: %d %s%s", what, status, out, said)
		}
		for _, left := range []string{to, to + ".half"} {
			if _, err := os.Stat(left); err == nil {
				t.Errorf("%s: %s is left", what, left)
			}
		}
	}
}

// TestRestoreKilled kills the program at moments of a restore. Nothing is there
// then, and the next restore succeeds.
func TestRestoreKilled(t *testing.T) {
	t.Parallel()
	from, data, dir := postgistest.URL(t), t.TempDir(), t.TempDir()
	server := start(t, "serve", "--database", from, "--data", data, "--listen", "127.0.0.1:0")
	server.url(t)
	file := filepath.Join(dir, "registry.tar")
	if status, _, said := verb("backup", file, "--database", from, "--data", data); status != 0 {
		t.Fatal(said)
	}
	to := filepath.Join(dataFolder(t), "data")
	for _, after := range []time.Duration{100, 900, 2000, 3000} {
		p := start(t, "restore", file, "--data", to)
		time.Sleep(after * time.Millisecond)
		if p.cmd.Process.Kill() == nil && p.cmd.Wait() == nil {
			break // it was done already
		}
		if _, err := os.Stat(to); err == nil {
			t.Fatalf("killed after %d ms, %s is there", after, to)
		}
	}
	if _, err := os.Stat(to); err != nil {
		if status, out, said := verb("restore", file, "--data", to); status != 0 {
			t.Fatalf("restore after kills: %d %s %s", status, out, said)
		}
	}
	restored := start(t, "serve", "--data", to, "--listen", "127.0.0.1:0")
	res, err := http.Get(restored.url(t) + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if held := fetch[places](t, restored.url(t)+"/api/v1/jurisdictions").Jurisdictions; res.StatusCode != http.StatusOK || len(held) != 1 || held[0].Areas != 68 {
		t.Errorf("ready %d, it holds %+v", res.StatusCode, held)
	}
}
