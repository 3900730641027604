package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

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
	tw.as(t, "planner", http.MethodPost, strings.Replace(importPath, "true", "false", 1), sheet, "Content-Type", "text/csv").want(t, 406)
	tw.as(t, "outsider", http.MethodPost, importPath, sheet, "Content-Type", "text/csv").want(t, 404)
}
