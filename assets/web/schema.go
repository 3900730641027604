package web

import (
	"slices"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

const typeSchema = "application/schema+json"

// Relations of schemas.
const (
	relQueryables = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
	relSchema     = "http://www.opengis.net/def/rel/ogc/1.0/schema"
)

// queryables answers what features of a collection can be filtered by.
func (s *Server) queryables(c echo.Context) error {
	return s.schemaDocument(c, relQueryables, func(collection string) object {
		return object{"properties": schemaProperties(collection, true), "additionalProperties": false}
	})
}

// schema answers what a feature of a collection holds, and what of it can be
// written.
func (s *Server) schema(c echo.Context) error {
	return s.schemaDocument(c, relSchema, func(collection string) object {
		return object{"properties": schemaProperties(collection, false), "required": requiredOf[collection]}
	})
}

// requiredOf each collection, in what a new feature must say.
var requiredOf = map[string][]string{
	assets.CollectionAreas:    {"geometry", "name", "level"},
	assets.CollectionSegments: {"geometry", "name"},
	assets.CollectionAssets:   {"geometry", "class"},
}

func (s *Server) schemaDocument(c echo.Context, self string, make func(string) object) error {
	collection, err := collectionOf(c)
	if err != nil {
		return err
	}
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	d := make(collection)
	title := collectionTitles[collection][0].In(q.language)
	d["$schema"], d["$id"] = "https://json-schema.org/draft/2020-12/schema", s.root(c)+c.Request().URL.EscapedPath()
	d["type"], d["title"] = "object", title
	v := view{Title: title, Trail: s.trail(c, "/collections", assets.Text{ZH: "集合", EN: "Collections"}.In(q.language), "/collections/"+collection, title),
		Links: s.selfAndAlternate(c, q, typeSchema), Table: &table{Head: []string{"", "", ""}}}
	for _, p := range assets.Members(collection) {
		v.Table.Rows = append(v.Table.Rows, []cell{{Value: p.Name}, {Value: p.Title.In(q.language)}, {Value: p.Kind}})
	}
	return s.answer(c, q, typeSchema, d, v)
}

// schemaProperties describes the members of a feature: those that can be asked
// for, or all.
func schemaProperties(collection string, queryable bool) object {
	properties := object{"geometry": object{"title": "Geometry", "format": geometryFormats[collection], "x-ogc-role": "primary-geometry"}}
	for _, p := range assets.Members(collection) {
		if queryable && !p.Queryable() {
			continue
		}
		schema := object{"title": p.Title.EN, "description": p.Title.ZH}
		switch p.Kind {
		case assets.KindNumber:
			schema["type"] = "number"
		case assets.KindInteger:
			schema["type"] = "integer"
		case assets.KindFlag:
			schema["type"] = "boolean"
		case assets.KindObject:
			schema["type"] = "object"
		default:
			schema["type"] = "string"
		}
		switch p.Kind {
		case assets.KindID:
			schema["format"] = "uuid"
		case assets.KindDate:
			schema["format"] = "date"
		case assets.KindTime:
			schema["format"] = "date-time"
		case assets.KindChoice:
			schema["enum"] = p.Values
		}
		if !queryable && slices.Contains(exchange.ReadOnly(collection), p.Name) {
			schema["readOnly"] = true
		}
		properties[p.Name] = schema
	}
	return properties
}

// geometryFormats of OGC API – Features – Part 5.
var geometryFormats = map[string]string{
	assets.CollectionAreas:    "geometry-polygon-or-multipolygon",
	assets.CollectionSegments: "geometry-linestring",
	assets.CollectionAssets:   "geometry-any",
}
