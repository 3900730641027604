package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/labstack/echo/v4"
)

// hashPlace stands in the pages where the hash of the web files belongs.
const hashPlace = "/static/HASH/"

// pages are the web files, ready to be sent: under a path with the hash of all
// of them, so that a browser may keep them for ever, and compressed once.
type pages struct {
	hash         string
	files        map[string]webFile
	index, field page
	worker       []byte // sw.js
}

// page is a page and its content security policy: scripts of our own and the
// one inline import map, nothing else.
type page struct {
	body   []byte
	packed map[string]func() []byte // by encoding
	policy string
}

type webFile struct {
	mediaType string
	plain     []byte
	packed    map[string]func() []byte // by encoding
}

func newWebFile(name string, body []byte) webFile {
	return webFile{mediaTypes[path.Ext(name)], body, packed(body)}
}

// mediaTypes of the web files. Others are not served.
var mediaTypes = map[string]string{
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".wasm": "application/wasm",
	".webmanifest": "application/manifest+json",
}

func newPages(files fs.FS) (*pages, error) {
	p := &pages{files: map[string]webFile{}}
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(body))
		sum.Write(body)
		if mediaTypes[path.Ext(name)] != "" {
			p.files[name] = newWebFile(name, body)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, err
	}
	index, made, err := bundle(files, index)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(made)) {
		body := made[name]
		fmt.Fprintf(sum, "%s %d\n", name, len(body))
		sum.Write(body)
		p.files[name] = newWebFile(name, body)
	}
	p.hash = hex.EncodeToString(sum.Sum(nil)[:8])
	if p.index, err = p.page("index.html", index); err != nil {
		return nil, err
	}
	// The phone's page stays as it is written: its worker keeps each file by itself,
	// once and for good.
	field, err := fs.ReadFile(files, "field.html")
	if err != nil {
		return nil, err
	}
	if p.field, err = p.page("field.html", field); err != nil {
		return nil, err
	}
	worker, err := fs.ReadFile(files, "sw.js")
	p.worker = p.hashed(worker)
	return p, err
}

func (p *pages) hashed(body []byte) []byte {
	return bytes.ReplaceAll(body, []byte(hashPlace), []byte("/static/"+p.hash+"/"))
}

func (p *pages) page(name string, body []byte) (page, error) {
	body = p.hashed(body)
	policy, err := policyFor(body)
	if err != nil {
		return page{}, fmt.Errorf("%s: %w", name, err)
	}
	return page{body, packed(body), policy}, nil
}

// packed compresses a body as well as it can be, once for all who ask and not
// before somebody does: a start should not wait for it. nil where it gains nothing.
func packed(body []byte) map[string]func() []byte {
	less := func(pack func() []byte) func() []byte {
		return sync.OnceValue(func() []byte {
			if b := pack(); len(b) < len(body) {
				return b
			}
			return nil
		})
	}
	return map[string]func() []byte{
		encodingGzip: less(func() []byte {
			var b bytes.Buffer
			w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
			if err != nil {
				panic(err) // the level is a constant
			}
			w.Write(body)
			w.Close()
			return b.Bytes()
		}),
		encodingZstd: less(func() []byte {
			w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
			if err != nil {
				panic(err) // the options are constants
			}
			defer w.Close()
			return w.EncodeAll(body, nil)
		}),
	}
}

// policyFor allows the page's inline import map by its hash.
func policyFor(page []byte) (string, error) {
	const open = `<script type="importmap">`
	_, rest, ok := bytes.Cut(page, []byte(open))
	importMap, _, closed := bytes.Cut(rest, []byte("</script>"))
	if !ok || !closed {
		return "", errors.New("no import map")
	}
	sum := sha256.Sum256(importMap)
	return strings.Join([]string{"default-src 'none'", "script-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
		"worker-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "connect-src 'self'", "font-src 'self'", "manifest-src 'self'",
		"base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}, "; "), nil
}

// planner answers the planner's page. Its view is in the fragment of the
// address, which the server never sees.
func (s *Server) planner(c echo.Context) error {
	return s.sendPage(c, s.pages.index)
}

// fieldPage answers the page of the phones.
func (s *Server) fieldPage(c echo.Context) error {
	return s.sendPage(c, s.pages.field)
}

func (s *Server) sendPage(c echo.Context, p page) error {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	sum := sha256.Sum256(p.body)
	if unchanged(c, hex.EncodeToString(sum[:12])) {
		return c.NoContent(http.StatusNotModified)
	}
	return sendPacked(c, typeHTML, p.body, p.packed)
}

// sendPacked sends a body that stays the same.
func sendPacked(c echo.Context, mediaType string, plain []byte, packed map[string]func() []byte) error {
	encoding := encodingOf(c.Request())
	if pack := packed[encoding]; pack != nil {
		if body := pack(); body != nil {
			c.Response().Header().Set(echo.HeaderContentEncoding, encoding)
			return c.Blob(http.StatusOK, mediaType, body)
		}
	}
	return c.Blob(http.StatusOK, mediaType, plain)
}

// serviceWorker answers the script that keeps the field page on the phone. It
// stands at the root because it may only answer for what lies below it.
func (s *Server) serviceWorker(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", s.pages.field.policy)
	h.Set("Cache-Control", "no-cache")
	return s.bytes(c, mediaTypes[".js"], s.pages.worker)
}

// staticFile answers a web file. Under the hash of another version it is not
// there: a page must never mix two.
func (s *Server) staticFile(c echo.Context) error {
	f, ok := s.pages.files[c.Param("*")]
	if !ok || c.Param("hash") != s.pages.hash {
		return echo.ErrNotFound
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	// A worker obeys the policy of its own script, not that of the page: the map's
	// worker fetches tiles.
	h.Set("Content-Security-Policy", s.pages.index.policy)
	return sendPacked(c, f.mediaType, f.plain, f.packed)
}

// favicon answers browsers that ask for it whatever the page says.
func (s *Server) favicon(c echo.Context) error {
	f, ok := s.pages.files["icons/logo.svg"]
	if !ok {
		return echo.ErrNotFound
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return c.Blob(http.StatusOK, f.mediaType, f.plain)
}
