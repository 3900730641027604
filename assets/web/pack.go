package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
)

// pack answers all that a phone needs to work in a jurisdiction, or along some of
// its segments, without the network. It is read after its position: what
// changed since is in the feed from there on, and some of it may be in the pack
// already.
func (s *Server) pack(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "segments")
	if err != nil {
		return err
	}
	jurisdiction, err := s.placeOf(c, p)
	if err != nil {
		return err
	}
	q := assets.In(jurisdiction)
	if v, ok := p.text("segments"); ok {
		along, err := assets.NewEqual(assets.CollectionAssets, "segment", strings.Split(v, ","))
		if err != nil {
			return assets.Errorf(assets.Invalid, "segments", "应为路段的 UUID，以逗号分隔", "must be UUIDs of segments, joined by commas")
		}
		q = q.With(along)
	}
	done, err := s.turn(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	head, err := s.packHead(c, jurisdiction)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Encoding")
	out := &packWriter{out: openStream(c, typeJSON), buf: append(head[:len(head)-1], ',')}
	if err := s.writePack(c, out, jurisdiction, q); err != nil {
		s.config.Log.Error("area pack cut off", "jurisdiction", jurisdiction, "error", err)
		panic(http.ErrAbortHandler) // part of it is out: it must not end as if it were whole
	}
	return out.out.Close()
}

// packHead is everything of a pack that is small, as the beginning of its object.
func (s *Server) packHead(c echo.Context, jurisdiction string) ([]byte, error) {
	ctx := c.Request().Context()
	seq, err := s.store.Head(ctx, jurisdiction)
	if err != nil {
		return nil, err
	}
	epoch, err := s.store.Epoch(ctx)
	if err != nil {
		return nil, err
	}
	j, err := s.store.Jurisdiction(ctx, jurisdiction)
	if err != nil {
		return nil, err
	}
	classes, err := s.store.Classes(ctx, jurisdiction)
	if err != nil {
		return nil, err
	}
	inspections, err := s.store.LastInspections(ctx, jurisdiction)
	if inspections == nil {
		inspections = []postgis.LastInspection{}
	}
	if err != nil {
		return nil, err
	}
	coverage, err := s.store.Coverage(ctx, postgis.CoverageQuery{Jurisdiction: jurisdiction, KeyOnly: true})
	if err != nil {
		return nil, err
	}
	list, err := s.store.Photos(ctx, postgis.PhotoQuery{Scope: assets.Only(jurisdiction), Jurisdiction: jurisdiction, StoredOnly: true, Limit: maxRecords})
	if err != nil {
		return nil, err
	}
	photos := make([]photoDocument, len(list))
	for i := range list {
		photos[i] = describePhoto(list[i], false)
	}
	return marshal(struct {
		Epoch        uuid.UUID                `json:"epoch"`
		Seq          int64                    `json:"seq"`
		MadeAt       time.Time                `json:"made_at"`
		Jurisdiction assets.Jurisdiction      `json:"jurisdiction"`
		Classes      []assets.Class           `json:"classes"`
		Inspections  []postgis.LastInspection `json:"inspections"`
		Photos       []photoDocument          `json:"photos"`
		Coverage     []assets.Coverage        `json:"coverage"`
	}{epoch, seq, time.Now().UTC(), j, classes, inspections, photos, coverage})
}

// packWriter writes members that are collections of features.
type packWriter struct {
	out   *stream
	buf   []byte
	first bool
}

func (w *packWriter) open(name string) {
	w.buf, w.first = append(append(w.buf, `"`+name...), `":{"type":"FeatureCollection","features":[`...), true
}

func (w *packWriter) add(appendTo func([]byte) []byte) error {
	if !w.first {
		w.buf = append(w.buf, ',', '\n')
	}
	w.first = false
	if w.buf = appendTo(w.buf); len(w.buf) < flushAt {
		return nil
	}
	return w.flush()
}

func (w *packWriter) flush() error {
	_, err := w.out.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

func (w *packWriter) close(end string) { w.buf = append(w.buf, "]}"+end...) }

func (s *Server) writePack(c echo.Context, w *packWriter, jurisdiction string, q assets.Query) error {
	ctx, all := c.Request().Context(), assets.In(jurisdiction)
	w.open("segments")
	if err := s.store.EachSegment(ctx, all, func(g *assets.Segment) error {
		return w.add(func(b []byte) []byte { return exchange.AppendSegmentFeature(b, g, nil) })
	}); err != nil {
		return err
	}
	w.close(",")
	w.open("areas")
	if err := s.store.EachArea(ctx, all, func(a *assets.Area) error {
		return w.add(func(b []byte) []byte { return exchange.AppendAreaFeature(b, a, nil) })
	}); err != nil {
		return err
	}
	w.close(",")
	w.open("assets")
	if err := s.store.EachAsset(ctx, q, func(a *assets.Asset) error {
		return w.add(func(b []byte) []byte { return exchange.AppendAssetFeature(b, a, nil) })
	}); err != nil {
		return err
	}
	w.close(",")
	w.open("basemap")
	if err := s.store.EachBasemap(ctx, jurisdiction, func(b *assets.BasemapFeature) error {
		return w.add(func(dst []byte) []byte { return exchange.AppendBasemapFeature(dst, b) })
	}); err != nil {
		return err
	}
	w.close("}")
	return w.flush()
}
