package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"sort"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// object is a JSON object of the API definition.
type object = map[string]any

// definition is the OpenAPI document without what depends on who asks: made from
// the same tables as the answers, so that it cannot say otherwise, and checked
// when the server is made.
type definition struct {
	document object
	bodies   map[string]body // by "METHOD path of the router"
}

// body is what an operation is sent.
type body struct {
	mediaType string
	schema    *openapi3.Schema
}

func newDefinition(version string) (*definition, error) {
	d := &definition{bodies: map[string]body{}, document: object{
		"openapi": "3.0.3",
		"info":    object{"title": programName.EN, "version": orElse(version, "dev"), "description": "The facility registry of a subdistrict · 街道设施登记"},
		"servers": []object{{"url": "/ogc"}},
		"tags": []object{{"name": "features", "description": "OGC API – Features · 要素"}, {"name": "tiles", "description": "OGC API – Tiles · 瓦片"},
			{"name": "people", "description": "Sessions, accounts, tokens · 人员与权限"}, {"name": "catalogue", "description": "Classes, departments · 目录"},
			{"name": "life cycle", "description": "Verbs of an asset's life · 设施生命周期"}, {"name": "history", "description": "History, changes, time machine · 历史"},
			{"name": "field", "description": "What phones send and need: sync, photos, walks · 外业"},
			{"name": "investment", "description": "Projects, entries, what was invested where · 投资"}, {"name": "map", "description": "What the map asks for · 地图"}, {"name": "process", "description": "The process itself · 运行"}},
		"paths": joined(featurePaths(), interfacePaths()),
		"components": object{"parameters": sharedParameters(), "schemas": schemas(), "responses": problems(), "securitySchemes": object{
			"token":   object{"type": "http", "scheme": "bearer", "description": "An API token, also as the password of HTTP Basic"},
			"basic":   object{"type": "http", "scheme": "basic", "description": "Any name, and an API token as the password"},
			"session": object{"type": "apiKey", "in": "cookie", "name": "streetbook", "description": "The cookie of a person who signed in"}}},
		"security": []object{{}, {"token": []string{}}, {"basic": []string{}}, {"session": []string{}}},
	}}
	text, err := json.Marshal(d.document)
	if err != nil {
		return nil, err
	}
	loaded, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("API definition: %w", err)
	}
	if err := loaded.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("API definition: %w", err)
	}
	for path, item := range loaded.Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.RequestBody == nil {
				continue
			}
			for mediaType, content := range operation.RequestBody.Value.Content {
				d.bodies[method+" "+routerPath(path)] = body{mediaType, content.Schema.Value}
			}
		}
	}
	return d, nil
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func joined(maps ...object) object {
	all := object{}
	for _, m := range maps {
		for key, value := range m {
			all[key] = value
		}
	}
	return all
}

// routerPath is a path of the definition as the router writes it. Collections are
// written out in the one and a parameter in the other.
func routerPath(path string) string {
	for _, name := range assets.Collections {
		if rest, ok := strings.CutPrefix(path, "/collections/"+name); ok && (rest == "" || rest[0] == '/') {
			path = "/collections/:collection" + rest
		}
	}
	if !strings.HasPrefix(path, "/api/v1") && path != "/healthz" && path != "/readyz" && path != "/metrics" {
		path = "/ogc" + path
	}
	if path == "/ogc/" {
		path = "/ogc"
	}
	return strings.NewReplacer("{tileMatrix}", ":z", "{tileRow}", ":row", "{tileCol}", ":col", "{", ":", "}", "").Replace(path)
}

// checkBody holds a body against the definition, all its faults at once. What is
// no JSON is left to the handler, which says so.
func (s *Server) checkBody(c echo.Context, r route) error {
	wanted, ok := s.definition.bodies[r.method+" "+r.path]
	if kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType)); !ok || err != nil || kind != wanted.mediaType {
		return nil
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	c.Request().Body = io.NopCloser(bytes.NewReader(body))
	var value any
	if json.Unmarshal(body, &value) != nil {
		return nil
	}
	err = wanted.schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest())
	var list openapi3.MultiError
	if !errors.As(err, &list) {
		return nil
	}
	var faults assets.Errors
	for _, e := range list {
		faults = append(faults, schemaFaults(e)...)
	}
	return said(faults.Err())
}

// schemaFaults says what is wrong with a value in a sentence of our own.
func schemaFaults(err error) (faults assets.Errors) {
	var list openapi3.MultiError
	if errors.As(err, &list) {
		for _, e := range list {
			faults = append(faults, schemaFaults(e)...)
		}
		return faults
	}
	var e *openapi3.SchemaError
	if !errors.As(err, &e) {
		return assets.Errors{assets.Errorf(assets.Invalid, "body", "与接口说明不符", "is not as the API definition says")}
	}
	at := strings.Join(e.JSONPointer(), ".")
	refuse := func(zh, en string, args ...any) assets.Errors {
		return assets.Errors{assets.Errorf(assets.Invalid, at, zh, en, args...)}
	}
	switch e.SchemaField {
	case "required":
		return refuse("必须给出", "is required")
	case "type":
		return refuse("类型应为 %[1]s", "must be of the type %[1]s", e.Schema.Type.Slice())
	case "enum":
		return refuse("应为其中之一：%[1]v", "must be one of: %[1]v", slices.DeleteFunc(slices.Clone(e.Schema.Enum), func(v any) bool { return v == nil }))
	case "properties":
		if _, rest, ok := strings.Cut(e.Reason, `"`); ok {
			name, _, _ := strings.Cut(rest, `"`)
			at = strings.TrimPrefix(at+"."+name, ".")
		}
		return refuse("没有这个成员", "there is no such member")
	case "format", "pattern":
		return refuse("格式应为 %[1]s", "must have the format %[1]s", orElse(e.Schema.Format, e.Schema.Pattern))
	}
	return refuse("不符合 %[1]s 的限制", "is against the limit %[1]s", e.SchemaField)
}

// openAPI answers the definition: what may be asked where.
func (s *Server) openAPI(c echo.Context) error {
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	document := joined(s.definition.document)
	document["servers"] = []object{{"url": s.root(c) + "/ogc"}}
	paths := object{}
	for path, item := range s.definition.document["paths"].(object) {
		if item = joined(item.(object)); item.(object)["servers"] != nil {
			item.(object)["servers"] = []object{{"url": s.root(c) + "/"}}
		}
		paths[path] = item
	}
	document["paths"] = paths
	v := view{Title: assets.Text{ZH: "接口说明", EN: "API documentation"}.In(q.language), Trail: s.trail(c), Table: operationTable(paths),
		Text:  assets.Text{ZH: "写操作需要令牌（Authorization: Bearer …）或登录。", EN: "Writing needs a token (Authorization: Bearer …) or a session."}.In(q.language),
		Links: s.selfAndAlternate(c, q, typeOpenAPI)}
	return s.answer(c, q, typeOpenAPI, document, v)
}

// operationTable lists every operation with its parameters, for people.
func operationTable(paths object) *table {
	rows := &table{Head: []string{"", "", "", "", ""}}
	for path, item := range paths {
		for method, operation := range item.(object) {
			o, ok := operation.(object)
			if !ok {
				continue
			}
			if item.(object)["servers"] == nil {
				path = "/ogc" + strings.TrimPrefix(path, "/ogc")
			}
			var names []string
			for _, p := range o["parameters"].([]any) {
				if name, ok := p.(object)["name"].(string); ok {
					names = append(names, name)
				} else if ref, ok := p.(object)["$ref"].(string); ok {
					names = append(names, ref[strings.LastIndex(ref, "/")+1:])
				}
			}
			rows.Rows = append(rows.Rows, []cell{{Value: o["tags"].([]string)[0]}, {Value: strings.ToUpper(method)}, {Value: path},
				{Value: o["summary"].(string)}, {Value: strings.Join(names, ", ")}})
		}
	}
	sort.Slice(rows.Rows, func(i, k int) bool {
		a, b := rows.Rows[i], rows.Rows[k]
		return a[0].Value+" "+a[2].Value+" "+a[1].Value < b[0].Value+" "+b[2].Value+" "+b[1].Value
	})
	return rows
}
