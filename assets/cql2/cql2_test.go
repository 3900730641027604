package cql2

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"streetbook/geo"
)

// read returns the examples of the standard in a language, by name.
func read(t testing.TB, language string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/" + language + "/*")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d examples (%v)", len(files), err)
	}
	examples := map[string][]byte{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		examples[strings.TrimSuffix(name, filepath.Ext(name))] = body
	}
	return examples
}

// written differently are the examples whose text and JSON say the same in two
// ways: the text writes a unary minus or a function that the JSON writes out.
var writtenDifferently = map[string]bool{}

// TestEveryExampleOfTheStandard parses, and its text and JSON are one filter.
func TestEveryExampleOfTheStandard(t *testing.T) {
	texts, jsons := read(t, "text"), read(t, "json")
	both := 0
	for name, text := range texts {
		a, err := ParseText(string(text))
		if err != nil {
			t.Errorf("%s: %v: %s", name, err, text)
			continue
		}
		body, ok := jsons[name]
		if !ok {
			continue
		}
		both++
		if b, err := ParseJSON(body); err != nil || !reflect.DeepEqual(a, b) && !writtenDifferently[name] {
			t.Errorf("%s: %v\n%#v\n%#v", name, err, a, b)
		}
	}
	for name, body := range jsons {
		if _, err := ParseJSON(body); err != nil {
			t.Errorf("%s.json: %v: %s", name, err, body)
		}
	}
	if both < 90 {
		t.Errorf("only %d examples have both forms", both)
	}
}

var subject = map[string]Type{"name": TypeText, "date": TypeDate, "version": TypeNumber, "key": TypeBool, "updated_at": TypeTimestamp, "segment": TypeID, "geometry": TypeGeometry}

func TestChecks(t *testing.T) {
	for _, c := range []struct{ filter, fault string }{
		{`name = 'x' AND version > 1 OR NOT key = TRUE`, ""},
		{`"date" >= '2024-01-01' and updated_at < '2024-01-01T00:00:00Z'`, ""},
		{`"date" >= TIMESTAMP('2024-01-01T00:00:00Z')`, ""},
		{`CASEI(name) LIKE CASEI('%a_')`, ""},
		{`segment in ('01a20d4d-7719-7eae-a207-af98a4f06c86')`, ""},
		{`'2024-01-01' between '2023-01-01' and updated_at`, ""},
		{`'2024-01-01' in ('2024-01-01', updated_at, "date")`, ""},
		{"version in (1" + strings.Repeat(",1", 480) + ")", ""},
		{strings.Repeat("(", 13) + "key" + strings.Repeat(" and key)", 13), ""},
		{`'01a20d4d-7719-7eae-a207-af98a4f06c86' in (name, segment)`, "cannot be compared"},
		{`'2024-01-01' between name and updated_at`, "cannot be compared"},
		{`updated_at = TIMESTAMP('2024-01-01T1:00:00Z')`, "no time"},
		{`updated_at = TIMESTAMP('2024-01-01T01:00:00,5Z')`, "no time"},
		{`point z - 1 = 0`, "did not expect"},
		{`version between 3 and 1`, ""},
		{`geometry IS NOT NULL AND key`, ""},
		{`S_INTERSECTS(geometry, BBOX(150,-90,-150,90))`, ""},
		{`T_DURING(updated_at, INTERVAL('2024-01-01','..'))`, ""},
		{`T_INTERSECTS(INTERVAL("date", updated_at), DATE('2024-01-01'))`, ""},
		{`nosuch = 1`, `no property "nosuch"`},
		{`name > 1`, "cannot be compared"},
		{`key > TRUE`, "cannot be compared"},
		{`"date" = 'yesterday'`, "no time"},
		{`segment = 'x'`, "no UUID"},
		{`name LIKE 'a\`, "quote does not end"},
		{`name LIKE 'a\\\'`, "quote does not end"},
		{`name`, "expected true or false"},
		{`1`, "true or false"},
		{`version + 1 = 2`, "arithmetic"},
		{`foo(name) = 1`, `the function "foo"`},
		{`ACCENTI(name) = 'x'`, `the function "accenti"`},
		{`A_CONTAINS(name, ('a','b'))`, `the function "a_contains"`},
		{`S_INTERSECTS(geometry, POINT(90 180))`, "does not lie"},
		{`S_INTERSECTS(geometry, BBOX(1e6,1e6,2e6,2e6))`, "bbox"},
		{`S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1)))`, "coordinates"},
		{`S_INTERSECTS(geometry, name)`, "expected a geometry"},
		{`S_INTERSECTS(geometry)`, "two arguments"},
		{`T_AFTER(version, DATE('2024-01-01'))`, "needs times"},
		{`name = `, "ends too early"},
		{`name = 'x' name`, "did not expect"},
		{`name == 'x'`, "did not expect"},
		{`and = 1`, "keyword"},
		{`name = 'x`, "quote does not end"},
		{`name = 1e999`, "no number"},
		{`name = ?`, "no meaning"},
		{`"date" = DATE('2024-02-30')`, "no date"},
		{`(name = 'x'`, `expected ","`},
		{``, "ends too early"},
		{strings.Repeat("(", 40) + "key" + strings.Repeat(")", 40), "deeper"},
		{strings.Repeat("NOT ", 40) + "key", "deeper"},
		{"version in (1" + strings.Repeat(",1", 1000) + ")", "parts"},
		{"name = '" + strings.Repeat("x", 9000) + "'", "longer"},
	} {
		e, err := ParseText(c.filter)
		if err == nil {
			_, err = Check(e, subject, geo.CRS84)
		}
		var fault *Fault
		switch {
		case c.fault == "" && err != nil:
			t.Errorf("%s: %v", c.filter, err)
		case c.fault != "" && (!errors.As(err, &fault) || !strings.Contains(err.Error(), c.fault) || fault.ZH == ""):
			t.Errorf("%.80s: %v, want %q", c.filter, err, c.fault)
		}
	}
}

func TestFilterInAnotherSystem(t *testing.T) {
	e, err := ParseText(`S_INTERSECTS(geometry, POINT(34.75 113.7))`)
	if err != nil {
		t.Fatal(err)
	}
	checked, err := Check(e, subject, geo.FindSystem("http://www.opengis.net/def/crs/EPSG/0/4326"))
	if err != nil || !reflect.DeepEqual(checked.(Call).Args[1], Geometry{orb.Point{113.7, 34.75}}) {
		t.Errorf("%#v %v", checked, err)
	}
}

func FuzzParseText(f *testing.F) {
	for _, text := range read(f, "text") {
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseText(text)
		checkOutcome(t, e, err)
	})
}

func FuzzParseJSON(f *testing.F) {
	for _, body := range read(f, "json") {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := ParseJSON(body)
		checkOutcome(t, e, err)
	})
}

// checkOutcome: whatever comes in, there is a filter or a fault.
func checkOutcome(t *testing.T, e Expr, err error) {
	t.Helper()
	var fault *Fault
	if err == nil {
		_, err = Check(e, subject, geo.CRS84)
		if err == nil {
			return
		}
	}
	if !errors.As(err, &fault) {
		t.Errorf("%v", err)
	}
}
