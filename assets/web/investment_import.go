package web

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
)

// typesOfLedgers are what a finance sheet may come as. What it is, its content
// says.
var typesOfLedgers = []string{typeXLSX, "text/csv", "application/octet-stream"}

// importDocument is what an import did, or would do.
type importDocument struct {
	*exchange.Ledger
	Op *uuid.UUID // that booked, to undo it; nil if nothing was booked
}

// MarshalJSON adds the operation to the report.
func (d importDocument) MarshalJSON() ([]byte, error) {
	report, err := d.Ledger.MarshalJSON()
	if err != nil {
		return nil, err
	}
	op, err := json.Marshal(d.Op)
	return slices.Concat([]byte(`{"op":`), op, []byte(","), report[1:]), err
}

// investmentImport books the entries of a finance sheet, all or none, or with
// dry_run says what it would book and which cells are wrong.
func (s *Server) investmentImport(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "dry_run", "name", "sheet", "mapping", "control_total", "project")
	if err != nil {
		return err
	}
	jurisdiction, err := p.jurisdiction()
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RolePlanner, jurisdiction); err != nil {
		return err
	}
	dry, _ := p.text("dry_run")
	if dry != "" && dry != "true" && dry != "false" {
		return assets.Errorf(assets.Invalid, "dry_run", "应为 true 或 false", "must be true or false")
	}
	o, err := p.ledgerOptions()
	if err != nil {
		return err
	}
	body, err := readBody(c, typesOfLedgers...)
	if err != nil {
		return err
	}
	w, err := opOf(c, []byte(c.Request().URL.RawQuery), body)
	if err != nil {
		return err
	}
	done, err := s.turn(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	name, _ := p.text("name")
	l, err := exchange.ReadLedger(name, body, o)
	if err != nil {
		return said(err)
	}
	if err := s.book(c, w, jurisdiction, l, dry == "true"); err != nil {
		return err
	}
	if dry == "true" {
		return s.private(c, importDocument{Ledger: l})
	}
	if l.Faulty > 0 {
		return said(cellFaults(l))
	}
	return s.private(c, importDocument{l, &w.Op})
}

// book finds what a sheet names and books it, noting what the store refuses with
// the cell that is at fault.
func (s *Server) book(c echo.Context, w postgis.Write, jurisdiction string, l *exchange.Ledger, dry bool) error {
	ctx := c.Request().Context()
	names, err := s.store.LedgerNames(ctx, jurisdiction)
	if err != nil {
		return err
	}
	resolved := l.Resolve(names)
	l.RefuseTwins(func(d *exchange.EntryDraft) string {
		if d.Voucher == "" {
			return ""
		}
		return strings.Join([]string{d.Kind, d.Counterparty, d.Voucher}, "\x00")
	})
	if l.Faulty > 0 {
		return nil
	}
	list := make([]assets.Entry, len(resolved))
	for i, r := range resolved {
		d := r.Draft
		list[i] = assets.Entry{Project: r.Project, On: d.On, Kind: d.Kind, Amount: d.Amount, Voucher: d.Voucher, Counterparty: d.Counterparty, Note: d.Note, Targets: r.Targets}
	}
	_, err = s.store.BookEntries(ctx, w, jurisdiction, list, dry)
	var faults assets.Errors
	var one *assets.Error
	switch {
	case errors.As(err, &faults):
	case errors.As(err, &one) && len(list) == 1:
		faults = assets.Errors{one}
	default:
		return err
	}
	for _, f := range faults {
		i, field := 0, f.Field
		if at, rest, ok := strings.Cut(f.Field, "."); ok && digitsOnly(at) {
			if n, err := strconv.Atoi(at); err == nil && n < len(resolved) {
				i, field = n, rest
			}
		}
		l.Refuse(resolved[i].Draft, fieldOfSheet(field), f.Text)
	}
	return nil
}

// fieldOfSheet is what a sheet calls a member of an entry.
func fieldOfSheet(field string) string {
	if field == "on" {
		return "date"
	}
	return field
}

// cellFaults are the faults of a sheet, each with its cell.
func cellFaults(l *exchange.Ledger) (faults assets.Errors) {
	for _, f := range l.Faults {
		at := strings.TrimSpace(f.Cell + " " + f.Column)
		if at == "" {
			at = "control_total"
		}
		faults = append(faults, &assets.Error{Code: assets.Invalid, Field: at, Text: f.Reason})
	}
	return faults
}

// ledgerOptions reads what a sheet does not say itself.
func (p parameters) ledgerOptions() (o exchange.LedgerOptions, err error) {
	mapping, _ := p.text("mapping")
	if o.Mapping, err = exchange.ReadMapping([]byte(mapping)); err != nil {
		return o, err
	}
	if sheet, ok := p.text("sheet"); ok {
		o.Mapping.Sheet = sheet
	}
	o.Project, _ = p.text("project")
	if total, ok := p.text("control_total"); ok {
		f, fault := exchange.ParseYuan(total)
		if fault != nil {
			return o, &assets.Error{Code: assets.Invalid, Field: "control_total", Text: *fault}
		}
		o.Control = &f
	}
	return o, nil
}
