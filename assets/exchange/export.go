package exchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"streetbook/assets"
)

// Writer writes the objects of one collection to a file, one by one.
type Writer interface {
	Area(*assets.Area) error
	Segment(*assets.Segment) error
	Asset(*assets.Asset) error
	// Close ends the file; without it the file is not whole.
	Close() error
}

// NewWriter writes in the format of the file's name. fields are the attributes
// that become columns of a table of assets, beside the members that all have.
func NewWriter(name string, w io.Writer, fields []assets.Field) (Writer, error) {
	f, err := FormatOf(name)
	if err != nil {
		return nil, err
	}
	if _, ok := f.(CSV); ok {
		return newCSVWriter(w, fields)
	}
	g := &geojsonWriter{out: bufio.NewWriterSize(w, 64<<10)}
	_, err = g.out.WriteString(`{"type":"FeatureCollection","features":[`)
	return g, err
}

type geojsonWriter struct {
	out   *bufio.Writer
	buf   []byte
	wrote bool
}

func (w *geojsonWriter) write(feature []byte) error {
	w.buf = feature
	if w.wrote {
		if _, err := w.out.WriteString(",\n"); err != nil {
			return err
		}
	}
	w.wrote = true
	_, err := w.out.Write(feature)
	return err
}

func (w *geojsonWriter) Area(a *assets.Area) error {
	return w.write(AppendAreaFeature(w.buf[:0], a, nil))
}
func (w *geojsonWriter) Segment(s *assets.Segment) error {
	return w.write(AppendSegmentFeature(w.buf[:0], s, nil))
}
func (w *geojsonWriter) Asset(a *assets.Asset) error {
	return w.write(AppendAssetFeature(w.buf[:0], a, nil))
}

func (w *geojsonWriter) Close() error {
	if _, err := w.out.WriteString("]}\n"); err != nil {
		return err
	}
	return w.out.Flush()
}

// csvWriter writes tables that Excel opens: UTF-8 with a byte order mark.
type csvWriter struct {
	csv    *csv.Writer
	fields []assets.Field
	header []string // of assets
	headed bool
}

func newCSVWriter(w io.Writer, fields []assets.Field) (*csvWriter, error) {
	if _, err := w.Write(byteOrderMark); err != nil {
		return nil, err
	}
	header := slices.Clone(assetHeader)
	for _, f := range fields {
		if slices.Contains(assetHeader, f.Key) {
			f.Key = attribute(f.Key) // a member has that name already
		}
		header = append(header, f.Key)
	}
	return &csvWriter{csv: csv.NewWriter(w), fields: fields, header: header}, nil
}

func (w *csvWriter) row(header []string, cells ...string) error {
	if !w.headed {
		w.headed = true
		if err := w.csv.Write(header); err != nil {
			return err
		}
	}
	return w.csv.Write(cells)
}

var areaHeader = []string{"id", "jurisdiction", "code", "name", "level", "parent", "area_m2", "residents", "source", "updated_at", "version", "geometry"}

func (w *csvWriter) Area(a *assets.Area) error {
	residents := ""
	if a.Residents != nil {
		residents = strconv.Itoa(*a.Residents)
	}
	return w.row(areaHeader, a.ID.String(), a.Jurisdiction, inert(a.Code), inert(a.Name), a.Level, idText(a.Parent), decimal(&a.AreaM2), residents,
		inert(a.Source), timeText(a.UpdatedAt), strconv.Itoa(a.Version), wkt.MarshalString(a.Geometry))
}

var segmentHeader = []string{"id", "jurisdiction", "code", "name", "road", "from", "to", "key", "length_m", "status", "source", "invested", "invested_per_m",
	"asset_count", "condition_mean", "updated_at", "version", "geometry"}

func (w *csvWriter) Segment(s *assets.Segment) error {
	invested, each := "", ""
	if s.Figures.Invested != nil {
		invested = s.Figures.Invested.String()
	}
	if f, ok := s.InvestedPerM(); ok {
		each = f.String()
	}
	return w.row(segmentHeader, s.ID.String(), s.Jurisdiction, inert(s.Code), inert(s.Name), inert(s.Road), inert(s.From), inert(s.To), strconv.FormatBool(s.Key),
		decimal(&s.LengthM), s.Status, inert(s.Source), invested, each, countText(s.Figures.Assets), decimal(s.Figures.ConditionMean), timeText(s.UpdatedAt), strconv.Itoa(s.Version), wkt.MarshalString(s.Geometry))
}

var assetHeader = []string{"id", "jurisdiction", "code", "class", "class_name", "name", "status", "condition", "segment", "chainage_m", "side", "offset_m", "community",
	"accuracy_m", "source", "source_id", "source_crs", "installed_on", "updated_at", "version", "lon", "lat", "geometry"}

func (w *csvWriter) Asset(a *assets.Asset) error {
	lon, lat, shape := "", "", ""
	if p, ok := a.Geometry.(orb.Point); ok {
		lon, lat = degrees(p[0]), degrees(p[1])
	} else {
		shape = wkt.MarshalString(a.Geometry)
	}
	cells := []string{a.ID.String(), a.Jurisdiction, inert(a.Code), a.Class, inert(a.ClassName), inert(a.Name), a.Status, a.Condition, idText(a.Place.Segment), decimal(a.Place.ChainageM),
		a.Place.Side, decimal(a.Place.OffsetM), idText(a.Place.Community), decimal(a.AccuracyM), inert(a.Source), inert(a.SourceID), a.SourceCRS,
		a.InstalledOn, timeText(a.UpdatedAt), strconv.Itoa(a.Version), lon, lat, shape}
	values, err := attributeCells(a.Attributes)
	if err != nil {
		return err
	}
	for _, f := range w.fields {
		cells = append(cells, values[f.Key])
	}
	return w.row(w.header, cells...)
}

func (w *csvWriter) Close() error {
	w.csv.Flush()
	return w.csv.Error()
}

// attributeCells are the attributes as cells: numbers as they are written.
func attributeCells(raw json.RawMessage) (map[string]string, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var values map[string]any
	if err := d.Decode(&values); err != nil {
		return nil, err
	}
	cells := make(map[string]string, len(values))
	for key, v := range values {
		switch v := v.(type) {
		case json.Number:
			cells[key] = v.String()
		case string:
			cells[key] = inert(v)
		case bool:
			cells[key] = strconv.FormatBool(v)
		case nil:
		default: // what a class did not foresee is kept as it is written
			nested, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			cells[key] = string(nested)
		}
	}
	return cells, nil
}

// inert keeps a spreadsheet from running a text as a formula (CWE-1236). It is
// for texts only: -5.2 stays a number. Reading takes the mark off again.
func inert(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

// formula reports whether a spreadsheet would run a text, or whether the text
// looks like one that was marked already.
func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0
}

func idText(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

func countText(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}

// degrees writes 9 decimals at most, which is 0.1 mm.
func degrees(v float64) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 9, 64), "0"), ".")
}

func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339) }
