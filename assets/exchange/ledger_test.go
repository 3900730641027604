package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"streetbook/assets"
)

// sheetOf writes rows as a workbook with one sheet. Texts stay texts, numbers
// become doubles.
func sheetOf(t testing.TB, rows [][]any, merges ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range merges {
		from, to, _ := strings.Cut(m, ":")
		if err := f.MergeCell("Sheet1", from, to); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gb18030(t testing.TB, text string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// told writes a ledger down, one entry or fault a line.
func told(l *Ledger) string {
	var lines []string
	for _, d := range l.Drafts {
		var targets []string
		for _, t := range d.Targets {
			targets = append(targets, t.Noun+":"+t.Name)
		}
		lines = append(lines, strings.Join([]string{fmt.Sprint(d.Row), d.Project, d.ProjectName, d.On, d.Kind, yuanText(d.Amount), d.Voucher, d.Counterparty, d.Note, strings.Join(targets, "+")}, "|"))
	}
	for _, f := range l.Faults {
		lines = append(lines, fmt.Sprintf("%s %s: %s", f.Cell, f.Column, f.Reason.EN))
	}
	return strings.Join(lines, "\n")
}

func readLedger(t *testing.T, name string, file []byte, o LedgerOptions) *Ledger {
	t.Helper()
	l, err := ReadLedger(name, file, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func compare(t *testing.T, l *Ledger, want string) {
	t.Helper()
	if got := strings.TrimSpace(told(l)); got != strings.TrimSpace(want) {
		t.Errorf("read is\n%s\nwant\n%s", got, strings.TrimSpace(want))
	}
}

const paymentsCSV = "祭城路街道2019年整治资金台账,,,,,,,\n" +
	"填报单位：祭城路街道办事处,,,,,,,\n" +
	"序号,项目名称,日期,类型,金额（万元）,凭证号,路段,备注\n" +
	"1,榆林南路整治,2019年5月1日,合同,\"１，２３４．５６\",HT-2019-01,榆林南路,=1+1\n" +
	"2,榆林南路整治,2019/6/30,付款,300.5,F001,\"榆林南路、商鼎路\",\n" +
	"3,榆林南路整治,20190701,付款,（0.5）,F002,榆林南路,多付退回\n" +
	"小计,,,,1534.56,,,\n" +
	",,,,,,,\n" +
	"4,商鼎路整治,43800,拨款,800元,B-9,,上级\n" +
	"合计,,,,\"1,534.64\",,,\n" +
	"制表人：张三,,,,,,,\n"

func TestLedgerInGB18030(t *testing.T) {
	l := readLedger(t, "ledger_gb18030.csv", []byte(excerpt(t, "ledger_gb18030.csv")), LedgerOptions{})
	report, err := json.MarshalIndent(l, "", "  ")
	if err != nil || string(report)+"\n" != excerpt(t, "ledger_gb18030.json") {
		t.Errorf("the report is\n%s (%v)", report, err)
	}
	compare(t, l, `
4|榆林南路整治||2019-05-01|contract|12345600.00|HT-2019-01||=1+1|segment:榆林南路
5|榆林南路整治||2019-06-30|payment|3005000.00|F001|||segment:榆林南路+segment:商鼎路
6|榆林南路整治||2019-07-01|refund|5000.00|F002||多付退回|segment:榆林南路
9|商鼎路整治||2019-12-01|grant|800.00|B-9||上级|`)
	if len(l.Totals) != 2 || !l.Totals[0].OK || !l.Totals[1].OK || l.Sum != 1534640000 {
		t.Errorf("totals %+v, sum %d", l.Totals, l.Sum)
	}
	if l.Mapping.HeaderRow != 3 || l.Mapping.Columns[4].Unit != "wan" || l.Rows != 5 {
		t.Errorf("%d rows by %+v", l.Rows, l.Mapping)
	}
	again := readLedger(t, "", []byte("\ufeff"+paymentsCSV), LedgerOptions{Mapping: l.Mapping})
	if told(again) != told(l) {
		t.Errorf("with the mapping of before it is\n%s", told(again))
	}
}

func TestLedgerWithMergedHeaders(t *testing.T) {
	file := sheetOf(t, [][]any{
		{"整治项目资金情况表"},
		{nil, nil, nil, nil, nil, nil, nil, nil, "金额单位：元"},
		{"项目编号", "项目名称", "合同", nil, nil, "付款情况", nil, nil, "受益路段", "备注"},
		{nil, nil, "签订日期", "金额（万元）", "编号", "日期", "金额", "凭证号"},
		{"P-1", "白改黑", 43586, 12.345678, "HT1", "2019-6-1", 123456.78, "V1", "榆林南路"},
		{nil, nil, nil, nil, nil, "2019-7-1", 0.1 + 0.2, "V2", "商鼎路"},
		{"P-2", "屋面", "2019-8-1", 1, "HT2", nil, nil, nil, "一号院"},
		{"合计", nil, nil, 13.345678, nil, nil, 123457.08},
	}, "A1:J1", "A3:A4", "B3:B4", "C3:E3", "F3:H3", "I3:I4", "A5:A6", "B5:B6")
	l := readLedger(t, "x.xlsx", file, LedgerOptions{Mapping: Mapping{Columns: []LedgerColumn{{Name: "受益路段", Field: "target"}}}})
	compare(t, l, `
5|P-1|白改黑|2019-05-01|contract|123456.78|HT1|||:榆林南路
5|P-1|白改黑|2019-06-01|payment|123456.78|V1|||:榆林南路
6|P-1|白改黑|2019-07-01|payment|0.30|V2|||:商鼎路
7|P-2|屋面|2019-08-01|contract|10000.00|HT2|||:一号院`)
	if len(l.Totals) != 2 || l.Mapping.HeaderRow != 3 || l.Mapping.HeaderRows != 2 {
		t.Errorf("totals %+v by %+v", l.Totals, l.Mapping)
	}
}

func TestLedgerRefusesCellByCell(t *testing.T) {
	file := sheetOf(t, [][]any{
		{"项目", "日期", "类型", "金额(元)", "凭证号"},
		{"P-1", "2019-2-30", "付款", 1, "V1"},
		{"P-1", "2019-2-3", "借款", 1, "V2"},
		{nil, "2019-2-3", "付款", 1, "V3"},
		{"P-1", "2019-2-3", "付款", 0.001, "V4"},
		{"P-1", "2019-2-3", "付款", nil, "V5"},
		{"P-1", "2019-2-3", "付款", "1,23", "V6"},
		{"P-1", "2019-2-3", "合同", -5, "V7"},
		{"P-1", "2019-2-3", "付款", 0, "V8"},
		{"P-1", nil, "付款", 3, 123456789012345678},
		{"P-1", "2019-2-3", "变更", -5, "V9"}, // what a change takes away
	})
	l := readLedger(t, "x.xlsx", file, LedgerOptions{})
	compare(t, l, `
11|P-1||2019-02-03|change_order|-5.00|V9|||
B2 日期: there is no day "2019-2-30"
C3 类型: "借款" is no kind: it must be contract, change_order, payment, refund or grant
A4 项目: the project is missing
D5 金额(元): "0.001" is not a whole number of fen and must not be rounded
D6 金额(元): the amount is missing
D7 金额(元): the thousands of "1,23" are wrong: it must be like 1,234.56
D8 金额(元): only payments, refunds and change orders may be negative: correct others by a reversal
D9 金额(元): an amount cannot be zero
E10 凭证号: "123456789012345678" is a number that has lost digits: make the cell a text
B10 日期: the date is missing`)
	if len(l.Drafts) != 1 || l.Drafts[0].Amount != -500 {
		t.Errorf("%d drafts", len(l.Drafts))
	}
}

func TestLedgerTotalsMustMatch(t *testing.T) {
	rows := [][]any{{"项目", "付款日期", "付款金额"}, {"P", "2019-1-1", 10}, {"P", "2019-1-2", 20.01}, {"合计", nil, 30}}
	l := readLedger(t, "x.xlsx", sheetOf(t, rows), LedgerOptions{})
	if l.Faulty != 1 || l.Faults[0].Cell != "C4" || !strings.Contains(l.Faults[0].Reason.EN, `says 30.00 yuan, the rows come to 30.01 yuan`) {
		t.Errorf("faults %+v", l.Faults)
	}
	rows[3][2] = 30.01
	for given, ok := range map[fen]bool{3001: true, 3000: false} {
		l := readLedger(t, "x.xlsx", sheetOf(t, rows), LedgerOptions{Control: &given})
		if (l.Faulty == 0) != ok || len(l.Drafts) != 2 {
			t.Errorf("a total of %d: %+v", given, l.Faults)
		}
	}
}

func TestFormulasWithoutResultAreRefused(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for cell, v := range map[string]any{"A1": "项目", "B1": "日期", "C1": "付款金额", "A2": "P", "B2": "2019-1-1"} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "C2", "1+1"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	l := readLedger(t, "x.xlsx", out.Bytes(), LedgerOptions{})
	compare(t, l, "C2 付款金额: is a formula without a result: open and save the file in a spreadsheet program first")
}

func TestMappingIsChecked(t *testing.T) {
	file := []byte("工程,支出日期,数额,票据\nP,2019-1-1,5,V\n")
	if _, err := ReadLedger("x.csv", file, LedgerOptions{}); assets.ErrorCode(err) != assets.Invalid {
		t.Errorf("no header: %v", err)
	}
	m := Mapping{Columns: []LedgerColumn{{Name: "支出日期", Field: "date"}, {Name: "数额", Field: "amount", Kind: "payment", Unit: "wan"}, {Column: "D", Field: "voucher"}}}
	compare(t, readLedger(t, "x.csv", file, LedgerOptions{Mapping: m}), "2|P||2019-01-01|payment|50000.00|V|||")
	for _, c := range []LedgerColumn{{Name: "数额", Field: "money"}, {Name: "数额", Field: "amount", Unit: "usd"}, {Name: "数额", Field: "amount", Kind: "loan"}, {Name: "没有", Field: "note"}} {
		bad := Mapping{Columns: append([]LedgerColumn{c}, m.Columns[:2]...)}
		if _, err := ReadLedger("x.csv", file, LedgerOptions{Mapping: bad}); assets.ErrorCode(err) != assets.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestUnitsAreNotGuessed has titles that name a unit, plainly or not.
func TestUnitsAreNotGuessed(t *testing.T) {
	const rows = "项目,付款日期,付款金额\nP,2019-1-1,1.5\n"
	for title, want := range map[string]string{
		"资金台账（万元）": "15000.00", "单位：万元": "15000.00", "金额单位：人民币千元": "1500.00", "填报单位：元通街道": "1.50", "台账": "1.50", "（单位：元）": "1.50", "总投资1200万元": "",
	} {
		l, err := ReadLedger("x.csv", []byte(title+"\n"+rows), LedgerOptions{})
		if want == "" {
			if assets.ErrorCode(err) != assets.Invalid || !strings.Contains(err.Error(), "not plain") {
				t.Errorf("%s: %v", title, err)
			}
			continue
		}
		if err != nil || len(l.Drafts) != 1 || yuanText(l.Drafts[0].Amount) != want {
			t.Errorf("%s: %+v, %v", title, l, err)
		}
	}
	said := LedgerOptions{Mapping: Mapping{Columns: []LedgerColumn{{Name: "付款金额", Unit: "yuan"}}}}
	compare(t, readLedger(t, "x.csv", []byte("总投资1200万元\n"+rows), said), "3|P||2019-01-01|payment|1.50||||")
}

// TestScaledFormatsAreRefused has a number that the spreadsheet shows divided by
// ten thousand.
func TestScaledFormatsAreRefused(t *testing.T) {
	for format, scaled := range map[string]bool{`0!.0,"万元"`: true, "0%": true, "#,##0.00,": true, "0.0,,": true, "#,##0.00": false, `#,##0.00"万, "`: false, `_ * #,##0.00_ ;_ * -#,##0.00_ `: false} {
		f := excelize.NewFile()
		for cell, v := range map[string]any{"A1": "项目", "B1": "付款日期", "C1": "付款金额", "A2": "P", "B2": "2019-1-1", "C2": 123456.78} {
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
				t.Fatal(err)
			}
		}
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", "C2", "C2", id); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := f.Write(&out); err != nil {
			t.Fatal(err)
		}
		if l := readLedger(t, "x.xlsx", out.Bytes(), LedgerOptions{}); (l.Faulty == 1) != scaled {
			t.Errorf("%s: %s", format, told(l))
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
