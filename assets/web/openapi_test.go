package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/web"
)

// undescribed are the routes of the pages, which are no interface.
var undescribed = []string{"GET /", "GET /login", "GET /field", "GET /sw.js", "GET /static/:hash/*", "GET /favicon.ico", "GET /trust", "GET /trust/ca.crt", "GET /ogc/"}

// TestTheDefinitionIsTrue: the API definition is valid, names every route and
// nothing else, and every parameter that it names is taken, every other refused.
func TestTheDefinitionIsTrue(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 2, web.Config{Anonymous: true})
	body := tw.as(t, "", "GET", "/ogc/api", nil).want(t, 200).body
	api, err := openapi3.NewLoader().LoadFromData(body)
	if err != nil {
		t.Fatal(err)
	}
	if err := api.Validate(context.Background()); err != nil {
		t.Error(err)
	}
	if api.OpenAPI != "3.0.3" || len(api.Servers) != 1 || api.Servers[0].URL != tw.URL+"/ogc" {
		t.Fatalf("%.300s", body)
	}
	described := map[string]bool{}
	ids := map[string]bool{}
	for path, item := range api.Paths.Map() {
		for method, o := range item.Operations() {
			if ids[o.OperationID] || o.OperationID == "" {
				t.Errorf("%s %s: %q is not unique", method, path, o.OperationID)
			}
			ids[o.OperationID] = true
			described[method+" "+web.RouterPath(path)] = true
			if method == http.MethodGet && !strings.HasSuffix(path, "/events") {
				tw.tryParameters(t, item, path, o)
			}
			if secured := o.Security != nil; secured != slices.Contains([]string{"viewer", "field", "planner", "admin"}, rights[method+" "+web.RouterPath(path)]) && method != http.MethodGet && !strings.HasPrefix(path, "/api/v1/session") && !strings.HasPrefix(path, "/api/v1/tokens") {
				t.Errorf("%s %s: secured %v", method, path, secured)
			}
		}
	}
	for _, line := range tw.server.Table() {
		if !described[line] && !slices.Contains(undescribed, line) {
			t.Errorf("%s is not described", line)
		}
		delete(described, line)
	}
	for line := range described {
		t.Errorf("%s is described, and not there", line)
	}
}

// tryParameters asks an operation with each parameter that it names, and with one
// that it does not.
func (tw *town) tryParameters(t *testing.T, item *openapi3.PathItem, path string, o *openapi3.Operation) {
	t.Helper()
	here := "/ogc" + path
	if len(item.Servers) > 0 {
		here = path
	}
	here = tw.fill(t, web.RouterPath(path)[:0]+strings.NewReplacer("{tileMatrix}", "10", "{tileRow}", "406", "{tileCol}", "835", "{collection}", "assets").Replace(here))
	if strings.Contains(here, "{id}") {
		kind := assets.CollectionAssets
		for _, name := range assets.Collections {
			if strings.Contains(here, "/"+name+"/") {
				kind = name
			}
		}
		list := tw.as(t, "root", "GET", "/ogc/collections/"+kind+"/items", nil).want(t, 200)
		here = strings.Replace(here, "{id}", decode[collection](t, list.body).Features[0].ID, 1)
	}
	base := url.Values{}
	for _, p := range o.Parameters {
		if p.Value.In == "query" && p.Value.Required {
			base.Set(p.Value.Name, valueFor(p.Value))
		}
	}
	who := "root"
	if strings.HasPrefix(path, "/api/v1/tokens") {
		return // for persons alone: TestTokens
	}
	ask := func(name, value string) answer {
		q := url.Values{}
		for k, v := range base {
			q[k] = v
		}
		q.Set(name, value)
		return tw.as(t, who, "GET", strings.SplitN(here, "?", 2)[0]+"?"+q.Encode(), nil)
	}
	if a := ask("no_such", "1"); a.StatusCode != 400 {
		t.Errorf("%s with an unknown parameter: %d %s", here, a.StatusCode, a.body)
	}
	for _, p := range o.Parameters {
		if p.Value.In != "query" {
			continue
		}
		if a := ask(p.Value.Name, valueFor(p.Value)); a.StatusCode != 200 && a.StatusCode != 204 {
			t.Errorf("%s?%s=%s: %d %s", here, p.Value.Name, valueFor(p.Value), a.StatusCode, a.body)
		}
	}
}

func valueFor(p *openapi3.Parameter) string {
	known := map[string]string{"bbox": "113,34,114,35", "datetime": "2024-05-01T/..", "after": place + "." + segmentID.String(), "from": "2020-01-01", "to": "2030-01-01",
		"jurisdiction": place, "at": "113.75,34.75", "segments": segmentID.String(), "since": "0", "q": "x", "filter": "version > 0", "filter-lang": "cql2-text",
		"department": "none", "asset_class": "0118"}
	schema := p.Schema.Value
	if v := known[p.Name]; v != "" && schema.Format != "uuid" {
		return v
	}
	if schema.Items != nil {
		schema = schema.Items.Value
	}
	switch {
	case len(schema.Enum) > 0:
		return fmt.Sprint(schema.Enum[len(schema.Enum)-1])
	case schema.Format == "uuid":
		return uuid.NewString()
	case schema.Format == "date":
		return "2024-05-01"
	case schema.Format == "date-time":
		return "2024-05-01T00:00:00Z"
	}
	return map[string]string{"boolean": "true", "number": "1", "integer": "1", "string": "1"}[schema.Type.Slice()[0]]
}

// TestBodiesAreHeldAgainstTheDefinition: every fault at once, each with its field.
func TestBodiesAreHeldAgainstTheDefinition(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	for _, c := range []struct{ who, method, path, body, want string }{
		{"root", "POST", "/api/v1/accounts", `{"roles":{"x":"king"},"extra":1}`, "extra name roles.x"},
		{"root", "POST", "/api/v1/classes", `{"jurisdiction":"1","major":"01","name":5,"geometry":"blob","icon":"x","color":"red","fields":[{"key":"A"}]}`,
			"color fields.0.key fields.0.kind fields.0.name geometry jurisdiction name"},
		{"field", "POST", "/api/v1/assets/" + uuid.NewString() + "/move", `{"on":5}`, "geometry on"},
		{"planner", "POST", "/api/v1/bulk", `{"jurisdiction":"` + place + `","select":{"ids":["x"]},"set":{"condition":"bad"},"all":true}`, "all select.ids.0 set.condition"},
	} {
		a := tw.as(t, c.who, c.method, c.path, c.body).want(t, 422)
		var fields []string
		for _, e := range decode[struct{ Errors []struct{ Field string } }](t, a.body).Errors {
			if !slices.Contains(fields, e.Field) {
				fields = append(fields, e.Field)
			}
		}
		slices.Sort(fields)
		if got := strings.Join(fields, " "); got != c.want {
			t.Errorf("%s: %s, want %s: %s", c.path, got, c.want, a.body)
		}
	}
}
