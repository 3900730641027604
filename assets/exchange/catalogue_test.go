package exchange

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"streetbook/assets"
)

func catalogue(t *testing.T) map[string]map[string]assets.Class {
	t.Helper()
	classes, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	byProfile := map[string]map[string]assets.Class{}
	for _, c := range classes {
		if byProfile[c.Profile] == nil {
			byProfile[c.Profile] = map[string]assets.Class{}
		}
		if _, taken := byProfile[c.Profile][c.Code]; taken {
			t.Errorf("%s %s occurs twice", c.Profile, c.Code)
		}
		byProfile[c.Profile][c.Code] = c
	}
	return byProfile
}

func TestCatalogueProfiles(t *testing.T) {
	byProfile := catalogue(t)
	if len(byProfile) != 2 {
		t.Fatalf("%d profiles", len(byProfile))
	}
	for profile, want := range map[string]int{assets.ProfileCJT: 85, assets.ProfileGBT: 66} {
		published, local := 0, 0
		for _, c := range byProfile[profile] {
			if c.Local {
				local++
			} else {
				published++
			}
		}
		if published != want || local != 6 {
			t.Errorf("%s: %d published and %d local classes, want %d and 6", profile, published, local, want)
		}
	}
	// The same numbers stand for different things.
	for _, c := range []struct{ profile, code, name string }{
		{assets.ProfileCJT, "0118", "路灯"}, {assets.ProfileGBT, "0118", "化粪池井盖"},
		{assets.ProfileCJT, "0137", "售货亭"}, {assets.ProfileGBT, "0137", "路灯"},
		{assets.ProfileCJT, "0307", "广告牌匾"}, {assets.ProfileGBT, "0307", "牌匾标识"},
		{assets.ProfileCJT, "0199", "意见箱"}, {assets.ProfileGBT, "0499", "街头小品"},
	} {
		if got := byProfile[c.profile][c.code].Name; got != c.name {
			t.Errorf("%s %s is %q, want %q", c.profile, c.code, got, c.name)
		}
	}
}

// Extensions count downward from 99 in each major class, without a gap.
func TestCatalogueExtensions(t *testing.T) {
	for profile, classes := range catalogue(t) {
		count := map[string]int{}
		for _, c := range classes {
			if c.Local {
				count[c.Code[:2]]++
			}
		}
		for major, n := range count {
			for i := range n {
				code := fmt.Sprintf("%s%02d", major, 99-i)
				if c := classes[code]; !c.Local {
					t.Errorf("%s: %s is no extension, though %d are in major class %s", profile, code, n, major)
				}
			}
		}
	}
}

func TestCatalogueClasses(t *testing.T) {
	icons := strings.Fields("lamp tree manhole grate bin bench sculpture piece signboard ad box hydrant signal sign camera pole cabinet busstop " +
		"bike toilet phone board ac parking fence bridge barrier flower fitness kiosk post house water gas power telecom other")
	for profile, classes := range catalogue(t) {
		for code, c := range classes {
			name := profile + " " + code
			if err := c.Validate(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if c.Jurisdiction != assets.SystemJurisdiction || c.NameEN == "" || c.MajorName == "" || c.MajorNameEN == "" || len(c.Fields) == 0 || c.RadiusM <= 0 || c.AccuracyM <= 0 {
				t.Errorf("%s is incomplete: %+v", name, c)
			}
			if !strings.Contains(" "+strings.Join(icons, " ")+" ", " "+c.Icon+" ") {
				t.Errorf("%s: there is no icon %q", name, c.Icon)
			}
			// WCAG 2.2, 1.4.11: the white symbol on its disc.
			if r := 1.05 / (luminance(t, c.Color) + 0.05); r < 3 {
				t.Errorf("%s: white on %s has a contrast of %.2f, below 3", name, c.Color, r)
			}
			for _, f := range c.Fields {
				if f.Name == "" || f.NameEN == "" || (len(f.Choices) > 0) != (f.Kind == assets.KindChoice) || f.Min != nil && f.Max != nil && *f.Min >= *f.Max {
					t.Errorf("%s: field %+v", name, f)
				}
			}
		}
	}
}

// luminance is the relative luminance of a colour as WCAG 2.2 defines it.
func luminance(t *testing.T, color string) float64 {
	t.Helper()
	rgb, err := strconv.ParseUint(color[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(shift int) float64 {
		v := float64(rgb>>shift&255) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
}

// What the field standards ask of a component and of a signboard.
func TestCatalogueFields(t *testing.T) {
	classes := catalogue(t)[assets.ProfileCJT]
	for code, keys := range map[string]string{
		"0118": "department owner maintainer lamp_power_w pole_height_m surveyed_on data_source note",
		"0402": "species trunk_cm department",
		"0103": "shape material department",
		"0307": "facility_no facility_type mount_type position sign_text shop_name licence_no address facing floor material spec_count length_m height_m " +
			"thickness_m area_m2 bottom_height_m structure_type lighting approval_no registration_status expires_on design_company construction_company " +
			"supervision_company responsible_party department maintainer inspected_on inspection_result inspection_due_on test_order_no issue",
	} {
		has := map[string]bool{}
		for _, f := range classes[code].Fields {
			has[f.Key] = true
		}
		for _, key := range strings.Fields(keys) {
			if !has[key] {
				t.Errorf("%s has no field %s", code, key)
			}
		}
	}
}
