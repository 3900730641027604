package exchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"streetbook/assets"
	"streetbook/geo"
)

// GeoJSON reads a FeatureCollection, feature by feature, or one feature on each
// line.
type GeoJSON struct{}

// Open looks at the beginning of the file.
func (GeoJSON) Open(file io.ReadSeeker) (Reader, error) {
	in := bufio.NewReaderSize(file, 256<<10)
	if start, err := in.Peek(3); err == nil && bytes.Equal(start, byteOrderMark) {
		if _, err := in.Discard(3); err != nil {
			return nil, err
		}
	}
	r := &geojsonReader{}
	start, err := in.Peek(256 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	line, _, _ := bytes.Cut(bytes.TrimLeft(start, " \t\r\n\x1e"), []byte("\n"))
	var first struct{ Type string }
	if json.Unmarshal(bytes.TrimSpace(line), &first) == nil && first.Type == "Feature" {
		r.lines = bufio.NewScanner(in)
		r.lines.Buffer(make([]byte, 0, 64<<10), 64<<20)
		return r, nil
	}
	r.json = json.NewDecoder(in)
	return r, r.enter()
}

type geojsonReader struct {
	json  *json.Decoder  // of a FeatureCollection
	lines *bufio.Scanner // of features on lines
	row   Row
}

// enter goes to the first feature.
func (r *geojsonReader) enter() error {
	if t, err := r.json.Token(); err != nil || t != json.Delim('{') {
		return r.broken(err, "应为 GeoJSON 的 FeatureCollection", "must be a GeoJSON FeatureCollection")
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

// member reads a member of the collection beside its features. The old crs
// member is taken when it says what RFC 7946 says anyway.
func (r *geojsonReader) member(name string) error {
	var value json.RawMessage
	if err := r.json.Decode(&value); err != nil {
		return r.broken(err, "JSON 有误", "the JSON is broken")
	}
	switch {
	case name == "type" && string(value) != `"FeatureCollection"`:
		return r.broken(nil, "type 应为 FeatureCollection", "type must be FeatureCollection")
	case name == "crs" && !bytes.Contains(value, []byte("CRS84")) && !bytes.Contains(value, []byte("4326")) && !bytes.Contains(value, []byte("4490")) && string(value) != "null":
		return assets.Errorf(assets.Invalid, "crs", "文件声明了坐标系 %s；请删去该成员并用 --crs 指明", "the file names the CRS %s: take that member out and say --crs", value)
	}
	return nil
}

func (r *geojsonReader) broken(err error, zh, en string) error {
	var at int64
	if r.json != nil {
		at = r.json.InputOffset()
	}
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return wrongFile(zh+"（第 %d 字节：%v）", en+" (at byte %d: %v)", at, syntax)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return wrongFile(zh+"（第 %d 字节处文件中断）", en+" (the file ends at byte %d)", at)
	case err != nil:
		return err
	}
	return wrongFile(zh+"（第 %d 字节）", en+" (at byte %d)", at)
}

func (r *geojsonReader) Next() (*Row, error) {
	if r.lines != nil {
		return r.nextLine()
	}
	if !r.json.More() {
		return nil, r.leave()
	}
	var raw json.RawMessage
	if err := r.json.Decode(&raw); err != nil {
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
	return io.EOF
}

func (r *geojsonReader) nextLine() (*Row, error) {
	for r.lines.Scan() {
		line := bytes.Trim(r.lines.Bytes(), " \t\r\x1e")
		r.row.Number++
		if len(line) == 0 {
			continue
		}
		r.read(line)
		return &r.row, nil
	}
	if err := r.lines.Err(); err != nil {
		return nil, wrongFile("第 %d 行过长", "line %d is too long", r.row.Number+1)
	}
	return nil, io.EOF
}

// read takes a feature apart. Whatever is wrong with it is its own fault.
func (r *geojsonReader) read(raw []byte) {
	r.row = Row{Number: r.row.Number, Columns: r.row.Columns[:0], Values: r.row.Values[:0]}
	var f struct {
		Type       string          `json:"type"`
		ID         json.RawMessage `json:"id"`
		Geometry   json.RawMessage `json:"geometry"`
		Properties json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(raw, &f); err != nil || f.Type != "Feature" {
		r.row.Fault = assets.Errorf(assets.Invalid, "feature", "不是 GeoJSON 的 Feature", "is no GeoJSON Feature")
		return
	}
	r.row.ID = cellOf(f.ID)
	if err := r.properties(f.Properties); err != nil {
		r.row.Fault = assets.Errorf(assets.Invalid, "properties", "应为对象", "must be an object")
		return
	}
	if len(f.Geometry) == 0 {
		f.Geometry = json.RawMessage("null")
	}
	g, err := geo.ParseGeometry(f.Geometry)
	var fault *geo.Fault
	if errors.As(err, &fault) {
		r.row.Fault = assets.FromGeo(fault)
	} else if err != nil {
		r.row.Fault = assets.Errorf(assets.Invalid, "geometry", "无法读取", "cannot be read")
	}
	r.row.Geometry = g
}

// properties become columns, in their order. What nests keeps its JSON.
func (r *geojsonReader) properties(raw json.RawMessage) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("no object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		r.row.Columns = append(r.row.Columns, fmt.Sprint(name))
		r.row.Values = append(r.row.Values, cellOf(value))
	}
	return nil
}

// cellOf is the text of a JSON value: of a string itself, of null nothing.
func cellOf(raw json.RawMessage) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	if raw[0] == '"' {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return strings.TrimSpace(s)
		}
	}
	return string(raw)
}
