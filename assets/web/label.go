package web

import (
	"bytes"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

// maxLabels of one sheet file: 24 on a page.
const maxLabels = 2400

// labels answers sheets of labels to stick on assets: QR, code, class.
func (s *Server) labels(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "ids", "class", "segment")
	if err != nil {
		return err
	}
	jurisdiction, err := s.placeOf(c, p)
	if err != nil {
		return err
	}
	q := assets.In(jurisdiction)
	q.Limit = maxLabels + 1
	for _, name := range []string{"class", "segment"} {
		if v, ok := p.text(name); ok {
			equal, err := assets.NewEqual(assets.CollectionAssets, name, strings.Split(v, ","))
			if err != nil {
				return err
			}
			q = q.With(equal)
		}
	}
	var ids []uuid.UUID
	if v, ok := p.text("ids"); ok {
		if ids, err = labelIDs(v); err != nil {
			return err
		}
	}
	return s.printLabels(c, jurisdiction, ids, q)
}

// labelsOf answers the labels of a selection: what a lasso holds has no place in
// an address.
func (s *Server) labelsOf(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	var in struct {
		Jurisdiction string     `json:"jurisdiction"`
		Select       bulkSelect `json:"select"`
	}
	if _, err := readJSON(c, &in); err != nil {
		return err
	}
	if err := s.visible(c, in.Jurisdiction); err != nil {
		return err
	}
	q := assets.In(in.Jurisdiction)
	q.Limit = maxLabels + 1
	q, err := in.Select.narrow(q)
	if err != nil {
		return said(err)
	}
	return s.printLabels(c, in.Jurisdiction, in.Select.IDs, q)
}

func labelIDs(text string) (ids []uuid.UUID, err error) {
	for _, one := range strings.Split(text, ",") {
		id, err := uuid.Parse(one)
		if err != nil {
			return nil, assets.Errorf(assets.Invalid, "ids", "应为设施的 UUID，以逗号分隔", "must be UUIDs of assets, joined by commas")
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// printLabels answers the labels of assets by their ids, in that order, or of those
// that a query finds.
func (s *Server) printLabels(c echo.Context, jurisdiction string, ids []uuid.UUID, q assets.Query) error {
	done, err := s.turn(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	list, err := s.labelsFor(c, jurisdiction, ids, q)
	if err != nil {
		return err
	}
	if len(list) > maxLabels {
		return assets.Errorf(assets.TooLarge, "ids", "一次最多 %d 张标签", "at most %d labels at once", maxLabels)
	}
	var b bytes.Buffer
	if err := exchange.WriteLabels(&b, list); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", `inline; filename="labels.pdf"`)
	return writeWhole(c, "application/pdf", b.Bytes())
}

func (s *Server) labelsFor(c echo.Context, jurisdiction string, ids []uuid.UUID, q assets.Query) (list []exchange.Label, err error) {
	label := func(a *assets.Asset) exchange.Label {
		return exchange.Label{Code: a.Code, Class: a.ClassName, Name: a.Name, Link: s.root(c) + "/field#asset=" + a.ID.String()}
	}
	ctx := c.Request().Context()
	if ids == nil {
		err = s.store.EachAsset(ctx, q, func(a *assets.Asset) error { list = append(list, label(a)); return nil })
		return list, err
	}
	if len(ids) > maxLabels {
		return nil, assets.Errorf(assets.TooLarge, "ids", "一次最多 %d 张标签", "at most %d labels at once", maxLabels)
	}
	for _, id := range ids {
		a, err := s.store.Asset(ctx, assets.View{Scope: assets.Only(jurisdiction)}, id)
		if assets.ErrorCode(err) == assets.NotFound {
			continue // gone meanwhile: it needs no label
		}
		if err != nil {
			return nil, err
		}
		list = append(list, label(&a))
	}
	return list, nil
}
