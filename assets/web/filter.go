package web

import (
	"errors"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/cql2"
)

// filter reads a filter in CQL2 and checks it against the collection.
func (s *Server) filter(c echo.Context, p parameters, collection string) (cql2.Expr, error) {
	system, err := s.system(c, p, "filter-crs", collection)
	if err != nil {
		return nil, err
	}
	parse := cql2.ParseText
	switch language, given := p.text("filter-lang"); {
	case language == "cql2-json":
		parse = func(text string) (cql2.Expr, error) { return cql2.ParseJSON([]byte(text)) }
	case given && language != "cql2-text":
		return nil, assets.Errorf(assets.Invalid, "filter-lang", "应为 cql2-text 或 cql2-json", "must be cql2-text or cql2-json")
	}
	text, ok := p.text("filter")
	if !ok {
		return nil, nil
	}
	e, err := parse(text)
	if err == nil {
		e, err = cql2.Check(e, assets.Queryables(collection), system)
	}
	var fault *cql2.Fault
	if errors.As(err, &fault) {
		return nil, describeFault(fault)
	}
	return e, err
}

func describeFault(f *cql2.Fault) error {
	if f.Offset < 0 {
		return &assets.Error{Code: assets.Invalid, Field: "filter", Text: assets.Text{ZH: f.ZH, EN: f.EN}}
	}
	return assets.Errorf(assets.Invalid, "filter", "第 %[1]d 个字节处：%[2]s", "at byte %[1]d: %[3]s", f.Offset+1, f.ZH, f.EN)
}
