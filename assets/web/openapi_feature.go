package web

import (
	"streetbook/assets"
	"streetbook/geo"
)

// featurePaths lists every path below /ogc. Collections are written out one by
// one: QGIS and GDAL find the parameters of a collection only there.
func featurePaths() object {
	document := func(id, summary string, parameters ...[]any) object {
		return object{"get": operation("features", id, summary, answerOf("The document", typeJSON, "object"), parameters...)}
	}
	tiles := func(id, summary string, answer object, parameters ...[]any) object {
		return object{"get": operation("tiles", id, summary, answer, parameters...)}
	}
	sets := answerOf("The document", typeJSON, "object")
	paths := object{
		"/":                      document("getLandingPage", "Landing page", shared("f")),
		"/api":                   object{"get": operation("features", "getApi", "This definition", answerOf("The definition", typeOpenAPI, "object"), shared("f"))},
		"/conformance":           document("getConformance", "Conformance classes", shared("f")),
		"/collections":           document("getCollections", "Collections", shared("f")),
		"/tiles":                 tiles("all.dataset.vector.getTileSetsList", "Sets of vector tiles of everything", sets, shared("f")),
		"/tiles/WebMercatorQuad": tiles("all.dataset.vector.getTileSet", "The set of vector tiles of everything", sets, shared("tilesetFormat")),
		"/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}": tiles("all.dataset.vector.getTile", "A vector tile of everything", tileAnswer(),
			tileParameters(), shared("datetime"), queryParameter(assets.Property{Name: "jurisdiction", Kind: assets.KindText})),
		"/tileMatrixSets":                 tiles("getTileMatrixSetsList", "Tile matrix sets", sets, shared("f")),
		"/tileMatrixSets/WebMercatorQuad": tiles("getTileMatrixSet", "WebMercatorQuad", sets, shared("f")),
	}
	for _, name := range assets.Collections {
		title, here := collectionTitles[name][0].EN, "/collections/"+name
		var properties []any
		for _, p := range assets.Properties(name) {
			properties = append(properties, queryParameter(p)...)
		}
		paths[here] = document("describe_"+name, title, shared("f"))
		paths[here+"/queryables"] = object{"get": operation("features", "queryables_of_"+name, "What can be asked of: "+title, answerOf("The schema", typeSchema, "object"), shared("f"))}
		paths[here+"/schema"] = object{"get": operation("features", "schema_of_"+name, "What features hold: "+title, answerOf("The schema", typeSchema, "object"), shared("f"))}
		paths[here+"/items"] = itemsPath(name, title, properties)
		paths[here+"/items/{id}"] = itemPath(name, title)
		paths[here+"/tiles"] = tiles(name+".collection.vector.getTileSetsList", "Sets of vector tiles: "+title, sets, shared("f"))
		paths[here+matrix] = tiles(name+".collection.vector.getTileSet", "The set of vector tiles: "+title, sets, shared("tilesetFormat"))
		paths[here+matrix+"/{tileMatrix}/{tileRow}/{tileCol}"] = tiles(name+".collection.vector.getTile", "A vector tile: "+title, tileAnswer(),
			tileParameters(), shared("datetime"), properties)
	}
	return paths
}

func itemsPath(name, title string, properties []any) object {
	created := object{"201": object{"description": "The feature, at Location", "content": object{typeGeoJSON: reference("feature")},
		"headers": object{"Location": header("Where the feature is"), "ETag": header("Its version")}}}
	add := operation("features", "add_to_"+name, "Add a feature: "+title, created, shared("idempotencyKey", "contentCrs"))
	if name == assets.CollectionAssets {
		add["parameters"] = append(add["parameters"].([]any), inQuery("duplicate", object{"type": "string", "enum": []string{"allow"}}))
	}
	return object{
		"get": operation("features", "get_"+name, "Features: "+title, answerOf("A page of features", typeGeoJSON, "featureCollection"),
			shared("f", "bbox", "bboxCrs", "crs", "datetime", "limit", "after", "filter", "filterLang", "filterCrs"), properties),
		"post": withBody(add, typeGeoJSON, "feature"),
	}
}

func itemPath(name, title string) object {
	one := answerOf("The feature", typeGeoJSON, "feature")
	return object{
		"get":    operation("features", "get_one_of_"+name, "One feature: "+title, one, shared("id", "f", "crs", "datetime")),
		"put":    withBody(operation("features", "replace_in_"+name, "Replace a feature: "+title, one, shared("id", "ifMatch", "idempotencyKey", "contentCrs")), typeGeoJSON, "feature"),
		"patch":  withBody(operation("features", "change_in_"+name, "Change a feature: "+title, one, shared("id", "ifMatch", "idempotencyKey", "contentCrs")), typeMergePatch, "featurePatch"),
		"delete": secured(operation("features", "delete_from_"+name, "Delete a feature: "+title, object{"204": object{"description": "Deleted; it can be restored"}}, shared("id", "ifMatch", "idempotencyKey"))),
	}
}

// operation is one method of a path: what it answers well, and how it refuses.
func operation(tag, id, summary string, answer object, parameters ...[]any) object {
	all := []any{}
	for _, list := range parameters {
		all = append(all, list...)
	}
	responses := object{}
	for _, status := range []string{"400", "401", "403", "404", "406", "500", "503"} {
		responses[status] = object{"$ref": "#/components/responses/problem"}
	}
	for status, response := range answer {
		responses[status] = response
	}
	return object{"tags": []string{tag}, "operationId": id, "summary": summary, "parameters": all, "responses": responses}
}

// secured is an operation that no visitor may use, and that can collide with others.
func secured(o object) object {
	o["security"] = []object{{"token": []string{}}, {"basic": []string{}}, {"session": []string{}}}
	for _, status := range []string{"409", "412", "413", "415", "422", "428", "429"} {
		o["responses"].(object)[status] = object{"$ref": "#/components/responses/problem"}
	}
	return o
}

func withBody(o object, mediaType, schema string) object {
	o["requestBody"] = object{"required": true, "content": object{mediaType: reference(schema)}}
	return secured(o)
}

// withFile takes a file of any of the media types.
func withFile(o object, mediaTypes []string) object {
	content := object{}
	for _, t := range mediaTypes {
		content[t] = object{"schema": object{"type": "string", "format": "binary"}}
	}
	o["requestBody"] = object{"required": true, "content": content}
	return secured(o)
}

func reference(schema string) object {
	return object{"schema": object{"$ref": "#/components/schemas/" + schema}}
}

func header(description string) object {
	return object{"description": description, "schema": object{"type": "string"}}
}

func tileAnswer() object {
	return object{
		"200": object{"description": "The tile", "content": object{typeMVT: object{"schema": object{"type": "string", "format": "binary"}}}},
		"204": object{"description": "Nothing is there"},
	}
}

func tileParameters() []any { return shared("tileMatrix", "tileRow", "tileCol", "tileFormat") }

func answerOf(description, mediaType, schema string) object {
	return object{"200": object{"description": description, "content": object{mediaType: reference(schema), "text/html": object{"schema": object{"type": "string"}}}}}
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
	case assets.KindNumber:
		schema["type"] = "number"
	case assets.KindInteger:
		schema["type"] = "integer"
	case assets.KindDate:
		schema["format"] = "date"
	case assets.KindTime:
		schema["format"] = "date-time"
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

func inHeader(name, description string) object {
	return object{"name": name, "in": "header", "required": false, "description": description, "schema": object{"type": "string"}}
}

func sharedParameters() object {
	format := func(formats ...string) object {
		return inQuery("f", object{"type": "string", "enum": formats})
	}
	uris := systemURIs(geo.Systems)
	return object{
		"f":              format(documentFormats...),
		"tilesetFormat":  format(formatJSON, formatHTML, formatTileJSON),
		"tileFormat":     format(tileFormats...),
		"bbox":           inQuery("bbox", object{"type": "array", "minItems": 4, "maxItems": 6, "items": object{"type": "number"}}),
		"bboxCrs":        inQuery("bbox-crs", object{"type": "string", "format": "uri", "enum": uris, "default": crs84}),
		"crs":            inQuery("crs", object{"type": "string", "format": "uri", "enum": uris, "default": crs84}),
		"datetime":       joined(inQuery("datetime", object{"type": "string"}), object{"description": "An instant answers as the registry was then, a day as it was at its end in China; an interval selects everything. What was invested in segments is known for now alone, and null in answers about the past"}),
		"filter":         inQuery("filter", object{"type": "string"}),
		"filterLang":     inQuery("filter-lang", object{"type": "string", "enum": []string{"cql2-text", "cql2-json"}, "default": "cql2-text"}),
		"filterCrs":      inQuery("filter-crs", object{"type": "string", "format": "uri", "enum": uris, "default": crs84}),
		"limit":          inQuery("limit", object{"type": "integer", "minimum": 1, "maximum": assets.MaxLimit, "default": assets.DefaultLimit}),
		"after":          inQuery("after", object{"type": "string"}),
		"jurisdiction":   joined(inQuery("jurisdiction", object{"type": "string", "pattern": "^[0-9]{9}$"}), object{"required": true}),
		"id":             inPath("id", object{"type": "string", "format": "uuid"}),
		"tileMatrix":     inPath("tileMatrix", object{"type": "string"}),
		"tileRow":        inPath("tileRow", object{"type": "integer", "minimum": 0, "maximum": 1<<geo.MaxZoom - 1}),
		"tileCol":        inPath("tileCol", object{"type": "integer", "minimum": 0, "maximum": 1<<geo.MaxZoom - 1}),
		"ifMatch":        inHeader("If-Match", "The version that was seen, as its ETag, or *; 428 without"),
		"idempotencyKey": inHeader("Idempotency-Key", "A UUID: the same one twice is applied once and answered the same"),
		"contentCrs":     inHeader("Content-Crs", "The system of the positions in the body; CRS84 without"),
	}
}
