package assets_test

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"streetbook/assets"
)

// target makes the n-th target of a ledger.
func target(n int) assets.TargetRef {
	id := uuid.UUID{15: byte(n), 6: 0x70, 8: 0x80}
	return assets.TargetRef{Noun: assets.TargetNouns[n%len(assets.TargetNouns)], ID: id}
}

func TestApportion(t *testing.T) {
	a, b, c := target(0), target(3), target(6) // all segments
	measured := func(weights ...int64) (list []assets.Measured) {
		for i, w := range weights {
			list = append(list, assets.Measured{Ref: target(3 * i), Weight: w})
		}
		return list
	}
	shares := assets.Rule{Kind: assets.RuleShares, Shares: []assets.Share{{TargetRef: b, Weight: 3}, {TargetRef: a, Weight: 1}}}
	manual := assets.Rule{Kind: assets.RuleManual, Amounts: []assets.Amount{{TargetRef: a, Amount: 30}, {TargetRef: b, Amount: 50}}}
	cases := []struct {
		name    string
		amount  assets.Fen
		rule    assets.Rule
		targets []assets.Measured
		want    map[assets.TargetRef]assets.Fen
		rest    assets.Fen
	}{
		{"equal weights: the first takes the fen", 100, assets.Rule{Kind: assets.RuleLength}, measured(7, 7, 7), map[assets.TargetRef]assets.Fen{a: 34, b: 33, c: 33}, 0},
		{"negative", -100, assets.Rule{Kind: assets.RuleLength}, measured(7, 7, 7), map[assets.TargetRef]assets.Fen{a: -34, b: -33, c: -33}, 0},
		{"largest remainder", 10, assets.Rule{Kind: assets.RuleCount}, measured(1, 1, 4), map[assets.TargetRef]assets.Fen{a: 2, b: 2, c: 6}, 0},
		{"one without weight", 10, assets.Rule{Kind: assets.RuleArea}, measured(0, 1, 1), map[assets.TargetRef]assets.Fen{b: 5, c: 5}, 0},
		{"no weight", 10, assets.Rule{Kind: assets.RuleArea}, measured(0, 0), nil, 10},
		{"no targets", -10, assets.Rule{Kind: assets.RuleLength}, nil, nil, -10},
		{"nothing", 0, assets.Rule{Kind: assets.RuleLength}, measured(1), nil, 0},
		{"shares of the rule", 100, shares, measured(9, 9, 9), map[assets.TargetRef]assets.Fen{a: 25, b: 75}, 0},
		{"amounts leave a rest", 100, manual, measured(9, 9, 9), map[assets.TargetRef]assets.Fen{a: 30, b: 50}, 20},
		{"amounts, negative", -100, manual, measured(9, 9, 9), map[assets.TargetRef]assets.Fen{a: -30, b: -50}, -20},
		{"amounts of a project", 8, manual.Proportional(), measured(9, 9), map[assets.TargetRef]assets.Fen{a: 3, b: 5}, 0},
		{"beyond 64 bits", math.MinInt64, assets.Rule{Kind: assets.RuleLength}, measured(math.MaxInt64/2, math.MaxInt64/2), map[assets.TargetRef]assets.Fen{a: -1 << 62, b: -1 << 62}, 0},
	}
	for _, c := range cases {
		list, rest, err := assets.Apportion(c.amount, c.rule, c.targets)
		got := map[assets.TargetRef]assets.Fen{}
		for _, s := range list {
			got[s.Target] = s.Amount
		}
		if err != nil || rest != c.rest || len(got) != len(c.want) || len(c.want) > 0 && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v and %d (%v), want %v and %d", c.name, got, rest, err, c.want, c.rest)
		}
	}
}

func TestApportionRefuses(t *testing.T) {
	a, b := assets.Measured{Ref: target(0), Weight: math.MaxInt64}, assets.Measured{Ref: target(3), Weight: 1}
	manual := assets.Rule{Kind: assets.RuleManual, Amounts: []assets.Amount{{TargetRef: a.Ref, Amount: 60}, {TargetRef: b.Ref, Amount: 41}}}
	for name, f := range map[string]func() error{
		"targets": func() error {
			_, _, err := assets.Apportion(1, assets.Rule{Kind: assets.RuleLength}, []assets.Measured{a, b})
			return err
		},
		"rule.amounts": func() error { _, _, err := assets.Apportion(100, manual, []assets.Measured{a, b}); return err },
	} {
		e, ok := f().(*assets.Error)
		if !ok || e.Code != assets.Invalid || e.Field != name {
			t.Errorf("%s: %v", name, f())
		}
	}
}

func TestAllocationWords(t *testing.T) {
	for _, c := range []struct {
		rule       string
		part, full int64
		zh, en     string
	}{
		{assets.RuleLength, 412_600, 1_203_400, "按长度 412.6 m / 1,203.4 m = 34.29 %", "by length 412.6 m / 1,203.4 m = 34.29 %"},
		{assets.RuleCount, 12, 40, "按数量 12 件 / 40 件 = 30.00 %", "by count 12 assets / 40 assets = 30.00 %"},
		{assets.RuleArea, 12_345_950, 1_234_567_000, "按面积 12,346.0 m² / 1,234,567.0 m² = 1.00 %", "by area 12,346.0 m² / 1,234,567.0 m² = 1.00 %"},
		{assets.RuleShares, 1, 3, "按份额 1 份 / 3 份 = 33.33 %", "by shares 1 / 3 = 33.33 %"},
		{assets.RuleManual, 123_405, 123_405, "按指定金额 1,234.05 元 / 1,234.05 元 = 100.00 %", "by given amount 1,234.05 yuan / 1,234.05 yuan = 100.00 %"},
		{assets.RuleManual, math.MaxInt64, math.MaxInt64, "按指定金额 92,233,720,368,547,758.07 元 / 92,233,720,368,547,758.07 元 = 100.00 %",
			"by given amount 92,233,720,368,547,758.07 yuan / 92,233,720,368,547,758.07 yuan = 100.00 %"},
	} {
		if got := (assets.Allocation{Target: target(0), Rule: c.rule, Weight: c.part, WeightTotal: c.full}).Words(); got.ZH != c.zh || got.EN != c.en {
			t.Errorf("%s: %+v", c.rule, got)
		}
	}
	if got := (assets.Allocation{Amount: 5, Rule: assets.RuleLength}).Words(); got.ZH != "未分摊" || got.EN != "unallocated" {
		t.Errorf("unallocated: %+v", got)
	}
}

// booking is one entry of a random ledger with how it is divided.
type booking struct {
	amount  assets.Fen
	rule    assets.Rule
	targets []assets.Measured
}

// drawLedger draws up to 200 entries over up to 60 targets, under every kind of rule.
func drawLedger(t *rapid.T) (list []booking) {
	n := rapid.IntRange(1, 60).Draw(t, "targets")
	weights := rapid.SliceOfN(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, 40), rapid.Int64Range(1, 1<<50)), n, n).Draw(t, "weights")
	draw := rapid.Custom(func(t *rapid.T) booking {
		b := booking{amount: assets.Fen(rapid.OneOf(rapid.Int64Range(1, 100), rapid.Int64Range(1, int64(assets.MaxFen))).Draw(t, "amount"))}
		b.rule.Kind = rapid.SampledFrom(assets.RuleKinds).Draw(t, "kind")
		chosen, room := rapid.Uint64().Draw(t, "chosen"), b.amount
		for i, w := range weights {
			if chosen>>i&1 == 0 {
				continue
			}
			b.targets = append(b.targets, assets.Measured{Ref: target(i), Weight: w})
			b.rule.Shares = append(b.rule.Shares, assets.Share{TargetRef: target(i), Weight: w % 1000})
			part := min(assets.Fen(w)%(b.amount/8+1), room)
			b.rule.Amounts, room = append(b.rule.Amounts, assets.Amount{TargetRef: target(i), Amount: part}), room-part
		}
		return b
	})
	return rapid.SliceOfN(draw, 1, 200).Draw(t, "entries")
}

// totals sums a ledger by target; what falls nowhere stands under no target.
func totals(t *rapid.T, list []booking) map[assets.TargetRef]assets.Fen {
	out := map[assets.TargetRef]assets.Fen{}
	for _, b := range list {
		shares, rest, err := assets.Apportion(b.amount, b.rule, b.targets)
		if err != nil {
			t.Fatal(err)
		}
		out[assets.TargetRef{}] += rest
		for _, s := range shares {
			out[s.Target] += s.Amount
		}
	}
	return out
}

// The promises of the ledger, over 1,000 random ones: every sum is exact, no order
// matters, no share of a positive amount is negative or more than a fen off its
// quota, and a reversal restores every total.
func TestRandomLedgers(t *testing.T) {
	t.Parallel()
	for i := range 10 { // of 100 each
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, checkLedger)
		})
	}
}

func checkLedger(t *rapid.T) {
	list := drawLedger(t)
	sum := assets.Fen(0)
	for _, b := range list {
		sum += b.amount
		checkBooking(t, b)
	}
	before := totals(t, list)
	for _, f := range before {
		sum -= f
	}
	if sum != 0 {
		t.Fatalf("targets and unallocated are %d fen short of the ledger", sum)
	}
	if shuffled := totals(t, rapid.Permutation(list).Draw(t, "order")); !reflect.DeepEqual(shuffled, before) {
		t.Fatalf("in another order: %v, want %v", shuffled, before)
	}
	reversed := list[rapid.IntRange(0, len(list)-1).Draw(t, "reversed")]
	opposite := reversed
	opposite.amount = -reversed.amount
	after := totals(t, append(append([]booking{reversed}, list...), opposite))
	if !reflect.DeepEqual(after, before) {
		t.Fatalf("after a reversal: %v, want %v", after, before)
	}
}

func checkBooking(t *rapid.T, b booking) {
	shares, rest, err := assets.Apportion(b.amount, b.rule, b.targets)
	if err != nil {
		t.Fatal(err)
	}
	sum := rest
	for i, s := range shares {
		if s.Amount < 0 || s.Amount > b.amount || s.Weight <= 0 || s.Weight > s.WeightTotal || s.Rule != b.rule.Kind {
			t.Fatalf("share %+v of %d", s, b.amount)
		}
		if i > 0 && shares[i-1].Target.Compare(s.Target) >= 0 {
			t.Fatalf("%v stands before %v", shares[i-1].Target, s.Target)
		}
		if b.rule.Kind != assets.RuleManual && offQuota(b.amount, s) {
			t.Fatalf("share %+v of %d is a fen or more off its quota", s, b.amount)
		}
		sum += s.Amount
	}
	if sum != b.amount || rest < 0 {
		t.Fatalf("shares and the rest %d add up to %d, want %d", rest, sum, b.amount)
	}
	backward := make([]assets.Measured, len(b.targets))
	for i, m := range b.targets {
		backward[len(backward)-1-i] = m
	}
	if again, _, err := assets.Apportion(b.amount, b.rule, backward); err != nil || !reflect.DeepEqual(again, shares) {
		t.Fatalf("targets backward give %v (%v), want %v", again, err, shares)
	}
	mirrored, negative, err := assets.Apportion(-b.amount, b.rule, b.targets)
	if err != nil || negative != -rest || len(mirrored) != len(shares) {
		t.Fatalf("mirrored: %v and %d (%v)", mirrored, negative, err)
	}
	for i := range mirrored {
		if mirrored[i].Amount = -mirrored[i].Amount; mirrored[i] != shares[i] {
			t.Fatalf("mirrored share is %+v, want the opposite of %+v", mirrored[i], shares[i])
		}
	}
}

// offQuota reports whether a share is a whole fen or more from amount × weight /
// total.
func offQuota(amount assets.Fen, s assets.Allocation) bool {
	off := new(big.Int).Mul(big.NewInt(int64(amount)), big.NewInt(s.Weight))
	off.Sub(off, new(big.Int).Mul(big.NewInt(int64(s.Amount)), big.NewInt(s.WeightTotal)))
	return off.CmpAbs(big.NewInt(s.WeightTotal)) >= 0
}
