package web_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"streetbook/assets/postgis/postgistest"
	"streetbook/assets/web"
	"streetbook/static"
)

// TestThePageIsFewFiles loads what the planner's page asks for before anything
// is done on it.
func TestThePageIsFewFiles(t *testing.T) {
	t.Parallel()
	store := postgistest.New(t)
	server, err := web.New(store, static.Files, web.Config{Version: "test", Anonymous: true})
	if err != nil {
		t.Fatal(err)
	}
	s := site{httptest.NewServer(server.Handler()), store}
	t.Cleanup(s.Close)
	_, page := s.get(t, "/")
	_, body, _ := strings.Cut(string(page), "</script>") // behind the import map
	names := regexp.MustCompile(`/static/[^"]+`).FindAllString(body, -1)
	if len(names) == 0 || len(names) > 10 {
		t.Errorf("the page asks for %d files: %v", len(names), names)
	}
	bytes := 0
	for _, name := range names {
		res, b := s.get(t, name, "Accept-Encoding", "gzip")
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", name, res.Status)
		}
		bytes += len(b)
	}
	if bytes > 480_000 {
		t.Errorf("the page's files are %d bytes", bytes)
	}
	t.Logf("%d files, %d bytes", len(names), bytes)
}
