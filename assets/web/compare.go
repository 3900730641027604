package web

import (
	"encoding/json"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

// timeline says on which days features changed, for the handle of the time machine.
func (s *Server) timeline(c echo.Context) error {
	p, err := ask(c, documentFormats, "jurisdiction")
	if err != nil {
		return err
	}
	jurisdiction, err := s.placeOf(c, p.parameters)
	if err != nil {
		return err
	}
	days, first, last, err := s.store.Timeline(c.Request().Context(), jurisdiction, localZone)
	if err != nil {
		return err
	}
	l := listing{title: assets.Text{ZH: "时间线", EN: "Timeline"}, member: "days", document: map[string]any{"first": nil, "last": nil, "days": []assets.Day{}}}
	if len(days) > 0 {
		l.document = map[string]any{"first": first, "last": last, "days": days}
	}
	return s.listed(c, p, l)
}

// localZone is whose days are counted: the registry is kept in China, which has
// one time of day.
const localZone = "Asia/Shanghai"

// Limits of a comparison: how many objects it lists, and how many it looks at.
const (
	compareLimit  = 1000
	maxCompare    = 10000
	maxDifference = 200000
)

type comparedObject struct {
	Noun   string                 `json:"noun"`
	ID     uuid.UUID              `json:"id"`
	Code   string                 `json:"code"`
	Name   string                 `json:"name"`
	Class  string                 `json:"class"`
	Kind   string                 `json:"kind"`
	Fields []exchange.FieldChange `json:"fields"`
	Before json.RawMessage        `json:"before"`
	After  json.RawMessage        `json:"after"`
}

// compare lists what became of each feature between two times.
func (s *Server) compare(c echo.Context) error {
	p, err := ask(c, documentFormats, "jurisdiction", "from", "to", "limit")
	if err != nil {
		return err
	}
	jurisdiction, err := s.placeOf(c, p.parameters)
	if err != nil {
		return err
	}
	from, to, err := p.span()
	if err != nil {
		return err
	}
	limit, err := p.limit(compareLimit, maxCompare)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	found, err := s.store.Between(ctx, jurisdiction, from, to, maxDifference+1)
	if err != nil {
		return err
	}
	if len(found) > maxDifference {
		return assets.Errorf(assets.TooLarge, "from", "两个日期之间变化的对象超过 %d 个，请选更近的日期", "more than %d objects changed between the dates: choose a shorter time", maxDifference)
	}
	summary, objects := map[string]int{"added": 0, "moved": 0, "changed": 0, "removed": 0}, []comparedObject{}
	for _, d := range found {
		// What is new or gone need not be read to be counted.
		if kind := exchange.Kind(d.Before, d.After, nil); kind != "" && len(objects) >= limit {
			summary[kind]++
			continue
		}
		o, err := compared(d, s.view(c).Public)
		if err != nil {
			return err
		}
		if o.Kind == "" {
			continue
		}
		if summary[o.Kind]++; len(objects) < limit {
			objects = append(objects, o)
		}
	}
	total := summary["added"] + summary["moved"] + summary["changed"] + summary["removed"]
	return s.listed(c, p, listing{title: assets.Text{ZH: "变化对比", EN: "Compare"}, member: "objects",
		document: map[string]any{"from": from, "to": to, "summary": summary, "truncated": total > len(objects), "objects": objects}})
}

// compared says what became of one object. The public is not shown attributes.
func compared(d assets.Difference, public bool) (o comparedObject, err error) {
	o = comparedObject{Noun: d.Noun, ID: d.ID, Fields: []exchange.FieldChange{}}
	before, err := exchange.RecordedFeature(d.Noun, d.Before)
	if err != nil {
		return o, err
	}
	after, err := exchange.RecordedFeature(d.Noun, d.After)
	if err != nil {
		return o, err
	}
	var fields []exchange.FieldChange
	if before != nil && after != nil {
		if fields, err = exchange.Compare(before, after); err != nil {
			return o, err
		}
	}
	o.Kind = exchange.Kind(before, after, fields)
	if o.Kind == "moved" || o.Kind == "changed" || o.Kind == "removed" && after != nil {
		for _, f := range fields {
			if !public || !strings.HasPrefix(f.Name, "attributes.") {
				o.Fields = append(o.Fields, f)
			}
		}
	}
	for _, state := range []json.RawMessage{before, after} {
		if state == nil {
			continue
		}
		var f struct {
			Properties struct{ Code, Name, Class string }
		}
		if err := json.Unmarshal(state, &f); err != nil {
			return o, err
		}
		o.Code, o.Name, o.Class = f.Properties.Code, f.Properties.Name, f.Properties.Class
	}
	if o.Before, err = geometryOf(before); err != nil {
		return o, err
	}
	o.After, err = geometryOf(after)
	return o, err
}

func geometryOf(feature json.RawMessage) (json.RawMessage, error) {
	if feature == nil {
		return json.RawMessage("null"), nil
	}
	var f struct{ Geometry json.RawMessage }
	err := json.Unmarshal(feature, &f)
	return f.Geometry, err
}
