package assets

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func numbered(n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("0195b2a0-0000-7000-8000-%012d", n))
}

// family is a lineage of random splits and merges, and the segments of today.
func family(t *rapid.T) (l Lineage, founders, living []uuid.UUID) {
	var list []Succession
	next := 0
	born := func() uuid.UUID { next++; return numbered(next) }
	for range rapid.IntRange(1, 4).Draw(t, "founders") {
		founders = append(founders, born())
	}
	living = append(living, founders...)
	for i := range rapid.IntRange(0, 6).Draw(t, "verbs") {
		first := rapid.IntRange(0, len(living)-1).Draw(t, fmt.Sprint("first", i))
		old := living[first]
		living = append(living[:first:first], living[first+1:]...)
		weight := func(k int) int64 { return rapid.Int64Range(1000, 9_999_999).Draw(t, fmt.Sprint("weight", i, k)) }
		if len(living) > 0 && rapid.Bool().Draw(t, fmt.Sprint("merge", i)) {
			other, made := living[0], born()
			list = append(list, Succession{Kind: LineageMerge, From: old, To: made, Weight: weight(0)}, Succession{Kind: LineageMerge, From: other, To: made, Weight: weight(1)})
			living = append(living[1:], made)
			continue
		}
		for k := range rapid.IntRange(2, 4).Draw(t, fmt.Sprint("parts", i)) {
			made := born()
			list = append(list, Succession{Kind: LineageSplit, From: old, To: made, Weight: weight(k)})
			living = append(living, made)
		}
	}
	return NewLineage(list), founders, living
}

func TestCarriedPartsAddUpToTheFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, founders, living := family(t)
		for i, id := range founders {
			amount := Fen(rapid.Int64Range(-int64(MaxFen), int64(MaxFen)).Draw(t, fmt.Sprint("amount", i)))
			there, sum := map[uuid.UUID]Fen{}, Fen(0)
			for _, c := range l.Carry(id, amount) {
				sum += c.Amount
				there[c.ID] = c.Amount
				if amount > 0 && c.Amount < 0 || amount < 0 && c.Amount > 0 {
					t.Fatalf("%s of %s", c.Amount, amount)
				}
				if len(l[c.ID]) > 0 || !slices.Contains(living, c.ID) {
					t.Fatalf("%s is not of today", c.ID)
				}
			}
			if sum != amount {
				t.Fatalf("the parts of %s add up to %s", amount, sum)
			}
			for _, c := range l.Carry(id, -amount) {
				if c.Amount != -there[c.ID] {
					t.Fatalf("a reversal gives %s where %s stood", c.Amount, there[c.ID])
				}
			}
		}
	})
}

func TestARuleFollowsTheLineage(t *testing.T) {
	ref := func(n int) TargetRef { return TargetRef{TargetSegment, numbered(n)} }
	l := NewLineage([]Succession{{From: numbered(1), To: numbered(4), Weight: 1000}, {From: numbered(1), To: numbered(5), Weight: 2000},
		{From: numbered(2), To: numbered(6), Weight: 1}, {From: numbered(5), To: numbered(6), Weight: 1}})
	targets, rule := l.Resolve([]TargetRef{ref(1), ref(2), ref(3)}, Rule{Kind: RuleShares, Shares: []Share{{ref(1), 3}, {ref(2), 1}, {ref(3), 2}}})
	if fmt.Sprint(targets) != fmt.Sprint([]TargetRef{ref(4), ref(6), ref(3)}) {
		t.Errorf("targets %v", targets)
	}
	if fmt.Sprint(rule.Shares) != fmt.Sprint([]Share{{ref(4), 1_000_000}, {ref(6), 3_000_000}, {ref(3), 2_000_000}}) {
		t.Errorf("shares %v", rule.Shares)
	}
	_, rule = l.Resolve(nil, Rule{Kind: RuleManual, Amounts: []Amount{{ref(1), 100}, {ref(3), 7}}})
	if fmt.Sprint(rule.Amounts) != fmt.Sprint([]Amount{{ref(4), 33}, {ref(6), 67}, {ref(3), 7}}) {
		t.Errorf("amounts %v", rule.Amounts)
	}
	if before := l.Before(numbered(6)); fmt.Sprint(before) != fmt.Sprint([]uuid.UUID{numbered(1), numbered(2), numbered(5)}) {
		t.Errorf("before %v", before)
	}
}

func TestSplitAndMergeSegments(t *testing.T) {
	s := Segment{Code: "LD-1", Name: "东西路", Road: "东西路", From: "甲路", To: "乙路", Key: true, Status: StatusInService, Source: "x", Geometry: orb.LineString{{113.71, 34.75}, {113.72, 34.75}}}
	at := func(m float64) []Cut { return []Cut{{ChainageM: &m}} }
	parts, err := s.Split(at(200), []Naming{{}, {Name: "东段", Code: "E"}})
	if err != nil {
		t.Fatal(err)
	}
	a, b := parts[0], parts[1]
	if a.Name != "东西路（1）" || a.Code != "LD-1-1" || a.From != "甲路" || a.To != "" || !a.Key || b.Name != "东段" || b.Code != "E" || b.From != "" || b.To != "乙路" || b.Source != "x" {
		t.Errorf("parts %+v", parts)
	}
	made, err := Merge([]Segment{b, a}, Naming{Name: "合"})
	if err != nil || made.From != "甲路" || made.To != "乙路" || made.Code != "" || made.Name != "合" || made.Geometry[0] != s.Geometry[0] || len(made.Geometry) != 3 {
		t.Errorf("merged %+v: %v", made, err)
	}
	far := orb.Point{113.715, 34.76}
	near := orb.Point{113.715, 34.7501}
	if parts, err := s.Split([]Cut{{Point: &near}}, nil); err != nil || math.Abs(parts[0].Geometry[1][0]-113.715) > 1e-6 {
		t.Errorf("at a point: %v %v", parts, err)
	}
	for name, cuts := range map[string][]Cut{"none": nil, "before the start": at(-3), "at the start": at(0.5), "at the end": at(s.LengthM + 914.9), "beyond": at(2000), "far": {{Point: &far}}, "neither": {{}}, "twice": append(at(200), at(200)...)} {
		if _, err := s.Split(cuts, nil); ErrorCode(err) != Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	away := s
	away.Geometry = orb.LineString{{113.73, 34.75}, {113.74, 34.75}}
	for name, list := range map[string][]Segment{"one": {s}, "apart": {s, away}} {
		if _, err := Merge(list, Naming{}); ErrorCode(err) != Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
