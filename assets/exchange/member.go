package exchange

import (
	"bytes"
	"encoding/json"
	"strings"

	"streetbook/assets"
)

// eachMember calls do with the name and value of every member of a JSON object,
// in their order, twice for names that come twice. raw must be valid JSON. It
// reports whether raw is an object; do stops it by returning false. Files have
// millions of these, and encoding/json would look at every byte again.
func eachMember(raw []byte, do func(name, value []byte) bool) bool {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 || raw[0] != '{' {
		return false
	}
	i := skipSpace(raw, 1)
	for i < len(raw) && raw[i] == '"' {
		end := skipString(raw, i)
		name := raw[i:end]
		i = skipSpace(raw, end)
		i = skipSpace(raw, i+1) // the colon
		end = skipValue(raw, i)
		if end > len(raw) || !do(name, raw[i:end]) {
			return true
		}
		if i = skipSpace(raw, end); i < len(raw) && raw[i] == ',' {
			i = skipSpace(raw, i+1)
		}
	}
	return true
}

func skipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\r' || raw[i] == '\t') {
		i++
	}
	return i
}

// skipString returns the end of the string that begins at i.
func skipString(raw []byte, i int) int {
	for i++; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

// skipValue returns the end of the value that begins at i.
func skipValue(raw []byte, i int) int {
	depth := 0
	for i < len(raw) {
		switch raw[i] {
		case '"':
			if i = skipString(raw, i); depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i // the end of the object around a number or a word
			}
			if depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}

// jsonText is the text of a JSON value: of a string itself, of null nothing, of
// anything else its JSON.
func jsonText(raw []byte) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	if raw[0] == '"' && len(raw) > 1 {
		if bytes.IndexByte(raw, '\\') < 0 {
			return string(raw[1 : len(raw)-1])
		}
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return s
		}
	}
	return string(raw)
}

// maxNames is how many names of properties are kept for the next feature.
const maxNames = 10000

// properties become columns, in their order. What nests keeps its JSON, apart
// from attributes, as our own files have them: each becomes a column.
func (r *geojsonReader) properties(raw []byte) bool {
	if len(raw) == 0 || string(raw) == "null" {
		return true
	}
	clear(r.seen)
	isObject := eachMember(raw, func(name, value []byte) bool {
		column := r.column("", name)
		if column == "attributes" && value[0] == '{' {
			eachMember(value, func(name, value []byte) bool { return r.cell(r.column("attributes.", name), value) })
			return r.row.Fault == nil
		}
		return r.cell(column, value)
	})
	if !isObject {
		r.row.Fault = assets.Errorf(assets.Invalid, "properties", "应为对象", "must be an object")
	}
	return r.row.Fault == nil
}

// column is the name of a property, from its JSON.
func (r *geojsonReader) column(prefix string, name []byte) string {
	names := r.names
	if prefix != "" {
		names = r.attributes
	}
	column, known := names[string(name)]
	if !known {
		column = prefix + jsonText(name)
		if len(names) < maxNames {
			names[string(name)] = column
		}
	}
	return column
}

func (r *geojsonReader) cell(column string, value []byte) bool {
	if r.seen[column] {
		r.row.Fault = assets.Errorf(assets.Invalid, column, "属性出现了两次", "the property comes twice")
		return false
	}
	r.seen[column] = true
	r.row.Columns = append(r.row.Columns, column)
	r.row.Values = append(r.row.Values, strings.TrimSpace(jsonText(value)))
	return true
}
