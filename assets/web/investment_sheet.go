package web

import (
	"bytes"
	"net/http"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
)

// typeCSV is what spreadsheets open.
const typeCSV = "text/csv; charset=utf-8"

func (s *Server) investmentSheet(c echo.Context, answer investmentAnswer, format string) error {
	q, found := answer.query, answer.found
	language := languageOf(c.Request())
	sheet := exchange.InvestmentSheet{Language: language, Title: "Streetbook", Amount: len(q.By), Elsewhere: found.Elsewhere, Unallocated: found.Unallocated, Total: found.Total}
	for _, name := range q.By {
		sheet.Columns = append(sheet.Columns, exchange.Column{Name: name, Type: exchange.TextCells})
	}
	sheet.Columns = append(sheet.Columns, exchange.Column{Name: "amount (CNY)", Type: exchange.MoneyCells})
	for _, r := range found.Rows {
		row := make([]exchange.Value, 0, len(q.By)+1)
		for k := range q.By {
			row = append(row, exchange.Value{Text: r.Names[k]})
		}
		sheet.Rows = append(sheet.Rows, append(row, exchange.Value{Money: r.Amount}))
	}
	if s.may(c, assets.RoleViewer, q.Jurisdiction) == nil { // entries are not for visitors
		list, err := s.store.Entries(c.Request().Context(), postgis.EntryQuery{InvestmentQuery: q, Limit: maxSheetEntries})
		if err != nil {
			return err
		}
		for _, b := range list {
			for _, a := range b.Allocations {
				sheet.Entries = append(sheet.Entries, exchange.EntryLine{On: b.On, Project: b.ProjectName, Kind: b.Kind, Voucher: b.Voucher, Target: targetWord(a.Target), Amount: a.Amount})
			}
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
	h.Set("Content-Disposition", `attachment; filename="investment.`+format+`"`)
	h.Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, mediaType, out.Bytes())
}

// maxSheetEntries is how many entries the proof of a sheet lists.
const maxSheetEntries = 100000

func targetWord(t assets.TargetRef) string {
	if t.Noun == "" {
		return ""
	}
	return t.Noun + " " + t.ID.String()
}
