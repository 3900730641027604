package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"streetbook/assets/postgis/postgistest"
)

func TestPeopleOnTheCommandLine(t *testing.T) {
	t.Parallel()
	url := postgistest.EmptyURL(t)
	must := func(args ...string) string {
		t.Helper()
		out, _ := command(t, 0, url, args...)
		return out
	}
	refused := func(what string, args ...string) {
		t.Helper()
		if out, complaints := command(t, 1, url, args...); out != "" || !strings.Contains(complaints, what) {
			t.Errorf("%v: %q %q", args, out, complaints)
		}
	}
	if password := must("user", "add", "Root", "--role", "admin"); !regexp.MustCompile(`^[a-z2-9]{5}(-[a-z2-9]{5}){3}\n$`).MatchString(password) {
		t.Errorf("the password is printed as %q", password)
	}
	refused("exists already", "user", "add", "root")
	refused("no jurisdiction", "user", "add", "li", "--jurisdiction", "123456789")
	must("user", "add", "li", "--role", "field", "--display-name", "李")
	must("user", "role", "li", "planner")
	if list := must("user", "list"); list != "li\t李\tactive\t*:planner\nroot\t\tactive\t*:admin\n" {
		t.Errorf("%q", list)
	}
	must("user", "disable", "li")
	must("user", "role", "li", "none")
	refused("must remain", "user", "disable", "root")
	if list := must("user", "list"); !strings.HasPrefix(list, "li\t李\tdisabled\t\n") {
		t.Errorf("%q", list)
	}
	must("user", "enable", "li")
	must("user", "password", "LI")
	refused("no such account", "token", "create", "--user", "nobody", "--name", "x")
	token := must("token", "create", "--user", "root", "--name", "QGIS")
	lines := strings.Split(strings.TrimSuffix(token, "\n"), "\n")
	if !strings.HasPrefix(lines[len(lines)-1], "sbk_") {
		t.Fatalf("%q", token)
	}
	list := must("token", "list")
	if !strings.Contains(list, "\troot\tQGIS\tadmin\t000000000\tno end\tnever used") || strings.Contains(list, "sbk_") {
		t.Errorf("%q", list)
	}
	must("token", "revoke", strings.SplitN(list, "\t", 2)[0])
	if list := must("token", "list"); list != "" {
		t.Errorf("%q", list)
	}
	if out := must("verify"); !strings.Contains(out, "000000000 ok") {
		t.Errorf("%q", out)
	}
}

// TestOwnAuthority: with --tls=self a client that trusts the printed certificate
// gets in, today and after a restart; one that does not is kept out.
func TestOwnAuthority(t *testing.T) {
	t.Parallel()
	data, url := dataFolder(t), postgistest.EmptyURL(t)
	serve := func() (*program, string) {
		p := start(t, "serve", "--data", data, "--database", url, "--sample", "off", "--listen", "127.0.0.1:0", "--tls", "self")
		return p, p.url(t)
	}
	get := func(url string, roots *x509.CertPool) (*http.Response, error) {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
		return client.Get(url)
	}
	first, address := serve()
	authority, err := os.ReadFile(filepath.Join(data, "tls", "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		t.Fatal("no certificate")
	}
	if _, err := get(address+"/healthz", x509.NewCertPool()); err == nil {
		t.Error("a client that does not trust the authority got in")
	}
	res, err := get(address+"/trust/ca.crt", roots)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	served, err := io.ReadAll(res.Body)
	if err != nil || !bytes.Equal(served, authority) || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%v %q %v", err, served, res.Header)
	}
	first.stop(t)
	_, again := serve()
	if res, err := get(again+"/healthz", roots); err != nil || res.StatusCode != 200 {
		t.Errorf("after a restart: %v", err)
	}
	if info, err := os.Stat(filepath.Join(data, "tls", "authority.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key may be read by others: %v %v", info, err)
	}
}
