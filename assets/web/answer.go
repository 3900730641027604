package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

// Media types.
const (
	typeJSON    = "application/json"
	typeGeoJSON = "application/geo+json"
	typeMVT     = "application/vnd.mapbox-vector-tile"
)

// json answers a small document.
func (s *Server) json(c echo.Context, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	openToAll(c)
	return s.bytes(c, typeJSON, b.Bytes())
}

// bytes answers a body that is whole, with an ETag of its content.
func (s *Server) bytes(c echo.Context, mediaType string, body []byte) error {
	sum := sha256.Sum256(body)
	h := c.Response().Header()
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	h.Add("Vary", "Accept, Accept-Encoding")
	if unchanged(c, hex.EncodeToString(sum[:12])) {
		return c.NoContent(http.StatusNotModified)
	}
	h.Set(echo.HeaderContentType, mediaType)
	if len(body) < 1024 || !acceptsGzip(c.Request()) {
		h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
		c.Response().WriteHeader(http.StatusOK)
		_, err := c.Response().Write(body)
		return err
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
	if acceptsGzip(c.Request()) {
		tag += "-gz"
	}
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

// acceptsGzip reads Accept-Encoding; gzip;q=0 means no.
func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, parameters, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(name, "gzip") && name != "*" {
			continue
		}
		q := strings.TrimPrefix(strings.TrimSpace(parameters), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return err != nil || weight > 0
	}
	return false
}

// acceptable reports whether Accept allows one of the media types.
func acceptable(r *http.Request, types ...string) bool {
	headers := r.Header.Values("Accept")
	if len(headers) == 0 {
		return true
	}
	for _, part := range strings.Split(strings.Join(headers, ","), ",") {
		name, parameters, _ := strings.Cut(strings.TrimSpace(part), ";")
		if q, ok := strings.CutPrefix(strings.TrimSpace(parameters), "q="); ok {
			if weight, err := strconv.ParseFloat(q, 64); err == nil && weight == 0 {
				continue
			}
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "*/*" || name == "application/*" || name == "" {
			return true
		}
		for _, t := range types {
			if name == t {
				return true
			}
		}
		// A browser asks for a page first: it is shown the JSON.
		if name == "text/html" {
			return true
		}
	}
	return false
}

// stream is a body that is written as it comes, compressed when asked for.
type stream struct {
	response *echo.Response
	gzip     *gzip.Writer
}

// Compressors are large, and cost more to make than most answers.
var compressors = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, 4)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// openStream sends the header of a 200.
func openStream(c echo.Context, mediaType string) *stream {
	r := c.Response()
	s := &stream{response: r}
	r.Header().Set(echo.HeaderContentType, mediaType)
	if acceptsGzip(c.Request()) {
		r.Header().Set(echo.HeaderContentEncoding, "gzip")
		s.gzip = compressors.Get().(*gzip.Writer)
		s.gzip.Reset(r)
	}
	r.WriteHeader(http.StatusOK)
	return s
}

func (s *stream) Write(b []byte) (int, error) {
	if s.gzip != nil {
		return s.gzip.Write(b)
	}
	return s.response.Write(b)
}

// Close ends the body. A stream that is not closed stays cut off, which is what
// an error in the middle must look like.
func (s *stream) Close() error {
	if s.gzip == nil {
		return nil
	}
	err := s.gzip.Close()
	compressors.Put(s.gzip)
	s.gzip = nil
	return err
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
const flushAt = 32 << 10

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
	if err := w.send(); err != nil {
		return err
	}
	return w.out.Close()
}

// tagOf is the tag of an answer that follows from the state of the registry and
// the request alone.
func tagOf(c echo.Context, position int64) string {
	r := c.Request()
	sum := sha256.Sum256([]byte(fmt.Sprintf("%d %s %s?%s", position, r.Host, r.URL.Path, r.URL.RawQuery)))
	return hex.EncodeToString(sum[:12])
}
