package web

import (
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// Limits of a search.
const (
	searchLimit = 20
	maxSearch   = 100
	maxQuestion = 100 // characters
)

// search finds objects by code, name or road.
func (s *Server) search(c echo.Context) error {
	p, err := ask(c, documentFormats, "jurisdiction", "q", "limit")
	if err != nil {
		return err
	}
	jurisdiction, err := s.placeOf(c, p.parameters)
	if err != nil {
		return err
	}
	question, err := p.required("q")
	if err != nil {
		return err
	}
	if question = strings.TrimSpace(question); utf8.RuneCountInString(question) > maxQuestion || !utf8.ValidString(question) || strings.ContainsRune(question, 0) {
		return assets.Errorf(assets.Invalid, "q", "最多 %d 个字符的文本", "must be a text of at most %d characters", maxQuestion)
	}
	limit, err := p.limit(searchLimit, maxSearch)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	hits, err := s.store.Search(ctx, jurisdiction, question, limit)
	if err != nil {
		return err
	}
	return s.listed(c, p, listing{title: assets.Text{ZH: "查找", EN: "Search"}, member: "results", document: map[string]any{"results": hits}})
}
