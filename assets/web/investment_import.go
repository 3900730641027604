package web

import (
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

// typesOfLedgers are what a finance sheet may come as. What it is, its content
// says.
var typesOfLedgers = []string{typeXLSX, "text/csv", "application/octet-stream"}

// investmentImport reads a finance sheet and answers what it would book, or which
// cells are wrong. Only the dry run is offered.
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
	if dry, _ := p.text("dry_run"); dry != "true" {
		return assets.Errorf(assets.Unsupported, "dry_run", "目前只能试导入：dry_run=true", "only the dry run is offered: dry_run=true")
	}
	o, err := p.ledgerOptions()
	if err != nil {
		return err
	}
	body, err := readBody(c, typesOfLedgers...)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	name, _ := p.text("name")
	l, err := exchange.ReadLedger(name, body, o)
	if err != nil {
		return said(err)
	}
	names, err := s.store.LedgerNames(ctx, jurisdiction)
	if err != nil {
		return err
	}
	l.Resolve(names)
	return s.private(c, l)
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
