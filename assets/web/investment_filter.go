package web

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/cql2"
)

// investmentFilters are what every question about money can be limited by.
var investmentFilters = []string{"jurisdiction", "basis", "from", "to", "kind", "fund", "source", "project", "department", "segment", "area", "key", "status", "target", "asset_class",
	"lineage", "filter", "filter-lang"}

// investmentQuery reads them.
func (s *Server) investmentQuery(c echo.Context, p parameters) (q assets.InvestmentQuery, err error) {
	if q.Jurisdiction, err = p.jurisdiction(); err != nil {
		return q, err
	}
	if basis, err := p.among("basis", assets.Bases); err != nil {
		return q, err
	} else if len(basis) > 1 {
		return q, assets.Errorf(assets.Invalid, "basis", "两种口径不能相加，只能选一", "paid and committed are never added: name one")
	} else if len(basis) == 1 {
		q.Basis = basis[0]
	}
	if q.Kinds, err = p.among("kind", assets.ProjectKinds); err != nil {
		return q, err
	}
	fund := "fund"
	if _, ok := p.text("source"); ok {
		fund = "source"
	}
	if q.Funds, err = p.among(fund, assets.Funds); err != nil {
		return q, err
	}
	for name, into := range map[string]*string{"from": &q.From, "to": &q.To} {
		if *into, err = p.day(name); err != nil {
			return q, err
		}
	}
	for name, into := range map[string]*[]uuid.UUID{"project": &q.Projects, "department": &q.Departments, "segment": &q.Segments, "area": &q.Areas} {
		if *into, err = p.ids(name); err != nil {
			return q, err
		}
	}
	if v, ok := p.text("key"); ok {
		if v != "true" && v != "false" {
			return q, assets.Errorf(assets.Invalid, "key", "应为 true 或 false", "must be true or false")
		}
		key := v == "true"
		q.Key = &key
	}
	if q.Lineage, err = p.lineage(); err != nil {
		return q, err
	}
	if q.Statuses, err = p.among("status", assets.ProjectStatuses); err != nil {
		return q, err
	}
	if q.On, err = p.among("target", append(slices.Clone(assets.TargetNouns), assets.OnNothing)); err != nil {
		return q, err
	}
	if q.Classes, err = p.classes("asset_class"); err != nil {
		return q, err
	}
	q.Filter, err = s.targetFilter(c, p)
	return q, err
}

// lineage reads which view of segments that were split or merged is wanted.
func (p parameters) lineage() (string, error) {
	view, err := p.among("lineage", assets.LineageViews)
	if len(view) > 1 {
		err = assets.Errorf(assets.Invalid, "lineage", "只能选一种", "name one")
	}
	if err != nil || len(view) == 0 {
		return "", err
	}
	return view[0], nil
}

// targetFilter reads a filter in CQL2 on what money falls on, for each collection
// that has all the properties it names; it must be one at least.
func (s *Server) targetFilter(c echo.Context, p parameters) (filter map[string]cql2.Expr, err error) {
	var fault error
	for _, collection := range []string{assets.CollectionSegments, assets.CollectionAreas, assets.CollectionAssets} {
		e, err := s.filter(c, p, collection)
		switch {
		case err == nil && e == nil:
			return nil, nil
		case err == nil && filter == nil:
			filter = map[string]cql2.Expr{collection: e}
		case err == nil:
			filter[collection] = e
		case assets.ErrorCode(err) != assets.Invalid:
			return nil, err
		case fault == nil:
			fault = err
		}
	}
	if filter == nil {
		return nil, fault
	}
	return filter, nil
}

// classes reads a list of codes of classes, or none.
func (p parameters) classes(name string) ([]string, error) {
	v, ok := p.text(name)
	if !ok {
		return nil, nil
	}
	list := strings.Split(v, ",")
	for _, word := range list {
		if word != assets.NoClass && (len(word) != 4 || !digitsOnly(word)) {
			return nil, assets.Errorf(assets.Invalid, name, "“%s”不是 4 位类别编码，也不是 none", "%q is neither a 4-digit class code nor none", word)
		}
	}
	return list, nil
}

// among reads a list of words, each of which must be one of those that are known.
func (p parameters) among(name string, known []string) ([]string, error) {
	v, ok := p.text(name)
	if !ok {
		return nil, nil
	}
	list := strings.Split(v, ",")
	for _, word := range list {
		if !slices.Contains(known, word) {
			return nil, assets.Errorf(assets.Invalid, name, "“%s”不在 %v 之中", "%q is not one of %v", word, known)
		}
	}
	return list, nil
}

// day reads a date; "" where it is not given.
func (p parameters) day(name string) (string, error) {
	v, ok := p.text(name)
	if !ok {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, v); err != nil {
		return "", assets.Errorf(assets.Invalid, name, "应为 2024-05-01 这样的日期", "must be a date such as 2024-05-01")
	}
	return v, nil
}

// ids reads a list of UUIDs.
func (p parameters) ids(name string) (list []uuid.UUID, err error) {
	v, ok := p.text(name)
	if !ok {
		return nil, nil
	}
	for word := range strings.SplitSeq(v, ",") {
		if word == "none" && name == "department" {
			list = append(list, assets.NoDepartment)
			continue
		}
		id, err := uuid.Parse(word)
		if err != nil || len(word) != 36 {
			return nil, assets.Errorf(assets.Invalid, name, "“%s”不是 UUID", "%q is no UUID", word)
		}
		list = append(list, id)
	}
	return list, nil
}

// dimensionsAsked reads by: one or two of the dimensions, and the words they were
// asked by. Funds are also called sources; both words mean the same.
func (p parameters) dimensionsAsked() (list, words []string, err error) {
	v, err := p.required("by")
	if err != nil {
		return nil, nil, err
	}
	words = strings.Split(v, ",")
	for _, word := range words {
		name := word
		if word == "source" {
			name = "fund"
		}
		if !slices.Contains(assets.Dimensions, name) {
			return nil, nil, assets.Errorf(assets.Invalid, "by", "“%s”不在 %v 之中", "%q is not one of %v", word, assets.Dimensions)
		}
		list = append(list, name)
	}
	if len(list) > 2 || len(list) == 2 && list[0] == list[1] {
		return nil, nil, assets.Errorf(assets.Invalid, "by", "最多两个不同的维度", "at most two dimensions, and different ones")
	}
	return list, words, nil
}

// language reads lang, for links that a page gives out in its reader's language;
// otherwise it is the one that the client prefers.
func (p parameters) language(c echo.Context) (string, error) {
	switch v, ok := p.text("lang"); {
	case !ok:
		return languageOf(c.Request()), nil
	case v == "zh-CN" || v == "en":
		return v, nil
	}
	return "", assets.Errorf(assets.Invalid, "lang", "应为 zh-CN 或 en", "must be zh-CN or en")
}

// measures are what an amount can be divided by, and the amount itself.
var measures = []string{"total", "per_m", "per_m2", "per_asset", "per_resident"}
