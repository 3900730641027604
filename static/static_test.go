package static

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := fs.ReadFile(Files, name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// own lists the program's own files with one of the extensions.
func own(t *testing.T, extensions ...string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(Files, ".", func(name string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && name == "vendor" {
			return fs.SkipDir
		}
		if err == nil && !d.IsDir() && slices.Contains(extensions, path.Ext(name)) {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestVendor checks that the libraries are the ones that vendor.json names,
// byte for byte, with a licence each, and that nothing else lies among them.
func TestVendor(t *testing.T) {
	var libraries []struct {
		Name, Version, Licence, Folder string
		Files                          map[string]string
	}
	if err := json.Unmarshal(read(t, "vendor/vendor.json"), &libraries); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"vendor/vendor.json": true, "vendor/refresh.sh": true}
	for _, l := range libraries {
		if l.Version == "" || l.Licence == "" || !strings.HasSuffix(l.Folder, "@"+l.Version) || l.Files["LICENSE"] == "" {
			t.Errorf("%s: version %q, licence %q, folder %q", l.Name, l.Version, l.Licence, l.Folder)
		}
		for name, want := range l.Files {
			full := path.Join("vendor", l.Folder, name)
			known[full] = true
			if sum := sha256.Sum256(read(t, full)); hex.EncodeToString(sum[:]) != want {
				t.Errorf("%s was changed since vendor/refresh.sh wrote it", full)
			}
		}
	}
	err := fs.WalkDir(Files, "vendor", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !known[name] {
			t.Errorf("%s is not in vendor.json", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestReferences checks that every file that a page or a module names is there.
func TestReferences(t *testing.T) {
	pages := slices.Concat(read(t, "index.html"), read(t, "field.html"))
	for _, m := range regexp.MustCompile(regexp.QuoteMeta(HASH)+`([^"]+)`).FindAllSubmatch(pages, -1) {
		read(t, string(m[1]))
	}
	imports := regexp.MustCompile(`(?:from |import )'([^']+)'|import\('([^']+)'\)`)
	bare := regexp.MustCompile(`"([^"]+)": "` + regexp.QuoteMeta(HASH))
	var mapped []string
	for _, m := range bare.FindAllSubmatch(pages, -1) {
		mapped = append(mapped, string(m[1]))
	}
	for _, name := range own(t, ".js") {
		for _, m := range imports.FindAllSubmatch(read(t, name), -1) {
			target := string(m[1]) + string(m[2])
			if strings.HasPrefix(target, ".") {
				read(t, path.Join(path.Dir(name), target))
			} else if !slices.Contains(mapped, target) {
				t.Errorf("%s imports %q, which is not in the import map", name, target)
			}
		}
	}
}

// TestDictionaries checks that both languages say the same things, that all
// that is asked for is there, and that nothing is there for nothing.
func TestDictionaries(t *testing.T) {
	words := map[string]map[string]string{}
	for _, language := range []string{"zh-CN", "en"} {
		var d map[string]string
		if err := json.Unmarshal(read(t, "i18n/"+language+".json"), &d); err != nil {
			t.Fatal(err)
		}
		words[language] = d
	}
	zh, en := words["zh-CN"], words["en"]
	holes := regexp.MustCompile(`\{\w+\}`)
	for key := range zh {
		a, b := holes.FindAllString(zh[key], -1), holes.FindAllString(en[key], -1)
		slices.Sort(a)
		slices.Sort(b)
		if zh[key] == "" || en[key] == "" || !slices.Equal(a, b) {
			t.Errorf("%s: %q and %q", key, zh[key], en[key])
		}
	}
	var source []byte
	for _, name := range own(t, ".js") {
		source = append(source, read(t, name)...)
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`'([a-z0-9_]+(?:\.[a-z0-9_]+)*)'`).FindAllSubmatch(source, -1) {
		used[string(m[1])] = true
	}
	for _, m := range regexp.MustCompile(`\bt\('([^']+)'`).FindAllSubmatch(source, -1) {
		if key := string(m[1]); zh[key] == "" {
			t.Errorf("t('%s') has no words", key)
		}
	}
	var families []string
	for _, m := range regexp.MustCompile("\\bt\\(`([a-z_.]+\\.)\\$\\{").FindAllSubmatch(source, -1) {
		families = append(families, string(m[1]))
	}
	for key := range en {
		if zh[key] == "" {
			t.Errorf("%s is not in zh-CN.json", key)
		}
		if !used[key] && !slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f) }) {
			t.Errorf("nothing says %s", key)
		}
	}
}

// TestSymbols checks that every symbol that the page draws is in the sheet.
func TestSymbols(t *testing.T) {
	sheet := read(t, "icons/symbols.svg")
	for _, name := range own(t, ".js") {
		for _, m := range regexp.MustCompile(`'(ui-[a-z]+)'|name="(ui-[a-z]+)"|icon="(ui-[a-z]+)"`).FindAllSubmatch(read(t, name), -1) {
			id := string(slices.Concat(m[1], m[2], m[3]))
			if !bytes.Contains(sheet, []byte(`<symbol id="`+id+`"`)) {
				t.Errorf("%s draws %s, which is not in symbols.svg", name, id)
			}
		}
	}
}

// TestMarkup checks that nothing makes markup out of data, and that nothing is
// fetched from elsewhere.
func TestMarkup(t *testing.T) {
	danger := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|setHTML|\beval\(|new Function|style="`)
	elsewhere := regexp.MustCompile(`https?://[^\s'"<)]+`)
	for _, name := range own(t, ".js", ".css", ".html", ".svg") {
		body := read(t, name)
		if m := danger.Find(body); m != nil {
			t.Errorf("%s uses %s", name, m)
		}
		for _, m := range elsewhere.FindAll(body, -1) {
			if string(m) != "http://www.w3.org/2000/svg" {
				t.Errorf("%s names %s", name, m)
			}
		}
	}
}
