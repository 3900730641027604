package exchange

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

var (
	someID    = uuid.MustParse("019b76da-a800-7962-b50a-ebcbf7ae5b9a")
	otherID   = uuid.MustParse("019b76da-a800-7580-8a7f-93dcc0ae9549")
	someTime  = time.Date(2024, 5, 1, 20, 0, 0, 123456000, time.FixedZone("CST", 8*3600))
	fullAsset = assets.Asset{
		Header: assets.Header{Jurisdiction: "410105015", ID: someID, Version: 3, UpdatedAt: someTime},
		Code:   "4101050118000042", Class: "0118", ClassName: "街灯", Name: "路灯 \"甲\"\u2028\x01\\/<&>", Status: assets.StatusInService, Condition: assets.ConditionPoor,
		Place:     assets.Place{Segment: &otherID, ChainageM: pointer(123.4567), Side: assets.SideLeft, OffsetM: pointer(0.1 + 0.2), Community: &someID},
		AccuracyM: pointer(0.5), Source: "survey.csv", SourceID: "A-1", SourceCRS: "EPSG:4547", InstalledOn: "2019-11-05",
		Attributes: json.RawMessage(`{"power_w":150,"material":"钢"}`), Geometry: orb.Point{113.746, 34.762},
	}
	fullSegment = assets.Segment{
		Header: assets.Header{Jurisdiction: "410105015", ID: someID, Version: 1, UpdatedAt: someTime}, Code: "LD-001", Name: "商都路", Road: "商都路",
		From: "通泰路", To: "聚源路", Key: true, LengthM: 612.345678, Status: assets.StatusPlanned, Source: "sample", Geometry: orb.LineString{{1, 2}, {3, 4}},
		Figures: assets.SegmentFigures{Invested: &paid, Assets: &living, ConditionMean: pointer(1.25)},
	}
	paid, living = assets.Fen(-1234567_05), int64(42)
	residents    = 1234
	fullArea     = assets.Area{
		Header: assets.Header{Jurisdiction: "410105015", ID: someID, Version: 1, UpdatedAt: someTime}, Code: "410105015010", Name: "八里庙社区",
		Level: assets.LevelCommunity, Parent: &otherID, AreaM2: 12800000.5, Residents: &residents, Source: "sample",
		Geometry: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}},
	}
)

func pointer(v float64) *float64 { return &v }

func TestFeatures(t *testing.T) {
	header := assets.Header{Jurisdiction: "410105015", ID: someID, Version: 1}
	cases := []struct{ name, got, want string }{
		{"asset", string(AppendAssetFeature(nil, &fullAsset, nil)), `{"type":"Feature","id":"019b76da-a800-7962-b50a-ebcbf7ae5b9a","geometry":{"type":"Point","coordinates":[113.746,34.762]},"properties":{` +
			`"jurisdiction":"410105015","code":"4101050118000042","class":"0118","class_name":"街灯","name":"路灯 \"甲\"\u2028\u0001\\/<&>","status":"in_service","condition":"poor",` +
			`"segment":"019b76da-a800-7580-8a7f-93dcc0ae9549","chainage_m":123.457,"side":"left","offset_m":0.3,"community":"019b76da-a800-7962-b50a-ebcbf7ae5b9a",` +
			`"accuracy_m":0.5,"source":"survey.csv","source_id":"A-1","source_crs":"EPSG:4547","installed_on":"2019-11-05","removed_on":null,"replaces":null,"replaced_by":null,"updated_at":"2024-05-01T12:00:00Z","version":3,` +
			`"attributes":{"power_w":150,"material":"钢"}}}`},
		{"empty asset", string(AppendAssetFeature(nil, &assets.Asset{Header: header, AccuracyM: pointer(math.NaN())}, nil)), `{"type":"Feature","id":"019b76da-a800-7962-b50a-ebcbf7ae5b9a","geometry":null,"properties":{` +
			`"jurisdiction":"410105015","code":null,"class":null,"class_name":null,"name":null,"status":null,"condition":null,"segment":null,"chainage_m":null,"side":null,"offset_m":null,"community":null,` +
			`"accuracy_m":null,"source":null,"source_id":null,"source_crs":null,"installed_on":null,"removed_on":null,"replaces":null,"replaced_by":null,"updated_at":null,"version":1,"attributes":{}}}`},
		{"segment", string(AppendSegmentFeature(nil, &fullSegment, nil)), `{"type":"Feature","id":"019b76da-a800-7962-b50a-ebcbf7ae5b9a","geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{` +
			`"jurisdiction":"410105015","code":"LD-001","name":"商都路","road":"商都路","from":"通泰路","to":"聚源路","key":true,"length_m":612.346,"status":"planned","source":"sample","invested":-1234567.05,"invested_per_m":-2016.13,"asset_count":42,"condition_mean":1.25,"updated_at":"2024-05-01T12:00:00Z","version":1}}`},
		{"empty segment", string(AppendSegmentFeature(nil, &assets.Segment{Header: header}, nil)), `{"type":"Feature","id":"019b76da-a800-7962-b50a-ebcbf7ae5b9a","geometry":{"type":"LineString","coordinates":[]},"properties":{` +
			`"jurisdiction":"410105015","code":null,"name":null,"road":null,"from":null,"to":null,"key":false,"length_m":0,"status":null,"source":null,"invested":null,"invested_per_m":null,"asset_count":null,"condition_mean":null,"updated_at":null,"version":1}}`},
		{"area", string(AppendAreaFeature(nil, &fullArea, nil)), `{"type":"Feature","id":"019b76da-a800-7962-b50a-ebcbf7ae5b9a","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]},"properties":{` +
			`"jurisdiction":"410105015","code":"410105015010","name":"八里庙社区","level":"community","parent":"019b76da-a800-7580-8a7f-93dcc0ae9549","area_m2":12800000.5,"residents":1234,"source":"sample","updated_at":"2024-05-01T12:00:00Z","version":1}}`},
		{"empty area", string(AppendAreaFeature(nil, &assets.Area{Header: header}, nil)), `{"type":"Feature","id":"019b76da-a800-7962-b50a-ebcbf7ae5b9a","geometry":null,"properties":{` +
			`"jurisdiction":"410105015","code":null,"name":null,"level":null,"parent":null,"area_m2":0,"residents":null,"source":null,"updated_at":null,"version":1}}`},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("%s is\n%s\nwant\n%s", c.name, c.got, c.want)
		}
		if !json.Valid([]byte(c.got)) {
			t.Errorf("%s is no JSON", c.name)
		}
	}
}

// TestFeaturesSayWhatTheTypesSay compares with encoding/json on the members
// that both write.
func TestFeaturesSayWhatTheTypesSay(t *testing.T) {
	decode := func(raw []byte) (m map[string]any) {
		t.Helper()
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	for name, c := range map[string]struct {
		feature []byte
		value   any
	}{
		"asset": {AppendAssetFeature(nil, &fullAsset, nil), fullAsset}, "segment": {AppendSegmentFeature(nil, &fullSegment, nil), fullSegment}, "area": {AppendAreaFeature(nil, &fullArea, nil), fullArea},
	} {
		raw, err := json.Marshal(c.value)
		if err != nil {
			t.Fatal(err)
		}
		want := decode(raw)
		feature := decode(c.feature)
		got := feature["properties"].(map[string]any)
		if feature["id"] != want["id"] {
			t.Errorf("%s: id %v", name, feature["id"])
		}
		for member, v := range got {
			w, ok := want[member]
			if place, isPlace := want["place"].(map[string]any); !ok && isPlace {
				w, ok = place[member]
			}
			if number, isNumber := w.(float64); isNumber {
				w = math.Round(number*1000) / 1000
			}
			if slices.Contains([]string{"invested", "invested_per_m", "asset_count", "condition_mean"}, member) {
				continue // counted, not kept
			}
			if member == "class_name" { // not kept with the asset
				w, ok = fullAsset.ClassName, true
			}
			if member == "updated_at" {
				w = someTime.UTC().Truncate(time.Second).Format(time.RFC3339)
			}
			if w == "" { // an empty text is null on the wire
				w = nil
			}
			if !ok || difference(w, v) != "" {
				t.Errorf("%s: %s is %v, want %v", name, member, v, w)
			}
		}
	}
}

func TestFeaturesAllocateNothing(t *testing.T) {
	buf := make([]byte, 0, 4096)
	for name, write := range map[string]func(){
		"asset":   func() { AppendAssetFeature(buf, &fullAsset, nil) },
		"segment": func() { AppendSegmentFeature(buf, &fullSegment, nil) },
		"area":    func() { AppendAreaFeature(buf, &fullArea, nil) },
	} {
		if n := testing.AllocsPerRun(100, write); n != 0 {
			t.Errorf("%s: %g allocations", name, n)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "路灯", "\u2028\u2029\x00\x1f\x7f\"\\/\b\f\n\r\t", "a\xff\xe7\xa5b\xed\xa0\x80", "\U0001F3EE", "</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		raw := AppendString(nil, s)
		var back string
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatalf("%q becomes %s: %v", s, raw, err)
		}
		// Every wrong byte is one replacement character, as in a range loop.
		if want := string([]rune(s)); back != want {
			t.Fatalf("%q becomes %q", s, back)
		}
		if !utf8.Valid(raw) || strings.ContainsAny(string(raw), "\u2028\u2029\n\r") {
			t.Fatalf("%q becomes %q", s, raw)
		}
	})
}
