package assets

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Measured is a target with what a rule measures of it: thousandths of a metre
// or of a square metre, or a number of assets.
type Measured struct {
	Ref    TargetRef
	Weight int64
}

// Apportion divides an amount among targets, each named once, by largest
// remainder: shares and what is unallocated add up to the amount to the fen,
// whatever the rule. The order of targets does not matter; shares are sorted by
// noun and id, and of equal remainders the first takes the fen. A negative amount
// divides as the positive one does. Targets without weight get no share, and
// where none has any the whole amount is unallocated.
//
// RuleShares takes its weights from the rule, RuleManual its amounts, which are
// never scaled: what they leave is unallocated, and more than the amount is
// refused as Invalid, rule.amounts. A project's amounts are for its whole budget,
// so its entries divide by Rule.Proportional.
func Apportion(amount Fen, rule Rule, targets []Measured) (shares []Allocation, unallocated Fen, err error) {
	weights, total, err := weigh(rule, targets)
	if err != nil || total == 0 || amount == 0 {
		return nil, amount, err
	}
	if rule.Kind == RuleManual {
		return given(amount, weights, total)
	}
	return largestRemainder(amount, weights, total), 0, nil
}

// Proportional is the rule by which a project's amounts divide entries of any
// size: amounts given by hand become shares in their proportion.
func (r Rule) Proportional() Rule {
	if r.Kind != RuleManual {
		return r
	}
	out := Rule{Kind: RuleShares, Shares: make([]Share, len(r.Amounts))}
	for i, a := range r.Amounts {
		out.Shares[i] = Share{TargetRef: a.TargetRef, Weight: int64(a.Amount)}
	}
	return out
}

// weigh lists the targets that have weight under a rule, sorted.
func weigh(rule Rule, targets []Measured) (list []Allocation, total int64, err error) {
	field, fixed := "targets", map[TargetRef]int64{}
	switch rule.Kind {
	case RuleShares:
		field = "rule.shares"
		for _, s := range rule.Shares {
			fixed[s.TargetRef] = s.Weight
		}
	case RuleManual:
		field = "rule.amounts"
		for _, a := range rule.Amounts {
			fixed[a.TargetRef] = int64(a.Amount)
		}
	}
	for _, t := range targets {
		w := t.Weight
		if field != "targets" {
			w = fixed[t.Ref]
		}
		if w < 0 || total+w < total {
			return nil, 0, Errorf(Invalid, field, "权重为负或过大", "a weight is negative or too large")
		}
		if w > 0 {
			total += w
			list = append(list, Allocation{Target: t.Ref, Rule: rule.Kind, Weight: w})
		}
	}
	slices.SortFunc(list, func(a, b Allocation) int { return a.Target.Compare(b.Target) })
	return list, total, nil
}

// Compare orders targets by noun, then id.
func (t TargetRef) Compare(u TargetRef) int {
	return cmp.Or(strings.Compare(t.Noun, u.Noun), slices.Compare(t.ID[:], u.ID[:]))
}

// given takes each weight as an amount.
func given(amount Fen, list []Allocation, total int64) ([]Allocation, Fen, error) {
	size, sign := magnitude(amount)
	if uint64(total) > size {
		return nil, 0, Errorf(Invalid, "rule.amounts", "指定金额合计 %s 元，超过分录金额 %s 元", "the amounts given add up to %s yuan, over the %s yuan of the entry", Fen(total), Fen(size))
	}
	for i := range list {
		list[i].Amount, list[i].WeightTotal = sign*Fen(list[i].Weight), int64(size)
	}
	return list, amount - sign*Fen(total), nil
}

// largestRemainder divides in proportion to the weights: everybody gets the
// whole fen below the quota, and the largest remainders one more each.
func largestRemainder(amount Fen, list []Allocation, total int64) []Allocation {
	size, sign := magnitude(amount)
	remainders, order, left := make([]uint64, len(list)), make([]int, len(list)), size
	for i := range list {
		hi, lo := bits.Mul64(size, uint64(list[i].Weight))
		quota, rest := bits.Div64(hi, lo, uint64(total))
		list[i].Amount, list[i].WeightTotal = sign*Fen(quota), total
		remainders[i], order[i] = rest, i
		left -= quota
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	for _, i := range order[:left] {
		list[i].Amount += sign
	}
	return list
}

func magnitude(amount Fen) (size uint64, sign Fen) {
	if amount < 0 {
		return -uint64(amount), -1
	}
	return uint64(amount), 1
}

// Words says why the share is what it is: "按长度 412.6 m / 1,203.4 m = 34.29 %".
func (a Allocation) Words() Text {
	if a.Target.Noun == "" || a.WeightTotal <= 0 {
		return Text{ZH: "未分摊", EN: "unallocated"}
	}
	part, whole, percent := measureWords(a.Rule, a.Weight), measureWords(a.Rule, a.WeightTotal), percentWords(a.Weight, a.WeightTotal)
	zh := func(by, unit string) string {
		return fmt.Sprintf("%s %s %s / %s %s = %s", by, part, unit, whole, unit, percent)
	}
	en := func(by, unit string) string {
		return fmt.Sprintf("%s %s%s / %s%s = %s", by, part, unit, whole, unit, percent)
	}
	switch a.Rule {
	case RuleLength:
		return Text{ZH: zh("按长度", "m"), EN: en("by length", " m")}
	case RuleArea:
		return Text{ZH: zh("按面积", "m²"), EN: en("by area", " m²")}
	case RuleCount:
		return Text{ZH: zh("按数量", "件"), EN: en("by count", " assets")}
	case RuleManual:
		return Text{ZH: zh("按指定金额", "元"), EN: en("by given amount", " yuan")}
	}
	return Text{ZH: zh("按份额", "份"), EN: en("by shares", "")}
}

// measureWords writes a weight in the unit a person reads, grouped in thousands.
func measureWords(rule string, weight int64) string {
	switch rule {
	case RuleLength, RuleArea: // thousandths, shown to the tenth
		tenths := weight/100 + weight%100/50
		return grouped(tenths/10) + "." + strconv.FormatInt(tenths%10, 10)
	case RuleManual:
		return grouped(weight/100) + fmt.Sprintf(".%02d", weight%100)
	}
	return grouped(weight)
}

func percentWords(part, whole int64) string {
	hi, lo := bits.Mul64(uint64(part), 10_000)
	lo, carry := bits.Add64(lo, uint64(whole)/2, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(whole))
	return fmt.Sprintf("%d.%02d %%", q/100, q%100)
}

// grouped writes a number of 0 or more as 1,234,567.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
