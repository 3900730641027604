package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

// readBody reads a body that must be of one of the media types.
func readBody(c echo.Context, types ...string) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || !slices.Contains(types, kind) {
		c.Response().Header().Set("Accept", strings.Join(types, ", "))
		return nil, echo.NewHTTPError(http.StatusUnsupportedMediaType)
	}
	return io.ReadAll(c.Request().Body)
}

// readJSON reads a JSON object into a struct. Members that the struct does not
// have are refused. The body is what the key of a repeated write is held against.
func readJSON(c echo.Context, into any) (body []byte, err error) {
	if body, err = readBody(c, typeJSON); err != nil {
		return nil, err
	}
	return body, parseJSON(body, into)
}

func parseJSON(body []byte, into any) error {
	if err := exchange.CheckJSON(body); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind):
		return assets.Errorf(assets.Invalid, kind.Field, "类型不对，应为 %s", "is of the wrong type: it must be %s", jsonKind(kind))
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return assets.Errorf(assets.Invalid, strings.Trim(name, `"`), "没有这个成员", "there is no such member")
	}
	return assets.Errorf(assets.Invalid, "body", "不是所要的 JSON 对象", "is not the JSON object that is wanted")
}

func jsonKind(e *json.UnmarshalTypeError) string {
	switch e.Type.Kind().String() {
	case "string", "array":
		return "string"
	case "bool":
		return "boolean"
	case "slice":
		return "array"
	case "map", "struct":
		return "object"
	}
	return "number"
}

// unprocessable is a fault in what a body says, where the body itself could be
// read: 422 instead of 400.
type unprocessable struct{ error }

func (u unprocessable) Unwrap() error { return u.error }

// said marks the faults of a body that could be read.
func said(err error) error {
	if assets.ErrorCode(err) == assets.Invalid {
		return unprocessable{err}
	}
	return err
}
