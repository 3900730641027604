package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// maxOps is how many operations a phone may send at once.
const maxOps = 200

// batch is what a phone sends: operations, and what it says of itself.
type batch struct {
	Device       uuid.UUID `json:"device"`
	Jurisdiction string    `json:"jurisdiction"`
	Name         string    `json:"name"`
	App          string    `json:"app"`
	Unsent       *struct {
		Ops    int        `json:"ops"`
		Photos int        `json:"photos"`
		Oldest *time.Time `json:"oldest"`
	} `json:"unsent"`
	Seen *struct {
		Epoch uuid.UUID `json:"epoch"`
		Seq   int64     `json:"seq"`
		Op    uuid.UUID `json:"op"`
	} `json:"seen"`
	Ops []json.RawMessage `json:"ops"` // each an operationBody, and each its own matter
}

// operationBody is one operation as a phone sends it.
type operationBody struct {
	Op    uuid.UUID       `json:"op"`
	Noun  string          `json:"noun"`
	ID    uuid.UUID       `json:"id"`
	Kind  string          `json:"kind"`
	Base  *int            `json:"base"`
	Epoch *uuid.UUID      `json:"epoch"`
	After *uuid.UUID      `json:"after"`
	At    time.Time       `json:"at"`
	Was   json.RawMessage `json:"was"`
	Value json.RawMessage `json:"value"`
}

// syncResult is what became of one operation.
type syncResult struct {
	assets.Synced
	Twins   []candidate `json:"twins,omitempty"`
	Problem *problem    `json:"problem,omitempty"`
}

// sync applies a batch of operations, each for itself, and answers in their order.
func (s *Server) sync(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	var in batch
	if _, err := readJSON(c, &in); err != nil {
		return err
	}
	if len(in.Ops) > maxOps {
		return assets.Errorf(assets.TooLarge, "ops", "一次最多 %d 个操作", "at most %d operations at once", maxOps)
	}
	answer, err := s.syncBatch(c, in)
	if err != nil {
		return err
	}
	return s.private(c, answer)
}

// syncAnswer is the answer to a batch.
type syncAnswer struct {
	Epoch      uuid.UUID    `json:"epoch"`
	Seq        int64        `json:"seq"`
	ServerTime time.Time    `json:"server_time"`
	Results    []syncResult `json:"results"`
}

func (s *Server) syncBatch(c echo.Context, in batch) (a syncAnswer, err error) {
	ctx := c.Request().Context()
	home, err := s.homeOf(c, in.Jurisdiction)
	if err != nil && in.Jurisdiction != "" {
		return a, err
	}
	if a.Epoch, err = s.epochFor(ctx, home, in); err != nil {
		return a, err
	}
	a.Results = make([]syncResult, 0, len(in.Ops))
	for i, op := range in.Ops {
		if i > 0 {
			if err := s.still(c, assets.RoleField); err != nil {
				return a, err
			}
		}
		r, err := s.syncOne(c, home, in.Device, op)
		if err != nil {
			return a, err
		}
		s.metrics.synced.WithLabelValues(r.Outcome).Inc()
		a.Results = append(a.Results, r)
	}
	a.ServerTime = time.Now().UTC()
	if home == "" {
		return a, nil
	}
	if a.Seq, err = s.store.Head(ctx, home); err != nil || in.Unsent == nil {
		return a, err
	}
	return a, s.store.HearDevice(ctx, home, assets.Device{ID: in.Device, Account: callerOf(c).account.Name, Name: in.Name, App: in.App,
		UnsentOps: in.Unsent.Ops, UnsentPhotos: in.Unsent.Photos, OldestUnsent: in.Unsent.Oldest})
}

// homeOf is the jurisdiction that a batch is about unless an operation says
// otherwise: the one named, or the only one in which the caller may write; ""
// if there are several.
func (s *Server) homeOf(c echo.Context, named string) (string, error) {
	if named != "" {
		if len(named) != 9 || !digitsOnly(named) || named == assets.SystemJurisdiction {
			return "", said(assets.Errorf(assets.Invalid, "jurisdiction", "应为 9 位数字的区划代码", "must be a 9-digit division code"))
		}
		return named, s.may(c, assets.RoleField, named)
	}
	scope := callerOf(c).scope(assets.RoleField)
	if list := scope.List(); !scope.All() {
		if len(list) == 1 {
			return list[0], nil
		}
		return "", nil
	}
	list, err := s.store.Jurisdictions(c.Request().Context())
	if err != nil || len(list) != 1 {
		return "", err
	}
	return list[0].Code, nil
}

// epochFor is the present epoch. A phone that holds a receipt of it which the
// database does not know of proves that the database is an older one: then
// another epoch begins.
func (s *Server) epochFor(ctx context.Context, home string, in batch) (uuid.UUID, error) {
	epoch, err := s.store.Epoch(ctx)
	if err != nil || in.Seen == nil || in.Seen.Epoch != epoch || home == "" || in.Seen.Seq == 0 {
		return epoch, err
	}
	ok, err := s.store.Remembers(ctx, home, in.Seen.Op, in.Seen.Seq)
	if err != nil || ok {
		return epoch, err
	}
	s.config.Log.Warn("a phone holds a receipt that the database does not know: it was restored, a new epoch begins", "op", in.Seen.Op, "seq", in.Seen.Seq)
	return s.store.NewEpoch(ctx, epoch, "a receipt of operation "+in.Seen.Op.String()+" is unknown")
}

// syncOne applies one operation. What is wrong with it is its own problem; only a
// request that nobody waits for any longer ends the batch.
func (s *Server) syncOne(c echo.Context, home string, device uuid.UUID, raw json.RawMessage) (r syncResult, err error) {
	ctx := c.Request().Context()
	var in operationBody
	err = parseJSON(raw, &in)
	r.Synced = assets.Synced{Op: in.Op, Outcome: assets.OutcomeRefused, Noun: in.Noun, ID: in.ID, At: in.At, ReceivedAt: time.Now().UTC()}
	var o postgis.Operation
	if err == nil {
		o, err = s.operationOf(c, home, device, in)
	}
	if err == nil {
		var done assets.Synced
		if done, err = s.store.Sync(ctx, o); err == nil {
			r.Synced = done
			for _, t := range done.Twins {
				r.Twins = append(r.Twins, candidateOf(t))
			}
			return r, nil
		}
	}
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	p := s.problemOf(said(asSaid(err)), c)
	explain(&p, said(asSaid(err)))
	r.Problem = &p
	return r, nil
}

// asSaid names the members at fault as an operation's value has them.
func asSaid(err error) error {
	plain := func(e *assets.Error) *assets.Error {
		return &assets.Error{Code: e.Code, Field: strings.TrimPrefix(e.Field, "properties."), Text: e.Text}
	}
	var list assets.Errors
	var one *assets.Error
	var place *geo.Fault
	switch {
	case errors.As(err, &list):
		named := make(assets.Errors, len(list))
		for i, e := range list {
			named[i] = plain(e)
		}
		return named
	case errors.As(err, &place):
		return assets.FromGeo(place)
	case errors.As(err, &one):
		return plain(one)
	}
	return err
}

// kindsOf what a phone may do to each noun.
var kindsOf = map[string][]string{
	"asset":      {assets.KindCreate, assets.KindUpdate, assets.KindDelete, assets.KindInstall, assets.KindRemove, assets.KindRestore},
	"inspection": {assets.KindCreate, assets.KindDelete},
	"walk":       {assets.KindCreate, assets.KindDelete},
	"photo":      {assets.KindCreate, assets.KindDelete},
}

func (s *Server) operationOf(c echo.Context, home string, device uuid.UUID, in operationBody) (o postgis.Operation, err error) {
	kinds, known := kindsOf[in.Noun]
	switch {
	case in.Op == uuid.Nil || in.ID == uuid.Nil:
		return o, assets.Errorf(assets.Invalid, "op", "操作和对象须有 UUID", "an operation and its object need a UUID")
	case !known:
		return o, assets.Errorf(assets.Invalid, "noun", "没有“%s”这种对象", "there is no noun %q", in.Noun)
	case !slices.Contains(kinds, in.Kind):
		return o, assets.Errorf(assets.Invalid, "kind", "应为其中之一：%v", "must be one of: %v", kinds)
	}
	o = postgis.Operation{Op: in.Op, Device: device, Actor: callerOf(c).name(), Noun: in.Noun, ID: in.ID, Kind: in.Kind, At: in.At.UTC().Truncate(time.Microsecond)}
	if in.Base != nil {
		o.Base = *in.Base
	}
	if in.Epoch != nil {
		o.Epoch = *in.Epoch
	}
	if in.After != nil {
		o.After = *in.After
	}
	if o.Body, err = canonical(in); err != nil {
		return o, err
	}
	members, err := membersOf("value", in.Value)
	if err != nil {
		return o, err
	}
	if o.Jurisdiction, err = s.placeOfOp(c, home, in, members); err != nil {
		return o, err
	}
	delete(members, "jurisdiction")
	was, err := membersOf("was", in.Was)
	if err == nil && len(was) > 0 && in.Noun == "asset" && in.Kind != assets.KindCreate {
		o.Saw = assets.FieldNames(was)
		o.Was, err = layAsset(was, false)
	}
	if err != nil || in.Kind == assets.KindDelete {
		return o, err
	}
	return o, readValue(&o, members)
}

// membersOf reads an object that may be left out or null.
func membersOf(name string, raw json.RawMessage) (members map[string]json.RawMessage, err error) {
	if len(raw) > 0 && json.Unmarshal(raw, &members) != nil {
		return nil, assets.Errorf(assets.Invalid, name, "应为 JSON 对象", "must be a JSON object")
	}
	return members, nil
}

// canonical are the bytes that identify an operation, however its JSON was
// spaced and ordered. What a phone of before epochs said keeps its bytes.
func canonical(in operationBody) ([]byte, error) {
	var values [2]any
	for i, raw := range []json.RawMessage{in.Value, in.Was} {
		if len(raw) == 0 {
			continue
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&values[i]); err != nil {
			return nil, assets.Errorf(assets.Invalid, "value", "应为 JSON 对象", "must be a JSON object")
		}
	}
	all := []any{in.Noun, in.ID, in.Kind, in.Base, in.After, in.At.UTC(), values}
	if in.Epoch != nil {
		all = append(all, in.Epoch)
	}
	return marshal(all)
}

// placeOfOp is the jurisdiction of an operation, in which its sender must be
// allowed to write.
func (s *Server) placeOfOp(c echo.Context, home string, in operationBody, members map[string]json.RawMessage) (place string, err error) {
	if raw, ok := members["jurisdiction"]; ok {
		if json.Unmarshal(raw, &place) != nil || place == "" {
			return "", assets.Errorf(assets.Invalid, "jurisdiction", "应为 9 位数字的区划代码", "must be a 9-digit division code")
		}
		return s.homeOf(c, place)
	}
	if home != "" {
		return home, nil
	}
	if in.Noun == "asset" {
		place, err = s.store.Where(c.Request().Context(), s.view(c).Scope, assets.CollectionAssets, in.ID)
		if err == nil {
			return place, s.may(c, assets.RoleField, place)
		}
		if assets.ErrorCode(err) != assets.NotFound {
			return "", err
		}
	}
	return "", assets.Errorf(assets.Invalid, "jurisdiction", "必须给出 9 位区划代码", "is required: a 9-digit division code")
}
