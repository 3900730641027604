package web

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
)

// investmentFilters are what every question about money can be limited by.
var investmentFilters = []string{"jurisdiction", "basis", "from", "to", "kind", "fund", "source", "project", "department", "segment", "area", "key", "lineage"}

// investment reads them.
func (p parameters) investment() (q assets.InvestmentQuery, err error) {
	if q.Jurisdiction, err = p.jurisdiction(); err != nil {
		return q, err
	}
	if basis, err := p.among("basis", assets.Bases); err != nil {
		return q, err
	} else if len(basis) > 1 {
		return q, assets.Errorf(assets.Invalid, "basis", "两种口径不能相加，只能选一", "paid and committed are never added: name one")
	} else if len(basis) == 1 {
		q.Basis = basis[0]
	}
	if q.Kinds, err = p.among("kind", assets.ProjectKinds); err != nil {
		return q, err
	}
	fund := "fund"
	if _, ok := p.text("source"); ok {
		fund = "source"
	}
	if q.Funds, err = p.among(fund, assets.Funds); err != nil {
		return q, err
	}
	for name, into := range map[string]*string{"from": &q.From, "to": &q.To} {
		if *into, err = p.day(name); err != nil {
			return q, err
		}
	}
	for name, into := range map[string]*[]uuid.UUID{"project": &q.Projects, "department": &q.Departments, "segment": &q.Segments, "area": &q.Areas} {
		if *into, err = p.ids(name); err != nil {
			return q, err
		}
	}
	if view, err := p.among("lineage", assets.LineageViews); err != nil {
		return q, err
	} else if len(view) > 1 {
		return q, assets.Errorf(assets.Invalid, "lineage", "只能选一种", "name one")
	} else if len(view) == 1 {
		q.Lineage = view[0]
	}
	if v, ok := p.text("key"); ok {
		if v != "true" && v != "false" {
			return q, assets.Errorf(assets.Invalid, "key", "应为 true 或 false", "must be true or false")
		}
		key := v == "true"
		q.Key = &key
	}
	return q, nil
}

// among reads a list of words, each of which must be one of those that are known.
func (p parameters) among(name string, known []string) ([]string, error) {
	v, ok := p.text(name)
	if !ok {
		return nil, nil
	}
	list := strings.Split(v, ",")
	for _, word := range list {
		if !slices.Contains(known, word) {
			return nil, assets.Errorf(assets.Invalid, name, "“%s”不在 %v 之中", "%q is not one of %v", word, known)
		}
	}
	return list, nil
}

// day reads a date; "" where it is not given.
func (p parameters) day(name string) (string, error) {
	v, ok := p.text(name)
	if !ok {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, v); err != nil {
		return "", assets.Errorf(assets.Invalid, name, "应为 2024-05-01 这样的日期", "must be a date such as 2024-05-01")
	}
	return v, nil
}

// ids reads a list of UUIDs.
func (p parameters) ids(name string) (list []uuid.UUID, err error) {
	v, ok := p.text(name)
	if !ok {
		return nil, nil
	}
	for word := range strings.SplitSeq(v, ",") {
		id, err := uuid.Parse(word)
		if err != nil || len(word) != 36 {
			return nil, assets.Errorf(assets.Invalid, name, "“%s”不是 UUID", "%q is no UUID", word)
		}
		list = append(list, id)
	}
	return list, nil
}

// dimensionsAsked reads by: one or two of the dimensions. Funds are also called
// sources; both words mean the same.
func (p parameters) dimensionsAsked() ([]string, error) {
	v, err := p.required("by")
	if err != nil {
		return nil, err
	}
	list := strings.Split(v, ",")
	if len(list) > 2 || len(list) == 2 && list[0] == list[1] {
		return nil, assets.Errorf(assets.Invalid, "by", "最多两个不同的维度", "at most two dimensions, and different ones")
	}
	for i, name := range list {
		if name == "source" {
			list[i] = "fund"
		} else if !slices.Contains(assets.Dimensions, name) {
			return nil, assets.Errorf(assets.Invalid, "by", "“%s”不在 %v 之中", "%q is not one of %v", name, assets.Dimensions)
		}
	}
	return list, nil
}

// investment answers what was invested, by one or two dimensions: JSON, or a
// sheet whose formulas prove the sum.
func (s *Server) investment(c echo.Context) error {
	p, err := parametersOf(c, append(slices.Clone(investmentFilters), "by", "f")...)
	if err != nil {
		return err
	}
	format, ok := p.text("f")
	if ok && !slices.Contains([]string{"json", "csv", "xlsx", "geojson"}, format) {
		return assets.Errorf(assets.Invalid, "f", "应为 json、csv、xlsx 或 geojson", "must be json, csv, xlsx or geojson")
	}
	q, err := p.investment()
	if err != nil {
		return err
	}
	if q.By, err = p.dimensionsAsked(); err != nil {
		return err
	}
	if q.Basis == "" {
		q.Basis = assets.BasisPaid
	}
	if err := s.visible(c, q.Jurisdiction); err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	found, err := s.store.Investment(ctx, q)
	if err != nil {
		return err
	}
	if format == "geojson" {
		return s.investmentMap(c, q, found)
	}
	if format == "csv" || format == "xlsx" {
		return s.investmentSheet(c, q, found, format)
	}
	return s.json(c, describeInvestment(q, found))
}

func describeInvestment(q assets.InvestmentQuery, found assets.Investment) map[string]any {
	rows := make([]map[string]any, len(found.Rows))
	for i, r := range found.Rows {
		row := map[string]any{"amount": r.Amount, "entries": r.Entries}
		for k, name := range q.By {
			row[name] = r.Keys[k]
			if r.Names[k] != r.Keys[k] {
				label := "name"
				if k > 0 {
					label = name + "_name"
				}
				row[label] = r.Names[k]
			}
		}
		perUnit(row, "length_m", "amount_per_m", r.LengthM, r.Amount)
		perUnit(row, "area_m2", "amount_per_m2", r.AreaM2, r.Amount)
		perUnit(row, "residents", "amount_per_resident", r.Residents, r.Amount)
		perUnit(row, "asset_count", "amount_per_asset", r.Assets, r.Amount)
		if r.Retired {
			row["retired"], row["key"] = true, r.Key
		}
		if len(r.From) > 0 {
			row["from"] = r.From
		}
		rows[i] = row
	}
	return map[string]any{"basis": q.Basis, "by": q.By, "rows": rows, "elsewhere": found.Elsewhere, "unallocated": found.Unallocated, "total": found.Total}
}

// perUnit adds a measure and the amount for one of it; null where there is none.
func perUnit[N int | int64 | float64](row map[string]any, measure, per string, value *N, amount assets.Fen) {
	if value == nil {
		return
	}
	row[measure], row[per] = *value, nil
	if each, ok := amount.Per(float64(*value)); ok {
		row[per] = each
	}
}

// typeCSV is what spreadsheets open.
const typeCSV = "text/csv; charset=utf-8"

func (s *Server) investmentSheet(c echo.Context, q assets.InvestmentQuery, found assets.Investment, format string) error {
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
			for _, a := range b.Shown(q.Lineage) {
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

// investmentCheck proves the ledger of a jurisdiction, or says where it fails.
func (s *Server) investmentCheck(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction")
	if err != nil {
		return err
	}
	jurisdiction, err := p.jurisdiction()
	if err != nil {
		return err
	}
	if err := s.visible(c, jurisdiction); err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	check, err := s.store.CheckInvestment(ctx, jurisdiction)
	if err != nil {
		return err
	}
	return s.private(c, check)
}
