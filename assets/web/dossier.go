package web

import (
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// dossierEntries is how many entries come with a dossier.
const dossierEntries = 50

// dossierAnswer is a dossier with the latest entries behind it, which are not for
// visitors.
type dossierAnswer struct {
	assets.Dossier
	Entries []sharedEntry `json:"entries,omitempty"`
	Next    *uuid.UUID    `json:"next,omitempty"`
}

// segmentDossier answers the money of one segment, and what it bought.
func (s *Server) segmentDossier(c echo.Context) error {
	return s.dossier(c, assets.TargetSegment, assets.CollectionSegments)
}

// areaDossier answers the money of one area, such as a compound.
func (s *Server) areaDossier(c echo.Context) error {
	return s.dossier(c, assets.TargetArea, assets.CollectionAreas)
}

func (s *Server) dossier(c echo.Context, noun, collection string) error {
	p, err := parametersOf(c, "lineage")
	if err != nil {
		return err
	}
	view, err := p.lineage()
	if err != nil {
		return err
	}
	id, err := idOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	place, err := s.store.Where(ctx, s.view(c).Scope, collection, id)
	if err != nil {
		return err
	}
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	var d dossierAnswer
	if d.Dossier, err = s.store.Dossier(ctx, place, assets.TargetRef{Noun: noun, ID: id}, view, time.Now()); err != nil {
		return err
	}
	d.link(view)
	if s.may(c, assets.RoleViewer, place) != nil {
		for i := range d.Bought {
			b := &d.Bought[i]
			b.Entry, b.On, b.Voucher = nil, "", ""
		}
		return s.private(c, d)
	}
	q := assets.InvestmentQuery{Jurisdiction: place, Lineage: view}
	if noun == assets.TargetSegment {
		q.Segments = []uuid.UUID{id}
	} else {
		q.Areas = []uuid.UUID{id}
	}
	list, err := s.store.Entries(ctx, postgis.EntryQuery{InvestmentQuery: q, Limit: dossierEntries + 1})
	if err != nil {
		return err
	}
	d.Entries, d.Next = pageOf(list, dossierEntries)
	return s.private(c, d)
}

// link leads from each figure to the entries behind it.
func (d *dossierAnswer) link(view string) {
	l := investmentLinks{asked: url.Values{"jurisdiction": {d.Jurisdiction}, d.Noun: {d.ID.String()}}}
	if view != "" {
		l.asked.Set("lineage", view)
	}
	d.Paid.Href = l.href(map[string]string{"basis": assets.BasisPaid})
	d.Committed.Href = l.href(map[string]string{"basis": assets.BasisCommitted})
	for i := range d.Years {
		set := map[string]string{"basis": assets.BasisPaid}
		l.within(set, d.Years[i].Year)
		d.Years[i].Href = l.href(set)
	}
	for _, parts := range [][]assets.DossierPart{d.Kinds, d.Funds} {
		for i := range parts {
			set := map[string]string{"basis": assets.BasisPaid}
			if parts[i].Kind != "" {
				set["kind"] = parts[i].Kind
			} else {
				set["fund"] = parts[i].Fund
			}
			parts[i].Href = l.href(set)
		}
	}
}
