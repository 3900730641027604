package web

import (
	"math"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

// Standards of a question for what is near.
const (
	nearestLimit  = 1
	nearestWithin = 1000 // metres
)

// nearest answers the assets around a position that are not removed, nearest first:
// what a hand on the map means, or the twins of a new one within its class's radius.
func (s *Server) nearest(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "at", "within", "limit", "class", "status", "condition")
	if err != nil {
		return err
	}
	n, err := s.near(c, p)
	if err != nil {
		return err
	}
	r, err := s.read(c)
	if err != nil {
		return err
	}
	defer r.close()
	ctx := c.Request().Context()
	list, err := n.Nearest(func(q assets.Query, each func(*assets.Asset) error) error {
		from, err := r.ask(ctx, assets.CollectionAssets, q)
		if err != nil {
			return err
		}
		return from.EachAsset(ctx, q, each)
	})
	if err != nil {
		return err
	}
	out := make([]candidate, len(list))
	for i, a := range list {
		out[i] = candidateOf(a)
	}
	return s.json(c, map[string]any{"assets": out})
}

// near reads what is asked.
func (s *Server) near(c echo.Context, p parameters) (n assets.Near, err error) {
	if _, err := s.placeOf(c, p); err != nil {
		return n, err
	}
	if n.Query, err = p.selection(assets.CollectionAssets, s.view(c), nil); err != nil {
		return n, err
	}
	if n.At, err = p.position(); err != nil {
		return n, err
	}
	if n.WithinM, err = p.within(); err != nil {
		return n, err
	}
	n.Most, err = p.limit(nearestLimit, assets.MaxNearest)
	return n, err
}

// position reads at: longitude and latitude.
func (p parameters) position() (orb.Point, error) {
	v, err := p.required("at")
	if err != nil {
		return orb.Point{}, err
	}
	wrong := assets.Errorf(assets.Invalid, "at", "应为“经度,纬度”，如 113.75,34.75", "must be longitude,latitude such as 113.75,34.75")
	lon, lat, _ := strings.Cut(v, ",")
	x, errX := strconv.ParseFloat(lon, 64)
	y, errY := strconv.ParseFloat(lat, 64)
	if errX != nil || errY != nil || !(math.Abs(x) <= 180 && math.Abs(y) <= 90) {
		return orb.Point{}, wrong
	}
	return orb.Point{x, y}, nil
}

// within reads how far to look, in metres.
func (p parameters) within() (float64, error) {
	v, ok := p.text("within")
	if !ok {
		return nearestWithin, nil
	}
	m, err := strconv.ParseFloat(v, 64)
	if err != nil || !(m > 0 && m <= assets.MaxWithinM) {
		return 0, assets.Errorf(assets.Invalid, "within", "应在 0 到 %d 米之间", "must be 0 to %d metres", assets.MaxWithinM)
	}
	return m, nil
}
