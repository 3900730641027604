package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// changeDocument is a change on the wire. A visitor learns that something
// changed, not who did it nor what it was.
type changeDocument struct {
	Seq     int64           `json:"seq"`
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor,omitempty"`
	Op      *uuid.UUID      `json:"op,omitempty"`
	Noun    string          `json:"noun"`
	ID      uuid.UUID       `json:"id"`
	Version int             `json:"version"`
	Kind    string          `json:"kind"`
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
}

// publicNouns are those whose changes a visitor hears of.
var publicNouns = []string{"area", "segment", "asset", "class", "basemap", "jurisdiction"}

func describeChange(ch assets.Change, public bool) (changeDocument, bool) {
	d := changeDocument{Seq: ch.Seq, At: ch.At.UTC(), Noun: ch.Noun, ID: ch.ID, Version: ch.Version, Kind: ch.Kind}
	if public {
		return d, slices.Contains(publicNouns, ch.Noun)
	}
	d.Actor, d.Op, d.Before, d.After = ch.Actor, &ch.Op, orNull(ch.Before), orNull(ch.After)
	return d, true
}

func orNull(b []byte) json.RawMessage {
	if b == nil {
		return json.RawMessage("null")
	}
	return b
}

// Limits of a page of changes.
const (
	changesLimit = 500
	maxChanges   = 5000
)

// changes answers what changed in a jurisdiction after a position, in order.
func (s *Server) changes(c echo.Context) error {
	p, err := ask(c, documentFormats, "jurisdiction", "since", "limit")
	if err != nil {
		return err
	}
	jurisdiction, since, err := s.feedPosition(c, p.parameters)
	if err != nil {
		return err
	}
	limit, err := p.limit(changesLimit, maxChanges)
	if err != nil {
		return err
	}
	found, err := s.store.Changes(c.Request().Context(), jurisdiction, since, limit)
	if err != nil {
		return err
	}
	documents, next := make([]changeDocument, 0, len(found)), since
	for _, ch := range found {
		d, _ := describeChange(ch, false)
		documents, next = append(documents, d), ch.Seq
	}
	epoch, err := s.store.Epoch(c.Request().Context())
	if err != nil {
		return err
	}
	l := listing{title: assets.Text{ZH: "变更", EN: "Changes"}, member: "changes", document: map[string]any{"changes": documents, "next": next, "epoch": epoch}, private: true}
	if len(found) == limit {
		l.next = s.changesAfter(c, next)
	}
	return s.listed(c, p, l)
}

// changesAfter is the same question, from a later position on.
func (s *Server) changesAfter(c echo.Context, seq int64) string {
	values := c.Request().URL.Query()
	values.Set("since", strconv.FormatInt(seq, 10))
	return s.root(c) + c.Request().URL.EscapedPath() + "?" + values.Encode()
}

// feedPosition reads whose changes are wanted and from where on. The program's
// own ledger, with the accounts, is for the admin of everything.
func (s *Server) feedPosition(c echo.Context, p parameters) (jurisdiction string, since int64, err error) {
	if jurisdiction, err = p.jurisdiction(); err != nil {
		return "", 0, err
	}
	if jurisdiction == assets.SystemJurisdiction && !callerOf(c).scope(assets.RoleAdmin).All() {
		return "", 0, assets.Errorf(assets.NotFound, "jurisdiction", "没有辖区 %s", "there is no jurisdiction %s", jurisdiction)
	}
	if err := s.visible(c, jurisdiction); err != nil {
		return "", 0, err
	}
	if v, ok := p.text("since"); ok {
		if since, err = strconv.ParseInt(v, 10, 64); err != nil || since < 0 {
			return "", 0, assets.Errorf(assets.Invalid, "since", "应为非负整数", "must be a whole number of 0 or more")
		}
	}
	_, err = s.store.Head(c.Request().Context(), jurisdiction)
	return jurisdiction, since, err
}

// Rhythm of events: a comment now and then keeps proxies from closing the
// connection, and the right to listen is asked for again.
const (
	eventBeat  = 15 * time.Second
	eventBatch = 500
)

// events sends changes as they happen, as server-sent events. It resumes behind
// Last-Event-ID, or since; otherwise it begins with what comes next.
func (s *Server) events(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "since")
	if err != nil {
		return err
	}
	jurisdiction, since, err := s.feedPosition(c, p)
	if err != nil {
		return err
	}
	ctx, public := c.Request().Context(), s.view(c).Public
	if last := c.Request().Header.Get("Last-Event-ID"); last != "" {
		if since, err = strconv.ParseInt(last, 10, 64); err != nil || since < 0 {
			return assets.Errorf(assets.Invalid, "Last-Event-ID", "应为非负整数", "must be a whole number of 0 or more")
		}
	} else if _, ok := p.text("since"); !ok {
		if since, err = s.store.Head(ctx, jurisdiction); err != nil {
			return err
		}
	}
	leave, err := s.seat()
	if err != nil {
		return err
	}
	defer leave()
	wake, stop := s.store.Wake()
	defer stop()
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	out := openStream(c, "text/event-stream")
	// With an id, so that a browser which is cut off before the first change knows
	// where to go on.
	if err := out.event(since, "ready", fmt.Appendf(nil, `{"seq":%d}`, since)); err != nil {
		return nil // the listener left
	}
	return s.follow(ctx, c, out, jurisdiction, since, public, wake)
}

// follow sends changes until the listener leaves, the server stops or the right
// to listen ends.
func (s *Server) follow(ctx context.Context, c echo.Context, out *stream, jurisdiction string, since int64, public bool, wake <-chan struct{}) error {
	beat := time.NewTicker(eventBeat)
	defer beat.Stop()
	shared, err := s.store.Head(ctx, assets.SystemJurisdiction)
	if err != nil {
		return s.endEvents(err)
	}
	for {
		if shared, err = s.tellShared(ctx, out, shared); err != nil {
			return s.endEvents(err)
		}
		list, err := s.store.Changes(ctx, jurisdiction, since, eventBatch)
		if err != nil {
			return s.endEvents(err)
		}
		for _, ch := range list {
			since = ch.Seq
			d, ok := describeChange(ch, public)
			if !ok {
				continue
			}
			body, err := marshal(d)
			if err != nil {
				return s.endEvents(err)
			}
			if err := out.event(ch.Seq, "change", body); err != nil {
				return nil
			}
		}
		if len(list) == eventBatch {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.stopping:
			return nil
		case <-wake:
		case <-beat.C:
			if _, err := out.Write([]byte(":\n\n")); err != nil || out.flush() != nil {
				return nil
			}
			if w, err := s.identify(c); err != nil || s.permit(visitors, w) != nil || !s.sameRight(c, w, jurisdiction) {
				return nil
			}
		}
	}
}

// tellShared says that the shared catalogue changed: its classes stand in the
// program's own ledger, but every jurisdiction's map shows them. The event has no
// id, because it has no place in the jurisdiction's order.
func (s *Server) tellShared(ctx context.Context, out *stream, since int64) (int64, error) {
	list, err := s.store.Changes(ctx, assets.SystemJurisdiction, since, eventBatch)
	if err != nil {
		return since, err
	}
	told := false
	for _, ch := range list {
		if since = ch.Seq; ch.Noun == "class" {
			told = true
		}
	}
	if !told {
		return since, nil
	}
	return since, out.event(0, "catalogue", []byte("{}"))
}

// sameRight reports whether a listener may still hear what he hears.
func (s *Server) sameRight(c echo.Context, now caller, jurisdiction string) bool {
	was := s.view(c)
	c.Set(callerKey, now)
	is := s.view(c)
	return is.Scope.Has(jurisdiction) && is.Public == was.Public
}

func (s *Server) endEvents(err error) error {
	s.config.Log.Warn("events ended", "error", err)
	return nil
}

// event sends one event at once; seq 0 has no id.
func (s *stream) event(seq int64, name string, data []byte) error {
	var b bytes.Buffer
	if seq > 0 {
		fmt.Fprintf(&b, "id: %d\n", seq)
	}
	fmt.Fprintf(&b, "event: %s\ndata: %s\n\n", name, data)
	if _, err := s.Write(b.Bytes()); err != nil {
		return err
	}
	return s.flush()
}

// flush sends what was written so far.
func (s *stream) flush() error {
	if s.packed != nil {
		if err := s.packed.Flush(); err != nil {
			return err
		}
	}
	return s.plain.control.Flush()
}
