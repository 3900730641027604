package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// The page's modules and styles are many small files, which is how they are
// written and checked, and would be as many requests. When the program starts it
// joins them: the modules that the page begins with into one, those that are
// imported later into others, all styles into one, and small files that are always
// needed into the page itself. Nothing on disk changes.

var (
	moduleScript = regexp.MustCompile(`<script type="module" src="/static/HASH/([^"]+)"></script>`)
	stylesheet   = regexp.MustCompile(`<link rel="stylesheet" href="/static/HASH/([^"]+)">\n?`)
	preload      = regexp.MustCompile(`<link rel="modulepreload" href="/static/HASH/([^"]+)">\n?`)
	joinedFile   = regexp.MustCompile(`(<template data-file="([^"]+)">)(</template>)`)
	icon         = regexp.MustCompile(`(<link rel="icon" href=")/static/HASH/([^"]+)(" type="image/svg\+xml">)`)
)

// apart are the modules that are not joined with others: the map's library finds
// its worker beside itself, and what draws would share a piece with everything
// else, which would be one more file for every visitor.
var apart = []string{"maplibre-gl", "terra-draw", "terra-draw-maplibre-gl-adapter"}

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
	graph, err := joinModules(files, string(script[1]), imports, made)
	if err != nil {
		return nil, nil, err
	}
	wanted := map[string]bool{}
	graph.gather(string(script[1]), wanted)
	page = preload.ReplaceAllFunc(page, func(link []byte) []byte {
		name := string(preload.FindSubmatch(link)[1])
		if keptApart(name, imports) {
			return link
		}
		graph.gather(name, wanted)
		return nil
	})
	var links []byte
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		links = fmt.Appendf(links, "<link rel=\"modulepreload\" href=\"%s%s\">\n", hashPlace, name)
	}
	page = bytes.Replace(page, script[0], append(links, script[0]...), 1)
	if page, err = joinFiles(files, page); err != nil {
		return nil, nil, err
	}
	page, err = joinStyles(files, page, made)
	return page, made, err
}

// joinedFiles says which files the joined modules are in.
type joinedFiles struct {
	Outputs map[string]struct {
		EntryPoint string `json:"entryPoint"`
		Imports    []struct {
			Path string `json:"path"`
			Kind string `json:"kind"`
		} `json:"imports"`
	} `json:"outputs"`
}

// outFolder is where the joined files would be written, if they were.
const outFolder = "out/"

// gather adds the file that a module begins, and all that it imports at once.
func (j joinedFiles) gather(module string, wanted map[string]bool) {
	for name, o := range j.Outputs {
		if o.EntryPoint == moduleSpace+":"+module {
			j.follow(name, wanted)
		}
	}
}

func (j joinedFiles) follow(name string, wanted map[string]bool) {
	file := strings.TrimPrefix(name, outFolder)
	if wanted[file] {
		return
	}
	wanted[file] = true
	for _, i := range j.Outputs[name].Imports {
		if _, ours := j.Outputs[i.Path]; ours && i.Kind == "import-statement" {
			j.follow(i.Path, wanted)
		}
	}
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

// moduleSpace is what esbuild calls the place of our modules, which is no folder.
const moduleSpace = "static"

// joinModules joins a module with all that it imports at once.
func joinModules(files fs.FS, entry string, imports map[string]string, made map[string][]byte) (graph joinedFiles, err error) {
	resolve := func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		switch {
		case slices.Contains(apart, a.Path):
			return api.OnResolveResult{Path: a.Path, External: true}, nil
		case a.Kind == api.ResolveEntryPoint:
			return api.OnResolveResult{Path: a.Path, Namespace: moduleSpace}, nil
		case strings.HasPrefix(a.Path, "."):
			return api.OnResolveResult{Path: path.Join(path.Dir(a.Importer), a.Path), Namespace: moduleSpace}, nil
		}
		file, ok := imports[a.Path]
		if !ok {
			return api.OnResolveResult{}, fmt.Errorf("%s is not in the import map", a.Path)
		}
		return api.OnResolveResult{Path: file, Namespace: moduleSpace}, nil
	}
	load := func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		b, err := fs.ReadFile(files, a.Path)
		text := string(b)
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, err
	}
	result := api.Build(api.BuildOptions{
		EntryPointsAdvanced: []api.EntryPoint{{InputPath: entry, OutputPath: strings.TrimSuffix(entry, path.Ext(entry))}},
		Bundle:              true, Splitting: true, Format: api.FormatESModule, Platform: api.PlatformBrowser, Target: api.ES2022, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true, LegalComments: api.LegalCommentsInline, Outdir: "/" + outFolder, AbsWorkingDir: "/", Metafile: true, ChunkNames: "joined/[name]-[hash]",
		Plugins: []api.Plugin{{Name: moduleSpace, Setup: func(b api.PluginBuild) {
			b.OnResolve(api.OnResolveOptions{Filter: `.*`}, resolve)
			b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: moduleSpace}, load)
		}}},
	})
	if len(result.Errors) > 0 {
		return graph, fmt.Errorf("joining the modules of %s: %s", entry, result.Errors[0].Text)
	}
	for _, f := range result.OutputFiles {
		made[strings.TrimPrefix(strings.ReplaceAll(f.Path, `\`, "/"), "/"+outFolder)] = f.Contents
	}
	return graph, json.Unmarshal([]byte(result.Metafile), &graph)
}

// joinFiles puts files into the page as text, and its icon as an address that
// holds it.
func joinFiles(files fs.FS, page []byte) ([]byte, error) {
	var faults []error
	fill := func(place *regexp.Regexp, text func(file []byte) string) {
		page = place.ReplaceAllFunc(page, func(found []byte) []byte {
			parts := place.FindSubmatch(found)
			b, err := fs.ReadFile(files, string(parts[2]))
			faults = append(faults, err)
			return slices.Concat(parts[1], []byte(text(b)), parts[3])
		})
	}
	fill(joinedFile, func(file []byte) string { return html.EscapeString(string(file)) })
	fill(icon, func(file []byte) string {
		return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(file)
	})
	return page, errors.Join(faults...)
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
