package exchange

import (
	"encoding/json"
	"strings"
	"testing"

	"streetbook/assets"
)

func TestReportCountsByReason(t *testing.T) {
	r := &Report{DryRun: true, Read: 3000, Added: 500, Notes: []assets.Text{{ZH: "注", EN: "note"}}}
	for row := range 1500 {
		r.Refuse(row+2, assets.Errorf(assets.Invalid, "lon", "“%s”不是有限的数", "%q is no finite number", strings.Repeat("x", row%7)))
	}
	for row := range 1000 {
		r.Refuse(row+2000, assets.Errorf(assets.Invalid, "lon", "%.6f,%.6f 在辖区边界之外", "%.6f,%.6f lies outside the jurisdiction", float64(row), -0.5),
			assets.Errorf(assets.Invalid, "name", "x", "is odd"))
	}
	if r.Refused != 2500 || len(r.Refusals) != 1000 {
		t.Errorf("%d refused, %d kept", r.Refused, len(r.Refusals))
	}
	groups := r.Reasons()
	if len(groups) != 3 || groups[0].Count != 1500 || groups[1].Count != 1000 || groups[2].Count != 1000 || groups[1].Field != "lon" {
		t.Errorf("reasons are %+v", groups)
	}
	for language, want := range map[string][]string{
		"en": {"Dry run (nothing was written): 3000 rows read, 500 added, 0 unchanged, 2500 refused\n", "  row 3, lon: \"x\" is no finite number\n",
			"  … and 2500 more\n", "  1500 times lon, for example: \"\" is no finite number\n", "\nnote\n"},
		"zh-CN": {"试导入（未写入）：读取 3000 行，新增 500，未变 0，拒绝 2500\n", "  第 3 行 lon：“x”不是有限的数\n", "另有 2500 处", "  1500 处 lon，例如：", "\n注\n"},
	} {
		var out strings.Builder
		if err := r.Write(&out, language); err != nil {
			t.Fatal(err)
		}
		for _, line := range want {
			if !strings.Contains(out.String(), line) {
				t.Errorf("%s: %q is missing in\n%.600s", language, line, out.String())
			}
		}
	}
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		DryRun   bool `json:"dry_run"`
		Refused  int64
		Refusals []struct {
			Row    int
			Field  string
			Reason struct{ ZH, EN string }
		}
		Reasons []struct{ Count int64 }
	}
	if err := json.Unmarshal(raw, &back); err != nil || !back.DryRun || back.Refused != 2500 || len(back.Refusals) != 1000 || back.Refusals[0].Reason.ZH == "" || back.Reasons[0].Count != 1500 {
		t.Errorf("%v: %.300s", err, raw)
	}
}

func TestEmptyReport(t *testing.T) {
	r := &Report{Read: 2, Added: 1, Unchanged: 1}
	var out strings.Builder
	if err := r.Write(&out, "en"); err != nil || out.String() != "Import: 2 rows read, 1 added, 1 unchanged, 0 refused\n" {
		t.Errorf("%v: %q", err, out.String())
	}
	if raw, err := json.Marshal(r); err != nil || string(raw) != `{"dry_run":false,"read":2,"added":1,"unchanged":1,"refused":0,"refusals":[],"reasons":[],"notes":[]}` {
		t.Errorf("%v: %s", err, raw)
	}
}

// TestReportsCannotSteerATerminal quotes what a file holds.
func TestReportsCannotSteerATerminal(t *testing.T) {
	_, report := load(t, "x.csv", "id,lon,lat\n1,\"\x1b[2J\n\u202e\",2\n", Conversion{})
	for _, language := range []string{"en", "zh"} {
		var out strings.Builder
		if err := report.Write(&out, language); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(out.String(), "\x1b\u202e") || strings.Count(out.String(), "\n") != 2 {
			t.Errorf("%q", out.String())
		}
	}
}
