package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/labstack/echo/v4"
)

// Media types.
const (
	typeJSON     = "application/json"
	typeGeoJSON  = "application/geo+json"
	typeMVT      = "application/vnd.mapbox-vector-tile"
	typeHTML     = "text/html; charset=utf-8"
	typeOpenAPI  = "application/vnd.oai.openapi+json;version=3.0"
	typeTileJSON = "application/vnd.mapbox.tile+json"
	typeXLSX     = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// json answers a small document.
func (s *Server) json(c echo.Context, v any) error {
	return s.document(c, typeJSON, v)
}

// document answers a small document of JSON under another name.
func (s *Server) document(c echo.Context, mediaType string, v any) error {
	body, err := marshal(v)
	if err != nil {
		return err
	}
	openToAll(c)
	return s.bytes(c, mediaType, append(body, '\n'))
}

// marshal writes JSON for programs: & and < stay as they are, so that links can
// be read by people too.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// bytes answers a body that is whole, with an ETag of its content.
func (s *Server) bytes(c echo.Context, mediaType string, body []byte) error {
	sum := sha256.Sum256(body)
	h := c.Response().Header()
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	h.Add("Vary", "Accept-Encoding")
	if unchanged(c, hex.EncodeToString(sum[:12])) {
		return c.NoContent(http.StatusNotModified)
	}
	return writeWhole(c, mediaType, body)
}

// writeWhole sends a 200 with a body that is whole.
func writeWhole(c echo.Context, mediaType string, body []byte) error {
	if len(body) < packAbove || encodingOf(c.Request()) == "" {
		c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	}
	w := openStream(c, mediaType)
	if _, err := w.Write(body); err != nil {
		return err
	}
	return w.Close()
}

// unchanged sets the strong ETag for the representation that this client gets
// and reports whether the client has it already. Compressed bytes are another
// representation, and have another tag.
func unchanged(c echo.Context, tag string) bool { return tagged(c, "", tag) }

// unchangedWeakly is unchanged for lists, which say the time at which they were
// made: the same features are not the same bytes.
func unchangedWeakly(c echo.Context, tag string) bool { return tagged(c, "W/", tag) }

func tagged(c echo.Context, prefix, tag string) bool {
	tag += tagEnds[encodingOf(c.Request())]
	c.Response().Header().Set("ETag", prefix+`"`+tag+`"`)
	return matches(c.Request().Header.Values("If-None-Match"), tag)
}

// matches compares weakly, as If-None-Match does.
func matches(headers []string, tag string) bool {
	for _, header := range headers {
		for _, candidate := range strings.Split(header, ",") {
			candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
			if candidate == "*" || candidate == `"`+tag+`"` {
				return true
			}
		}
	}
	return false
}

// packAbove is the size in bytes from which compressing is worth it.
const packAbove = 1024

// stream is a body that is written as it comes, compressed when asked for.
type stream struct {
	plain    pacedWriter
	encoding string
	packed   compressor // nil where nothing is compressed
}

type compressor interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// Compressors are large, and cost more to make than most answers. zstd's is kept
// to a window that neither side has to find many megabytes for.
var compressors = map[string]*sync.Pool{
	encodingGzip: {New: func() any {
		w, err := gzip.NewWriterLevel(io.Discard, 4)
		if err != nil {
			panic(err) // the level is a constant
		}
		return compressor(w)
	}},
	encodingZstd: {New: func() any {
		w, err := zstd.NewWriter(io.Discard, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
		if err != nil {
			panic(err) // the options are constants
		}
		return compressor(w)
	}},
}

// openStream sends the header of a 200. A body whose length is stated already
// is not compressed.
func openStream(c echo.Context, mediaType string) *stream {
	r := c.Response()
	s := &stream{plain: pacedWriter{r, http.NewResponseController(r)}, encoding: encodingOf(c.Request())}
	r.Header().Set(echo.HeaderContentType, mediaType)
	if r.Header().Get(echo.HeaderContentLength) == "" && s.encoding != "" {
		r.Header().Set(echo.HeaderContentEncoding, s.encoding)
		s.packed = compressors[s.encoding].Get().(compressor)
		s.packed.Reset(s.plain)
	}
	r.WriteHeader(http.StatusOK)
	return s
}

func (s *stream) Write(b []byte) (int, error) {
	if s.packed != nil {
		return s.packed.Write(b)
	}
	return s.plain.Write(b)
}

// Close ends the body. A stream that is not closed stays cut off, which is what
// an error in the middle must look like.
func (s *stream) Close() error {
	if s.packed == nil {
		return nil
	}
	err := s.packed.Close()
	compressors[s.encoding].Put(s.packed)
	s.packed = nil
	return err
}

// pacedWriter cuts off a reader that does not read: a list holds a connection to
// the database until its last byte is taken.
type pacedWriter struct {
	response *echo.Response
	control  *http.ResponseController
}

// pace is how long a reader may take for one piece, which at the slowest is
// 2 kB/s.
const (
	pace  = 15 * time.Second
	piece = 32 << 10
)

func (w pacedWriter) Write(b []byte) (n int, err error) {
	for part := range slices.Chunk(b, piece) {
		if err := w.control.SetWriteDeadline(time.Now().Add(pace)); err != nil {
			return n, err
		}
		m, err := w.response.Write(part)
		if n += m; err != nil {
			return n, err
		}
	}
	return n, nil
}

// featureWriter streams a FeatureCollection. Nothing is sent before the first
// bytes are worth it, so that what fails at once is still answered as a problem.
type featureWriter struct {
	context echo.Context
	out     *stream
	buf     []byte
	written int // features so far
}

// flushAt is how many bytes are gathered before they are sent.
const flushAt = 64 << 10

func newFeatureWriter(c echo.Context) *featureWriter {
	return &featureWriter{context: c, buf: append(make([]byte, 0, flushAt+8<<10), `{"type":"FeatureCollection","features":[`...)}
}

// add writes the feature that appendTo appends.
func (w *featureWriter) add(appendTo func([]byte) []byte) error {
	if w.written > 0 {
		w.buf = append(w.buf, ',', '\n')
	}
	w.written++
	if w.buf = appendTo(w.buf); len(w.buf) < flushAt {
		return nil
	}
	return w.send()
}

func (w *featureWriter) send() error {
	if w.out == nil {
		w.out = openStream(w.context, typeGeoJSON)
	}
	_, err := w.out.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// end closes the collection, with further members behind the features.
func (w *featureWriter) end(members string) error {
	w.buf = append(append(append(w.buf, ']'), members...), '}')
	if w.out == nil && len(w.buf) < packAbove {
		w.context.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(w.buf)))
	}
	if err := w.send(); err != nil {
		return err
	}
	return w.out.Close()
}

// tagOf is the tag of an answer that follows from the state of the registry, the
// request, what its asker may see and the program alone.
func (s *Server) tagOf(c echo.Context, position int64) string {
	r := c.Request()
	v := s.view(c)
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s %s %s?%s %v %v %v", position, s.config.Version, s.config.Commit, s.root(c), r.URL.EscapedPath(), r.URL.RawQuery,
		v.Public, v.Scope.All(), v.Scope.List()))
	return hex.EncodeToString(sum[:12])
}
