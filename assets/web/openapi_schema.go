package web

import "streetbook/assets"

func schemas() object {
	text, anything, flag := object{"type": "string"}, object{"type": "object"}, object{"type": "boolean"}
	number, whole := object{"type": "number"}, object{"type": "integer"}
	id, day, time := object{"type": "string", "format": "uuid", "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"}, object{"type": "string", "format": "date"}, object{"type": "string", "format": "date-time"}
	count := object{"type": "integer", "minimum": 0, "maximum": 1<<31 - 1}
	short := object{"type": "string", "maxLength": 100}
	place := object{"type": "string", "pattern": "^[0-9]{9}$"}
	role := object{"type": "string", "enum": assets.Roles}
	list := func(of object) object { return object{"type": "array", "items": of} }
	optional := func(of object) object { return joined(of, object{"nullable": true}) }
	// closed is an object with exactly these members, some of them required.
	closed := func(members object, required ...string) object {
		o := object{"type": "object", "properties": members, "additionalProperties": false}
		if len(required) > 0 {
			o["required"] = required
		}
		return o
	}
	field := closed(object{"key": object{"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}, "name": text, "name_en": text, "kind": object{"type": "string", "enum": assets.FieldKinds},
		"unit": text, "min": optional(number), "max": optional(number), "choices": optional(list(text)), "required": flag}, "key", "name", "kind")
	class := object{"jurisdiction": place, "major": object{"type": "string", "pattern": "^[0-9]{2}$"}, "name": text, "name_en": text, "major_name": text, "major_name_en": text,
		"geometry": object{"type": "string", "enum": assets.GeometryKinds}, "icon": text, "color": object{"type": "string", "pattern": "^#[0-9a-f]{6}$"},
		"radius_m": object{"type": "number", "minimum": 0, "maximum": 1000}, "accuracy_m": object{"type": "number", "minimum": 0, "maximum": 1000}, "fields": optional(list(field)),
		"id": id, "version": whole, "updated_at": text, "profile": text, "code": text, "local": flag}
	verb := object{"on": day}
	naming := object{"id": id, "name": text, "code": text}
	yuan := object{"type": "string", "pattern": `^-?[0-9]{1,12}(\.[0-9]{1,2})?$`}
	word := func(list []string) object { return object{"type": "string", "enum": list} }
	target := object{"noun": word(assets.TargetNouns), "id": id}
	targets := optional(list(closed(target, "noun", "id")))
	rule := closed(object{"kind": word(assets.RuleKinds), "classes": optional(list(text)),
		"shares":  optional(list(closed(joined(target, object{"weight": whole}), "noun", "id", "weight"))),
		"amounts": optional(list(closed(joined(target, object{"amount": yuan}), "noun", "id", "amount")))}, "kind")
	project := object{"jurisdiction": place, "id": id, "code": text, "name": text, "kind": word(assets.ProjectKinds), "fund": word(assets.Funds), "department": optional(id), "contractor": text,
		"planned_start": text, "planned_end": text, "actual_start": text, "actual_end": text, "status": word(assets.ProjectStatuses), "budget": optional(yuan),
		"targets": targets, "rule": optional(rule)}
	selection := closed(object{"ids": optional(list(id)), "class": optional(list(text)), "condition": optional(list(object{"type": "string", "enum": assets.Conditions})),
		"segment": optional(list(id)), "community": optional(list(id)), "within": optional(anything)})
	return object{
		"object": anything,
		"feature": object{"type": "object", "required": []string{"type", "geometry", "properties"}, "properties": object{
			"type": object{"type": "string", "enum": []string{"Feature"}}, "id": id,
			"geometry": optional(anything), "properties": optional(anything), "links": list(anything)}},
		"featurePatch": object{"type": "object", "properties": object{"type": object{"type": "string", "enum": []string{"Feature"}},
			"geometry": anything, "properties": anything}},
		"featureCollection": object{"type": "object", "required": []string{"type", "features"}, "properties": object{
			"type":     object{"type": "string", "enum": []string{"FeatureCollection"}},
			"features": list(object{"$ref": "#/components/schemas/feature"}),
			"links":    list(anything), "timeStamp": time, "numberMatched": whole, "numberReturned": whole}},
		"problem": object{"type": "object", "required": []string{"type", "title", "status"}, "properties": object{
			"type": text, "title": text, "status": whole, "detail": text, "field": text, "errors": list(anything),
			"current": optional(anything), "candidates": list(anything), "moved_on": list(anything)}},

		"login":       closed(object{"name": text, "password": text}, "name", "password"),
		"newPassword": closed(object{"current": text, "new": text}, "current", "new"),
		"newAccount": closed(object{"name": text, "display_name": text, "password": text,
			"roles": object{"type": "object", "additionalProperties": role}}, "name"),
		"accountChange": closed(object{"display_name": text, "disabled": flag, "password": text, "reset_password": flag,
			"roles": object{"type": "object", "additionalProperties": optional(joined(role, object{"enum": append(anys(assets.Roles), nil)}))}}),
		"newToken":      closed(object{"name": text, "role": role, "jurisdiction": optional(place), "expires_at": optional(time), "lenient": flag}, "name", "role"),
		"newClass":      closed(class, "jurisdiction", "major", "name", "geometry", "icon", "color"),
		"class":         closed(class, "name", "geometry", "icon", "color"),
		"newDepartment": closed(object{"jurisdiction": place, "code": text, "name": text}, "jurisdiction", "name"),
		"department":    closed(object{"jurisdiction": place, "code": text, "name": text, "id": id, "version": whole, "updated_at": text}, "name"),
		"newProject":    closed(project, "jurisdiction", "code", "name", "kind", "fund", "status"),
		"project":       closed(project, "code", "name", "kind", "fund", "status"),
		"apportion":     closed(object{"targets": targets, "rule": rule, "reason": text, "preview": flag}, "targets", "rule"),
		"newEntry": closed(object{"id": id, "project": id, "on": day, "kind": word(assets.EntryKinds), "amount": yuan, "voucher": text, "counterparty": text, "note": text,
			"document": text, "document_name": text, "targets": targets, "rule": optional(rule), "assets": optional(list(id))}, "project", "on", "kind", "amount"),
		"preview":  closed(object{"jurisdiction": place, "amount": yuan, "targets": targets, "rule": rule, "proportional": flag}, "jurisdiction", "amount", "targets", "rule"),
		"reversal": closed(object{"on": day, "reason": text}, "on", "reason"),
		"split": closed(object{"at": object{"type": "array", "minItems": 1, "maxItems": assets.MaxPieces - 1,
			"items": closed(object{"chainage_m": optional(number), "point": optional(object{"type": "array", "minItems": 2, "maxItems": 2, "items": number})})},
			"parts": optional(list(closed(naming)))}, "at"),
		"merge": closed(joined(naming, object{"ids": object{"type": "array", "minItems": 2, "maxItems": assets.MaxPieces, "items": id}, "versions": optional(list(whole))}), "ids"),
		"step":  closed(verb, "on"),
		"move":  closed(joined(verb, object{"geometry": anything, "accuracy_m": optional(number)}), "on", "geometry"),
		"replacement": closed(joined(verb, object{"id": id, "class": text, "name": text, "condition": object{"type": "string", "enum": assets.Conditions},
			"attributes": anything}), "on"),
		// What is wrong with one operation is that one's problem: only the envelope is held here.
		"sync": closed(object{"device": id, "jurisdiction": place, "name": short, "app": short,
			"unsent": optional(closed(object{"ops": count, "photos": count, "oldest": optional(time)}, "ops", "photos")),
			"seen":   optional(closed(object{"epoch": id, "seq": object{"type": "integer", "minimum": 0}, "op": id}, "epoch", "seq", "op")),
			"ops": list(object{"type": "object", "required": []string{"op", "noun", "id", "kind", "at"}, "properties": object{"op": id, "noun": text, "id": id, "kind": text,
				"base": optional(whole), "epoch": optional(id), "after": optional(id), "at": time, "was": optional(anything), "value": optional(anything)}})}, "device", "ops"),
		"resolution": closed(object{"choice": object{"type": "string", "enum": []string{assets.ChoiceMine, assets.ChoiceTheirs, assets.ChoiceFields}},
			"fields": object{"type": "object", "additionalProperties": object{"type": "string", "enum": []string{assets.ChoiceMine, assets.ChoiceTheirs}}}}, "choice"),
		"photo": closed(object{"photo": optional(id), "sha256": object{"type": "string", "pattern": "^[0-9a-f]{64}$"}, "size": object{"type": "integer", "minimum": 1},
			"media_type": object{"type": "string", "enum": assets.PhotoTypes}, "noun": object{"type": "string", "enum": assets.PhotoNouns}, "id": id, "taken_at": optional(time),
			"position": optional(list(number)), "accuracy_m": optional(number), "caption": text, "original": flag, "original_of": optional(id)}, "sha256", "size", "media_type", "noun", "id"),
		"jurisdiction": closed(object{"jurisdiction": place}, "jurisdiction"),
		"labels":       closed(object{"jurisdiction": place, "select": selection}, "jurisdiction", "select"),
		"bulk": closed(object{"jurisdiction": place, "preview": flag, "base": whole,
			"select": selection,
			"set": closed(object{"condition": optional(object{"type": "string", "enum": append(anys(assets.Conditions), nil)}), "name": optional(text), "installed_on": optional(text), "source": optional(text),
				"class": optional(text), "attributes": optional(anything)})}, "jurisdiction", "select", "set"),
	}
}

func anys(list []string) (values []any) {
	for _, s := range list {
		values = append(values, s)
	}
	return values
}

func problems() object {
	return object{"problem": object{"description": "What is wrong (RFC 9457)", "content": object{
		"application/problem+json": reference("problem")}}}
}
