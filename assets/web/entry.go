package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// allocationDocument is the part of an entry that falls on a target, and why.
type allocationDocument struct {
	assets.Allocation
	Words assets.Text `json:"words"`
	// Of a segment that was split or merged:
	Name       string         `json:"name,omitempty"`
	Retired    bool           `json:"retired,omitempty"`
	Successors []postgis.Heir `json:"successors,omitempty"`
}

// entryAnswer is an entry on the wire. What of it falls nowhere has no target.
type entryAnswer struct {
	assets.Entry
	ProjectName string               `json:"project_name"`
	Basis       string               `json:"basis"`
	Allocations []allocationDocument `json:"allocations"`
	Unallocated assets.Fen           `json:"unallocated"`
}

// sharedEntry is an entry in the answer to a question, with what of it falls into
// that question. Under its basis a refund lessens.
type sharedEntry struct {
	entryAnswer
	Share assets.Fen `json:"share"`
}

func describeEntry(b postgis.BookedEntry) entryAnswer {
	basis, _ := assets.BasisOf(b.Kind)
	d := entryAnswer{Entry: b.Entry, ProjectName: b.ProjectName, Basis: basis, Allocations: []allocationDocument{}}
	for _, a := range b.Allocations {
		if a.Target.Noun == "" {
			d.Unallocated = a.Amount
			continue
		}
		doc := allocationDocument{Allocation: a, Words: a.Words()}
		if gone, ok := b.Gone[a.Target.ID]; ok {
			doc.Name, doc.Retired, doc.Successors = gone.Name, true, gone.Heirs
		}
		d.Allocations = append(d.Allocations, doc)
	}
	return d
}

// entries lists entries, the latest day first.
func (s *Server) entries(c echo.Context) error {
	p, err := parametersOf(c, append(slices.Clone(investmentFilters), "entry_kind", "q", "limit", "after")...)
	if err != nil {
		return err
	}
	q := postgis.EntryQuery{}
	if q.InvestmentQuery, err = s.investmentQuery(c, p); err != nil {
		return err
	}
	if err := s.may(c, assets.RoleViewer, q.Jurisdiction); err != nil {
		return err
	}
	if q.EntryKinds, err = p.among("entry_kind", assets.EntryKinds); err != nil {
		return err
	}
	if q.Words, err = p.words(); err != nil {
		return err
	}
	if q.Limit, err = p.limit(assets.DefaultLimit, 1000); err != nil {
		return err
	}
	if v, ok := p.text("after"); ok {
		if q.After, err = uuid.Parse(v); err != nil {
			return assets.Errorf(assets.Invalid, "after", "不是本服务给出的翻页位置", "is no paging position that this service gave")
		}
	}
	limit := q.Limit
	q.Limit++
	list, err := s.store.Entries(c.Request().Context(), q)
	if err != nil {
		return err
	}
	documents, next := pageOf(list, limit)
	return s.private(c, map[string]any{"entries": documents, "next": next})
}

// pageOf describes at most limit of a list, and names the last of them if there
// are more.
func pageOf(list []postgis.BookedEntry, limit int) (page []sharedEntry, next *uuid.UUID) {
	if len(list) > limit {
		list = list[:limit]
		next = &list[limit-1].ID
	}
	page = make([]sharedEntry, len(list))
	for i, b := range list {
		page[i] = sharedEntry{describeEntry(b), b.Share}
	}
	return page, next
}

// words reads q: what is looked for in vouchers, counterparties and notes.
func (p parameters) words() (string, error) {
	v, _ := p.text("q")
	if v = strings.TrimSpace(v); utf8.RuneCountInString(v) > maxQuestion || !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
		return "", assets.Errorf(assets.Invalid, "q", "最多 %d 个字符的文本", "must be a text of at most %d characters", maxQuestion)
	}
	return v, nil
}

// entryBody is an entry as a client says it.
type entryBody struct {
	ID           uuid.UUID          `json:"id"`
	Project      uuid.UUID          `json:"project"`
	On           string             `json:"on"`
	Kind         string             `json:"kind"`
	Amount       assets.Fen         `json:"amount"`
	Voucher      string             `json:"voucher"`
	Counterparty string             `json:"counterparty"`
	Note         string             `json:"note"`
	Document     string             `json:"document"`
	DocumentName string             `json:"document_name"`
	Targets      []assets.TargetRef `json:"targets"`
	Rule         *assets.Rule       `json:"rule"`
	Assets       []uuid.UUID        `json:"assets"`
}

// addEntry books one entry on a project.
func (s *Server) addEntry(c echo.Context) error {
	var in entryBody
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	place, err := s.store.ProjectPlace(ctx, s.view(c).Scope, in.Project)
	if assets.ErrorCode(err) == assets.NotFound {
		err = said(assets.Errorf(assets.Invalid, "project", "没有这个项目", "there is no such project"))
	}
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RolePlanner, place); err != nil {
		return err
	}
	if err := s.hasDocument(ctx, place, in.Document); err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	e := assets.Entry{Header: assets.Header{ID: in.ID}, Project: in.Project, On: in.On, Kind: in.Kind, Amount: in.Amount, Voucher: strings.TrimSpace(in.Voucher),
		Counterparty: strings.TrimSpace(in.Counterparty), Note: in.Note, Document: in.Document, DocumentName: in.DocumentName, Targets: in.Targets, Rule: in.Rule, Assets: in.Assets}
	booked, err := s.store.BookEntries(ctx, w, place, []assets.Entry{e}, false)
	if err != nil {
		return said(err)
	}
	return s.answerEntry(c, http.StatusCreated, place, booked[0].ID)
}

func (s *Server) answerEntry(c echo.Context, status int, place string, id uuid.UUID) error {
	b, err := s.store.Entry(c.Request().Context(), place, id)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", etagOf(b.Version))
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(status, describeEntry(b))
}

// entryIn is the entry in the path, for somebody of a role.
func (s *Server) entryIn(c echo.Context, role string) (id uuid.UUID, place string, err error) {
	return s.placed(c, role, s.store.EntryPlace)
}

// placed is the object in the path, and the jurisdiction that where finds it in.
func (s *Server) placed(c echo.Context, role string, where func(context.Context, assets.Scope, uuid.UUID) (string, error)) (id uuid.UUID, place string, err error) {
	if _, err = parametersOf(c); err != nil {
		return id, "", err
	}
	if id, err = idOf(c); err != nil {
		return id, "", err
	}
	if place, err = where(c.Request().Context(), s.view(c).Scope, id); err != nil {
		return id, "", err
	}
	return id, place, s.may(c, role, place)
}

func (s *Server) entry(c echo.Context) error {
	id, place, err := s.entryIn(c, assets.RoleViewer)
	if err != nil {
		return err
	}
	return s.answerEntry(c, http.StatusOK, place, id)
}

// reverseEntry books the opposite of an entry, with the same shares.
func (s *Server) reverseEntry(c echo.Context) error {
	id, place, err := s.entryIn(c, assets.RolePlanner)
	if err != nil {
		return err
	}
	var in struct {
		On     string `json:"on"`
		Reason string `json:"reason"`
	}
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	made, err := s.store.Reverse(c.Request().Context(), w, place, id, in.On, in.Reason)
	if err != nil {
		return said(err)
	}
	return s.answerEntry(c, http.StatusCreated, place, made.ID)
}
