package assets

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/geo"
)

// Outcomes of an operation that a phone sent.
const (
	OutcomeApplied  = "applied"
	OutcomeAlready  = "already"  // it was known: the receipt is that of the first time
	OutcomeMerged   = "merged"   // somebody else wrote meanwhile, other fields
	OutcomeConflict = "conflict" // the same field to another value: both are kept
	OutcomeRefused  = "refused"  // it left no trace
)

// KindInstall and KindRemove are what a phone may do besides the kinds
// of changes.
const (
	KindInstall = "install"
	KindRemove  = "remove"
)

// Synced is the receipt of an operation: what became of it, and where it stands
// in the log.
type Synced struct {
	Op         uuid.UUID   `json:"op"`
	Outcome    string      `json:"outcome"`
	Noun       string      `json:"noun"`
	ID         uuid.UUID   `json:"id"`
	Version    int         `json:"version"`
	Seq        int64       `json:"seq"`
	At         time.Time   `json:"at"`          // as the phone said it
	ReceivedAt time.Time   `json:"received_at"` // the server's
	Code       string      `json:"code,omitempty"`
	Merged     []string    `json:"merged,omitempty"`
	Conflict   *Disputed   `json:"conflict,omitempty"`
	Twins      []Candidate `json:"-"` // near ones of the class; only a hint, and not kept
}

// Disputed names a conflict and what it is about.
type Disputed struct {
	ID     uuid.UUID `json:"id"`
	Kind   string    `json:"kind"`
	Fields []Clash   `json:"fields"`
}

// Clash is one field that two people changed to different values.
type Clash struct {
	Field  string          `json:"field"`
	Base   json.RawMessage `json:"base"`
	Mine   json.RawMessage `json:"mine"`
	Theirs json.RawMessage `json:"theirs"`
}

// MergeAsset lays what mine changed of base over now, field by field. merged
// are the fields of mine that now stand; clashes are those that both changed,
// to different values: they keep what now says. known tells of which fields of
// base it is known that mine was made from them, nil of all; the others clash
// wherever now says otherwise than mine.
func MergeAsset(base, now, mine Asset, known func(field string) bool) (result Asset, merged []string, clashes []Clash, err error) {
	was, is, will := fieldsOf(base), fieldsOf(now), fieldsOf(mine)
	result = now
	for _, name := range fieldNames(was, will) {
		switch {
		case sameValue(was[name], will[name]) || sameValue(is[name], will[name]):
		case known != nil && !known(name):
			clashes = append(clashes, Clash{Field: name, Base: orNull(nil), Mine: orNull(will[name]), Theirs: orNull(is[name])})
		case sameValue(was[name], is[name]) && !(positional(name) && !sameValue(was[fieldGeometry], is[fieldGeometry])):
			merged = append(merged, name)
			if err := result.setField(name, will[name]); err != nil {
				return now, nil, nil, err
			}
		default:
			clashes = append(clashes, Clash{Field: name, Base: orNull(was[name]), Mine: orNull(will[name]), Theirs: orNull(is[name])})
		}
	}
	return result, merged, clashes, nil
}

// positional are the fields that say how good a position is: they go with it.
func positional(name string) bool { return name == "accuracy_m" || name == "source_crs" }

// Changed lists what one version of an asset says otherwise than another.
func Changed(base, mine Asset) (list []Clash) {
	was, will := fieldsOf(base), fieldsOf(mine)
	for _, name := range fieldNames(was, will) {
		if !sameValue(was[name], will[name]) {
			list = append(list, Clash{Field: name, Base: orNull(was[name]), Mine: orNull(will[name]), Theirs: json.RawMessage("null")})
		}
	}
	return list
}

// Take sets the fields of clashes to what mine says.
func (a *Asset) Take(list []Clash) error {
	for _, c := range list {
		value := c.Mine
		if string(value) == "null" {
			value = nil
		}
		if err := a.setField(c.Field, value); err != nil {
			return err
		}
	}
	return nil
}

// texts are the fields of an asset that are one text.
func (a *Asset) texts() map[string]*string {
	return map[string]*string{"code": &a.Code, "class": &a.Class, "name": &a.Name, "status": &a.Status, "condition": &a.Condition, "source": &a.Source,
		"source_id": &a.SourceID, "source_crs": &a.SourceCRS, "installed_on": &a.InstalledOn, "removed_on": &a.RemovedOn}
}

const (
	fieldGeometry = "geometry"
	inAttributes  = "attributes."
	exact         = 1 << 53 // whole numbers below it are their own float64
)

// sameValue reports whether two values say the same, however they are spelled: a
// phone writes 8.50 as 8.5.
func sameValue(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, first := strconv.ParseFloat(string(a), 64)
	y, second := strconv.ParseFloat(string(b), 64)
	return first == nil && second == nil && x == y && math.Abs(x) < exact
}

// FieldNames lists the fields that the members of an asset are: each attribute
// is one.
func FieldNames(members map[string]json.RawMessage) (names []string) {
	for _, name := range sortedKeys(members) {
		var attributes map[string]json.RawMessage
		if name+"." != inAttributes || json.Unmarshal(members[name], &attributes) != nil {
			names = append(names, name)
		}
		for _, key := range sortedKeys(attributes) {
			names = append(names, inAttributes+key)
		}
	}
	return names
}

// fieldsOf writes everything of an asset that people enter, each field for
// itself; nil is a field that is empty.
func fieldsOf(a Asset) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{"accuracy_m": encode(a.AccuracyM), "replaced_by": encode(a.ReplacedBy)}
	for name, text := range a.texts() {
		fields[name] = encode(*text)
	}
	if a.Geometry != nil {
		fields[fieldGeometry] = geo.AppendGeometry(nil, a.Geometry)
	}
	values, err := attributeValues(a.Attributes)
	if err != nil { // what is stored is an object
		return fields
	}
	for key, value := range values {
		fields[inAttributes+key] = compact(value)
	}
	for name, value := range fields {
		if string(value) == "null" {
			delete(fields, name)
		}
	}
	return fields
}

func (a *Asset) setField(name string, value json.RawMessage) (err error) {
	key, attribute := strings.CutPrefix(name, inAttributes)
	text := a.texts()[name]
	switch {
	case attribute:
		a.Attributes, err = MergeAttributes(a.Attributes, appendObject(map[string]json.RawMessage{key: orNull(value)}))
	case name == fieldGeometry:
		var g orb.Geometry
		if g, err = geo.ParseGeometry(value); err == nil {
			a.Geometry = g
		}
	case name == "accuracy_m":
		a.AccuracyM = nil
		err = json.Unmarshal(orNull(value), &a.AccuracyM)
	case name == "replaced_by":
		a.ReplacedBy = nil
		err = json.Unmarshal(orNull(value), &a.ReplacedBy)
	case text != nil:
		*text = ""
		err = json.Unmarshal(orNull(value), text)
	}
	return err
}

func fieldNames(maps ...map[string]json.RawMessage) (names []string) {
	all := map[string]json.RawMessage{}
	for _, m := range maps {
		for name := range m {
			all[name] = nil
		}
	}
	return sortedKeys(all)
}

// encode cannot fail: it is given texts, numbers and ids.
func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// compact writes a value without the spaces that do not count.
func compact(value json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, value) != nil {
		return value
	}
	return b.Bytes()
}

func orNull(value json.RawMessage) json.RawMessage {
	if value == nil {
		return json.RawMessage("null")
	}
	return value
}
