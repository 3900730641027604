package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed says which of the project's packages each may import. What is not
// here may not exist.
var allowed = map[string][]string{
	"cmd/streetbook":             {"assets", "assets/blob", "assets/exchange", "assets/live", "assets/postgis", "assets/postgis/local", "assets/web", "geo", "static"},
	"cmd/bench":                  {"assets", "assets/blob", "assets/exchange", "assets/postgis", "assets/postgis/local", "assets/live", "assets/web", "geo", "static"},
	"assets/web":                 {"assets", "assets/blob", "assets/cql2", "assets/exchange", "assets/live", "assets/picture", "assets/postgis", "geo"},
	"assets/live":                {"assets", "assets/exchange", "assets/postgis", "geo"},
	"assets/postgis":             {"assets", "assets/cql2", "geo", "migrations"},
	"assets/postgis/local":       {"assets"},
	"assets/postgis/postgistest": {"assets", "assets/postgis", "assets/postgis/local", "migrations"},
	"assets/exchange":            {"assets", "geo"},
	"assets":                     {"assets/cql2", "geo"},
	"assets/blob":                {"assets"},
	"assets/picture":             {"assets"},
	"assets/cql2":                {"geo"},
	"geo":                        {},
	"migrations":                 {},
	"static":                     {},
}

// onlyIn names the packages that keep a dependency to themselves.
var onlyIn = map[string][]string{
	"github.com/labstack/echo":  {"assets/web"},
	"github.com/boombuler":      {"assets/exchange"},
	"github.com/disintegration": {"assets/picture"},
	"github.com/bep/imagemeta":  {"assets/picture"},
	"github.com/jackc/pgx":      {"assets/postgis", "assets/postgis/local", "assets/postgis/postgistest"},
	"github.com/xuri/excelize":  {"assets/exchange"},
}

// TestImportsRunOneWay holds cmd → web → live → postgis → assets → geo, with
// exchange beside postgis and neither knowing the other. Test files may also
// use postgistest, and whatever else they need to build a real registry.
func TestImportsRunOneWay(t *testing.T) {
	root := moduleRoot(t)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && file != root || d.Name() == "data" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		checkImports(t, filepath.ToSlash(rel), file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImports(t *testing.T, pkg, file string) {
	t.Helper()
	may, known := allowed[pkg]
	if !known {
		t.Errorf("%s: package %s is not part of the layout", file, pkg)
		return
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if own, ok := strings.CutPrefix(name, "streetbook/"); ok && !slices.Contains(may, own) {
			t.Errorf("%s: %s may not import %s", file, pkg, own)
		}
		for dependency, homes := range onlyIn {
			if strings.HasPrefix(name, dependency) && !slices.Contains(homes, pkg) {
				t.Errorf("%s: only %v may import %s", file, homes, dependency)
			}
		}
	}
}

// TestTopLevelEntries holds the visible entries of the checkout.
func TestTopLevelEntries(t *testing.T) {
	root := moduleRoot(t)
	out, err := exec.Command("git", "-C", root, "ls-files").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	want := []string{"cmd", "geo", "assets", "migrations", "static", "go.mod", "go.sum", "README.md", "LICENSE"}
	for _, file := range strings.Fields(string(out)) {
		top := strings.SplitN(path.Clean(file), "/", 2)[0]
		if !strings.HasPrefix(top, ".") && !slices.Contains(want, top) {
			t.Errorf("%s does not belong at the top", top)
		}
	}
}

// moduleRoot is the folder of go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}
