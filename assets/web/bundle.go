package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// The page's modules and styles are many small files, which is how they are
// written and checked, and would be as many requests. When the program starts it
// joins them: the modules that the page begins with into one, those that are
// imported later into others, and all styles into one. Nothing on disk changes.

var (
	moduleScript = regexp.MustCompile(`<script type="module" src="/static/HASH/([^"]+)"></script>`)
	stylesheet   = regexp.MustCompile(`<link rel="stylesheet" href="/static/HASH/([^"]+)">\n?`)
	preload      = regexp.MustCompile(`<link rel="modulepreload" href="/static/HASH/([^"]+)">\n?`)
)

// apart are the modules that are not joined with others: the map's library finds
// its worker beside itself.
var apart = []string{"maplibre-gl"}

// bundle joins what a page loads. It returns the page as it is to be sent and
// the files that it then asks for.
func bundle(files fs.FS, page []byte) ([]byte, map[string][]byte, error) {
	made := map[string][]byte{}
	script := moduleScript.FindSubmatch(page)
	if script == nil {
		return page, made, nil
	}
	imports, err := importsOf(page)
	if err != nil {
		return nil, nil, err
	}
	if err := joinModules(files, string(script[1]), imports, made); err != nil {
		return nil, nil, err
	}
	page = preload.ReplaceAllFunc(page, func(link []byte) []byte {
		if name := string(preload.FindSubmatch(link)[1]); keptApart(name, imports) {
			return link
		}
		return nil
	})
	page, err = joinStyles(files, page, made)
	return page, made, err
}

// importsOf reads the page's import map: names and the files they stand for.
func importsOf(page []byte) (map[string]string, error) {
	_, rest, _ := bytes.Cut(page, []byte(`<script type="importmap">`))
	text, _, ok := bytes.Cut(rest, []byte("</script>"))
	if !ok {
		return nil, errors.New("index.html has no import map")
	}
	var m struct {
		Imports map[string]string `json:"imports"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("import map: %w", err)
	}
	for name, address := range m.Imports {
		m.Imports[name] = strings.TrimPrefix(address, hashPlace)
	}
	return m.Imports, nil
}

func keptApart(file string, imports map[string]string) bool {
	return slices.ContainsFunc(apart, func(name string) bool { return imports[name] == file })
}

// joinModules joins a module with all that it imports at once.
func joinModules(files fs.FS, entry string, imports map[string]string, made map[string][]byte) error {
	const space = "static"
	resolve := func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		switch {
		case slices.Contains(apart, a.Path):
			return api.OnResolveResult{Path: a.Path, External: true}, nil
		case a.Kind == api.ResolveEntryPoint:
			return api.OnResolveResult{Path: a.Path, Namespace: space}, nil
		case strings.HasPrefix(a.Path, "."):
			return api.OnResolveResult{Path: path.Join(path.Dir(a.Importer), a.Path), Namespace: space}, nil
		}
		file, ok := imports[a.Path]
		if !ok {
			return api.OnResolveResult{}, fmt.Errorf("%s is not in the import map", a.Path)
		}
		return api.OnResolveResult{Path: file, Namespace: space}, nil
	}
	load := func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		b, err := fs.ReadFile(files, a.Path)
		text := string(b)
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, err
	}
	const out = "/out"
	result := api.Build(api.BuildOptions{
		EntryPointsAdvanced: []api.EntryPoint{{InputPath: entry, OutputPath: strings.TrimSuffix(entry, path.Ext(entry))}},
		Bundle:              true, Splitting: true, Format: api.FormatESModule, Platform: api.PlatformBrowser, Target: api.ES2022, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true, LegalComments: api.LegalCommentsInline, Outdir: out, ChunkNames: "joined/[name]-[hash]",
		Plugins: []api.Plugin{{Name: space, Setup: func(b api.PluginBuild) {
			b.OnResolve(api.OnResolveOptions{Filter: `.*`}, resolve)
			b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: space}, load)
		}}},
	})
	if len(result.Errors) > 0 {
		return fmt.Errorf("joining the modules of %s: %s", entry, result.Errors[0].Text)
	}
	for _, f := range result.OutputFiles {
		made[strings.TrimPrefix(strings.ReplaceAll(f.Path, `\`, "/"), out+"/")] = f.Contents
	}
	return nil
}

// joinStyles joins the page's styles, in order, where its first one stands.
func joinStyles(files fs.FS, page []byte, made map[string][]byte) ([]byte, error) {
	const name = "style/joined.css"
	var all []byte
	for _, m := range stylesheet.FindAllSubmatch(page, -1) {
		b, err := fs.ReadFile(files, string(m[1]))
		if err != nil {
			return nil, err
		}
		all = append(append(all, b...), '\n')
	}
	if all == nil {
		return page, nil
	}
	small := api.Transform(string(all), api.TransformOptions{Loader: api.LoaderCSS, MinifyWhitespace: true, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsInline})
	if len(small.Errors) > 0 {
		return nil, fmt.Errorf("joining the styles: %s", small.Errors[0].Text)
	}
	made[name] = small.Code
	first := true
	return stylesheet.ReplaceAllFunc(page, func([]byte) []byte {
		if !first {
			return nil
		}
		first = false
		return []byte(`<link rel="stylesheet" href="` + hashPlace + name + `">` + "\n")
	}), nil
}
