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
	jurisdiction, err := p.jurisdiction()
	if err != nil {
		return err
	}
	if err := s.visible(c, jurisdiction); err != nil {
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
	list, err := s.labelsFor(c, p, jurisdiction, q)
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

func (s *Server) labelsFor(c echo.Context, p parameters, jurisdiction string, q assets.Query) (list []exchange.Label, err error) {
	label := func(a *assets.Asset) exchange.Label {
		return exchange.Label{Code: a.Code, Class: a.ClassName, Name: a.Name, Link: s.root(c) + "/field#asset=" + a.ID.String()}
	}
	ctx := c.Request().Context()
	v, ok := p.text("ids")
	if !ok {
		err = s.store.EachAsset(ctx, q, func(a *assets.Asset) error { list = append(list, label(a)); return nil })
		return list, err
	}
	ids := strings.Split(v, ",")
	if len(ids) > maxLabels {
		ids = ids[:maxLabels+1]
	}
	for _, text := range ids {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, assets.Errorf(assets.Invalid, "ids", "应为设施的 UUID，以逗号分隔", "must be UUIDs of assets, joined by commas")
		}
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
