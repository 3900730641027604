package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestSheetsSpeakToTheReader reads the head of sheets in both languages.
func TestSheetsSpeakToTheReader(t *testing.T) {
	t.Parallel()
	y := newTreasury(t, 30)
	sheet := func(query string, headers ...string) answer {
		return y.as(t, "viewer", http.MethodGet, "/api/v1/investment?jurisdiction="+place+"&"+query, nil, headers...).want(t, 200)
	}
	for _, c := range []struct{ query, language, want string }{
		{"by=segment&f=csv", "zh-CN", "路段,金额（元）,分录数,长度（米）,每米（元）,设施数,每个设施（元）\n"},
		{"by=segment&f=csv&measures=total", "zh-CN", "路段,金额（元）,分录数\n"},
		{"by=kind,source&f=csv", "en", "Kind of project,Source of funds,Amount (yuan),Entries\n"},
		{"by=department,year&f=csv&lang=zh-CN", "en", "部门,年份,金额（元）,分录数\n"},
	} {
		a := sheet(c.query, "Accept-Language", c.language)
		head, rest, _ := strings.Cut(string(a.body), "\n")
		if head+"\n" != "\ufeff"+c.want || strings.Contains(rest, "road") || strings.Contains(rest, "municipal") {
			t.Errorf("%s: %s\n%s", c.query, head, rest)
		}
	}
	a := sheet("by=segment,year&f=xlsx&from=2020-01-01&to=2021-12-31&basis=committed&segment="+segmentID.String(), "Accept-Language", "zh-CN")
	if name := a.Header.Get("Content-Disposition"); !strings.Contains(name, url.PathEscape("测试街道_投资_已签_2020-01-01_至_2021-12-31_按路段、年份_有筛选")+".xlsx") {
		t.Errorf("%s", name)
	}
	f, err := excelize.OpenReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if title, err := f.GetCellValue("投资", "A1"); err != nil || title != "测试街道 · 投资 · 已签 · 2020-01-01 至 2021-12-31 · 按路段、年份 · 有筛选" {
		t.Errorf("%q %v", title, err)
	}
	y.as(t, "viewer", http.MethodGet, "/api/v1/investment?by=segment&lang=fr&jurisdiction="+place, nil).want(t, 400)
}

// TestSheetsOfEveryQuestionProveThemselves reckons the proofs of narrow questions.
func TestSheetsOfEveryQuestionProveThemselves(t *testing.T) {
	t.Parallel()
	y := newTreasury(t, 50)
	for _, query := range []string{"by=segment", "by=asset-class", "by=asset-class,segment", "by=year,kind&segment=" + segmentID.String(), "by=area&to=2021-06-01", "by=department&target=segment,none", "by=month&asset_class=0118,none",
		"by=segment&filter=" + url.QueryEscape("key = true"), "by=segment&lineage=current"} {
		for _, basis := range []string{"paid", "committed"} {
			proves(t, y.as(t, "viewer", http.MethodGet, "/api/v1/investment?f=xlsx&basis="+basis+"&jurisdiction="+place+"&"+query, nil).want(t, 200).body)
		}
	}
}
