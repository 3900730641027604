package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// Draft is a feature as somebody sent it to be stored: what it says, and that it
// is no more than a well-formed feature. What it may say is each noun's rule.
type Draft struct {
	ID         uuid.UUID    // the nil UUID if it has none
	Geometry   orb.Geometry // EPSG:4326; nil if it is left out or null
	Located    bool         // whether it says anything of a geometry
	Properties map[string]json.RawMessage

	faults assets.Errors // of its members beside the properties; told with those of the properties
}

// maxJSONDepth is how deep a body may nest: coordinates of a MultiPolygon in a
// feature need 7.
const maxJSONDepth = 16

// CheckJSON refuses what encoding/json lets pass and what would not come back as
// it was sent: invalid UTF-8, names that come twice in one object, nesting
// without end, characters that PostgreSQL does not keep.
func CheckJSON(body []byte) error {
	if !utf8.Valid(body) {
		return assets.Errorf(assets.Invalid, "body", "不是有效的 UTF-8", "is not valid UTF-8")
	}
	if !json.Valid(body) {
		return assets.Errorf(assets.Invalid, "body", "不是有效的 JSON", "is not valid JSON")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return checkValue(d, "", 0)
}

func checkValue(d *json.Decoder, path string, depth int) error {
	if depth > maxJSONDepth {
		return assets.Errorf(assets.Invalid, path, "嵌套超过 %d 层", "nests deeper than %d levels", maxJSONDepth)
	}
	token, err := d.Token()
	if err != nil {
		return assets.Errorf(assets.Invalid, "body", "不是有效的 JSON", "is not valid JSON")
	}
	switch v := token.(type) {
	case string:
		if strings.ContainsAny(v, "\x00\uFFFD") {
			return assets.Errorf(assets.Invalid, path, "含有不能保存的字符", "holds a character that cannot be kept")
		}
	case json.Number:
		if f, err := v.Float64(); err != nil || math.IsInf(f, 0) {
			return assets.Errorf(assets.Invalid, path, "数字超出范围", "is a number out of range")
		}
	case json.Delim:
		return checkMembers(d, v, path, depth)
	}
	return nil
}

func checkMembers(d *json.Decoder, open json.Delim, path string, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		below := path
		if open == '{' {
			token, err := d.Token()
			if err != nil {
				return assets.Errorf(assets.Invalid, "body", "不是有效的 JSON", "is not valid JSON")
			}
			name, _ := token.(string)
			if below = strings.TrimPrefix(path+"."+name, "."); seen[name] {
				return assets.Errorf(assets.Invalid, below, "出现了两次", "comes twice")
			}
			seen[name] = true
		}
		if err := checkValue(d, below, depth+1); err != nil {
			return err
		}
	}
	_, err := d.Token() // the closing one
	return err
}

// ReadDraft reads a GeoJSON feature, or for a patch the members of one that are
// to change. parse reads its geometry. A geometry that is wrong and members that
// a feature does not have are told when the draft is laid over an object,
// together with what is wrong of its properties.
func ReadDraft(body []byte, patch bool, parse func([]byte) (orb.Geometry, error)) (Draft, error) {
	d := Draft{Properties: map[string]json.RawMessage{}}
	if err := CheckJSON(body); err != nil {
		return d, err
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members == nil {
		return d, assets.Errorf(assets.Invalid, "body", "应为 GeoJSON 要素（JSON 对象）", "must be a GeoJSON feature, a JSON object")
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if f := d.member(name, members[name], patch, parse); f != nil {
			d.faults = append(d.faults, f)
		}
	}
	if string(members["type"]) != `"Feature"` && !(patch && members["type"] == nil) {
		d.faults = append(d.faults, assets.Errorf(assets.Invalid, "type", "应为 \"Feature\"", "must be \"Feature\""))
	}
	if d.Properties == nil { // they are no object: nothing more can be said of them
		return d, d.faults.Err()
	}
	return d, nil
}

func (d *Draft) member(name string, value json.RawMessage, patch bool, parse func([]byte) (orb.Geometry, error)) *assets.Error {
	switch name {
	case "type", "bbox", "links", "timeStamp":
	case "id":
		if patch {
			return assets.Errorf(assets.Invalid, "id", "id 不能修改", "cannot be changed")
		}
		var text string
		id, err := uuid.Parse(strings.Trim(string(value), `"`))
		if json.Unmarshal(value, &text) != nil || err != nil || len(text) != 36 || id == uuid.Nil {
			return assets.Errorf(assets.Invalid, "id", "应为 UUID", "must be a UUID")
		}
		d.ID = id
	case "geometry":
		if d.Located = true; string(value) == "null" {
			return nil
		}
		g, err := parse(value)
		d.Geometry = g
		return faultOf(err)
	case "properties":
		if string(value) != "null" && json.Unmarshal(value, &d.Properties) != nil {
			d.Properties = nil
			return assets.Errorf(assets.Invalid, "properties", "应为 JSON 对象", "must be a JSON object")
		}
	default:
		return assets.Errorf(assets.Invalid, name, "要素没有这个成员", "a feature has no such member")
	}
	return nil
}

// faultOf is the fault of a place as an error of the domain.
func faultOf(err error) *assets.Error {
	var place *geo.Fault
	var fault *assets.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &place):
		return assets.FromGeo(place)
	case errors.As(err, &fault):
		return fault
	}
	return assets.Errorf(assets.Invalid, "geometry", "几何有误", "is wrong")
}

// readOnly are the properties that follow from others or that only verbs change.
// A client that sends back what it read may send them: they say nothing. GDAL
// makes a property of the id.
var readOnly = map[string][]string{
	assets.CollectionAreas:    {"id", "jurisdiction", "area_m2", "updated_at", "version"},
	assets.CollectionSegments: {"id", "jurisdiction", "length_m", "invested", "invested_per_m", "asset_count", "condition_mean", "updated_at", "version"},
	assets.CollectionAssets: {"id", "jurisdiction", "class_name", "status", "segment", "chainage_m", "side", "offset_m", "community", "removed_on", "replaces", "replaced_by",
		"updated_at", "version"},
}

// ReadOnly lists the properties of a collection that cannot be written.
func ReadOnly(collection string) []string { return readOnly[collection] }

// Area lays a draft over an area. With replace, what it leaves out is emptied.
func (d Draft) Area(a *assets.Area, replace bool) error {
	w := d.writer(assets.CollectionAreas, replace)
	w.text("code", &a.Code)
	w.text("name", &a.Name)
	w.text("level", &a.Level)
	w.id("parent", &a.Parent)
	w.whole("residents", &a.Residents)
	w.text("source", &a.Source)
	w.geometry(&a.Geometry)
	switch a.Geometry.(type) {
	case nil, orb.Polygon, orb.MultiPolygon:
	default:
		w.refuse("geometry", "应为 Polygon 或 MultiPolygon", "must be a Polygon or MultiPolygon")
	}
	return w.end(a.Validate())
}

// Segment lays a draft over a segment. With replace, what it leaves out is emptied.
func (d Draft) Segment(s *assets.Segment, replace bool) error {
	w := d.writer(assets.CollectionSegments, replace)
	w.text("code", &s.Code)
	w.text("name", &s.Name)
	w.text("road", &s.Road)
	w.text("from", &s.From)
	w.text("to", &s.To)
	w.flag("key", &s.Key)
	w.choice("status", &s.Status, assets.StatusInService)
	w.text("source", &s.Source)
	var g orb.Geometry
	if s.Geometry != nil {
		g = s.Geometry
	}
	w.geometry(&g)
	line, ok := g.(orb.LineString)
	if !ok && g != nil {
		w.refuse("geometry", "应为 LineString", "must be a LineString")
	}
	s.Geometry = line
	return w.end(s.Validate())
}

// Asset lays a draft over an asset. With replace, what it leaves out is emptied;
// its code stays, because it was issued. Attributes of a patch are merged member
// by member. A new asset may say its status; afterwards verbs change it.
func (d Draft) Asset(a *assets.Asset, replace bool) error {
	w := d.writer(assets.CollectionAssets, replace)
	code := a.Code
	w.text("code", &a.Code)
	if a.Code == "" {
		a.Code = code
	}
	w.text("class", &a.Class)
	w.text("name", &a.Name)
	w.choice("condition", &a.Condition, assets.ConditionGood)
	w.number("accuracy_m", &a.AccuracyM)
	w.text("source", &a.Source)
	w.text("source_id", &a.SourceID)
	w.text("source_crs", &a.SourceCRS)
	w.text("installed_on", &a.InstalledOn)
	w.attributes(&a.Attributes)
	if a.Version == 0 {
		w.choice("status", &a.Status, assets.StatusInService)
		if a.Status == assets.StatusRemoved {
			w.refuse("status", "新设施不能是已拆除的", "a new asset cannot be removed")
		}
	}
	w.geometry(&a.Geometry)
	return w.end(a.Validate())
}

// draftWriter writes the properties of a draft into an object, gathering faults.
type draftWriter struct {
	Draft
	replace bool
	known   map[string]bool
	has     []string
}

func (d Draft) writer(collection string, replace bool) *draftWriter {
	w := &draftWriter{Draft: d, replace: replace, known: map[string]bool{}}
	w.faults = slices.Clone(d.faults)
	for _, name := range readOnly[collection] {
		w.known[name] = true
	}
	return w
}

func (w *draftWriter) refuse(field, zh, en string, args ...any) {
	w.faults = append(w.faults, assets.Errorf(assets.Invalid, field, zh, en, args...))
}

// value is what a property is set to: nil and true to empty it, false to leave it.
func (w *draftWriter) value(name string) (json.RawMessage, bool) {
	w.known[name] = true
	w.has = append(w.has, name)
	v, ok := w.Properties[name]
	if !ok {
		return nil, w.replace
	}
	if string(v) == "null" {
		return nil, true
	}
	return v, true
}

func write[T any](w *draftWriter, name string, to *T, zh, en string) {
	v, set := w.value(name)
	if !set {
		return
	}
	var value T
	if v != nil && json.Unmarshal(v, &value) != nil {
		w.faults = append(w.faults, &assets.Error{Code: assets.Invalid, Field: "properties." + name, Text: assets.Text{ZH: zh, EN: en}})
		return
	}
	*to = value
}

func (w *draftWriter) text(name string, to *string) {
	write(w, name, to, "应为文本", "must be a text")
}
func (w *draftWriter) flag(name string, to *bool) {
	write(w, name, to, "应为 true 或 false", "must be true or false")
}
func (w *draftWriter) number(name string, to **float64) {
	write(w, name, to, "应为数字", "must be a number")
}
func (w *draftWriter) whole(name string, to **int) {
	write(w, name, to, "应为整数", "must be a whole number")
}
func (w *draftWriter) id(name string, to **uuid.UUID) {
	write(w, name, to, "应为 UUID", "must be a UUID")
}

// choice is a text that has a standard value where none is said.
func (w *draftWriter) choice(name string, to *string, standard string) {
	if w.text(name, to); *to == "" {
		*to = standard
	}
}

// attributes are an object, also one inside a text: GDAL gives back nested
// objects as texts.
func (w *draftWriter) attributes(to *json.RawMessage) {
	v, set := w.value("attributes")
	if !set {
		return
	}
	var inside string
	if json.Unmarshal(v, &inside) == nil && v != nil {
		v = json.RawMessage(inside)
		if err := CheckJSON(v); err != nil {
			w.refuse("properties.attributes", "应为 JSON 对象", "must be a JSON object")
			return
		}
	}
	base := *to
	if w.replace {
		base = nil
	}
	merged, err := assets.MergeAttributes(base, v)
	if err != nil {
		w.refuse("properties.attributes", "应为 JSON 对象", "must be a JSON object")
		return
	}
	*to = merged
}

func (w *draftWriter) geometry(to *orb.Geometry) {
	if w.Located {
		*to = w.Geometry
	} else if w.replace {
		*to = nil
	}
	for _, f := range w.faults {
		if strings.HasPrefix(f.Field, "geometry") {
			return
		}
	}
	if *to == nil {
		w.refuse("geometry", "必须给出几何", "is required")
	}
}

// end gathers what was found, what the noun itself finds, and properties that
// nobody knows.
func (w *draftWriter) end(found error) error {
	for _, name := range slices.Sorted(maps.Keys(w.Properties)) {
		if !w.known[name] {
			w.refuse("properties."+name, "没有这个属性；可写：%s", "there is no such property; these can be written: %s", strings.Join(w.has, ", "))
		}
	}
	var list assets.Errors
	var one *assets.Error
	switch {
	case errors.As(found, &list):
	case errors.As(found, &one):
		list = assets.Errors{one}
	}
	for _, f := range list {
		w.faults = append(w.faults, &assets.Error{Code: f.Code, Field: "properties." + f.Field, Text: f.Text})
	}
	return w.faults.Err()
}

// Jurisdiction is the one that a draft names, "" if it names none.
func (d Draft) Jurisdiction() (code string) {
	if json.Unmarshal(d.Properties["jurisdiction"], &code) != nil {
		return ""
	}
	return code
}
