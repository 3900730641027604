package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime/debug"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// statusOf is the one place where codes become statuses.
var statusOf = map[assets.Code]int{
	assets.Invalid:         http.StatusBadRequest,
	assets.Unauthenticated: http.StatusUnauthorized,
	assets.Forbidden:       http.StatusForbidden,
	assets.NotFound:        http.StatusNotFound,
	assets.Conflict:        http.StatusConflict,
	assets.Stale:           http.StatusPreconditionFailed,
	assets.Unmatched:       http.StatusPreconditionRequired,
	assets.Reused:          http.StatusUnprocessableEntity,
	assets.Throttled:       http.StatusTooManyRequests,
	assets.TooLarge:        http.StatusRequestEntityTooLarge,
	assets.Unsupported:     http.StatusNotAcceptable,
	assets.NotYet:          http.StatusConflict,
	assets.Gone:            http.StatusGone,
	assets.Full:            http.StatusInsufficientStorage,
}

// titles of the problems that have no sentence of their own.
var titles = map[int]assets.Text{
	http.StatusBadRequest:           {ZH: "请求有误", EN: "The request is wrong"},
	http.StatusUnauthorized:         {ZH: "需要登录", EN: "Sign in first"},
	http.StatusForbidden:            {ZH: "没有权限", EN: "You may not do this"},
	http.StatusPreconditionFailed:   {ZH: "已被他人改动", EN: "Somebody changed it"},
	http.StatusPreconditionRequired: {ZH: "须给出所见的版本", EN: "Say which version you saw"},
	http.StatusUnprocessableEntity:  {ZH: "内容有误", EN: "The content is wrong"},
	http.StatusUnsupportedMediaType: {ZH: "不接受这种内容类型", EN: "This content type is not taken"},
	http.StatusTooManyRequests:      {ZH: "尝试次数过多", EN: "Too many attempts"},
	http.StatusNotFound:             {ZH: "没有此内容", EN: "There is nothing here"},
	http.StatusMethodNotAllowed:     {ZH: "此处不接受这种方法", EN: "This method is not taken here"},
	http.StatusNotAcceptable:        {ZH: "没有所要的格式", EN: "There is no such format"},
	http.StatusConflict:             {ZH: "与现有内容冲突", EN: "It conflicts with what is there"},
	http.StatusGone:                 {ZH: "已被删除", EN: "It was deleted"},
	http.StatusInsufficientStorage:  {ZH: "存储空间不足", EN: "There is no room left"},
	http.StatusServiceUnavailable:   {ZH: "暂时繁忙，请稍后再试", EN: "Busy at the moment: please try again"},
	http.StatusInternalServerError:  {ZH: "服务器内部错误", EN: "Internal error"},
}

// problem is RFC 9457's body.
type problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail,omitempty"`
	Field  string  `json:"field,omitempty"`
	Errors []fault `json:"errors,omitempty"` // all of them, where there are several

	Current    *json.RawMessage   `json:"current,omitempty"`    // of 412 and 428: the object as it is now, null if deleted
	Candidates []candidate        `json:"candidates,omitempty"` // of 409: what a new asset may be the same as
	MovedOn    []assets.ObjectRef `json:"moved_on,omitempty"`   // of 409: what was changed since
}

// candidate is an asset that a new one may be the same as.
type candidate struct {
	ID        uuid.UUID       `json:"id"`
	Code      string          `json:"code"`
	Name      string          `json:"name"`
	Class     string          `json:"class"`
	DistanceM float64         `json:"distance_m"`
	Geometry  json.RawMessage `json:"geometry"`
}

func candidateOf(t assets.Candidate) candidate {
	return candidate{t.ID, t.Code, t.Name, t.Class, math.Round(t.DistanceM*100) / 100, geo.AppendGeometry(nil, t.Geometry)}
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
	if explain(&p, err); p.Status == http.StatusUnprocessableEntity {
		p.Title = titles[p.Status].In(languageOf(c.Request()))
	}
	body, err := json.Marshal(p)
	if err != nil {
		s.config.Log.Error("problem cannot be written", "error", err)
	}
	h := c.Response().Header()
	h.Set("Vary", "Accept, Accept-Language")
	h.Del("ETag")
	h.Del("Cache-Control")
	openToAll(c)
	if p.Status == http.StatusUnauthorized && c.Path() != "/api/v1/session" {
		h.Set("WWW-Authenticate", `Bearer realm="Streetbook"`)
	}
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	if err := c.Blob(p.Status, "application/problem+json", body); err != nil {
		s.config.Log.Debug("problem was not sent", "error", err)
	}
}

// explain adds what some problems carry beyond a sentence.
func explain(p *problem, err error) {
	var said unprocessable
	var moved movedOn
	var twins *assets.Duplicate
	var objects *assets.MovedOn
	switch {
	case errors.As(err, &said) && p.Status == http.StatusBadRequest:
		p.Status = http.StatusUnprocessableEntity
	case errors.As(err, &moved):
		current := orNull(moved.current)
		p.Current = &current
	case errors.As(err, &twins):
		for _, t := range twins.Candidates {
			p.Candidates = append(p.Candidates, candidateOf(t))
		}
	case errors.As(err, &objects):
		p.MovedOn = objects.Objects
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
