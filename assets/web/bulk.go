package web

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// bulkShown is how many befores and afters a bulk change shows.
const bulkShown = 500

type bulkBody struct {
	Jurisdiction string     `json:"jurisdiction"`
	Select       bulkSelect `json:"select"`
	Set          bulkSet    `json:"set"`
	Preview      bool       `json:"preview"`
	Base         int64      `json:"base"`
}

type bulkSelect struct {
	IDs       []uuid.UUID     `json:"ids"`
	Class     []string        `json:"class"`
	Condition []string        `json:"condition"`
	Segment   []string        `json:"segment"`
	Community []string        `json:"community"`
	Within    json.RawMessage `json:"within"`
}

type bulkSet = assets.Bulk

// narrow adds to a query what is selected otherwise than by ids. It must name
// something: a selection that was forgotten must not mean everything.
func (b bulkSelect) narrow(q assets.Query) (assets.Query, error) {
	said := len(b.IDs) > 0
	for name, values := range map[string][]string{"class": b.Class, "condition": b.Condition, "segment": b.Segment, "community": b.Community} {
		if len(values) == 0 {
			continue
		}
		e, err := assets.NewEqual(assets.CollectionAssets, name, values)
		if err != nil {
			return q, err
		}
		q, said = q.With(e), true
	}
	if len(b.Within) > 0 {
		g, err := geo.ParseGeometry(b.Within)
		if err != nil {
			return q, err
		}
		if _, ok := g.(orb.Polygon); !ok {
			return q, assets.Errorf(assets.Invalid, "select.within", "应为 Polygon", "must be a Polygon")
		}
		q.Within, said = g, true
	}
	if !said {
		return q, assets.Errorf(assets.Invalid, "select", "必须给出选择条件", "must say what is selected")
	}
	return q, nil
}

// job reads what a bulk change is about.
func (b bulkBody) job() (postgis.BulkJob, error) {
	job := postgis.BulkJob{Jurisdiction: b.Jurisdiction, IDs: b.Select.IDs, Set: b.Set, Show: bulkShown, Preview: b.Preview, Base: b.Base}
	var err error
	if job.Query, err = b.Select.narrow(job.Query); err != nil {
		return job, err
	}
	switch {
	case len(b.Select.IDs) > assets.MaxBulk:
		return job, assets.Errorf(assets.TooLarge, "select.ids", "最多 %d 个", "at most %d", assets.MaxBulk)
	case b.Set.Empty():
		return job, assets.Errorf(assets.Invalid, "set", "必须给出要修改的内容", "must say what is to change")
	}
	return job, nil
}

type bulkChange struct {
	ID      uuid.UUID              `json:"id"`
	Code    string                 `json:"code"`
	Name    string                 `json:"name"`
	Class   string                 `json:"class"`
	Version int                    `json:"version"`
	Fields  []exchange.FieldChange `json:"fields"`
}

type bulkRefusal struct {
	ID     uuid.UUID `json:"id"`
	Code   string    `json:"code"`
	Field  string    `json:"field"`
	Detail string    `json:"detail"`
}

type bulkDocument struct {
	Op        *uuid.UUID    `json:"op"`
	Seq       int64         `json:"seq"`
	Matched   int           `json:"matched"`
	Changed   int           `json:"changed"`
	Unchanged int           `json:"unchanged"`
	Refused   []bulkRefusal `json:"refused"`
	Changes   []bulkChange  `json:"changes"`
	Applied   bool          `json:"applied"`
}

// bulk changes many assets in one operation, or shows what that would do.
func (s *Server) bulk(c echo.Context) error {
	var in bulkBody
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RolePlanner, in.Jurisdiction); err != nil {
		return err
	}
	job, err := in.job()
	if err != nil {
		return said(err)
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	out, err := s.store.Bulk(ctx, w, job)
	if err != nil {
		return said(err)
	}
	d, err := describeBulk(out, languageOf(c.Request()))
	if err != nil {
		return err
	}
	if d.Applied {
		d.Op = &w.Op
	}
	return s.private(c, d)
}

func describeBulk(out assets.BulkOutcome, language string) (bulkDocument, error) {
	d := bulkDocument{Seq: out.Seq, Matched: out.Matched, Changed: out.Changed, Unchanged: out.Matched - out.Changed - len(out.Refused),
		Refused: []bulkRefusal{}, Changes: []bulkChange{}, Applied: out.Committed}
	for _, r := range out.Refused[:min(len(out.Refused), bulkShown)] {
		d.Refused = append(d.Refused, bulkRefusal{r.ID, r.Code, r.Fault.Field, r.Fault.Text.In(language)})
	}
	for i := range out.Before {
		a := out.Before[i]
		fields, err := exchange.Compare(exchange.AppendAssetFeature(nil, &a, nil), exchange.AppendAssetFeature(nil, &out.After[i], nil))
		if err != nil {
			return d, err
		}
		d.Changes = append(d.Changes, bulkChange{a.ID, a.Code, a.Name, a.Class, out.After[i].Version, fields})
	}
	return d, nil
}

// undo takes an operation back, as an operation of its own.
func (s *Server) undo(c echo.Context) error {
	op, err := uuid.Parse(c.Param("op"))
	if err != nil {
		return assets.Errorf(assets.NotFound, "op", "没有这个操作", "there is no such operation")
	}
	var in struct {
		Jurisdiction string `json:"jurisdiction"`
	}
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RoleField, in.Jurisdiction); err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := s.mayUndo(c, in.Jurisdiction, op); err != nil {
		return err
	}
	n, err := s.store.Undo(ctx, w, in.Jurisdiction, op)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"op": w.Op, "undone": n})
}

// mayUndo lets field staff take back what they did themselves to assets, and
// planners everything.
func (s *Server) mayUndo(c echo.Context, jurisdiction string, op uuid.UUID) error {
	w := callerOf(c)
	if w.scope(assets.RolePlanner).Has(jurisdiction) {
		return nil
	}
	own, err := s.store.OwnOperation(c.Request().Context(), jurisdiction, op, w.name())
	if err == nil && !own {
		err = forbidden(assets.RolePlanner)
	}
	return err
}
