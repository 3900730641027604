package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// statusOf is the one place where codes become statuses.
var statusOf = map[assets.Code]int{
	assets.Invalid:     http.StatusBadRequest,
	assets.NotFound:    http.StatusNotFound,
	assets.Conflict:    http.StatusConflict,
	assets.Reused:      http.StatusUnprocessableEntity,
	assets.TooLarge:    http.StatusRequestEntityTooLarge,
	assets.Unsupported: http.StatusNotAcceptable,
}

// titles of the problems that have no sentence of their own.
var titles = map[int]assets.Text{
	http.StatusBadRequest:          {ZH: "请求有误", EN: "The request is wrong"},
	http.StatusNotFound:            {ZH: "没有此内容", EN: "There is nothing here"},
	http.StatusMethodNotAllowed:    {ZH: "此处不接受这种方法", EN: "This method is not taken here"},
	http.StatusNotAcceptable:       {ZH: "没有所要的格式", EN: "There is no such format"},
	http.StatusConflict:            {ZH: "与现有内容冲突", EN: "It conflicts with what is there"},
	http.StatusServiceUnavailable:  {ZH: "暂时繁忙，请稍后再试", EN: "Busy at the moment: please try again"},
	http.StatusInternalServerError: {ZH: "服务器内部错误", EN: "Internal error"},
}

// problem is RFC 9457's body.
type problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail,omitempty"`
	Field  string  `json:"field,omitempty"`
	Errors []fault `json:"errors,omitempty"` // all of them, where there are several
}

type fault struct {
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail"`
}

// answerError answers every error that a handler returns. What is not a
// person's fault is logged once, here, and shown as no more than that.
func (s *Server) answerError(err error, c echo.Context) {
	if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		return // nobody is listening any more
	}
	if c.Response().Committed {
		// Part of the answer is out. It must not end as if it were whole.
		s.config.Log.Error("answer cut off", "method", c.Request().Method, "path", c.Request().URL.Path, "error", err)
		panic(http.ErrAbortHandler)
	}
	p := s.problemOf(err, c)
	body, err := json.Marshal(p)
	if err != nil {
		s.config.Log.Error("problem cannot be written", "error", err)
	}
	h := c.Response().Header()
	h.Set("Vary", "Accept, Accept-Language")
	h.Del("ETag")
	h.Del("Cache-Control")
	openToAll(c)
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	if err := c.Blob(p.Status, "application/problem+json", body); err != nil {
		s.config.Log.Debug("problem was not sent", "error", err)
	}
}

func (s *Server) problemOf(err error, c echo.Context) problem {
	language := languageOf(c.Request())
	var (
		list  assets.Errors
		one   *assets.Error
		place *geo.Fault
		echoE *echo.HTTPError
		large *http.MaxBytesError
	)
	switch {
	case errors.As(err, &list) && len(list) > 0:
		p := domainProblem(list[0], language)
		for _, e := range list {
			p.Errors = append(p.Errors, fault{Field: e.Field, Detail: e.Text.In(language)})
		}
		return p
	case errors.As(err, &one):
		return domainProblem(one, language)
	case errors.As(err, &place):
		return domainProblem(assets.FromGeo(place), language)
	case errors.As(err, &large):
		return domainProblem(assets.Errorf(assets.TooLarge, "body", "请求体超过 %d 字节", "the body is larger than %d bytes", large.Limit), language)
	case errors.As(err, &echoE) && echoE.Code < 500:
		return newProblem(echoE.Code, fmt.Sprint("http-", echoE.Code), language)
	case errors.Is(err, errBusy) || postgis.IsOverload(err):
		s.config.Log.Warn("too busy", "method", c.Request().Method, "route", c.Path(), "error", err)
		return newProblem(http.StatusServiceUnavailable, "busy", language)
	}
	s.config.Log.Error("internal error", "method", c.Request().Method, "route", c.Path(), "query", c.Request().URL.RawQuery, "error", err)
	return newProblem(http.StatusInternalServerError, "internal", language)
}

func domainProblem(e *assets.Error, language string) problem {
	p := newProblem(statusOf[e.Code], string(e.Code), language)
	p.Detail, p.Field = e.Text.In(language), e.Field
	if p.Field != "" {
		p.Detail = p.Field + ": " + p.Detail
	}
	return p
}

func newProblem(status int, kind, language string) problem {
	title, ok := titles[status]
	if !ok {
		title = assets.Text{ZH: http.StatusText(status), EN: http.StatusText(status)}
	}
	return problem{Type: "/problems/" + kind, Title: title.In(language), Status: status}
}

// recoverPanics makes a panic an internal error of one request. An aborted
// answer passes: net/http closes its connection.
func (s *Server) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			r := recover()
			if r == nil {
				return
			}
			if r == http.ErrAbortHandler {
				panic(r)
			}
			s.config.Log.Error("panic", "value", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", r)
		}()
		return next(c)
	}
}
