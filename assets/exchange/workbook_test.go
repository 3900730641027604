package exchange

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"streetbook/assets"
)

// archive packs parts as an XLSX would; content that is long packs well.
func archive(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, content := range parts {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// minimal is a workbook of one sheet.
func minimal(rows string) map[string]string {
	return map[string]string{
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
	}
}

const smallRows = `<row r="1"><c r="A1" t="inlineStr"><is><t>项目</t></is></c><c r="B1" t="inlineStr"><is><t>付款日期</t></is></c><c r="C1" t="inlineStr"><is><t>付款金额</t></is></c></row>` +
	`<row r="2"><c r="A2" t="str"><v>P_x0041_</v></c><c r="B2"><v>43586</v></c><c r="C2"><f>1</f><v>1.5</v></c></row>`

func TestMinimalWorkbook(t *testing.T) {
	compare(t, readLedger(t, "x.xlsx", archive(t, minimal(smallRows)), LedgerOptions{}), "2|PA||2019-05-01|payment|1.50||||")
}

func TestHostileWorkbooksAreRefused(t *testing.T) {
	with := func(change func(map[string]string)) []byte {
		parts := minimal(smallRows)
		change(parts)
		return archive(t, parts)
	}
	sheet := func(rows string) []byte { return archive(t, minimal(rows)) }
	good := archive(t, minimal(smallRows))
	lying := bytes.Clone(good)
	central := bytes.LastIndex(lying, []byte("PK\x01\x02"))
	lying[central+24], lying[central+25] = 1, 0 // the size it claims
	many := map[string]string{}
	for i := range maxEntries + 1 {
		many[strings.Repeat("a", i+1)] = ""
	}
	encrypted := bytes.Clone(good)
	for i := range len(encrypted) - 10 {
		if bytes.HasPrefix(encrypted[i:], []byte("PK\x01\x02")) {
			encrypted[i+8] |= 1
		}
	}
	cases := map[string]struct {
		name string
		file []byte
		says string
	}{
		"empty":            {"x.xlsx", nil, "is empty"},
		"cut":              {"x.xlsx", good[:len(good)/2], "damaged"},
		"an old workbook":  {"x.xls", []byte{0xD0, 0xCF, 0x11, 0xE0, 0, 0}, "save it as .xlsx"},
		"a web page":       {"x.xls", []byte("\ufeff <html><table>"), "web page"},
		"text as xlsx":     {"x.xlsx", []byte("a,b\n1,2\n"), "no workbook"},
		"archive as csv":   {"x.csv", good, "is an archive"},
		"another ending":   {"x.pdf", []byte("%PDF-1.7"), "only .xlsx and .csv"},
		"any archive":      {"x.xlsx", archive(t, map[string]string{"a.txt": "a"}), "damaged"},
		"too large":        {"x.xlsx", make([]byte, MaxWorkbook+1), "larger than 20 MB"},
		"bomb":             {"x.xlsx", with(func(p map[string]string) { p["xl/worksheets/sheet1.xml"] = strings.Repeat(" ", 20<<20) }), "unpacks to too much"},
		"bomb of texts":    {"x.xlsx", with(func(p map[string]string) { p["xl/sharedStrings.xml"] = "<sst>" + strings.Repeat("<si/>", 5<<20) }), "unpacks to too much"},
		"many entries":     {"x.xlsx", archive(t, many), "more than 1000 files"},
		"a size that lies": {"x.xlsx", lying, "damaged"},
		"a password":       {"x.xlsx", encrypted, "password"},
		"DTD": {"x.xlsx", with(func(p map[string]string) {
			p["xl/workbook.xml"] = `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>` + p["xl/workbook.xml"]
		}), "DTD"},
		"entity":          {"x.xlsx", sheet(`<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>`), "damaged"},
		"UTF-16":          {"x.xlsx", with(func(p map[string]string) { p["xl/workbook.xml"] = "\xff\xfe<\x00" }), "damaged"},
		"not closed":      {"x.xlsx", with(func(p map[string]string) { p["xl/worksheets/sheet1.xml"] = "<worksheet>" }), "damaged"},
		"rows backwards":  {"x.xlsx", sheet(`<row r="2"/><row r="1"/>`), "damaged"},
		"huge row number": {"x.xlsx", sheet(`<row r="99999999"/>`), "damaged"},
		"huge column":     {"x.xlsx", sheet(`<row r="1"><c r="ZZZ1"><v>1</v></c></row>`), "more than 256 columns"},
		"missing string":  {"x.xlsx", sheet(`<row r="1"><c r="A1" t="s"><v>7</v></c></row>`), "damaged"},
		"negative string": {"x.xlsx", sheet(`<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`), "damaged"},
		"bad merge":       {"x.xlsx", with(func(p map[string]string) { p["xl/worksheets/sheet1.xml"] += `<mergeCell ref="A"/>` }), "damaged"},
		"sheet elsewhere": {"x.xlsx", with(func(p map[string]string) {
			p["xl/_rels/workbook.xml.rels"] = `<Relationships><Relationship Id="r1" TargetMode="External" Target="http://a/b.xml"/></Relationships>`
		}), "damaged"},
		"no header":    {"x.csv", []byte("a,b\n1,2\n"), "no header"},
		"open quote":   {"x.csv", []byte("项目,付款日期,付款金额\nP,2019-1-1,\"1\n2\n"), "quotes"},
		"UTF-16 table": {"x.csv", []byte("\xff\xfea\x00"), "UTF-16"},
	}
	for name, c := range cases {
		_, err := ReadLedger(c.name, c.file, LedgerOptions{})
		if assets.ErrorCode(err) == "" || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadLedger("x.xlsx", good, LedgerOptions{Mapping: Mapping{Sheet: "T"}}); err == nil || !strings.Contains(err.Error(), `no sheet "T"; there are: S`) {
		t.Errorf("another sheet: %v", err)
	}
}

func TestTooManyRowsAreRefused(t *testing.T) {
	text := "项目,付款日期,付款金额\n" + strings.Repeat("P,2019-1-1,1\n", maxTableRows+1)
	if _, err := ReadLedger("x.csv", []byte(text), LedgerOptions{}); assets.ErrorCode(err) != assets.TooLarge {
		t.Errorf("got %v", err)
	}
	l := readLedger(t, "x.csv", []byte(text[:len(text)-len("P,2019-1-1,1\n")]), LedgerOptions{})
	if len(l.Drafts) != maxTableRows || l.Sum != 100*maxTableRows {
		t.Errorf("%d drafts, %d", len(l.Drafts), l.Sum)
	}
}

// FuzzLedger reads anything: what is read is whole and adds up, and what is not
// has a reason in both languages.
func FuzzLedger(f *testing.F) {
	f.Add([]byte(paymentsCSV))
	f.Add(gb18030(f, paymentsCSV))
	f.Add([]byte("项目,付款日期,付款金额\nP,2019-1-1,1\n合计,,2\n"))
	f.Add([]byte("项目;付款;;合同\n;日期;金额;金额(万元)\nP;2019-1-1;1;2\n"))
	f.Add(archive(f, minimal(smallRows)))
	f.Add(sheetOf(f, [][]any{{"项目", "日期", "类型", "金额(元)", "金额(万元)"}, {"P", 43586, "退款", -5.5, 0.001}, {"合计", nil, nil, -5.5}}, "A2:A3"))
	f.Fuzz(func(t *testing.T, file []byte) {
		l, err := ReadLedger("", file, LedgerOptions{})
		if err != nil {
			if assets.ErrorCode(err) == "" {
				t.Fatalf("fails as %v", err)
			}
			return
		}
		for _, d := range l.Drafts {
			if d.Amount <= 0 || d.Project == "" || d.On == "" || d.Kind == "" || l.At(&d, ledgerDate) == "" {
				t.Fatalf("half read: %+v", d)
			}
		}
		for _, fault := range l.Faults {
			if fault.Reason.ZH == "" || fault.Reason.EN == "" {
				t.Fatalf("no reason: %+v", fault)
			}
		}
		if again, err := ReadLedger("", file, LedgerOptions{Mapping: l.Mapping}); err != nil || told(again) != told(l) {
			t.Fatalf("by its own mapping %v it is\n%s\nnot\n%s", l.Mapping, told(again), told(l))
		}
	})
}
