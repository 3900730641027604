package geo

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
)

// records reads a CSV of test vectors. Each row names its own source.
func records(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = row[i]
		}
		list = append(list, m)
	}
	return list
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestGCJVectors(t *testing.T) {
	convert := map[string]func(orb.Point) orb.Point{
		"WGS84 GCJ02": toGCJ, "GCJ02 WGS84": fromGCJ, "GCJ02 BD09": toBD, "BD09 GCJ02": fromBD,
	}
	for _, r := range records(t, "gcj_vectors.csv") {
		f := convert[r["from_crs"]+" "+r["to_crs"]]
		if f == nil {
			t.Fatalf("vector %s: no conversion from %s to %s", r["id"], r["from_crs"], r["to_crs"])
		}
		got := f(orb.Point{number(t, r["lon_in"]), number(t, r["lat_in"])})
		want := orb.Point{number(t, r["lon_out"]), number(t, r["lat_out"])}
		tolerance := number(t, r["tolerance_m"])
		if r["from_crs"] == "BD09" && r["kind"] == "algorithm" {
			// These come from the published one-step inverse, which itself misses the
			// point that maps to its input by up to 0.12 m. Ours is held to that point
			// by TestGCJRoundTrip.
			tolerance = 0.12
		}
		if d := Distance(got, want); d > tolerance {
			t.Errorf("vector %s (%s → %s, %s): %.4f m off, tolerance %s", r["id"], r["from_crs"], r["to_crs"], r["kind"], d, r["tolerance_m"])
		}
	}
}

func TestGaussKrugerVectors(t *testing.T) {
	for _, r := range records(t, "gk_vectors.csv") {
		want := orb.Point{number(t, r["lon_cgcs2000"]), number(t, r["lat_cgcs2000"])}
		for crs, prefix := range map[CRS]string{GaussKruger114: "epsg4547", GaussKruger114Zoned: "epsg4526"} {
			n, e := number(t, r[prefix+"_northing_x"]), number(t, r[prefix+"_easting_y"])
			for _, p := range []orb.Point{{e, n}, {n, e}} {
				got, err := crs.Point(p)
				if d := Distance(got, want); err != nil || d > 0.001 {
					t.Errorf("%s, %s %v: %g m off (%v)", r["name"], crs, p, d, err)
				}
			}
			easting, northing := gaussKruger{meridian: 114, easting: 500000}.forward(want[0], want[1])
			if crs == GaussKruger114 && math.Hypot(easting-e, northing-n) > 0.001 {
				t.Errorf("%s: forward is %g m off", r["name"], math.Hypot(easting-e, northing-n))
			}
		}
	}
}

func TestGCJRoundTrip(t *testing.T) {
	for lon := 73.5; lon < 135; lon += 1.37 {
		for lat := 3.1; lat < 53; lat += 1.13 {
			p := orb.Point{lon, lat}
			if d := Distance(fromGCJ(toGCJ(p)), p); d > 1e-4 {
				t.Fatalf("%v comes back %g m off", p, d)
			}
			if d := Distance(fromBD(toBD(p)), p); d > 1e-4 {
				t.Fatalf("%v comes back from BD-09 %g m off", p, d)
			}
		}
	}
}

func TestParseCRS(t *testing.T) {
	cases := map[string]CRS{"EPSG:4326": WGS84, "4490": CGCS2000, "epsg:4547": GaussKruger114, "4526": GaussKruger114Zoned,
		"GCJ-02": GCJ02, "gcj02": GCJ02, "BD-09": BD09, "CRS84": WGS84, "OGC:CRS84": WGS84}
	for s, want := range cases {
		if got, err := ParseCRS(s); err != nil || got != want {
			t.Errorf("%q: %v (%v), want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "EPSG:27700", "西安80", "2383", "4610", "4214", "2435", "Xian-80", "-2", "-9", "0"} {
		_, err := ParseCRS(s)
		var f *Fault
		if !errors.As(err, &f) || f.Path != "crs" {
			t.Errorf("%q is taken (%v)", s, err)
		}
	}
}

func TestCRSRefusesWhatIsElsewhere(t *testing.T) {
	for crs, p := range map[CRS]orb.Point{
		WGS84: {200, 0}, CGCS2000: {0, 91}, GCJ02: {181, 0}, GaussKruger114: {113.7, 34.7},
		GaussKruger114Zoned: {476745, 3848218}, BD09: {math.NaN(), 0},
	} {
		if _, err := crs.Point(p); err == nil {
			t.Errorf("%s takes %v", crs, p)
		}
	}
}

func FuzzParseCRS(f *testing.F) {
	for _, s := range []string{"EPSG:4547", "gcj-02", "西安80", "EPSG:99999999999999999999", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCRS(s); err == nil {
			if again, err := ParseCRS(c.String()); err != nil || again != c {
				t.Errorf("%q gives %v, which reads as %v (%v)", s, c, again, err)
			}
		}
	})
}
