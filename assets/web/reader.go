package web

import (
	"context"
	"net/http"
	"sort"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// source is where the features of a list come from: the store, or an answer
// from memory, which says the same.
type source interface {
	EachArea(context.Context, assets.Query, func(*assets.Area) error) error
	EachSegment(context.Context, assets.Query, func(*assets.Segment) error) error
	EachAsset(context.Context, assets.Query, func(*assets.Asset) error) error
	Count(context.Context, string, assets.Query) (int64, error)
}

// reader answers one request, from memory where that can and from the store
// otherwise. Only the latter waits for its turn.
type reader struct {
	server *Server
	moment *live.Moment // nil where memory has nothing to say
	leave  func()
}

// read begins to answer a request. Whoever calls it closes the reader.
func (s *Server) read(c echo.Context) (*reader, error) {
	r := &reader{server: s}
	if s.config.Live == nil {
		return r, nil
	}
	needed, err := positionOf(c.Request().Header)
	if err != nil {
		return nil, err
	}
	r.moment = s.config.Live.Moment(c.Request().Context(), needed)
	return r, nil
}

func (r *reader) close() {
	if r.leave != nil {
		r.leave()
	}
}

// store waits for its turn with the database.
func (r *reader) store(ctx context.Context) (*postgis.Store, error) {
	if r.leave == nil {
		leave, err := r.server.turn(ctx)
		if err != nil {
			return nil, err
		}
		r.leave = leave
	}
	return r.server.store, nil
}

func (r *reader) position(ctx context.Context) (int64, error) {
	if r.moment != nil {
		return r.moment.Position(), nil
	}
	store, err := r.store(ctx)
	if err != nil {
		return 0, err
	}
	return store.Position(ctx)
}

// ask returns where the answer to a query comes from. It may be read for at most
// the query's Limit.
func (r *reader) ask(ctx context.Context, collection string, q assets.Query) (source, error) {
	if r.moment != nil {
		if answer, ok := r.moment.Ask(collection, q); ok {
			return answer, nil
		}
	}
	return r.store(ctx)
}

func (r *reader) counts(ctx context.Context, q assets.Query) (assets.Counts, error) {
	if r.moment != nil {
		if counts, ok := r.moment.Counts(q); ok {
			return counts, nil
		}
	}
	store, err := r.store(ctx)
	if err != nil {
		return assets.Counts{}, err
	}
	return store.Counts(ctx, q)
}

func (r *reader) area(ctx context.Context, v assets.View, id uuid.UUID) (assets.Area, error) {
	if r.moment != nil && v.At.IsZero() {
		if a, ok := r.moment.Area(v, id); ok {
			return a, nil
		}
	}
	return r.server.store.Area(ctx, v, id)
}

func (r *reader) segment(ctx context.Context, v assets.View, id uuid.UUID) (assets.Segment, error) {
	if r.moment != nil && v.At.IsZero() {
		if g, ok := r.moment.Segment(v, id); ok {
			return g, nil
		}
	}
	return r.server.store.Segment(ctx, v, id)
}

func (r *reader) asset(ctx context.Context, v assets.View, id uuid.UUID) (assets.Asset, error) {
	if r.moment != nil && v.At.IsZero() {
		if a, ok := r.moment.Asset(v, id); ok {
			return a, nil
		}
	}
	return r.server.store.Asset(ctx, v, id)
}

// tile draws a tile of several collections, each with its query, compressed if
// it is to be small.
func (r *reader) tile(ctx context.Context, t geo.Tile, small bool, collections []string, queries []assets.Query) (*live.Drawn, error) {
	layer := func(ctx context.Context, collection string, q assets.Query) ([]byte, error) {
		store, err := r.store(ctx)
		if err != nil {
			return nil, err
		}
		return store.Tile(ctx, collection, t, q)
	}
	if r.moment != nil && queries[0].At.IsZero() {
		return r.server.config.Live.Draw(ctx, r.moment, t, small, collections, queries, layer)
	}
	var mvt []byte
	for i, collection := range collections {
		b, err := layer(ctx, collection, queries[i])
		if err != nil {
			return nil, err
		}
		mvt = append(mvt, b...)
	}
	return live.Draw(mvt, small)
}

// positionHeader carries how far a client knows the registry to be: the answer
// to a write says it, and a read that repeats it sees at least that much.
const positionHeader = "Registry-Position"

// positionOf reads the header: jurisdictions with the numbers of changes, as in
// 410104008:57, joined by commas.
func positionOf(h http.Header) (map[string]int64, error) {
	v := h.Get(positionHeader)
	if v == "" {
		return nil, nil
	}
	needed := map[string]int64{}
	for part := range strings.SplitSeq(v, ",") {
		jurisdiction, number, _ := strings.Cut(strings.TrimSpace(part), ":")
		seq, err := strconv.ParseInt(number, 10, 64)
		if err != nil || seq < 0 || len(jurisdiction) != 9 || !digitsOnly(jurisdiction) || len(needed) > 1000 {
			return nil, assets.Errorf(assets.Invalid, positionHeader, "应为 410104008:57 这样的位置", "must be a position such as 410104008:57")
		}
		needed[jurisdiction] = seq
	}
	return needed, nil
}

// tellPosition adds to the answer of a write how far the registry has come, in
// the jurisdictions that its writer may see.
func (s *Server) tellPosition(c echo.Context) {
	c.Response().Before(func() {
		var parts []string
		for jurisdiction, seq := range s.store.Commits() {
			if s.view(c).Scope.Has(jurisdiction) && jurisdiction != assets.SystemJurisdiction {
				parts = append(parts, jurisdiction+":"+strconv.FormatInt(seq, 10))
			}
		}
		sort.Strings(parts)
		if len(parts) > 0 {
			c.Response().Header().Set(positionHeader, strings.Join(parts, ","))
		}
	})
}
