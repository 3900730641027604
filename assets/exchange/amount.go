package exchange

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"streetbook/assets"
)

// fen is money as it is counted everywhere.
type fen = assets.Fen

// unit is what an amount counts, as a power of ten of a fen.
type unit int

const (
	yuan     unit = 2
	thousand unit = 5
	wan      unit = 6 // 万元
	million  unit = 8
	yi       unit = 10 // 亿元
)

// unitWords are the units as tables write them, the longer before the shorter
// that it ends in.
var unitWords = []struct {
	word string
	unit unit
}{{"百万元", million}, {"万元", wan}, {"千元", thousand}, {"亿元", yi}, {"百万", million}, {"万", wan}, {"亿", yi}, {"元整", yuan}, {"圆整", yuan}, {"元", yuan}, {"圆", yuan}}

// maxAmount is 100 billion yuan, in fen: the sum of every row of a file still
// fits.
const maxAmount = 10_000_000_000_000

// foreign are the currencies that must not be taken for yuan.
var foreign = regexp.MustCompile(`(?i)[$€£₩₽]|USD|EUR|HKD|JPY|GBP|美元|欧元|港元|港币|日元|英镑`)

// grouped is a number with its thousands separated, all of them.
var grouped = regexp.MustCompile(`^[0-9]{1,3}([, '][0-9]{3})+(\.[0-9]+)?$`)

var separators = strings.NewReplacer(",", "", " ", "", "'", "")

// plain is a number as programs write it.
var plain = regexp.MustCompile(`^([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,2}))?$`)

// because is a reason in both languages.
func because(zh, en string, args ...any) *assets.Text {
	return &assets.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// folded is a text with full-width letters, digits and marks made narrow, and
// with one kind of space and minus.
func folded(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000', r == '\u00a0', r == '\u2007', r == '\u2009', r == '\u202f':
			return ' '
		case r == '−', r == '–', r == '—', r == '﹣':
			return '-'
		case r == '￥':
			return '¥'
		case r == '’', r == '‘':
			return '\''
		}
		return r
	}, s))
}

// none reports whether a cell of money says that there is none: empty, or the
// dash of accountants.
func none(s string) bool { return strings.Trim(folded(s), "- /¥") == "" }

// parseAmount reads an amount exactly. Without a unit of its own it counts the
// column's. A number cell holds a binary double, whose error of some units in
// the last place is no fraction of a fen.
func parseAmount(s string, of unit, number bool) (fen, *assets.Text) {
	digits, of, negative, fault := strippedAmount(folded(s), of)
	if fault != nil {
		return 0, fault
	}
	if grouped.MatchString(digits) && strings.Count(digits, ",")*strings.Count(digits, " ") == 0 {
		digits = separators.Replace(digits)
	}
	m := plain.FindStringSubmatch(digits)
	switch {
	case m == nil && strings.ContainsAny(digits, ", '"):
		return 0, because("“%s”的千分位有误：应为 1,234.56", "the thousands of %q are wrong: it must be like 1,234.56", shortened(s))
	case m == nil:
		return 0, because("“%s”不是金额", "%q is no amount", shortened(s))
	case len(digits) > 60:
		return 0, because("“%s”过长", "%q is too long", shortened(s))
	}
	exponent := 0
	if m[3] != "" {
		var err error
		if exponent, err = strconv.Atoi(m[3]); err != nil {
			return 0, because("“%s”不是金额", "%q is no amount", shortened(s))
		}
	}
	f, fault := inFen(m[1]+m[2], int(of)+exponent-len(m[2]), number)
	switch {
	case fault != nil:
		fault.ZH, fault.EN = fmt.Sprintf("“%s”", shortened(s))+fault.ZH, fmt.Sprintf("%q ", shortened(s))+fault.EN
		return 0, fault
	case negative:
		f = -f
	}
	return f, nil
}

// strippedAmount takes sign, currency and unit off an amount.
func strippedAmount(s string, of unit) (digits string, _ unit, negative bool, fault *assets.Text) {
	said := s
	if foreign.MatchString(s) {
		return "", of, false, because("“%s”不是人民币", "%q is not in yuan", shortened(said))
	}
	signs := 0
	if inner, ok := strings.CutPrefix(s, "("); ok && strings.HasSuffix(inner, ")") {
		s, signs = strings.TrimSpace(inner[:len(inner)-1]), 1
	}
	for _, mark := range []string{"人民币", "RMB", "rmb", "CNY", "cny"} {
		s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(s, mark), mark))
	}
	for _, w := range unitWords {
		if rest, ok := strings.CutSuffix(s, w.word); ok {
			s, of = strings.TrimSpace(rest), w.unit
			break
		}
	}
	sign := func() {
		for _, mark := range []string{"-", "负数", "负"} {
			if rest, ok := strings.CutPrefix(s, mark); ok {
				s, signs = strings.TrimSpace(rest), signs+1
				return
			}
		}
	}
	sign()
	s = strings.TrimSpace(strings.TrimPrefix(s, "¥"))
	if signs == 0 {
		sign() // behind the currency
	}
	if rest, ok := strings.CutPrefix(s, "+"); ok && signs == 0 {
		s = strings.TrimSpace(rest)
	}
	if inner, ok := strings.CutPrefix(s, "("); ok && signs == 0 && strings.HasSuffix(inner, ")") {
		s, signs = strings.TrimSpace(inner[:len(inner)-1]), 1
	}
	if signs > 1 {
		return "", of, false, because("“%s”有两个负号", "%q is negative twice", shortened(said))
	}
	return s, of, signs == 1, nil
}

// inFen is digits times a power of ten.
func inFen(digits string, power int, number bool) (fen, *assets.Text) {
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return 0, nil
	}
	if len(digits)+power > 14 {
		return 0, because("超过上限 %d 元", "is above the limit of %d yuan", maxAmount/100)
	}
	v, ok := new(big.Rat).SetString(digits + "e" + strconv.Itoa(power))
	if !ok {
		return 0, because("不是金额", "is no amount")
	}
	half := big.NewRat(1, 2)
	sum := new(big.Rat).Add(v, half)
	nearest := new(big.Int).Quo(sum.Num(), sum.Denom())
	off := new(big.Rat).Sub(v, new(big.Rat).SetInt(nearest))
	if off.Sign() != 0 && off.Abs(off).Cmp(slack(v, number)) > 0 {
		return 0, because("不是整分（不得四舍五入）", "is not a whole number of fen and must not be rounded")
	}
	if f := fen(nearest.Int64()); f <= maxAmount {
		return f, nil
	}
	return 0, because("超过上限 %d 元", "is above the limit of %d yuan", maxAmount/100)
}

// slack is how far from a whole fen an amount may lie: a millionth, and for a
// binary double 16 units in the last place.
func slack(v *big.Rat, number bool) *big.Rat {
	least := big.NewRat(1, 1_000_000)
	if !number {
		return least
	}
	if ulps := new(big.Rat).Mul(v, big.NewRat(1, 1<<48)); ulps.Cmp(least) > 0 {
		return ulps
	}
	return least
}
