package assets

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// maxText is how many characters an attribute may have.
const maxText = 2000

// Check reports every attribute that does not fit the class at once, each under
// attributes.KEY. A member that is no field of the class is refused unless the
// record had it with the same value before: what a class no longer asks for
// stays in the records. Required fields are demanded only of records whose
// attributes are written: a class that learns a new one breaks none. Whether
// the id of a person or department exists is the store's to say.
func (c Class) Check(now, before json.RawMessage) error {
	values, err := attributeValues(now)
	if err != nil {
		return err
	}
	had, err := attributeValues(before)
	if err != nil {
		return err
	}
	var faults Errors
	for _, key := range sortedKeys(values) {
		value := values[key]
		field, known := c.Field(key)
		if old, ok := had[key]; ok && bytes.Equal(old, value) {
			continue
		}
		if !known {
			faults = append(faults, Errorf(Invalid, "attributes."+key, "类别 %s 没有此属性；有：%s", "the class %s has no such attribute; there are: %s", c.Name, c.keys()))
			continue
		}
		if f := field.fault(value); f != nil {
			faults = append(faults, f)
		}
	}
	if !bytes.Equal(now, before) {
		for _, f := range c.Fields {
			if value := string(values[f.Key]); f.Required && (value == "" || value == `""`) {
				faults = append(faults, Errorf(Invalid, "attributes."+f.Key, "“%s”必须填写", "%s is required", f.Name))
			}
		}
	}
	return faults.Err()
}

func (c Class) keys() string {
	keys := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		keys[i] = f.Key
	}
	return strings.Join(keys, ", ")
}

// Accepts reports whether a value that a record holds already fits the field.
func (f Field) Accepts(value json.RawMessage) bool { return f.fault(value) == nil }

// fault says what is wrong with a value, or returns nil.
func (f Field) fault(value json.RawMessage) *Error {
	at := "attributes." + f.Key
	switch f.Kind {
	case KindNumber:
		return f.numberFault(at, value)
	case KindFlag:
		if s := string(value); s != "true" && s != "false" {
			return Errorf(Invalid, at, "应为 true 或 false", "must be true or false")
		}
		return nil
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		return Errorf(Invalid, at, "应为文本", "must be a text")
	}
	switch f.Kind {
	case KindChoice:
		if !slices.Contains(f.Choices, text) {
			return Errorf(Invalid, at, "“%s”不在选项之中：%s", "%q is not one of the choices: %s", text, strings.Join(f.Choices, "、"))
		}
	case KindDate:
		if !isDate(text) {
			return Errorf(Invalid, at, "“%s”应为 2024-05-01 这样的日期", "%q must be a date such as 2024-05-01", text)
		}
	case KindPerson, KindDepartment:
		if _, err := uuid.Parse(text); err != nil || len(text) != 36 {
			return Errorf(Invalid, at, "“%s”不是人员或部门的 id", "%q is no id of a person or department", text)
		}
	default:
		return textFault(at, text, 0, maxText)
	}
	return nil
}

func (f Field) numberFault(at string, value json.RawMessage) *Error {
	var v float64
	if json.Unmarshal(value, &v) != nil || math.IsInf(v, 0) || string(value) == "null" {
		return Errorf(Invalid, at, "应为数字", "must be a number")
	}
	if f.Min != nil && v < *f.Min {
		return Errorf(Invalid, at, "%g 小于最小值 %g %s", "%g is less than %g %s", v, *f.Min, f.Unit)
	}
	if f.Max != nil && v > *f.Max {
		return Errorf(Invalid, at, "%g 大于最大值 %g %s", "%g is more than %g %s", v, *f.Max, f.Unit)
	}
	return nil
}

// attributeValues reads an object of attributes; nothing is an empty one.
func attributeValues(raw json.RawMessage) (map[string]json.RawMessage, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(raw, &values) != nil {
		return nil, Errorf(Invalid, "attributes", "应为 JSON 对象", "must be a JSON object")
	}
	return values, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// MergeAttributes lays a patch over attributes as RFC 7396 does: null takes a
// member away. Members keep no order of their own: they are written sorted, so
// that the same attributes are the same bytes.
func MergeAttributes(attributes, patch json.RawMessage) (json.RawMessage, error) {
	values, err := attributeValues(attributes)
	if err != nil {
		return nil, err
	}
	changes, err := attributeValues(patch)
	if err != nil {
		return nil, err
	}
	merged := map[string]json.RawMessage{}
	for key, value := range values {
		merged[key] = value
	}
	for key, value := range changes {
		if merged[key] = value; string(value) == "null" {
			delete(merged, key)
		}
	}
	return appendObject(merged), nil
}

// appendObject writes members sorted by name.
func appendObject(members map[string]json.RawMessage) json.RawMessage {
	b := []byte{'{'}
	for i, key := range sortedKeys(members) {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(key)
		if err != nil {
			panic(err) // a string always can be written
		}
		b = append(append(append(b, name...), ':'), members[key]...)
	}
	return append(b, '}')
}

// Persons lists the keys of fields that hold persons, which visitors do not see.
func (c Class) Persons() (keys []string) {
	for _, f := range c.Fields {
		if f.Kind == KindPerson {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

// WithoutAttributes returns attributes without the members named.
func WithoutAttributes(attributes json.RawMessage, keys []string) json.RawMessage {
	values, err := attributeValues(attributes)
	if err != nil {
		return json.RawMessage("{}")
	}
	for _, key := range keys {
		delete(values, key)
	}
	return appendObject(values)
}
