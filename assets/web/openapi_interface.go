package web

import (
	"slices"
	"strings"

	"streetbook/assets"
)

// call is one operation outside the OGC part.
type call struct {
	tag, method, path, id, summary string
	body                           string // schema of its body; "" for none
	status                         string // of the good answer
	parameters                     []any
}

// interfacePaths lists what OGC has no word for, and the process itself. Their
// addresses begin at the root of the site.
func interfacePaths() object {
	here, id, seen := shared("jurisdiction"), shared("id"), shared("id", "ifMatch", "idempotencyKey")
	key, page, text := shared("idempotencyKey"), shared("f"), object{"type": "string"}
	var filters []any
	for _, p := range assets.Properties(assets.CollectionAssets) {
		if p.Name != "jurisdiction" {
			filters = append(filters, queryParameter(p)...)
		}
	}
	near := []any{}
	for _, p := range assets.Properties(assets.CollectionAssets) {
		if p.Name == "class" || p.Name == "status" || p.Name == "condition" {
			near = append(near, queryParameter(p)...)
		}
	}
	anyNoun := inPath("collection", object{"type": "string", "enum": assets.Collections})
	since := inQuery("since", object{"type": "integer", "minimum": 0})
	limit := inQuery("limit", object{"type": "integer", "minimum": 1})
	after := inQuery("after", object{"type": "string", "format": "uuid"})
	instant := func(name string) any { return joined(inQuery(name, text), object{"required": true}) }
	with := func(list []any, more ...any) []any { return append(append([]any{}, list...), more...) }
	money := append(append([]any{}, here...), moneyParameters()...)
	calls := []call{
		{"people", "get", "/opening", "open", "What a page begins with: who is signed in and, where he may look, the places and the classes of the first of them that holds anything", "", "200", nil},
		{"people", "get", "/session", "whoAmI", "Who is signed in", "", "200", nil},
		{"people", "post", "/session", "signIn", "Sign in", "login", "200", nil},
		{"people", "delete", "/session", "signOut", "Sign out, here or everywhere", "", "204", []any{inQuery("everywhere", object{"type": "boolean"})}},
		{"people", "put", "/session/password", "changePassword", "Change one's own password", "newPassword", "204", nil},
		{"people", "get", "/accounts", "listAccounts", "Accounts", "", "200", with(page, inQuery("jurisdiction", text))},
		{"people", "post", "/accounts", "addAccount", "Make an account", "newAccount", "201", key},
		{"people", "patch", "/accounts/{id}", "changeAccount", "Change an account, its roles, its password", "accountChange", "200", seen},
		{"people", "get", "/tokens", "listTokens", "API tokens", "", "200", with(page, inQuery("account", object{"type": "string", "format": "uuid"}))},
		{"people", "post", "/tokens", "addToken", "Make an API token", "newToken", "201", key},
		{"people", "delete", "/tokens/{id}", "revokeToken", "Revoke an API token", "", "204", with(id, key...)},
		{"people", "get", "/people", "listPeople", "Whom attributes may name", "", "200", with(here, page...)},

		{"catalogue", "get", "/classes", "listClasses", "Classes of assets", "", "200", with(here, page...)},
		{"catalogue", "post", "/classes", "addClass", "Add a class", "newClass", "201", key},
		{"catalogue", "put", "/classes/{id}", "changeClass", "Change a class", "class", "200", seen},
		{"catalogue", "delete", "/classes/{id}", "deleteClass", "Delete a class", "", "204", seen},
		{"catalogue", "get", "/departments", "listDepartments", "Departments", "", "200", with(here, page...)},
		{"catalogue", "post", "/departments", "addDepartment", "Add a department", "newDepartment", "201", key},
		{"catalogue", "put", "/departments/{id}", "changeDepartment", "Change a department", "department", "200", seen},
		{"catalogue", "delete", "/departments/{id}", "deleteDepartment", "Delete a department", "", "204", seen},

		{"life cycle", "post", "/assets/{id}/install", "installAsset", "Put into service", "step", "200", seen},
		{"life cycle", "post", "/assets/{id}/move", "moveAsset", "Move", "move", "200", seen},
		{"life cycle", "post", "/assets/{id}/remove", "removeAsset", "Remove from the street", "step", "200", seen},
		{"life cycle", "post", "/assets/{id}/restore", "restoreAsset", "Put back into service, or bring back a deleted one", "step", "200", seen},
		{"life cycle", "post", "/assets/{id}/replace", "replaceAsset", "Retire one and put another in its place", "replacement", "201", seen},
		{"life cycle", "post", "/segments/{id}/split", "splitSegment", "Part a segment; money stays booked on it", "split", "201", seen},
		{"life cycle", "post", "/segments/merge", "mergeSegments", "Make one segment of several that meet end to end", "merge", "201", key},
		{"life cycle", "get", "/segments/{id}/lineage", "getLineage", "From which segments one came, and in which it lives on", "", "200", id},
		{"life cycle", "post", "/bulk", "bulkEdit", "Change many assets, or preview that", "bulk", "200", key},

		{"history", "post", "/operations/{op}/undo", "undoOperation", "Undo an operation", "jurisdiction", "200", with(key, inPath("op", object{"type": "string", "format": "uuid"}))},
		{"history", "get", "/{collection}/{id}/history", "getHistory", "Every version of an object", "", "200", with(with(id, anyNoun), page...)},
		{"history", "post", "/{collection}/{id}/versions/{version}/restore", "restoreVersion", "Go back to a version", "", "200",
			with(seen, anyNoun, inPath("version", object{"type": "integer", "minimum": 1}))},
		{"history", "get", "/timeline", "getTimeline", "On which days features changed", "", "200", with(here, page...)},
		{"history", "get", "/compare", "compareTimes", "What changed between two times", "", "200", with(with(here, instant("from"), instant("to"), limit), page...)},
		{"history", "get", "/changes", "listChanges", "The log of changes", "", "200", with(with(here, since, limit), page...)},
		{"history", "get", "/events", "followChanges", "Changes as they happen (text/event-stream)", "", "200", with(here, since)},

		{"map", "get", "/jurisdictions", "listJurisdictions", "Places", "", "200", page},
		{"map", "get", "/counts", "countAssets", "Figures of the legend", "", "200", with(with(here, shared("bbox", "datetime")...), filters...)},
		{"map", "get", "/nearest", "findNearest", "Assets around a position, nearest first", "", "200", with(with(here, instant("at"), inQuery("within", object{"type": "number"}), limit), near...)},
		{"map", "get", "/search", "search", "Find by code, name or road", "", "200", with(with(here, instant("q"), limit), page...)},
		{"map", "get", "/basemap", "getBasemap", "The background map", "", "200", with(here, inQuery("f", object{"type": "string", "enum": []string{formatGeoJSON, formatTopoJSON}}))},

		{"field", "post", "/sync", "sync", "Send what a phone did", "sync", "200", nil},
		{"field", "get", "/conflicts", "listConflicts", "Edits of two people that cannot both stand", "", "200", with(here, inQuery("open", object{"type": "boolean"}), limit, after)},
		{"field", "post", "/conflicts/{id}/resolve", "resolveConflict", "Settle a conflict", "resolution", "200", with(id, key...)},
		{"field", "get", "/pack", "getPack", "All that a phone needs without the network", "", "200", with(here, inQuery("segments", text))},
		{"field", "get", "/walks", "listWalks", "Who walked where", "", "200", with(here, limit, after)},
		{"field", "get", "/coverage", "getCoverage", "When each side of the segments was walked", "", "200",
			with(here, inQuery("key", object{"type": "boolean"}), inQuery("from", text), inQuery("to", text))},
		{"field", "get", "/assets/{id}/inspections", "listInspections", "Who looked at an asset", "", "200", id},
		{"field", "get", "/devices", "listDevices", "Phones, and what they hold unsent", "", "200", here},
		{"field", "post", "/rescue", "rescue", "What a phone that cannot send wrote into a file (application/zip)", "", "200", nil},
		{"field", "get", "/labels", "printLabels", "Label sheets (application/pdf)", "", "200", with(here, inQuery("ids", object{"type": "string", "format": "uuid"}), inQuery("class", text), inQuery("segment", object{"type": "string", "format": "uuid"}))},
		{"field", "post", "/labels", "printLabelsOf", "Label sheets of a selection (application/pdf)", "labels", "200", nil},
		{"field", "get", "/photos", "listPhotos", "Photos of a place or an object", "", "200",
			with(here, inQuery("noun", object{"type": "string", "enum": assets.PhotoNouns}), inQuery("id", object{"type": "string", "format": "uuid"}), limit)},
		{"field", "post", "/photos", "addPhoto", "Announce a photo", "photo", "201", key},
		{"field", "get", "/photos/{id}/upload", "getUpload", "How far an upload is", "", "200", id},
		{"field", "patch", "/photos/{id}/upload", "uploadPiece", "Send bytes of a photo (application/offset+octet-stream)", "", "200",
			with(id, inHeader("Upload-Offset", "How many bytes the server has"))},
		{"field", "get", "/photos/{id}/{copy}", "getPhoto", "A photo", "", "200", with(id, inPath("copy", object{"type": "string", "enum": []string{"thumb", "view", "original"}}))},
		{"investment", "get", "/investment/template", "getInvestmentTemplate", "The workbook to fill in entries", "", "200", here},
		{"investment", "post", "/investment/import", "importInvestment", "Book the entries of a finance sheet, all or none, or say what that would do", "file", "200", with(here, inQuery("dry_run", object{"type": "boolean"}),
			inQuery("name", text), inQuery("sheet", text), inQuery("mapping", text), inQuery("control_total", text), inQuery("project", text))},

		{"investment", "get", "/investment", "askInvestment", "What was invested, by one or two dimensions", "", "200", with(money, joined(inQuery("by", object{"type": "array", "minItems": 1, "maxItems": 2, "items": object{"type": "string", "enum": assets.Dimensions}}), object{"required": true}), inQuery("lang", object{"type": "string", "enum": []string{"zh-CN", "en"}}), inQuery("measures", object{"type": "array", "items": object{"type": "string", "enum": measures}}), inQuery("f", object{"type": "string", "enum": []string{"json", "csv", "xlsx"}}))},
		{"investment", "get", "/investment/check", "proveInvestment", "Whether the ledger adds up", "", "200", here},
		{"investment", "get", "/investment/batches", "listBatches", "What was booked many entries at once", "", "200", here},
		{"investment", "post", "/investment/preview", "previewShares", "How an amount would be divided", "preview", "200", nil},
		{"investment", "get", "/investment/segments/{id}", "getSegmentDossier", "The money of a segment, and what it bought", "", "200", with(id, inQuery("lineage", object{"type": "string", "enum": assets.LineageViews}))},
		{"investment", "get", "/investment/areas/{id}", "getAreaDossier", "The money of an area, and what it bought", "", "200", with(id, inQuery("lineage", object{"type": "string", "enum": assets.LineageViews}))},
		{"investment", "get", "/projects", "listProjects", "Projects", "", "200", here},
		{"investment", "post", "/projects", "addProject", "Add a project", "newProject", "201", key},
		{"investment", "get", "/projects/{id}", "getProject", "A project", "", "200", id},
		{"investment", "put", "/projects/{id}", "changeProject", "Change what a project says of itself", "project", "200", seen},
		{"investment", "delete", "/projects/{id}", "deleteProject", "Delete a project without entries", "", "204", seen},
		{"investment", "post", "/projects/{id}/apportion", "apportionProject", "Divide a project anew, or preview that", "apportion", "200", seen},
		{"investment", "get", "/entries", "listEntries", "Entries of the ledger", "", "200", with(money, inQuery("entry_kind", object{"type": "array", "items": object{"type": "string", "enum": assets.EntryKinds}}), inQuery("q", text), limit, inQuery("after", object{"type": "string", "format": "uuid"}))},
		{"investment", "post", "/entries", "addEntry", "Book an entry", "newEntry", "201", key},
		{"investment", "get", "/entries/{id}", "getEntry", "An entry, and what of it falls where", "", "200", id},
		{"investment", "post", "/entries/{id}/reverse", "reverseEntry", "Reverse an entry", "reversal", "201", with(id, key...)},
		{"investment", "get", "/entries/{id}/document", "getEntryDocument", "The document of an entry", "", "200", id},
		{"investment", "post", "/documents", "addDocument", "Send a document", "", "201", here},

		{"process", "get", "/version", "getVersion", "What is running", "", "200", nil},
	}
	paths := object{}
	for _, c := range calls {
		addCall(paths, "/api/v1"+c.path, c)
	}
	addCall(paths, "/healthz", call{"process", "get", "", "isAlive", "The process lives", "", "200", nil})
	addCall(paths, "/readyz", call{"process", "get", "", "isReady", "The database answers", "", "200", nil})
	addCall(paths, "/metrics", call{"process", "get", "", "getMetrics", "How the program fares, in the text format of Prometheus", "", "200", nil})
	return paths
}

// moneyParameters are the filters of every question about money but the place.
func moneyParameters() (list []any) {
	several := func(item object) object { return object{"type": "array", "items": item} }
	word := func(of []string) object { return object{"type": "string", "enum": of} }
	id, day := object{"type": "string", "format": "uuid"}, object{"type": "string", "format": "date"}
	schemas := map[string]object{"basis": word(assets.Bases), "from": day, "to": day, "kind": several(word(assets.ProjectKinds)), "fund": several(word(assets.Funds)),
		"source": several(word(assets.Funds)), "project": several(id), "department": several(object{"type": "string", "pattern": "^([0-9a-fA-F-]{36}|none)$"}), "segment": several(id), "area": several(id), "key": object{"type": "boolean"}, "lineage": word(assets.LineageViews),
		"status": several(word(assets.ProjectStatuses)), "target": several(word(append(slices.Clone(assets.TargetNouns), assets.OnNothing))),
		"asset_class": several(object{"type": "string", "pattern": "^([0-9]{4}|none)$"})}
	for _, name := range investmentFilters[1:] {
		if schema := schemas[name]; schema != nil {
			list = append(list, inQuery(name, schema))
		}
	}
	return append(list, shared("filter", "filterLang")...)
}

func addCall(paths object, path string, c call) {
	answer := object{c.status: object{"description": "Done"}}
	if c.status != "204" {
		mediaType := typeJSON
		if strings.HasSuffix(path, "/events") {
			mediaType = "text/event-stream"
		}
		if path == "/metrics" {
			mediaType = "text/plain"
		}
		if strings.HasSuffix(path, "/template") {
			mediaType = typeXLSX
		}
		answer[c.status].(object)["content"] = object{mediaType: object{"schema": object{}}}
	}
	o := operation(c.tag, c.id, c.summary, answer, c.parameters)
	switch {
	case c.body == "file":
		o = withFile(o, typesOfLedgers)
	case c.body != "":
		o = withBody(o, typeJSON, c.body)
	case c.method != "get":
		o = secured(o)
	}
	item, _ := paths[path].(object)
	if item == nil {
		item = object{"servers": []object{{"url": "/"}}}
		paths[path] = item
	}
	item[c.method] = o
}
