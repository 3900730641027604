package assets_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"streetbook/assets"
)

func TestParseFen(t *testing.T) {
	for s, want := range map[string]assets.Fen{"0": 0, "-0.00": 0, "0.05": 5, "-0.05": -5, "123456.78": 12345678, "7.1": 710, "7.10": 710, "12": 1200,
		"100000000000.00": assets.MaxFen, "-100000000000": -assets.MaxFen} {
		if got, err := assets.ParseFen(s); got != want || err != nil {
			t.Errorf("%q is %d (%v), want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"", "-", "--1", "+1", ".5", "1.", "1.234", "1,234.00", "¥1", "1e3", " 1", "1 ", "１", "1.-5", "1.2.3", "NaN", "0x10",
		"100000000000.01", "9999999999999999999999"} {
		if got, err := assets.ParseFen(s); assets.ErrorCode(err) != assets.Invalid {
			t.Errorf("%q is %d (%v), want a refusal", s, got, err)
		}
	}
}

// What String writes, ParseFen reads back, and so does JSON.
func TestFenRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := assets.Fen(rapid.Int64Range(-int64(assets.MaxFen), int64(assets.MaxFen)).Draw(t, "fen"))
		if got, err := assets.ParseFen(f.String()); got != f || err != nil {
			t.Fatalf("%s is read as %d (%v), want %d", f, got, err, f)
		}
		b, err := json.Marshal(f)
		if err != nil || string(b) != `"`+f.String()+`"` {
			t.Fatalf("as JSON %s (%v)", b, err)
		}
		var back assets.Fen
		if err := json.Unmarshal(b, &back); back != f || err != nil {
			t.Fatalf("%s is read as %d (%v)", b, back, err)
		}
	})
	var f assets.Fen
	for _, b := range []string{`1`, `1.5`, `true`, `["1"]`, `"1.005"`} {
		if err := json.Unmarshal([]byte(b), &f); assets.ErrorCode(err) != assets.Invalid {
			t.Errorf("%s is %d (%v), want a refusal", b, f, err)
		}
	}
}

// Per is the exact quotient, rounded half away from zero.
func TestFenPer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := assets.Fen(rapid.Int64().Draw(t, "fen"))
		thousandths := rapid.Int64Range(1, 1<<50).Draw(t, "thousandths")
		q := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(int64(f)), big.NewInt(1000)), big.NewInt(thousandths))
		half := big.NewRat(int64(q.Sign()), 2)
		q.Add(q, half)
		want := new(big.Int).Quo(q.Num(), q.Denom())
		got, ok := f.Per(float64(thousandths) / 1000)
		if fits := new(big.Int).Abs(want).Cmp(big.NewInt(math.MaxInt64)) <= 0; ok != fits {
			t.Fatalf("%d per %d thousandths is %d (%v), want %s", f, thousandths, got, ok, want)
		}
		if ok && want.Cmp(big.NewInt(int64(got))) != 0 {
			t.Fatalf("%d per %d thousandths is %d, want %s", f, thousandths, got, want)
		}
	})
	for _, m := range []float64{0, -1, 0.0004, math.NaN(), math.Inf(1), 1e300} {
		if got, ok := assets.Fen(100).Per(m); ok {
			t.Errorf("1.00 per %v is %s", m, got)
		}
	}
}
