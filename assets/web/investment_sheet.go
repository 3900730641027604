package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

// typeCSV is what spreadsheets open.
const typeCSV = "text/csv; charset=utf-8"

// maxSheetShares is how many shares the proof of a sheet lists; of more it lists
// none, because a part of them proves nothing.
const maxSheetShares = 100000

// investmentSheet answers a table in the reader's language, and in a workbook the
// proof of its sum.
func (s *Server) investmentSheet(c echo.Context, a investmentAnswer, format string) error {
	ctx := c.Request().Context()
	place, err := s.store.Jurisdiction(ctx, a.query.Jurisdiction)
	if err != nil {
		return err
	}
	sheet := a.sheet(place)
	if s.may(c, assets.RoleViewer, a.query.Jurisdiction) == nil && format == "xlsx" { // entries are not for visitors
		if sheet.Entries, err = s.sheetEntries(ctx, a); err != nil {
			return err
		}
	}
	var out bytes.Buffer
	write, mediaType := sheet.WriteCSV, typeCSV
	if format == "xlsx" {
		write, mediaType = sheet.WriteXLSX, typeXLSX
	}
	if err := write(&out); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", `attachment; filename="investment.`+format+`"; filename*=UTF-8''`+url.PathEscape(fileName(sheet.Title))+"."+format)
	h.Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, mediaType, out.Bytes())
}

// fileName is a title without what no file system likes.
func fileName(title string) string {
	return strings.NewReplacer(" · ", "_", " ", "_", "/", "-", `\`, "-", ":", "-", "*", "-", "?", "-", `"`, "-", "<", "-", ">", "-", "|", "-").Replace(title)
}

// sheet lays an answer out as a table: its dimensions in words, the amount, and
// what the amount is divided by.
func (a *investmentAnswer) sheet(place assets.Jurisdiction) *exchange.InvestmentSheet {
	in := func(zh, en string) string { return assets.Text{ZH: zh, EN: en}.In(a.language) }
	sheet := &exchange.InvestmentSheet{Language: a.language, Title: a.title(place), Amount: len(a.query.By), Elsewhere: a.found.Elsewhere, Unallocated: a.found.Unallocated, Total: a.found.Total,
		Rows: make([][]exchange.Value, len(a.found.Rows))}
	for _, name := range a.query.By {
		sheet.Columns = append(sheet.Columns, exchange.Column{Name: assets.DimensionWords[name].In(a.language), Type: exchange.TextCells})
	}
	sheet.Columns = append(sheet.Columns, exchange.Column{Name: in("金额（元）", "Amount (yuan)"), Type: exchange.MoneyCells}, exchange.Column{Name: in("分录数", "Entries"), Type: exchange.NumberCells})
	for i := range a.found.Rows {
		r := &a.found.Rows[i]
		for k, name := range a.query.By {
			sheet.Rows[i] = append(sheet.Rows[i], exchange.Value{Text: a.word(name, r.Names[k])})
		}
		sheet.Rows[i] = append(sheet.Rows[i], exchange.Value{Money: r.Amount}, exchange.Value{Text: strconv.FormatInt(r.Entries, 10)})
	}
	for _, m := range []struct {
		per           string
		measure, each string
		of            func(*assets.InvestmentRow) *float64
	}{
		{"per_m", in("长度（米）", "Length (m)"), in("每米（元）", "Per metre (yuan)"), func(r *assets.InvestmentRow) *float64 { return r.LengthM }},
		{"per_m2", in("面积（平方米）", "Area (m²)"), in("每平方米（元）", "Per m² (yuan)"), func(r *assets.InvestmentRow) *float64 { return r.AreaM2 }},
		{"per_asset", in("设施数", "Assets"), in("每个设施（元）", "Per asset (yuan)"), func(r *assets.InvestmentRow) *float64 { return real(r.Assets) }},
		{"per_resident", in("居民数", "Residents"), in("每位居民（元）", "Per resident (yuan)"), func(r *assets.InvestmentRow) *float64 { return real(r.Residents) }},
	} {
		if a.wants(m.per) {
			a.measured(sheet, m.measure, m.each, m.of)
		}
	}
	return sheet
}

func real[N int | int64](n *N) *float64 {
	if n == nil {
		return nil
	}
	v := float64(*n)
	return &v
}

// measured adds the columns of a measure and of the amount for one of it, if any
// row has it.
func (a *investmentAnswer) measured(sheet *exchange.InvestmentSheet, measure, each string, of func(*assets.InvestmentRow) *float64) {
	cells, has := make([][2]exchange.Value, len(a.found.Rows)), false
	for i := range a.found.Rows {
		r := &a.found.Rows[i]
		cells[i][1].None = true
		v := of(r)
		if v == nil {
			continue
		}
		has = true
		cells[i][0].Text = strconv.FormatFloat(*v, 'f', -1, 64)
		if per, ok := r.Amount.Per(*v); ok {
			cells[i][0].Text = strings.TrimRight(strings.TrimRight(strconv.FormatFloat(*v, 'f', 3, 64), "0"), ".")
			cells[i][1] = exchange.Value{Money: per, Per: len(sheet.Columns)}
		}
	}
	if !has {
		return
	}
	sheet.Columns = append(sheet.Columns, exchange.Column{Name: measure, Type: exchange.NumberCells}, exchange.Column{Name: each, Type: exchange.MoneyCells})
	for i := range cells {
		sheet.Rows[i] = append(sheet.Rows[i], cells[i][:]...)
	}
}

// word is what people call a key of a dimension that the store has no name for.
func (a *investmentAnswer) word(dimension, name string) string {
	words, ok := map[string]map[string]assets.Text{"kind": assets.ProjectKindWords, "fund": assets.FundWords}[dimension][name]
	if ok {
		return words.In(a.language)
	}
	if name == "" && dimension == "department" {
		return assets.Text{ZH: "无部门", EN: "No department"}.In(a.language)
	}
	return name
}

// title says where, under which basis, when and by what.
func (a *investmentAnswer) title(place assets.Jurisdiction) string {
	in := func(zh, en string) string { return assets.Text{ZH: zh, EN: en}.In(a.language) }
	when := in("全部日期", "all dates")
	switch q := a.query; {
	case q.From != "" && q.To != "":
		when = q.From + in(" 至 ", " to ") + q.To
	case q.From != "":
		when = in(q.From+" 起", "from "+q.From)
	case q.To != "":
		when = in("至 "+q.To, "until "+q.To)
	}
	by := make([]string, len(a.query.By))
	for i, name := range a.query.By {
		by[i] = assets.DimensionWords[name].In(a.language)
	}
	parts := []string{place.Name, in("投资", "Investment"), assets.BasisWords[a.query.Basis].In(a.language), when, in("按", "by ") + strings.Join(by, in("、", ", "))}
	if a.filtered() {
		parts = append(parts, in("有筛选", "filtered"))
	}
	return strings.Join(parts, " · ")
}

// filtered reports whether more than the dates limits the answer.
func (a *investmentAnswer) filtered() bool {
	q := a.query
	q.From, q.To = "", ""
	return q.Narrow()
}

// sheetEntries lists the shares behind an answer.
func (s *Server) sheetEntries(ctx context.Context, a investmentAnswer) ([]exchange.EntryLine, error) {
	list, err := s.store.SharesBehind(ctx, a.query, maxSheetShares+1)
	if err != nil || len(list) > maxSheetShares {
		return nil, err
	}
	lines := make([]exchange.EntryLine, len(list))
	for i, b := range list {
		lines[i] = exchange.EntryLine{On: b.On, Project: b.Project, Kind: assets.EntryKindWords[b.Kind].In(a.language), Voucher: b.Voucher, Target: b.Target, Amount: b.Amount}
	}
	return lines, nil
}
