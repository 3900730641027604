package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// Formats of a resource of the OGC part, as the parameter f names them.
const (
	formatJSON     = "json"
	formatHTML     = "html"
	formatTileJSON = "tilejson"
	formatMVT      = "mvt"
)

// mediaTypeOf is what a format is called in Accept.
var mediaTypeOf = map[string][]string{
	formatJSON:     {typeJSON, typeGeoJSON, typeOpenAPI, typeSchema},
	formatHTML:     {typeHTML},
	formatTileJSON: {typeTileJSON},
	formatMVT:      {typeMVT},
}

// question is what a resource of the OGC part was asked: its parameters, all of
// them known, and the format to answer in.
type question struct {
	parameters
	format   string
	language string // zh-CN or en
}

// ask reads the parameters, f among them, and settles the format: f wins over
// Accept, and the first of the formats offered over the others. The answer may
// differ by format, and says so.
func ask(c echo.Context, offered []string, known ...string) (question, error) {
	q := question{language: languageOf(c.Request())}
	c.Response().Header().Add("Vary", "Accept")
	var err error
	if q.parameters, err = parametersOf(c, append(known, "f")...); err != nil {
		return q, err
	}
	if f, ok := q.text("f"); ok {
		if !slices.Contains(offered, f) {
			list := strings.Join(offered, ", ")
			return q, assets.Errorf(assets.Invalid, "f", "应为其中之一：%s", "must be one of: %s", list)
		}
		q.format = f
		return q, nil
	}
	if q.format = preferred(c.Request().Header.Values("Accept"), offered); q.format == "" {
		return q, echo.NewHTTPError(http.StatusNotAcceptable)
	}
	return q, nil
}

// preferred is the format with the greatest weight, the first one offered among
// equals; "" if none is acceptable.
func preferred(accept []string, offered []string) string {
	ranges := mediaRanges(accept)
	if len(ranges) == 0 {
		return offered[0]
	}
	best, most := "", 0.0
	for _, format := range offered {
		if w := weightOf(ranges, mediaTypeOf[format]); w > most {
			best, most = format, w
		}
	}
	return best
}

// mediaRange is one entry of Accept, in lower case.
type mediaRange struct {
	kind, subtype string
	weight        float64
}

func mediaRanges(accept []string) (list []mediaRange) {
	for _, part := range strings.Split(strings.Join(accept, ","), ",") {
		name, rest, _ := strings.Cut(strings.ToLower(part), ";")
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		kind, subtype, _ := strings.Cut(name, "/")
		list = append(list, mediaRange{kind, subtype, weight(rest)})
	}
	return list
}

// weight reads q from the parameters of an entry. Without one, or with one that
// is no number, it is 1.
func weight(rest string) float64 {
	for _, parameter := range strings.Split(rest, ";") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
			if w, err := strconv.ParseFloat(v, 64); err == nil && w >= 0 && w <= 1 {
				return w
			}
		}
	}
	return 1
}

// weightOf is the greatest weight of the media types. For each of them the most
// exact entry counts, as RFC 9110 says.
func weightOf(ranges []mediaRange, types []string) (most float64) {
	for _, name := range types {
		name, _, _ = strings.Cut(name, ";")
		kind, subtype, _ := strings.Cut(name, "/")
		exact, w := 0, 0.0
		for _, r := range ranges {
			switch {
			case r.kind == kind && r.subtype == subtype:
				exact, w = 3, r.weight
			case r.kind == kind && r.subtype == "*" && exact <= 2:
				exact, w = 2, r.weight
			case r.kind == "*" && r.subtype == "*" && exact <= 1:
				exact, w = 1, r.weight
			}
		}
		most = max(most, w)
	}
	return most
}

func acceptsGzip(r *http.Request) bool { return accepts(r, encodingGzip) }

// Encodings that answers are sent in; zstd takes less of the wire and of the
// processor, and not every client reads it.
const (
	encodingGzip = "gzip"
	encodingZstd = "zstd"
)

// tagEnds keep the tags of one answer in several encodings apart.
var tagEnds = map[string]string{encodingGzip: "-gz", encodingZstd: "-zs"}

// encodingOf is what an answer to a request is compressed with, "" for nothing.
// Only who names zstd gets it.
func encodingOf(r *http.Request) string {
	switch {
	case strings.Contains(strings.ToLower(r.Header.Get("Accept-Encoding")), encodingZstd) && accepts(r, encodingZstd):
		return encodingZstd
	case accepts(r, encodingGzip):
		return encodingGzip
	}
	return ""
}

// accepts reads Accept-Encoding; gzip;q=0 means no, and gzip counts more than *.
func accepts(r *http.Request, encoding string) bool {
	yes := false
	for _, part := range strings.Split(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, rest, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		switch strings.TrimSpace(name) {
		case encoding:
			return weight(rest) > 0
		case "*":
			yes = weight(rest) > 0
		}
	}
	return yes
}

// languageOf is the language with the greatest weight among those we speak,
// Chinese and English; Chinese among equals that come at once, and by default.
func languageOf(r *http.Request) string {
	best, most := "zh-CN", 0.0
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, rest, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		language := ""
		switch primary, _, _ := strings.Cut(strings.TrimSpace(tag), "-"); primary {
		case "zh":
			language = "zh-CN"
		case "en":
			language = "en"
		}
		if w := weight(rest); language != "" && w > most {
			best, most = language, w
		}
	}
	return best
}
