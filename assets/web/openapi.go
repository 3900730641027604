package web

import (
	"sort"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/geo"
)

// object is a JSON object of the API definition.
type object = map[string]any

// openAPI answers the definition of the OGC part: what may be asked where. It is
// made from the same tables as the answers, so that it cannot say otherwise.
func (s *Server) openAPI(c echo.Context) error {
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	paths := apiPaths()
	document := object{
		"openapi": "3.0.3",
		"info": object{"title": programName.In(q.language), "version": s.config.Version,
			"description": assets.Text{ZH: "街道设施登记", EN: "The facility registry of a subdistrict"}.In(q.language)},
		"servers":    []object{{"url": s.root(c) + "/ogc"}},
		"paths":      paths,
		"components": object{"parameters": sharedParameters(), "schemas": schemas(), "responses": problems()},
	}
	rows := &table{Head: []string{"", "operationId", ""}}
	for path, item := range paths {
		operation := item.(object)["get"].(object)
		rows.Rows = append(rows.Rows, []cell{{Value: "GET /ogc" + path}, {Value: operation["operationId"].(string)}, {Value: operation["summary"].(string)}})
	}
	sort.Slice(rows.Rows, func(i, k int) bool { return rows.Rows[i][0].Value < rows.Rows[k][0].Value })
	v := view{Title: assets.Text{ZH: "接口说明", EN: "API documentation"}.In(q.language), Trail: s.trail(c), Table: rows,
		Links: s.selfAndAlternate(c, q, typeOpenAPI)}
	return s.answer(c, q, typeOpenAPI, document, v)
}

// apiPaths lists every path below /ogc. Collections are written out one by one:
// QGIS and GDAL find the parameters of a collection only there.
func apiPaths() object {
	paths := object{
		"/":            operation("getLandingPage", "Landing page", documentAnswer(), shared("f")),
		"/api":         operation("getApi", "This definition", answerOf("The definition", typeOpenAPI, "object"), shared("f")),
		"/conformance": operation("getConformance", "Conformance classes", documentAnswer(), shared("f")),
		"/collections": operation("getCollections", "Collections", documentAnswer(), shared("f")),
		"/tiles":       operation("all.dataset.vector.getTileSetsList", "Sets of vector tiles of everything", documentAnswer(), shared("f")),
		"/tiles/WebMercatorQuad": operation("all.dataset.vector.getTileSet", "The set of vector tiles of everything", documentAnswer(),
			shared("tilesetFormat")),
		"/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}": operation("all.dataset.vector.getTile", "A vector tile of everything", tileAnswer(),
			tileParameters(), queryParameter(assets.Property{Name: "jurisdiction", Kind: assets.KindText})),
		"/tileMatrixSets":                 operation("getTileMatrixSetsList", "Tile matrix sets", documentAnswer(), shared("f")),
		"/tileMatrixSets/WebMercatorQuad": operation("getTileMatrixSet", "WebMercatorQuad", documentAnswer(), shared("f")),
	}
	for _, name := range assets.Collections {
		title, here := collectionTitles[name][0].EN, "/collections/"+name
		var properties []any
		for _, p := range assets.Properties(name) {
			properties = append(properties, queryParameter(p)...)
		}
		paths[here] = operation("describe_"+name, title, documentAnswer(), shared("f"))
		paths[here+"/items"] = operation("get_"+name, "Features: "+title, answerOf("A page of features", typeGeoJSON, "featureCollection"),
			shared("f", "bbox", "datetime", "limit", "after"), properties)
		paths[here+"/items/{id}"] = operation("get_one_of_"+name, "One feature: "+title, answerOf("The feature", typeGeoJSON, "feature"), shared("id", "f"))
		paths[here+"/tiles"] = operation(name+".collection.vector.getTileSetsList", "Sets of vector tiles: "+title, documentAnswer(), shared("f"))
		paths[here+matrix] = operation(name+".collection.vector.getTileSet", "The set of vector tiles: "+title, documentAnswer(), shared("tilesetFormat"))
		paths[here+matrix+"/{tileMatrix}/{tileRow}/{tileCol}"] = operation(name+".collection.vector.getTile", "A vector tile: "+title, tileAnswer(),
			tileParameters(), properties)
	}
	return paths
}

func operation(id, summary string, answer object, parameters ...[]any) object {
	all := []any{}
	for _, list := range parameters {
		all = append(all, list...)
	}
	responses := object{"400": object{"$ref": "#/components/responses/problem"}, "404": object{"$ref": "#/components/responses/problem"},
		"406": object{"$ref": "#/components/responses/problem"}, "500": object{"$ref": "#/components/responses/problem"},
		"503": object{"$ref": "#/components/responses/problem"}}
	for status, response := range answer {
		responses[status] = response
	}
	return object{"get": object{"operationId": id, "summary": summary, "parameters": all, "responses": responses}}
}

// The answers of operations, by status.
func documentAnswer() object { return answerOf("The document", typeJSON, "object") }

func tileAnswer() object {
	return object{
		"200": object{"description": "The tile", "content": object{typeMVT: object{"schema": object{"type": "string", "format": "binary"}}}},
		"204": object{"description": "Nothing is there"},
	}
}

func tileParameters() []any { return shared("tileMatrix", "tileRow", "tileCol", "tileFormat") }

func answerOf(description, mediaType, schema string) object {
	return object{"200": object{"description": description, "content": object{
		mediaType:   object{"schema": object{"$ref": "#/components/schemas/" + schema}},
		"text/html": object{"schema": object{"type": "string"}}}}}
}

func shared(names ...string) (list []any) {
	for _, name := range names {
		list = append(list, object{"$ref": "#/components/parameters/" + name})
	}
	return list
}

// queryParameter describes a filter by a property: one value, or several joined
// by commas.
func queryParameter(p assets.Property) []any {
	schema := object{"type": "string"}
	switch p.Kind {
	case assets.KindNumber, assets.KindInteger:
		schema["type"] = "number"
	case assets.KindFlag:
		schema["type"] = "boolean"
	case assets.KindID:
		schema["format"] = "uuid"
	case assets.KindChoice:
		schema["enum"] = p.Values
	}
	return []any{inQuery(p.Name, object{"type": "array", "items": schema})}
}

func inQuery(name string, schema object) object {
	return object{"name": name, "in": "query", "required": false, "style": "form", "explode": false, "schema": schema}
}

func inPath(name string, schema object) object {
	return object{"name": name, "in": "path", "required": true, "schema": schema}
}

func sharedParameters() object {
	format := func(formats ...string) object {
		return inQuery("f", object{"type": "string", "enum": formats})
	}
	return object{
		"f":             format(documentFormats...),
		"tilesetFormat": format(formatJSON, formatHTML, formatTileJSON),
		"tileFormat":    format(tileFormats...),
		"bbox":          inQuery("bbox", object{"type": "array", "minItems": 4, "maxItems": 6, "items": object{"type": "number"}}),
		"datetime":      inQuery("datetime", object{"type": "string"}),
		"limit":         inQuery("limit", object{"type": "integer", "minimum": 1, "maximum": assets.MaxLimit, "default": assets.DefaultLimit}),
		"after":         inQuery("after", object{"type": "string"}),
		"id":            inPath("id", object{"type": "string", "format": "uuid"}),
		"tileMatrix":    inPath("tileMatrix", object{"type": "string"}),
		"tileRow":       inPath("tileRow", object{"type": "integer", "minimum": 0, "maximum": 1<<geo.MaxZoom - 1}),
		"tileCol":       inPath("tileCol", object{"type": "integer", "minimum": 0, "maximum": 1<<geo.MaxZoom - 1}),
	}
}

func schemas() object {
	text, anything := object{"type": "string"}, object{"type": "object"}
	return object{
		"object": anything,
		"feature": object{"type": "object", "required": []string{"type", "id", "geometry", "properties"}, "properties": object{
			"type": object{"type": "string", "enum": []string{"Feature"}}, "id": object{"type": "string", "format": "uuid"},
			"geometry": object{"type": "object", "nullable": true}, "properties": anything, "links": object{"type": "array", "items": anything}}},
		"featureCollection": object{"type": "object", "required": []string{"type", "features"}, "properties": object{
			"type":     object{"type": "string", "enum": []string{"FeatureCollection"}},
			"features": object{"type": "array", "items": object{"$ref": "#/components/schemas/feature"}},
			"links":    object{"type": "array", "items": anything}, "timeStamp": object{"type": "string", "format": "date-time"},
			"numberMatched": object{"type": "integer"}, "numberReturned": object{"type": "integer"}}},
		"problem": object{"type": "object", "required": []string{"type", "title", "status"}, "properties": object{
			"type": text, "title": text, "status": object{"type": "integer"}, "detail": text, "field": text}},
	}
}

func problems() object {
	return object{"problem": object{"description": "What is wrong (RFC 9457)", "content": object{
		"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/problem"}}}}}
}
