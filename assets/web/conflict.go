package web

import (
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// conflictDocument is a conflict on the wire.
type conflictDocument struct {
	ID         uuid.UUID      `json:"id"`
	Version    int            `json:"version"`
	Noun       string         `json:"noun"`
	Object     uuid.UUID      `json:"object"`
	Name       string         `json:"name"`
	Class      string         `json:"class"`
	Kind       string         `json:"kind"`
	Op         uuid.UUID      `json:"op"`
	Device     uuid.UUID      `json:"device"`
	Actor      string         `json:"actor"`
	At         time.Time      `json:"at"`
	ReceivedAt time.Time      `json:"received_at"`
	Base       int            `json:"base"`
	Current    int            `json:"current"`
	Fields     []assets.Clash `json:"fields"`
	Resolved   *resolution    `json:"resolved"`
}

type resolution struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Choice string    `json:"choice"`
}

func describeConflict(d postgis.DisputedObject) (conflictDocument, error) {
	fields, err := d.Clashes()
	doc := conflictDocument{ID: d.ID, Version: d.Version, Noun: d.Noun, Object: d.Object, Name: d.Name, Class: d.Class, Kind: d.Kind, Op: d.Op, Device: d.Device,
		Actor: d.Actor, At: d.At.UTC(), ReceivedAt: d.ReceivedAt.UTC(), Base: d.Base, Current: d.Current, Fields: fields}
	if d.Choice != "" {
		doc.Resolved = &resolution{d.ResolvedBy, d.ResolvedAt.UTC(), d.Choice}
	}
	return doc, err
}

// Limits of a page of conflicts, walks and photos.
const (
	recordsLimit = 200
	maxRecords   = 5000
)

// conflicts lists what two people changed to different values.
func (s *Server) conflicts(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "open", "limit", "after")
	if err != nil {
		return err
	}
	q := postgis.DisputeQuery{}
	if q.Jurisdiction, q.After, q.Limit, err = s.recordsOf(c, p); err != nil {
		return err
	}
	if v, ok := p.text("open"); ok {
		open, err := strconv.ParseBool(v)
		if err != nil {
			return assets.Errorf(assets.Invalid, "open", "应为 true 或 false", "must be true or false")
		}
		q.Open = &open
	}
	list, err := s.store.Disputes(c.Request().Context(), q)
	if err != nil {
		return err
	}
	documents := make([]conflictDocument, len(list))
	for i, d := range list {
		if documents[i], err = describeConflict(d); err != nil {
			return err
		}
	}
	answer := map[string]any{"conflicts": documents}
	if len(list) == q.Limit {
		answer["next"] = list[len(list)-1].ID
	}
	return s.private(c, answer)
}

// recordsOf reads which jurisdiction's records are wanted, and where the page begins.
func (s *Server) recordsOf(c echo.Context, p parameters) (jurisdiction string, after uuid.UUID, limit int, err error) {
	if jurisdiction, err = s.placeOf(c, p); err != nil {
		return "", after, 0, err
	}
	if _, err = s.store.Head(c.Request().Context(), jurisdiction); err != nil {
		return "", after, 0, err
	}
	if v, ok := p.text("after"); ok {
		if after, err = uuid.Parse(v); err != nil {
			return "", after, 0, assets.Errorf(assets.Invalid, "after", "应为 UUID", "must be a UUID")
		}
	}
	limit, err = p.limit(recordsLimit, maxRecords)
	return jurisdiction, after, limit, err
}

// resolveConflict settles a conflict by one of its sides.
func (s *Server) resolveConflict(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	id, err := idOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	place, err := s.store.DisputePlace(ctx, s.view(c).Scope, id)
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RoleField, place); err != nil {
		return err
	}
	var in struct {
		Choice string            `json:"choice"`
		Fields map[string]string `json:"fields"`
	}
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	d, err := s.store.Resolve(ctx, w, place, id, in.Choice, in.Fields)
	if err != nil {
		return said(err)
	}
	doc, err := describeConflict(postgis.DisputedObject{Dispute: d})
	if err != nil {
		return err
	}
	return s.private(c, doc)
}
