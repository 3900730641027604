package web

import (
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// investment answers what was invested, by one or two dimensions: JSON, or a
// sheet whose formulas prove the sum.
func (s *Server) investment(c echo.Context) error {
	p, err := parametersOf(c, append(slices.Clone(investmentFilters), "by", "measures", "lang", "f")...)
	if err != nil {
		return err
	}
	format, ok := p.text("f")
	if ok && !slices.Contains([]string{"json", "csv", "xlsx"}, format) {
		return assets.Errorf(assets.Invalid, "f", "应为 json、csv 或 xlsx", "must be json, csv or xlsx")
	}
	q, err := s.investmentQuery(c, p)
	if err != nil {
		return err
	}
	a := investmentAnswer{asked: c.QueryParams()}
	if q.By, a.words, err = p.dimensionsAsked(); err != nil {
		return err
	}
	if a.measures, err = p.among("measures", measures); err != nil {
		return err
	}
	if a.language, err = p.language(c); err != nil {
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
	if a.found, err = s.store.Investment(ctx, q); err != nil {
		return err
	}
	a.query = q
	if format == "csv" || format == "xlsx" {
		return s.investmentSheet(c, a, format)
	}
	return s.json(c, a.describe())
}

// investmentAnswer is what was asked, in which words, and what was found.
type investmentAnswer struct {
	query    assets.InvestmentQuery
	asked    url.Values
	words    []string // of query.By
	measures []string // nil: all that make sense
	language string
	found    assets.Investment
}

func (a *investmentAnswer) describe() map[string]any {
	rows, l := make([]map[string]any, len(a.found.Rows)), a.links()
	for i := range a.found.Rows {
		rows[i] = a.row(&a.found.Rows[i], l)
	}
	return map[string]any{"basis": a.query.Basis, "by": a.words, "rows": rows, "elsewhere": a.found.Elsewhere, "unallocated": a.found.Unallocated, "total": a.found.Total, "ok": a.found.OK(),
		"elsewhere_href": l.elsewhere(), "unallocated_href": l.unallocated(), "total_href": l.href(nil)}
}

func (a *investmentAnswer) row(r *assets.InvestmentRow, l investmentLinks) map[string]any {
	row := map[string]any{"entries": r.Entries, "href": l.row(r.Keys)}
	if a.wants("total") {
		row["amount"] = r.Amount
	}
	for k, name := range a.words {
		row[name] = r.Keys[k]
		if r.Names[k] != r.Keys[k] {
			label := "name"
			if k > 0 {
				label = name + "_name"
			}
			row[label] = r.Names[k]
		}
	}
	perUnit(a, row, "length_m", "per_m", r.LengthM, r.Amount)
	perUnit(a, row, "area_m2", "per_m2", r.AreaM2, r.Amount)
	perUnit(a, row, "residents", "per_resident", r.Residents, r.Amount)
	perUnit(a, row, "asset_count", "per_asset", r.Assets, r.Amount)
	if r.Retired {
		row["retired"], row["key"] = true, r.Key
	}
	if len(r.From) > 0 {
		row["from"] = r.From
	}
	return row
}

func (a *investmentAnswer) wants(measure string) bool {
	return a.measures == nil || slices.Contains(a.measures, measure)
}

// perUnit adds a measure and the amount for one of it, if it is wanted; null where
// there is none.
func perUnit[N int | int64 | float64](a *investmentAnswer, row map[string]any, name, per string, value *N, amount assets.Fen) {
	if value == nil || !a.wants(per) {
		return
	}
	row[name], row["amount_"+per] = *value, nil
	if each, ok := amount.Per(float64(*value)); ok {
		row["amount_"+per] = each
	}
}

// investmentCheck proves the ledger of a jurisdiction, or says where it fails.
func (s *Server) investmentCheck(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction")
	if err != nil {
		return err
	}
	jurisdiction, err := s.placeOf(c, p)
	if err != nil {
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
	document := checkAnswer{InvestmentCheck: check}
	if check.Entry != nil {
		href := "/api/v1/entries/" + check.Entry.String()
		document.Href = &href
	}
	return s.private(c, document)
}

// checkAnswer is a proof of the ledger with the way to the entry at fault.
type checkAnswer struct {
	assets.InvestmentCheck
	Href *string `json:"href"`
}
