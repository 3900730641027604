package assets

import (
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Fen is an amount of CNY in fen, a hundredth of a yuan. It is written as yuan
// with two decimals and never becomes a floating-point number.
type Fen int64

// MaxFen bounds one amount: a hundred billion yuan. Sums of a million of them
// still fit.
const MaxFen Fen = 10_000_000_000_000

// ParseFen reads an amount as String writes it: "123456.78", "-0.05". One or no
// decimals are accepted, group separators and signs of currency are not.
func ParseFen(s string) (Fen, error) {
	whole, fraction, dotted := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if !figures(whole) || dotted && (!figures(fraction) || len(fraction) > 2) || len(whole) > 12 {
		return 0, Errorf(Invalid, "amount", "“%s”不是金额，应为 123456.78 这样的元数", "%q is no amount; write yuan such as 123456.78", s)
	}
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil || Fen(n) > MaxFen {
		return 0, Errorf(Invalid, "amount", "金额不得超过 %s 元", "an amount may be at most %s yuan", MaxFen)
	}
	if strings.HasPrefix(s, "-") {
		n = -n
	}
	return Fen(n), nil
}

func figures(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// String writes the amount in yuan with two decimals.
func (f Fen) String() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// MarshalJSON writes the amount as a text: a JSON number is a float to many.
func (f Fen) MarshalJSON() ([]byte, error) { return json.Marshal(f.String()) }

// UnmarshalJSON reads a text of yuan, and nothing else.
func (f *Fen) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return Errorf(Invalid, "amount", "金额应为文本，例如 \"123456.78\"", "an amount is a text such as \"123456.78\"")
	}
	n, err := ParseFen(s)
	*f = n
	return err
}

// Per is the amount for one unit of a measure, rounded half away from zero to
// the fen; false where the measure is not positive. The measure is taken to the
// thousandth (millimetres, square millimetres).
func (f Fen) Per(measure float64) (Fen, bool) {
	thousandths := math.Round(measure * 1000)
	if !(thousandths >= 1 && thousandths < 1<<53) {
		return 0, false
	}
	n, negative := uint64(f), f < 0
	if negative {
		n = -n
	}
	d := uint64(thousandths)
	hi, lo := bits.Mul64(n, 1000)
	lo, carry := bits.Add64(lo, d/2, 0)
	if hi += carry; hi >= d {
		return 0, false
	}
	q, _ := bits.Div64(hi, lo, d)
	if q > math.MaxInt64 {
		return 0, false
	}
	if negative {
		return -Fen(q), true
	}
	return Fen(q), true
}
