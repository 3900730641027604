package web

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/geo"
)

// parameters are the query parameters of a request, all of them known.
type parameters struct{ values url.Values }

// parametersOf refuses every parameter that is not in the list, so that a typo
// never looks like an answer. The same parameter twice is taken when both say
// the same.
func parametersOf(c echo.Context, known ...string) (parameters, error) {
	values, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return parameters{}, assets.Errorf(assets.Invalid, "query", "查询字符串的编码有误", "the query string is not encoded rightly")
	}
	for name, list := range values {
		if !slices.Contains(known, name) {
			return parameters{}, assets.Errorf(assets.Invalid, name, "没有这个参数；可用：%s", "there is no such parameter; there are: %s", strings.Join(known, ", "))
		}
		for _, v := range list[1:] {
			if v != list[0] {
				return parameters{}, assets.Errorf(assets.Invalid, name, "同一参数给了不同的值", "is given twice with different values")
			}
		}
	}
	return parameters{values}, nil
}

// text is a parameter's value; ok is false when it is not there.
func (p parameters) text(name string) (string, bool) {
	list, ok := p.values[name]
	if !ok {
		return "", false
	}
	return list[0], true
}

// required is a parameter that must be there and say something.
func (p parameters) required(name string) (string, error) {
	v, ok := p.text(name)
	if !ok || v == "" {
		return "", assets.Errorf(assets.Invalid, name, "必须给出", "is required")
	}
	return v, nil
}

// limit is 1 or more; above the maximum the maximum counts, as the standard says.
func (p parameters) limit(standard, most int) (int, error) {
	v, ok := p.text("limit")
	if !ok {
		return standard, nil
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil || n < 1 {
		// A number too large for 64 bits is still a number above the maximum.
		if digitsOnly(v) && strings.Trim(v, "0") != "" {
			return most, nil
		}
		return 0, assets.Errorf(assets.Invalid, "limit", "应为 1 到 %d 的整数", "must be a whole number from 1 to %d", most)
	}
	return int(math.Min(float64(n), float64(most))), nil
}

func digitsOnly(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// jurisdiction reads the parameter of that name, which must be a division code.
func (p parameters) jurisdiction() (string, error) {
	v, err := p.required("jurisdiction")
	if err != nil {
		return "", err
	}
	if len(v) != 9 || !digitsOnly(v) {
		return "", assets.Errorf(assets.Invalid, "jurisdiction", "应为 9 位数字的区划代码", "must be a 9-digit division code")
	}
	return v, nil
}

// selection reads bbox and the properties of a collection. Several values of a
// property, joined by commas, mean any of them.
func (p parameters) selection(collection string, v assets.View, box *geo.System) (assets.Query, error) {
	q := assets.Query{View: v}
	at, err := p.datetime()
	if err != nil {
		return q, err
	}
	q.At = at
	if v, ok := p.text("bbox"); ok {
		if q.Bounds, q.Within, err = box.ParseBBox(v); err != nil {
			return q, err
		}
	}
	for _, property := range assets.Properties(collection) {
		v, ok := p.text(property.Name)
		if !ok {
			continue
		}
		e, err := assets.NewEqual(collection, property.Name, strings.Split(v, ","))
		if err != nil {
			return q, err
		}
		q = q.With(e)
	}
	return q, nil
}

// datetime reads an instant or interval of RFC 3339. An instant in the past asks
// for the registry as it was then; a day stands for its end in China. An
// interval selects everything as it is now: no collection has a property of
// time to compare it with, and what a client such as GDAL means by one is a
// filter that it applies again itself.
func (p parameters) datetime() (at time.Time, err error) {
	v, ok := p.text("datetime")
	if !ok {
		return at, nil
	}
	wrong := assets.Errorf(assets.Invalid, "datetime", "应为 RFC 3339 的时刻或区间，如 2024-05-01T00:00:00Z/..", "must be an instant or interval of RFC 3339 such as 2024-05-01T00:00:00Z/..")
	ends := strings.Split(v, "/")
	if v == "" || len(ends) > 2 {
		return at, wrong
	}
	var times []time.Time
	for _, end := range ends {
		if len(ends) == 2 && (end == "" || end == "..") {
			continue
		}
		t, err := parseTime(end)
		if err != nil {
			return at, wrong
		}
		times = append(times, t)
	}
	switch {
	case len(times) == 2 && times[1].Before(times[0]):
		return at, wrong
	case len(ends) == 1 && times[0].Before(time.Now()):
		at = times[0]
	}
	return at, nil
}

// china is the time zone in which a day is meant.
var china = time.FixedZone("UTC+8", 8*60*60)

// span reads from and to, two instants or days in order.
func (p parameters) span() (from, to time.Time, err error) {
	for name, t := range map[string]*time.Time{"from": &from, "to": &to} {
		v, err := p.required(name)
		if err != nil {
			return from, to, err
		}
		if *t, err = parseTime(v); err != nil {
			return from, to, assets.Errorf(assets.Invalid, name, "应为 RFC 3339 的时刻，如 2024-05-01T00:00:00Z", "must be an instant of RFC 3339 such as 2024-05-01T00:00:00Z")
		}
	}
	if to.Before(from) {
		return from, to, assets.Errorf(assets.Invalid, "to", "早于 from", "is before from")
	}
	return from, to, nil
}

// parseTime takes a date-time, or a date as its end, also with the T that GDAL
// leaves behind a date.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, strings.TrimSuffix(s, "T"), china)
	return day.AddDate(0, 0, 1).Add(-time.Microsecond), err
}

// idOf reads the id in the path. What is no UUID names nothing.
func idOf(c echo.Context) (uuid.UUID, error) {
	text := c.Param("id")
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return uuid.Nil, assets.Errorf(assets.NotFound, "id", "没有这个对象", "no such object")
	}
	return id, nil
}

// collectionOf reads the collection in the path.
func collectionOf(c echo.Context) (string, error) {
	name := c.Param("collection")
	if !slices.Contains(assets.Collections, name) {
		return "", assets.Errorf(assets.NotFound, "collection", "没有这个集合；有：%s", "there is no such collection; there are: %s", strings.Join(assets.Collections, ", "))
	}
	return name, nil
}

// propertyNames are the parameters a collection can be filtered by.
func propertyNames(collection string) []string {
	names := make([]string, 0, 32) // and room for what a resource knows besides
	for _, p := range assets.Properties(collection) {
		names = append(names, p.Name)
	}
	return names
}
