package exchange

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

func written(t *testing.T, name string, fields []assets.Field, write func(Writer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(name, &out, fields)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWriteCollections(t *testing.T) {
	for n := range 3 {
		out := written(t, "x.geojson", nil, func(w Writer) error {
			for range n {
				if err := w.Area(&fullArea); err != nil {
					return err
				}
			}
			return nil
		})
		var c struct {
			Type     string
			Features []struct{ Type, ID string }
		}
		if err := json.Unmarshal(out, &c); err != nil || c.Type != "FeatureCollection" || len(c.Features) != n {
			t.Errorf("%d areas: %v\n%s", n, err, out)
		}
	}
	if _, err := NewWriter("x.pdf", &bytes.Buffer{}, nil); assets.ErrorCode(err) != assets.Unsupported {
		t.Errorf("an unknown kind of file: %v", err)
	}
}

func TestWriteTables(t *testing.T) {
	tables := map[string][]byte{
		"areas":    written(t, "x.csv", nil, func(w Writer) error { return w.Area(&fullArea) }),
		"segments": written(t, "x.csv", nil, func(w Writer) error { return w.Segment(&fullSegment) }),
	}
	want := map[string]map[string]string{
		"areas":    {"name": "八里庙社区", "area_m2": "12800000.5", "residents": "1234", "updated_at": "2024-05-01T12:00:00Z", "geometry": "POLYGON((0 0,1 0,1 1,0 1,0 0))"},
		"segments": {"name": "商都路", "key": "true", "length_m": "612.345678", "geometry": "LINESTRING(1 2,3 4)"},
	}
	for name, out := range tables {
		if !bytes.HasPrefix(out, byteOrderMark) {
			t.Errorf("%s: no byte order mark", name)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out, byteOrderMark))).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%s: %v, %d rows", name, err, len(rows))
		}
		for i, column := range rows[0] {
			if w, ok := want[name][column]; ok && rows[1][i] != w {
				t.Errorf("%s: %s is %q, want %q", name, column, rows[1][i], w)
			}
		}
	}
}

// TestTextsThatLookLikeFormulas are made inert and come back as they were;
// numbers stay numbers.
func TestTextsThatLookLikeFormulas(t *testing.T) {
	class := assets.Class{Code: "0118", Name: "路灯", Geometry: "point", Fields: []assets.Field{
		{Key: "note", Kind: assets.KindText}, {Key: "height_m", Kind: assets.KindNumber}, {Key: "code", Kind: assets.KindText}}}
	texts := []string{"=1+2", "+86 371", "-5.2", "@cmd", "'=1", "''@x", "'quoted'", "it's", "plain", `=HYPERLINK("x")`, "a=b"}
	out := written(t, "x.csv", class.Fields, func(w Writer) error {
		for i, text := range texts {
			attributes := append(AppendString([]byte(`{"note":`), text), `,"height_m":-5.2,"code":"own"}`...)
			a := assets.Asset{Class: "0118", Name: text, SourceID: string(rune('a' + i)), Attributes: attributes, Geometry: orb.Point{113.7, -34.5}}
			if err := w.Asset(&a); err != nil {
				return err
			}
		}
		return w.Asset(&assets.Asset{Class: "0118", SourceID: "z", Geometry: orb.Point{1, 2}})
	})
	rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		for i, cell := range row {
			number := rows[0][i] == "lat" || rows[0][i] == "height_m"
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) && !number {
				t.Errorf("%s holds %q", rows[0][i], cell)
			}
		}
	}
	list, report := load(t, "x.csv", string(out), Conversion{Class: class, CRS: geo.WGS84, Source: "x"})
	if len(list) != len(texts)+1 {
		t.Fatalf("refused are %s", refusals(report))
	}
	for i, text := range texts {
		a := list[i].Asset
		want := string(append(AppendString([]byte(`{"note":`), text), `,"height_m":-5.2,"code":"own"}`...))
		if a.Name != text || string(a.Attributes) != want || a.Geometry != (orb.Point{113.7, -34.5}) || a.SourceID != string(rune('a'+i)) {
			t.Errorf("%q comes back as %+v", text, a)
		}
	}
}

// TestAssetsComeBack sends assets through both formats and compares them.
func TestAssetsComeBack(t *testing.T) {
	class := lampClass
	a := fullAsset
	a.Name, a.AccuracyM = "路灯\n甲,\"乙\"", nil
	a.Attributes = json.RawMessage(`{"power_w":150,"material":"钢","checked_on":"2024-05-01","lit":true}`)
	for _, name := range []string{"x.csv", "x.geojson"} {
		file := written(t, name, class.Fields, func(w Writer) error { return w.Asset(&a) })
		list, report := load(t, name, string(file), Conversion{Class: class})
		if len(list) != 1 {
			t.Fatalf("%s: refused are %s", name, refusals(report))
		}
		sameAsset(t, name, a, list[0].Asset)
	}
	line := assets.Asset{Class: "0211", Geometry: orb.LineString{{113.7, 34.7}, {113.8, 34.8}}}
	class.Geometry = "line"
	table := written(t, "x.csv", nil, func(w Writer) error { return w.Asset(&line) })
	list, report := load(t, "x.csv", string(table), Conversion{Class: class})
	if len(list) != 1 || !orb.Equal(list[0].Asset.Geometry, line.Geometry) {
		t.Errorf("a line comes back as %v, %s", list, refusals(report))
	}
}

// sameAsset compares what a file can carry. The id that the format itself has
// for a feature comes before the source id among its properties.
func sameAsset(t *testing.T, name string, a, b assets.Asset) {
	t.Helper()
	if b.Name != a.Name || b.Status != a.Status || b.Condition != a.Condition || b.SourceID != a.SourceID && b.SourceID != a.ID.String() ||
		b.InstalledOn != a.InstalledOn || b.Geometry != a.Geometry || !bytes.Equal(b.Attributes, a.Attributes) {
		t.Errorf("%s: %+v comes back as %+v", name, a, b)
	}
}
