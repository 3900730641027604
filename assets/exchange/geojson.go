package exchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"streetbook/assets"
	"streetbook/geo"
)

// GeoJSON reads a FeatureCollection, feature by feature, or features one after
// another: one on each line, or a single one.
type GeoJSON struct{}

// Open finds out which of them the file is.
func (GeoJSON) Open(file io.ReadSeeker) (Reader, error) {
	kind, err := kindOfFile(file)
	if err != nil {
		return nil, err
	}
	in, err := rewind(file)
	if err != nil {
		return nil, err
	}
	r := &geojsonReader{leash: in, names: map[string]string{}, attributes: map[string]string{}, seen: map[string]bool{}}
	switch kind {
	case "FeatureCollection":
		r.collection = true
		r.json = json.NewDecoder(r.leash)
		return r, r.enter()
	case "Feature":
		return r, r.openSequence(file)
	case "":
		return nil, r.broken(nil, "没有 type 和 features 成员", "there is neither a member type nor features")
	}
	return nil, wrongFile("type 为“%s”，应为 FeatureCollection 或 Feature", "type is %q, it must be FeatureCollection or Feature", shortened(kind))
}

// rewind goes back to the beginning, behind a byte order mark.
func rewind(file io.ReadSeeker) (*leash, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	start := make([]byte, len(byteOrderMark))
	if n, err := io.ReadFull(file, start); err != nil || !bytes.Equal(start[:n], byteOrderMark) {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
	}
	l := &leash{from: file}
	l.slacken()
	return l, nil
}

// kindOfFile reads the first value of a file up to the member that says what it
// is: type, or features. RFC 8142 sequences begin each record with U+001E.
func kindOfFile(file io.ReadSeeker) (string, error) {
	in, err := rewind(file)
	if err != nil {
		return "", err
	}
	r := geojsonReader{leash: in, json: json.NewDecoder(&separatorSkipper{in})}
	if t, err := r.json.Token(); err != nil || t != json.Delim('{') {
		return "", r.broken(err, "应为 GeoJSON 的 FeatureCollection", "must be a GeoJSON FeatureCollection")
	}
	for r.json.More() {
		name, err := r.json.Token()
		if err != nil {
			return "", r.broken(err, "JSON 有误", "the JSON is broken")
		}
		if name == "features" {
			return "FeatureCollection", nil
		}
		var value json.RawMessage
		if err := r.json.Decode(&value); err != nil {
			return "", r.broken(err, "JSON 有误", "the JSON is broken")
		}
		if name == "type" {
			return jsonText(value), nil
		}
	}
	return "", nil
}

// separatorSkipper leaves out the record separators of RFC 8142, which stand
// outside strings only: inside they must be escaped.
type separatorSkipper struct{ from io.Reader }

func (s *separatorSkipper) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	for i := range n {
		if p[i] == 0x1e {
			p[i] = ' '
		}
	}
	return n, err
}

type geojsonReader struct {
	leash      *leash
	collection bool
	json       *json.Decoder     // of a collection, or of features over several lines
	lines      *bufio.Scanner    // of features on lines
	names      map[string]string // of properties, each kept once
	attributes map[string]string // names of those inside the property attributes
	seen       map[string]bool   // the properties of this row
	head       Head
	row        Row
}

func (r *geojsonReader) Head() Head { return r.head }

// openSequence chooses between lines, where a broken one spoils only itself, and
// features that run over several lines.
func (r *geojsonReader) openSequence(file io.ReadSeeker) error {
	lines := r.scanner()
	onLine := lines.Scan() && json.Valid(bytes.Trim(lines.Bytes(), " \t\r\x1e"))
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return err
	}
	var err error
	if r.leash, err = rewind(file); err != nil {
		return err
	}
	if onLine {
		r.lines = r.scanner()
	} else {
		r.json = json.NewDecoder(&separatorSkipper{r.leash})
	}
	return nil
}

func (r *geojsonReader) scanner() *bufio.Scanner {
	s := bufio.NewScanner(r.leash)
	s.Buffer(make([]byte, 0, 64<<10), maxRecord)
	return s
}

// enter goes to the first feature.
func (r *geojsonReader) enter() error {
	if _, err := r.json.Token(); err != nil { // the brace, seen before
		return r.broken(err, "JSON 有误", "the JSON is broken")
	}
	for r.json.More() {
		name, err := r.json.Token()
		if err != nil {
			return r.broken(err, "JSON 有误", "the JSON is broken")
		}
		if name == "features" {
			if t, err := r.json.Token(); err != nil || t != json.Delim('[') {
				return r.broken(err, "features 应为数组", "features must be an array")
			}
			return nil
		}
		if err := r.member(fmt.Sprint(name)); err != nil {
			return err
		}
	}
	return r.broken(nil, "没有 features 成员", "there is no member features")
}

// member reads a member of the collection beside its features.
func (r *geojsonReader) member(name string) error {
	r.leash.slacken()
	var value json.RawMessage
	if err := r.json.Decode(&value); err != nil {
		return r.broken(err, "JSON 有误", "the JSON is broken")
	}
	switch name {
	case "type":
		if string(value) != `"FeatureCollection"` {
			return r.broken(nil, "type 应为 FeatureCollection", "type must be FeatureCollection")
		}
	case "features":
		return r.broken(nil, "features 成员出现了两次", "there are two members features")
	case "crs":
		named := namedCRS(value)
		if r.row.Number > 0 && named != r.head.CRS && !geographic(named) {
			return assets.Errorf(assets.Invalid, "crs", "文件在要素之后声明了坐标系“%s”；请删去该成员并用 --crs 指明",
				"the file names the CRS %q behind its features: take that member out and say --crs", shortened(named))
		}
		r.head.CRS = named
	}
	return nil
}

// namedCRS is the name in a crs member of the GeoJSON of 2008, which RFC 7946
// took out and programs still write: {"type":"name","properties":{"name":…}}.
func namedCRS(raw json.RawMessage) string {
	if string(raw) == "null" {
		return ""
	}
	var crs struct {
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(raw, &crs); err != nil || crs.Properties.Name == "" {
		return string(raw)
	}
	return crs.Properties.Name
}

func (r *geojsonReader) broken(err error, zh, en string) error {
	var at int64
	if r.json != nil {
		at = r.json.InputOffset()
	}
	var fault *assets.Error
	var syntax *json.SyntaxError
	var number *json.UnmarshalTypeError // one that no float64 holds, where none should stand
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &number):
		err = nil
	case errors.As(err, &syntax):
		return wrongFile(zh+"（第 %d 字节附近：%v）", en+" (near byte %d: %v)", at, syntax)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return wrongFile(zh+"（第 %d 字节附近文件中断）", en+" (the file ends near byte %d)", at)
	}
	if err != nil {
		return err
	}
	return wrongFile(zh+"（第 %d 字节附近）", en+" (near byte %d)", at)
}

func (r *geojsonReader) Next() (*Row, error) {
	r.leash.slacken()
	if r.lines != nil {
		return r.nextLine()
	}
	if r.collection && !r.json.More() {
		return nil, r.leave()
	}
	var raw json.RawMessage
	if err := r.json.Decode(&raw); err != nil {
		if !r.collection && errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, r.broken(err, "JSON 有误", "the JSON is broken")
	}
	r.row.Number++
	r.read(raw)
	return &r.row, nil
}

// leave reads what stands behind the features.
func (r *geojsonReader) leave() error {
	if _, err := r.json.Token(); err != nil {
		return r.broken(err, "JSON 有误", "the JSON is broken")
	}
	for r.json.More() {
		name, err := r.json.Token()
		if err != nil {
			return r.broken(err, "JSON 有误", "the JSON is broken")
		}
		if err := r.member(fmt.Sprint(name)); err != nil {
			return err
		}
	}
	if _, err := r.json.Token(); err != nil {
		return r.broken(err, "JSON 有误", "the JSON is broken")
	}
	if _, err := r.json.Token(); !errors.Is(err, io.EOF) {
		return r.broken(err, "集合之后还有内容", "something stands behind the collection")
	}
	return io.EOF
}

func (r *geojsonReader) nextLine() (*Row, error) {
	for r.lines.Scan() {
		line := bytes.Trim(r.lines.Bytes(), " \t\r\x1e")
		r.row.Number++
		if len(line) == 0 {
			continue
		}
		if !json.Valid(line) {
			r.row = Row{Number: r.row.Number, Fault: assets.Errorf(assets.Invalid, "feature", "JSON 有误", "its JSON is broken")}
			return &r.row, nil
		}
		r.read(line)
		return &r.row, nil
	}
	if err := r.lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, wrongFile("第 %d 行过长", "line %d is too long", r.row.Number+1)
	} else if err != nil {
		return nil, err
	}
	return nil, io.EOF
}

// read takes a feature apart. Whatever is wrong with it is its own fault.
func (r *geojsonReader) read(raw []byte) {
	r.row = Row{Number: r.row.Number, Columns: r.row.Columns[:0], Values: r.row.Values[:0]}
	refuse := func(field, zh, en string) {
		r.row.Fault = &assets.Error{Code: assets.Invalid, Field: field, Text: assets.Text{ZH: zh, EN: en}}
	}
	if !utf8.Valid(raw) {
		refuse("feature", "不是有效的 UTF-8 文本", "is not valid UTF-8")
		return
	}
	var members [4][]byte
	double := -1
	isObject := eachMember(raw, func(name, value []byte) bool {
		for i, known := range featureMembers {
			if string(name) == known {
				if members[i] != nil {
					double = i
				}
				members[i] = value
			}
		}
		return true
	})
	kind, id, geometry, properties := members[0], members[1], members[2], members[3]
	switch {
	case !isObject || string(kind) != `"Feature"`:
		refuse("feature", "不是 GeoJSON 的 Feature", "is no GeoJSON Feature")
	case double >= 0:
		refuse(strings.Trim(featureMembers[double], `"`), "成员出现了两次", "the member comes twice")
	case len(id) > 0 && (id[0] == '{' || id[0] == '[' || id[0] == 't' || id[0] == 'f'):
		refuse("id", "应为字符串或数字", "must be a string or a number")
	case !r.properties(properties):
	default:
		r.row.ID = strings.TrimSpace(jsonText(id))
		r.place(geometry)
	}
}

var featureMembers = [4]string{`"type"`, `"id"`, `"geometry"`, `"properties"`}

// place reads the geometry. Its range is not looked at here: in a projected
// system it is not degrees. Whoever converts the row validates what comes out.
func (r *geojsonReader) place(raw []byte) {
	if len(raw) == 0 {
		raw = []byte("null")
	}
	g, err := geo.ParseGeometry(raw)
	var fault *geo.Fault
	switch {
	case g != nil:
		r.row.Geometry = g
	case errors.As(err, &fault):
		r.row.Fault = assets.FromGeo(fault)
	default:
		r.row.Fault = assets.Errorf(assets.Invalid, "geometry", "无法读取", "cannot be read")
	}
}
