package exchange

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets"
)

func TestNamesAreFound(t *testing.T) {
	id := func(n byte) uuid.UUID { return uuid.UUID{15: n} }
	names := assets.LedgerNames{
		Projects: []assets.Named{{ID: id(1), Code: "P-1", Name: "白改黑"}, {ID: id(2), Code: "P-2", Name: "屋面"}, {ID: id(3), Code: "P-3", Name: "屋面"}},
		Segments: []assets.Named{{ID: id(4), Code: "S1", Name: "榆林南路"}, {ID: id(5), Code: "S2", Name: "商鼎路"}},
		Areas:    []assets.Named{{ID: id(6), Code: "", Name: "一号院"}, {ID: id(7), Code: "", Name: "商鼎路"}},
	}
	text := "项目编号,项目名称,付款日期,付款金额,凭证号,路段,对象\n" +
		"ｐ-1,白 改黑,2019-1-1,1,V1,s1、商鼎路,一号院\n" + // 2
		",白改黑,2019-1-1,1,V2,,\n" + // 3
		",屋面,2019-1-1,1,V3,,\n" + // 4
		"P-9,,2019-1-1,1,V4,,\n" + // 5
		"P-2,白改黑,2019-1-1,1,V5,,\n" + // 6
		"P-1,,2019-1-1,1,V1,商鼎路东段,商鼎路；无\n" // 7
	l := readLedger(t, "x.csv", []byte(text), LedgerOptions{})
	list := l.Resolve(names)
	l.RefuseTwins(func(d *EntryDraft) string { return d.Voucher })
	var faults []string
	for _, f := range l.Faults {
		faults = append(faults, f.Cell+" "+f.Column+": "+f.Reason.EN)
	}
	want := `B4 项目名称: several of the kind project are called "屋面": use the code
A5 项目编号: there is no project "P-9"
B6 项目名称: project P-2 is registered as "屋面"
F7 路段: there is no segment "商鼎路东段"; perhaps: S2 商鼎路
G7 对象: "商鼎路" is a segment and an area: use the code
G7 对象: there is no segment or area "无"
E7 凭证号: voucher "V1" is that of E2 too`
	if got := strings.Join(faults, "\n"); got != want {
		t.Errorf("refused are\n%s\nwant\n%s", got, want)
	}
	wanted := []assets.TargetRef{{Noun: "segment", ID: id(4)}, {Noun: "segment", ID: id(5)}, {Noun: "area", ID: id(6)}}
	if len(list) != 2 || list[0].Project != id(1) || list[1].Project != id(1) || len(list[1].Targets) != 0 {
		t.Fatalf("found are %+v", list)
	}
	if d := difference(wanted, list[0].Targets); d != "" {
		t.Error(d)
	}
}

func TestMappingIsRemembered(t *testing.T) {
	l := readLedger(t, "x.csv", []byte(paymentsCSV), LedgerOptions{})
	body, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		OK      bool              `json:"ok"`
		Entries int               `json:"entries"`
		Sum     string            `json:"sum"`
		ByKind  map[string]string `json:"by_kind"`
		Mapping json.RawMessage   `json:"mapping"`
	}
	if err := json.Unmarshal(body, &report); err != nil || !report.OK || report.Entries != 4 || report.Sum != "15346400.00" || report.ByKind["refund"] != "5000.00" {
		t.Errorf("%s (%v)", body, err)
	}
	m, err := ReadMapping(report.Mapping)
	if d := difference(l.Mapping, m); d != "" || err != nil {
		t.Error(d, err)
	}
	for _, wrong := range []string{"[]", "{", `{"sheets":"a"}`, `{"columns":[{"field":"x"}]}`, `{"header_rows":3}`} {
		if _, err := ReadMapping([]byte(wrong)); assets.ErrorCode(err) != assets.Invalid {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
