package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/geo"
)

// weigher measures targets as the store does.
func weigher(r *assets.Registry) func(assets.Rule, assets.TargetRef) int64 {
	measure, code := map[assets.TargetRef]float64{}, map[assets.TargetRef]string{}
	for _, s := range r.Segments {
		t := assets.TargetRef{Noun: assets.TargetSegment, ID: s.ID}
		measure[t], code[t] = geo.Length(s.Geometry), s.Code
	}
	for _, a := range r.Areas {
		t := assets.TargetRef{Noun: assets.TargetArea, ID: a.ID}
		measure[t], code[t] = geo.Area(a.Geometry), a.Code
	}
	count := map[string]int64{} // by place and class
	for _, a := range r.Assets {
		place, _, _ := strings.Cut(a.SourceID, "/")
		count[place+"/"+a.Class]++
	}
	return func(rule assets.Rule, t assets.TargetRef) (n int64) {
		if rule.Kind != assets.RuleCount {
			return int64(math.Round(measure[t] * 1000))
		}
		for _, c := range rule.Classes {
			n += count[code[t]+"/"+c]
		}
		return n
	}
}

// What was paid falls on the key segments and the compounds to the fen, by every
// kind of rule; what has no target is left over, and every total is stated.
func TestSampleInvestment(t *testing.T) {
	r := sample(t)
	projects, weigh := map[uuid.UUID]assets.Project{}, weigher(r)
	for _, p := range r.Projects {
		projects[p.ID] = p
	}
	key, touched := map[uuid.UUID]bool{}, map[assets.TargetRef]bool{}
	for _, s := range r.Segments {
		key[s.ID] = s.Key
	}
	got, rules := map[string]assets.Fen{}, map[string]bool{}
	for _, e := range r.Entries {
		p := projects[e.Project]
		rule, targets := p.Rule, p.Targets
		if e.Rule != nil {
			rule = *e.Rule
		}
		if e.Targets != nil {
			targets = e.Targets
		}
		var measured []assets.Measured
		for _, t := range targets {
			measured = append(measured, assets.Measured{Ref: t, Weight: weigh(rule, t)})
		}
		shares, rest, err := assets.Apportion(e.Amount, rule, measured)
		if err != nil {
			t.Fatalf("%s: %v", e.Voucher, err)
		}
		basis, sign := assets.BasisOf(e.Kind)
		got[basis+" "+"nowhere"] += sign * rest
		for _, s := range shares {
			if s.Target.Noun == assets.TargetSegment && !key[s.Target.ID] {
				t.Errorf("%s falls on a segment that is not key", e.Voucher)
			}
			got[basis+" "+s.Target.Noun] += sign * s.Amount
			touched[s.Target], rules[s.Rule] = true, true
		}
	}
	for what, want := range map[string]string{
		"paid segment": "10386472.35", "paid area": "12604918.60", "paid nowhere": "436260.35",
		"committed segment": "11387290.50", "committed area": "13473900.00", "committed nowhere": "468000.00",
		"granted segment": "4500000.00", "granted area": "7000000.00", "granted nowhere": "0.00",
	} {
		if got[what].String() != want {
			t.Errorf("%s is %s, want %s", what, got[what], want)
		}
	}
	if len(touched) != 17+37 || len(rules) != len(assets.RuleKinds) {
		t.Errorf("money falls on %d targets by the rules %v", len(touched), rules)
	}
}

// Projects and entries are valid, in the order they can be stored, and each
// voucher and id is there once.
func TestSampleEntries(t *testing.T) {
	r := sample(t)
	ids, vouchers, kinds, documents := map[uuid.UUID]bool{}, map[string]bool{}, map[string]bool{}, SampleDocuments()
	for _, p := range r.Projects {
		if err := p.Validate(); err != nil || ids[p.ID] || p.ID.Version() != 7 || p.Jurisdiction != r.Jurisdiction.Code {
			t.Errorf("project %+v: %v", p, err)
		}
		ids[p.ID] = true
	}
	first := "9999"
	for _, e := range r.Entries {
		if err := e.Validate(); err != nil || !ids[e.Project] || ids[e.ID] || vouchers[e.Voucher] || e.Counterparty == "" {
			t.Errorf("entry %+v: %v", e, err)
		}
		if e.Kind != assets.EntryChangeOrder && documents[e.Document] == nil {
			t.Errorf("%s has no document", e.Voucher)
		}
		if e.On > "2025-12-31" {
			t.Errorf("%s is of %s, after the sample was made", e.Voucher, e.On)
		}
		if e.Kind == assets.EntryPayment {
			first = min(first, e.On)
		}
		ids[e.ID], vouchers[e.Voucher], kinds[e.Kind] = true, true, true
	}
	if first[:7] != "2019-04" || len(kinds) != len(assets.EntryKinds) {
		t.Errorf("the first payment is of %s; kinds are %v", first, kinds)
	}
}

// The furniture of more than 30 places was paid for, each piece once and on the
// segment where it stands, in the year it came.
func TestSampleFurnitureIsBought(t *testing.T) {
	r := sample(t)
	byID, places, bought := map[uuid.UUID]assets.Asset{}, map[string]bool{}, map[uuid.UUID]bool{}
	segments := map[string]uuid.UUID{}
	for _, a := range r.Assets {
		byID[a.ID] = a
	}
	for _, s := range r.Segments {
		segments[s.Code] = s.ID
	}
	for _, e := range r.Entries {
		for _, id := range e.Assets {
			a := byID[id]
			var attributes struct{ Location string }
			if err := json.Unmarshal(a.Attributes, &attributes); err != nil {
				t.Fatal(err)
			}
			code, _, _ := strings.Cut(a.SourceID, "/")
			if bought[id] || a.InstalledOn[:4] != e.On[:4] || !slices.Contains(e.Targets, assets.TargetRef{Noun: assets.TargetSegment, ID: segments[code]}) {
				t.Errorf("%s names %s, installed on %s", e.Voucher, a.Name, a.InstalledOn)
			}
			bought[id], places[attributes.Location] = true, true
		}
	}
	if len(places) < 30 {
		t.Errorf("furniture was bought for %d places", len(places))
	}
}

// Every document is a PDF whose table of objects points at them.
func TestSampleDocuments(t *testing.T) {
	documents := SampleDocuments()
	if len(documents) < 40 {
		t.Errorf("%d documents", len(documents))
	}
	for sum, b := range documents {
		if documentSum(b) != sum || !bytes.HasPrefix(b, []byte("%PDF-1.4\n")) || !bytes.HasSuffix(b, []byte("%%EOF\n")) || !bytes.Contains(b, []byte("(SAMPLE) Tj")) {
			t.Fatalf("document %s:\n%s", sum, b)
		}
		var start, size int
		if _, err := fmt.Sscanf(string(b[bytes.LastIndex(b, []byte("startxref")):]), "startxref\n%d", &start); err != nil {
			t.Fatal(err)
		}
		table := string(b[start:])
		if _, err := fmt.Sscanf(table, "xref\n0 %d\n", &size); err != nil || !strings.Contains(table, fmt.Sprintf("/Size %d ", size)) {
			t.Fatalf("table of %s: %v\n%s", sum, err, table)
		}
		entries := table[strings.Index(table, "0000000000 65535 f \n"):]
		for i := 1; i < size; i++ {
			var at int
			if _, err := fmt.Sscanf(entries[20*i:20*i+20], "%010d 00000 n \n", &at); err != nil || !bytes.HasPrefix(b[at:], fmt.Appendf(nil, "%d 0 obj\n", i)) {
				t.Fatalf("object %d of %s is said to be at %d: %v", i, sum, at, err)
			}
		}
		var length int
		stream := bytes.Index(b, []byte("stream\n")) + len("stream\n")
		if _, err := fmt.Sscanf(string(b[bytes.Index(b, []byte("/Length")):]), "/Length %d", &length); err != nil || !bytes.HasPrefix(b[stream+length:], []byte("endstream")) {
			t.Fatalf("stream of %s: %d bytes from %d: %v", sum, length, stream, err)
		}
	}
}
