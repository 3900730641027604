package assets

import (
	"slices"

	"github.com/google/uuid"
)

// Kinds of what becomes of a segment.
const (
	LineageSplit = "split" // 拆分
	LineageMerge = "merge" // 合并
)

// Succession (沿革) says that a segment which was split or merged lives on in
// another one.
type Succession struct {
	Header
	Kind   string    `json:"kind"`
	From   uuid.UUID `json:"from"`
	To     uuid.UUID `json:"to"`
	Weight int64     `json:"weight"` // millimetres of From's line that went to To
}

// Views of money on segments that are no more.
const (
	LineageBooked  = "booked"  // under the segment it was booked on
	LineageCurrent = "current" // carried on to the segments of today
)

// LineageViews lists them.
var LineageViews = []string{LineageBooked, LineageCurrent}

// Lineage is every succession of a jurisdiction, by the segment that went. It
// does not change. Successors are made when a segment goes: no way through it
// comes back to where it began.
type Lineage map[uuid.UUID][]Succession

// NewLineage puts successions in order: of equal remainders the successor with
// the lowest id takes the fen.
func NewLineage(list []Succession) Lineage {
	l := Lineage{}
	for _, s := range list {
		l[s.From] = append(l[s.From], s)
	}
	for _, heirs := range l {
		slices.SortFunc(heirs, func(a, b Succession) int { return slices.Compare(a.To[:], b.To[:]) })
	}
	return l
}

// Carried is the part of an amount that a segment of today takes over.
type Carried struct {
	ID     uuid.UUID
	Amount Fen
}

// Carry hands an amount on from a segment to those of today, generation by
// generation by largest remainder: the parts add up to the amount to the fen,
// that of a reversal is the opposite of what it reverses, and what becomes of one
// successor moves nothing of the others. One without successors keeps it.
func (l Lineage) Carry(id uuid.UUID, amount Fen) []Carried { return l.carry(id, amount, len(l)) }

// carry stops after as many generations as there can be: a table that somebody
// tampered with must not keep the program busy for ever.
func (l Lineage) carry(id uuid.UUID, amount Fen, generations int) []Carried {
	heirs := l[id]
	if len(heirs) == 0 || generations == 0 {
		return []Carried{{id, amount}}
	}
	shares, total := make([]Allocation, len(heirs)), int64(0)
	for i, h := range heirs {
		shares[i].Weight = h.Weight
		total += h.Weight
	}
	var list []Carried
	for i, share := range largestRemainder(amount, shares, total) {
		for _, c := range l.carry(heirs[i].To, share.Amount, generations-1) {
			if k := slices.IndexFunc(list, func(had Carried) bool { return had.ID == c.ID }); k >= 0 {
				list[k].Amount += c.Amount
			} else {
				list = append(list, c)
			}
		}
	}
	return list
}

// Today lists the segments in which a segment lives on: itself, if it was neither
// split nor merged.
func (l Lineage) Today(id uuid.UUID) (ids []uuid.UUID) {
	for _, c := range l.Carry(id, 0) {
		ids = append(ids, c.ID)
	}
	return ids
}

// Before lists the segments that live on in any of ids, not those themselves.
func (l Lineage) Before(ids ...uuid.UUID) (list []uuid.UUID) {
	for old := range l {
		if slices.ContainsFunc(l.Today(old), func(id uuid.UUID) bool { return slices.Contains(ids, id) }) {
			list = append(list, old)
		}
	}
	slices.SortFunc(list, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return list
}

// Origins lists ids, and the segments of any time that live on in them.
func (l Lineage) Origins(ids ...uuid.UUID) []uuid.UUID {
	came := map[uuid.UUID][]uuid.UUID{}
	for old, heirs := range l {
		for _, h := range heirs {
			came[h.To] = append(came[h.To], old)
		}
	}
	var list []uuid.UUID
	for next := slices.Clone(ids); len(next) > 0; next = next[1:] {
		if !slices.Contains(list, next[0]) {
			list, next = append(list, next[0]), append(next, came[next[0]]...)
		}
	}
	return list
}

// shareParts is into how many parts a fixed share is cut when its segment was.
const shareParts = 1_000_000

// Resolve names the segments of today in targets and in the weights of a rule.
// Amounts go to successors to the fen, shares to a millionth; what a rule
// measures is measured of the successors.
func (l Lineage) Resolve(targets []TargetRef, rule Rule) ([]TargetRef, Rule) {
	if !slices.ContainsFunc(targets, l.left) && !slices.ContainsFunc(rule.Shares, func(s Share) bool { return l.left(s.TargetRef) }) &&
		!slices.ContainsFunc(rule.Amounts, func(a Amount) bool { return l.left(a.TargetRef) }) {
		return targets, rule
	}
	list := make([]TargetRef, 0, len(targets))
	for _, t := range targets {
		for _, c := range l.carryTarget(t, 0) {
			if !slices.Contains(list, c.TargetRef) {
				list = append(list, c.TargetRef)
			}
		}
	}
	shares, amounts := rule.Shares, rule.Amounts
	rule.Shares, rule.Amounts = nil, nil
	for _, s := range shares {
		for _, c := range l.carryTarget(s.TargetRef, Fen(s.Weight)*shareParts) {
			k := slices.IndexFunc(rule.Shares, func(had Share) bool { return had.TargetRef == c.TargetRef })
			if k < 0 {
				k, rule.Shares = len(rule.Shares), append(rule.Shares, Share{TargetRef: c.TargetRef})
			}
			rule.Shares[k].Weight += int64(c.Amount)
		}
	}
	for _, a := range amounts {
		for _, c := range l.carryTarget(a.TargetRef, a.Amount) {
			k := slices.IndexFunc(rule.Amounts, func(had Amount) bool { return had.TargetRef == c.TargetRef })
			if k < 0 {
				k, rule.Amounts = len(rule.Amounts), append(rule.Amounts, Amount{TargetRef: c.TargetRef})
			}
			rule.Amounts[k].Amount += c.Amount
		}
	}
	return list, rule
}

// left reports whether a target is a segment that lives on in others.
func (l Lineage) left(t TargetRef) bool { return t.Noun == TargetSegment && len(l[t.ID]) > 0 }

func (l Lineage) carryTarget(t TargetRef, amount Fen) []Amount {
	if !l.left(t) {
		return []Amount{{TargetRef: t, Amount: amount}}
	}
	carried := l.Carry(t.ID, amount)
	list := make([]Amount, len(carried))
	for i, c := range carried {
		list[i] = Amount{TargetRef{Noun: TargetSegment, ID: c.ID}, c.Amount}
	}
	return list
}
