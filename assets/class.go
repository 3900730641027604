package assets

import (
	"regexp"
	"slices"
)

// Class (类别) is a kind of asset in the catalogue of one code profile.
// Classes of the SystemJurisdiction are shared by every jurisdiction that
// follows their profile.
type Class struct {
	Header
	Profile     string  `json:"profile"`
	Code        string  `json:"code"` // major + subclass, 4 digits
	Name        string  `json:"name"`
	NameEN      string  `json:"name_en"`
	MajorName   string  `json:"major_name"`
	MajorNameEN string  `json:"major_name_en"`
	Geometry    string  `json:"geometry"` // point, line or polygon
	Icon        string  `json:"icon"`     // name of a symbol in static/icons
	Color       string  `json:"color"`    // #rrggbb
	RadiusM     float64 `json:"radius_m"` // two of the class nearer than this are probably one
	AccuracyM   float64 `json:"accuracy_m"`
	Local       bool    `json:"local"` // an extension, numbered downward from 99
	Fields      []Field `json:"fields"`
}

// Kinds of fields.
const (
	KindText       = "text"
	KindNumber     = "number"
	KindChoice     = "choice"
	KindDate       = "date"
	KindFlag       = "flag"       // yes or no
	KindPerson     = "person"     // the id of an account with a role in the jurisdiction
	KindDepartment = "department" // the id of a department of the jurisdiction
)

// Field is one attribute in the schema of a class.
type Field struct {
	Key      string   `json:"key"` // snake_case, the member under attributes
	Name     string   `json:"name"`
	NameEN   string   `json:"name_en"`
	Kind     string   `json:"kind"`
	Unit     string   `json:"unit,omitempty"`
	Min      *float64 `json:"min,omitempty"`
	Max      *float64 `json:"max,omitempty"`
	Choices  []string `json:"choices,omitempty"`
	Required bool     `json:"required,omitempty"`
}

var (
	colorPattern = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	keyPattern   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
)

// GeometryKinds lists what a class's assets may be drawn as.
var GeometryKinds = []string{"point", "line", "polygon"}

// FieldKinds lists every kind of field.
var FieldKinds = []string{KindText, KindNumber, KindChoice, KindDate, KindFlag, KindPerson, KindDepartment}

// maxFields is how many attributes a class may have: a form longer than this
// is filled in by nobody.
const maxFields = 100

// faults says what is wrong with a field, under the name fields.KEY.
func (f Field) faults() (faults Errors) {
	at := "fields." + f.Key
	if !slices.Contains(FieldKinds, f.Kind) {
		faults = append(faults, Errorf(Invalid, at, "类型“%s”不在 %v 之中", "the kind %q is not one of %v", f.Kind, FieldKinds))
	}
	if f.Kind == KindChoice && len(f.Choices) == 0 {
		faults = append(faults, Errorf(Invalid, at, "选项不能为空", "needs choices"))
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		faults = append(faults, Errorf(Invalid, at, "最小值大于最大值", "the least value is more than the greatest"))
	}
	list := []bounded{{at, f.Name, 1, 60}, {at, f.NameEN, 0, 100}, {at, f.Unit, 0, 20}}
	for _, choice := range f.Choices {
		list = append(list, bounded{at, choice, 1, 100})
	}
	return append(faults, textFaults(list...)...)
}

// Field returns the field with a key.
func (c Class) Field(key string) (Field, bool) {
	for _, f := range c.Fields {
		if f.Key == key {
			return f, true
		}
	}
	return Field{}, false
}

// Validate reports every wrong member at once.
func (c Class) Validate() error {
	var faults Errors
	if !digits(c.Code, 4) {
		faults = append(faults, Errorf(Invalid, "code", "应为 4 位数字：大类 2 位、小类 2 位", "must be 4 digits: 2 of the major class, 2 of the subclass"))
	}
	if !slices.Contains(GeometryKinds, c.Geometry) {
		faults = append(faults, Errorf(Invalid, "geometry", "“%s”不在 %v 之中", "%q is not one of %v", c.Geometry, GeometryKinds))
	}
	if !colorPattern.MatchString(c.Color) {
		faults = append(faults, Errorf(Invalid, "color", "应为 #rrggbb", "must be #rrggbb"))
	}
	if !(c.RadiusM >= 0 && c.RadiusM <= 1000) {
		faults = append(faults, Errorf(Invalid, "radius_m", "应在 0 到 1000 米之间", "must be 0 to 1000 metres"))
	}
	if !(c.AccuracyM >= 0 && c.AccuracyM <= 1000) {
		faults = append(faults, Errorf(Invalid, "accuracy_m", "应在 0 到 1000 米之间", "must be 0 to 1000 metres"))
	}
	seen := map[string]bool{}
	for _, f := range c.Fields {
		if !keyPattern.MatchString(f.Key) || seen[f.Key] {
			faults = append(faults, Errorf(Invalid, "fields", "“%s”不是唯一的小写蛇形字段名", "%q is no unique snake_case key", f.Key))
		}
		seen[f.Key] = true
		faults = append(faults, f.faults()...)
	}
	if len(c.Fields) > maxFields {
		faults = append(faults, Errorf(Invalid, "fields", "最多 %d 个字段", "there may be at most %d fields", maxFields))
	}
	return append(faults, textFaults(bounded{"name", c.Name, 1, 60}, bounded{"name_en", c.NameEN, 0, 100}, bounded{"icon", c.Icon, 1, 40})...).Err()
}
