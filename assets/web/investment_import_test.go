package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"streetbook/assets/exchange"
	"streetbook/assets/web"
)

const importPath = "/api/v1/investment/import?dry_run=true&jurisdiction=" + place

// TestInvestmentImportSaysWhichCells sends sheets as a planner does.
func TestInvestmentImportSaysWhichCells(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true})
	try := func(query, sheet string) answer {
		return tw.as(t, "planner", http.MethodPost, importPath+query, sheet, "Content-Type", "text/csv")
	}
	type report struct {
		OK      bool
		Entries int
		Sum     string
		Faults  []struct {
			Cell   string
			Reason struct{ ZH, EN string }
		}
		Mapping json.RawMessage
	}
	sheet := "项目,日期,类型,金额（万元）,凭证号,路段\nP-1,2019-5-1,付款,1.5,V1,没有的路\nP-1,2019-5-1,付款,1.50005,V2,\n合计,,,4,,\n"
	r := decode[report](t, try("&name=a.csv", sheet).want(t, 200).body)
	var cells []string
	for _, f := range r.Faults {
		cells = append(cells, f.Cell+" "+f.Reason.EN)
	}
	want := `D4 "合计" says 40000.00 yuan, the rows come to 30000.50 yuan
A2 there is no project "P-1"
F2 there is no segment "没有的路"
A3 there is no project "P-1"`
	if got := strings.Join(cells, "\n"); got != want || r.OK || r.Entries != 2 || r.Sum != "30000.50" {
		t.Errorf("read is %+v\n%s\nwant\n%s", r, got, want)
	}
	for _, part := range []string{`"cell":"F2","column":"路段","value":"没有的路"`, `"lines":[{"row":2,"cells":["P-1","2019-5-1","付款","1.5","V1","没有的路"]},{"row":3,`} {
		if a := try("&name=a.csv", sheet); !strings.Contains(string(a.body), part) {
			t.Errorf("the report does not say %s: %s", part, a.body)
		}
	}
	again := try("&mapping="+url.QueryEscape(string(r.Mapping))+"&control_total=30000.5", sheet).want(t, 200)
	if len(decode[report](t, again.body).Faults) != 4 {
		t.Errorf("with its own mapping: %s", again.body)
	}
	for query, says := range map[string]string{"&mapping=%7B": "mapping", "&control_total=1,2": "control_total", "&x=1": "no such parameter", "&sheet=B": "header"} {
		if a := tw.as(t, "planner", http.MethodPost, importPath+query, "a,b\n", "Content-Type", "text/csv", "Accept-Language", "en"); a.StatusCode < 400 || a.StatusCode > 499 || !strings.Contains(string(a.body), says) {
			t.Errorf("%s: %d %s", query, a.StatusCode, a.body)
		}
	}
	tw.as(t, "planner", http.MethodPost, importPath, "{}", "Content-Type", "application/json").want(t, 415)
	tw.as(t, "planner", http.MethodPost, importPath+"&name=a.xlsx", sheet, "Content-Type", "application/octet-stream").want(t, 422)
	tw.as(t, "planner", http.MethodPost, importPath, strings.Repeat("1", exchange.MaxWorkbook+1), "Content-Type", "text/csv").want(t, 413)
	tw.as(t, "planner", http.MethodPost, strings.Replace(importPath, "true", "maybe", 1), sheet, "Content-Type", "text/csv").want(t, 400)
	tw.as(t, "planner", http.MethodPost, strings.Replace(importPath, "true", "false", 1), sheet, "Content-Type", "text/csv").want(t, 422)
	tw.as(t, "viewer", http.MethodPost, importPath, sheet, "Content-Type", "text/csv").want(t, 403)
	tw.as(t, "outsider", http.MethodPost, importPath, sheet, "Content-Type", "text/csv").want(t, 404)
}

// ledgerSheet has amounts in yuan and 万元, and a total that holds.
const ledgerSheet = "台账\n项目编号,日期,类型,金额（万元）,凭证号,对方单位,路段\n" +
	"P-1,2019-05-01,合同,20,HT-1,甲公司,\n" +
	"P-1,2019年6月1日,付款,12.345678,V-1,甲公司,LD-1\n" +
	"P-1,20190701,付款,（0.5）,V-2,甲公司,\n" +
	"合计,,,31.845678,,,\n"

// TestInvestmentImportIsBookedAndUndone goes the way of a finance person: try,
// book, book again, undo.
func TestInvestmentImportIsBookedAndUndone(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true})
	tw.as(t, "planner", http.MethodPost, "/api/v1/projects", map[string]any{"jurisdiction": place, "code": "P-1", "name": "白改黑", "kind": "pavement", "fund": "district", "status": "active",
		"targets": []map[string]any{{"noun": "segment", "id": segmentID}}}).want(t, 201)
	segment := decode[struct{ Properties struct{ Code, Name string } }](t, tw.as(t, "planner", http.MethodGet, "/ogc/collections/segments/items/"+segmentID.String(), nil).want(t, 200).body)
	named := segment.Properties.Code
	if named == "" {
		named = segment.Properties.Name
	}
	sheet := strings.Replace(ledgerSheet, "LD-1", named, 1)
	send := func(query, sheet string) answer {
		return tw.as(t, "planner", http.MethodPost, "/api/v1/investment/import?jurisdiction="+place+query, sheet, "Content-Type", "text/csv", "Accept-Language", "en")
	}
	totals := func() (paid, committed string) {
		for basis, into := range map[string]*string{"paid": &paid, "committed": &committed} {
			a := tw.as(t, "viewer", http.MethodGet, "/api/v1/investment?by=segment&basis="+basis+"&jurisdiction="+place, nil).want(t, 200)
			*into = decode[struct{ Total string }](t, a.body).Total
		}
		return paid, committed
	}
	wanted := func(step, paid, committed string) {
		t.Helper()
		if p, c := totals(); p != paid || c != committed {
			t.Errorf("%s: paid %s and committed %s, want %s and %s", step, p, c, paid, committed)
		}
	}
	tried := send("&dry_run=true", sheet).want(t, 200)
	if !strings.Contains(string(tried.body), `"ok":true`) || !strings.Contains(string(tried.body), `"op":null`) {
		t.Fatalf("%s", tried.body)
	}
	wanted("a dry run", "0.00", "0.00")
	if a := send("&control_total=318456.77", sheet).want(t, 422); !strings.Contains(string(a.body), "318456.77") || !strings.Contains(string(a.body), "318456.78") {
		t.Errorf("a wrong total: %s", a.body)
	}
	if a := send("", strings.Replace(sheet, "31.845678", "31.845679", 1)).want(t, 422); !strings.Contains(string(a.body), "D6 金额（万元）") {
		t.Errorf("a wrong total in the sheet: %s", a.body)
	}
	wanted("refused totals", "0.00", "0.00")
	op := decode[struct{ Op string }](t, send("&control_total=318456.78", sheet).want(t, 200).body).Op
	wanted("booked", "118456.78", "200000.00")
	batches := func() string {
		return string(tw.as(t, "planner", http.MethodGet, "/api/v1/investment/batches?jurisdiction="+place, nil).want(t, 200).body)
	}
	if list := batches(); strings.Count(list, `"op":`) != 1 || !strings.Contains(list, op) || !strings.Contains(list, `"entries":3,"paid":"118456.78","committed":"200000.00","granted":"0.00","undone":false`) {
		t.Errorf("the batches are %s", list)
	}
	for query, want := range map[string]int{"v-1": 1, "甲公司": 3, "100%25": 0, "HT_1": 0} {
		a := tw.as(t, "viewer", http.MethodGet, "/api/v1/entries?jurisdiction="+place+"&q="+query, nil).want(t, 200)
		if n := len(decode[struct{ Entries []struct{ ID string } }](t, a.body).Entries); n != want {
			t.Errorf("%q is in %d entries, want %d", query, n, want)
		}
	}
	tw.as(t, "viewer", http.MethodGet, "/api/v1/entries?jurisdiction="+place+"&q="+strings.Repeat("x", 101), nil).want(t, 400)
	if a := send("", sheet).want(t, 422); !strings.Contains(string(a.body), "E3 凭证号") || !strings.Contains(string(a.body), "was booked by planner") {
		t.Errorf("booked again: %s", a.body)
	}
	if a := send("&dry_run=true", sheet).want(t, 200); !strings.Contains(string(a.body), `"faulty":3`) {
		t.Errorf("tried again: %s", a.body)
	}
	wanted("booked twice", "118456.78", "200000.00")
	tw.as(t, "planner", http.MethodPost, "/api/v1/operations/"+op+"/undo", map[string]string{"jurisdiction": place}).want(t, 200)
	wanted("undone", "0.00", "0.00")
	if list := batches(); strings.Count(list, `"op":`) != 1 || !strings.Contains(list, `"undone":true`) {
		t.Errorf("after the undo the batches are %s", list)
	}
	send("", sheet).want(t, 200)
	wanted("booked after the undo", "118456.78", "200000.00")
	for _, basis := range []string{"paid", "committed"} {
		a := tw.as(t, "viewer", http.MethodGet, "/api/v1/investment?f=xlsx&by=segment&basis="+basis+"&jurisdiction="+place, nil).want(t, 200)
		proves(t, a.body)
	}
	check := tw.as(t, "viewer", http.MethodGet, "/api/v1/investment/check?jurisdiction="+place, nil).want(t, 200)
	if !strings.Contains(string(check.body), `"ok":true`) {
		t.Errorf("%s", check.body)
	}
	tw.as(t, "planner", http.MethodPost, "/api/v1/segments/"+segmentID.String()+"/split", `{"at":[{"chainage_m":1000}]}`, "If-Match", "*").want(t, 201)
	send("", strings.NewReplacer("HT-1", "HT-2", "V-1", "V-3", "V-2", "V-4").Replace(sheet)).want(t, 200)
	wanted("booked by what a street was called before it was split", "236913.56", "400000.00")
}

// proves reckons the sheet of an answer that shows the sum: both differences are
// nothing.
func proves(t *testing.T, file []byte) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, cell := range []string{"B6", "B8"} {
		if got, err := f.CalcCellValue(f.GetSheetName(1), cell); err != nil || got != "0.00" {
			t.Errorf("%s comes to %s (%v)", cell, got, err)
		}
	}
}
