package exchange

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"streetbook/assets"
)

// answer is one by segment, with a name that would run as a formula.
func answer(language string) *InvestmentSheet {
	return &InvestmentSheet{
		Language: language, Title: "已付，按路段", Amount: 1,
		Columns: []Column{{"路段", TextCells}, {"金额（元）", MoneyCells}, {"每米（元）", MoneyCells}, {"长度（米）", NumberCells}},
		Rows: [][]Value{
			{{Text: "榆林南路"}, {Money: 12345678}, {Money: 10259}, {Text: "1203.4"}},
			{{Text: "=HYPERLINK(\"http://x\")"}, {Money: 30}, {None: true}, {}},
			{{Text: "-5.2"}, {Money: -520}, {Money: 1}, {Text: "-5.2"}},
		},
		Elsewhere: 1200000000, Unallocated: 5, Total: 1212345193,
		Entries: []EntryLine{{"2019-05-01", "P-1", "付款", "=1+1", "榆林南路", 12345678}, {"2019-05-02", "P-1", "付款", "V2", "", 1199999515}},
	}
}

func TestAnswerAsCSV(t *testing.T) {
	var out strings.Builder
	if err := answer("zh-CN").WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	want := "\ufeff路段,金额（元）,每米（元）,长度（米）\n榆林南路,123456.78,102.59,1203.4\n\"'=HYPERLINK(\"\"http://x\"\")\",0.30,,\n'-5.2,-5.20,0.01,-5.2\n" +
		"其他对象,12000000.00,,\n未分摊,0.05,,\n合计,12123451.93,,\n"
	if out.String() != want {
		t.Errorf("written is\n%s\nwant\n%s", out.String(), want)
	}
}

// TestAnswerProvesItself reckons the formulas as a spreadsheet does.
func TestAnswerProvesItself(t *testing.T) {
	for _, language := range []string{"zh-CN", "en"} {
		s := answer(language)
		f := opened(t, func(w *bytes.Buffer) error { return s.WriteXLSX(w) })
		names := f.GetSheetList()
		for cell, want := range map[string]string{"B8": "12,123,451.93", "B3": "123,456.78", "B4": "0.30", "B5": "-5.20"} {
			reckoned(t, f, names[0], cell, want)
		}
		for cell, want := range map[string]string{"B2": "123,451.88", "B5": "12,123,451.93", "B6": "0.00", "B7": "12,123,451.93", "B8": "0.00", "F10": "123,456.78"} {
			reckoned(t, f, names[1], cell, want)
		}
		for cell, want := range map[string]string{"A4": `=HYPERLINK("http://x")`, "A5": "-5.2"} {
			if formula, err := f.GetCellFormula(names[0], cell); err != nil || formula != "" {
				t.Errorf("%s is the formula %q (%v)", cell, formula, err)
			}
			if got, err := f.GetCellValue(names[0], cell); err != nil || got != want {
				t.Errorf("%s is %q (%v)", cell, got, err)
			}
		}
		if got, err := f.GetCellValue(names[0], "B3", excelize.Options{RawCellValue: true}); err != nil || got != "123456.78" {
			t.Errorf("the raw amount is %q (%v)", got, err)
		}
	}
	wrong := answer("zh-CN")
	wrong.Total++
	f := opened(t, func(w *bytes.Buffer) error { return wrong.WriteXLSX(w) })
	reckoned(t, f, "核对", "B6", "-0.01")
}

func opened(t *testing.T, write func(*bytes.Buffer) error) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func reckoned(t *testing.T, f *excelize.File, sheet, cell, want string) {
	t.Helper()
	got, err := f.CalcCellValue(sheet, cell)
	if err != nil || got != want {
		t.Errorf("%s!%s comes to %q (%v), want %q", sheet, cell, got, err, want)
	}
	shown, err := f.GetCellValue(sheet, cell)
	if err != nil || shown != want {
		t.Errorf("%s!%s shows %q before it is reckoned (%v), want %q", sheet, cell, shown, err, want)
	}
}

// TestTemplateIsReadAsItIs fills in the template and reads it without a mapping.
func TestTemplateIsReadAsItIs(t *testing.T) {
	for language, row := range map[string][]any{
		"zh-CN": {"P-1", "2019-05-01", "付款", 1234.5, "V1", "甲公司", "榆林南路、商鼎路", "一号院", "备注"},
		"en":    {"P-1", "2019-05-01", "payment", 1234.5, "V1", "甲公司", "榆林南路; 商鼎路", "一号院", "备注"},
	} {
		names := assets.LedgerNames{Projects: []assets.Named{{Code: "P-1", Name: "白改黑"}}, Segments: []assets.Named{{Code: "S1", Name: "榆林南路"}, {Name: "榆林南路"}}}
		f := opened(t, func(w *bytes.Buffer) error { return WriteTemplate(w, language, names) })
		fill := f.GetSheetName(0)
		if v, err := f.GetDataValidations(fill); err != nil || len(v) != 3 {
			t.Errorf("%d lists (%v)", len(v), err)
		}
		var empty bytes.Buffer
		if err := f.Write(&empty); err != nil {
			t.Fatal(err)
		}
		l := readLedger(t, "template.xlsx", empty.Bytes(), LedgerOptions{})
		compare(t, l, ": the sheet has no entry")
		if err := f.SetSheetRow(fill, "A3", &row); err != nil {
			t.Fatal(err)
		}
		var full bytes.Buffer
		if err := f.Write(&full); err != nil {
			t.Fatal(err)
		}
		compare(t, readLedger(t, "template.xlsx", full.Bytes(), LedgerOptions{}), "3|P-1||2019-05-01|payment|1234.50|V1|甲公司|备注|segment:榆林南路+segment:商鼎路+area:一号院")
	}
}
