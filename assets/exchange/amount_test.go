package exchange

import (
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestAmountsOfSheets(t *testing.T) {
	cases := []struct {
		text   string
		of     unit
		number bool
		want   fen
		ok     bool
	}{
		{"123456.78", yuan, true, 12345678, true},
		{"123456.78000000001", yuan, true, 12345678, true},
		{"0.30000000000000004", yuan, true, 30, true},
		{"0.30000000000000004", yuan, false, 30, true},
		{"1.2345678E5", yuan, true, 12345678, true},
		{"1000000000.1000000238418579", yuan, true, 100000000010, true},
		{"1000000000.1000000238418579", yuan, false, 0, false},
		{"12.345677999999999", wan, true, 12345678, true},
		{"12.3456789", wan, true, 0, false},
		{"0.005", yuan, true, 0, false},
		{"1,234,567.89", yuan, false, 123456789, true},
		{"１，２３４，５６７．８９", yuan, false, 123456789, true},
		{"1 234 567", yuan, false, 123456700, true},
		{"￥1,000.00", yuan, false, 100000, true},
		{"人民币1,000元整", yuan, false, 100000, true},
		{"12.5万元", yuan, false, 12500000, true},
		{"12.5万", yuan, false, 12500000, true},
		{"800元", wan, false, 80000, true},
		{"1.2亿元", yuan, false, 12000000000, true},
		{"(1,234.50)", yuan, false, -123450, true},
		{"（1,234.50）", yuan, false, -123450, true},
		{"¥(1,234.50)", yuan, false, -123450, true},
		{"-1234.5", yuan, true, -123450, true},
		{"－1234.5", yuan, false, -123450, true},
		{"−5.2", yuan, false, -520, true},
		{"-¥5.20", yuan, false, -520, true},
		{"¥-5.20", yuan, false, -520, true},
		{"负300元", yuan, false, -30000, true},
		{"(-5)", yuan, false, 0, false},
		{"--5", yuan, false, 0, false},
		{"1,23,456", yuan, false, 0, false},
		{"1234,56", yuan, false, 0, false},
		{"12,34", yuan, false, 0, false},
		{"1.234.567,89", yuan, false, 0, false},
		{"$100", yuan, false, 0, false},
		{"100美元", yuan, false, 0, false},
		{"壹佰元", yuan, false, 0, false},
		{"", yuan, false, 0, false},
		{".", yuan, false, 0, false},
		{"1e99", yuan, true, 0, false},
		{"1e-99", yuan, true, 0, true},
		{"100000000000", yuan, true, maxAmount, true},
		{"100000000000.01", yuan, true, 0, false},
		{"0", yuan, true, 0, true},
		{"NaN", yuan, true, 0, false},
		{"0x10", yuan, false, 0, false},
	}
	for _, c := range cases {
		got, fault := parseAmount(c.text, c.of, c.number)
		if (fault == nil) != c.ok || got != c.want {
			t.Errorf("%q in %v is %d, %v; want %d", c.text, c.of, got, fault, c.want)
		}
	}
}

func TestDaysOfSheets(t *testing.T) {
	for text, want := range map[string]string{
		"2019-5-1": "2019-05-01", "2019/05/01": "2019-05-01", "2019年5月1日": "2019-05-01", "20190501": "2019-05-01", "２０１９．５．１": "2019-05-01", "43586": "2019-05-01",
		"43586.75": "2019-05-01", "2019-05-01 00:00:00": "2019-05-01", "2019-05-01T00:00:00Z": "2019-05-01", "2019年12月31号": "2019-12-31", "2020-2-29": "2020-02-29",
		"2019-2-29": "", "2019-13-1": "", "2019-5": "", "2019年5月": "", "19-5-1": "", "5/1/2019": "", "1/2/19": "", "0": "", "99999": "", "1900-01-01": "", "2101-01-01": "", "五月": "", "": "",
		"201905": "", "2019-00-01": "",
	} {
		got, fault := parseDay(text, false)
		if got != want || (fault == nil) != (want != "") {
			t.Errorf("%q is %q (%v), want %q", text, got, fault, want)
		}
	}
	if got, _ := parseDay("42124", true); got != "2019-05-01" {
		t.Errorf("42124 days from 1904 is %q", got)
	}
}

// FuzzAmount compares with arithmetic on fractions: what is taken is what was
// written, to a millionth of a fen, or to the last bits of a double.
func FuzzAmount(f *testing.F) {
	for _, s := range []string{"1,234.56", "(1)", "１２万元", "-0.005", "1e5", "￥ 1", "负1元", "12.3456789", "0.1e1", "9999999999999", "'1", "1'234"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, number bool) {
		got, fault := parseAmount(s, yuan, number)
		if fault != nil {
			if fault.ZH == "" || fault.EN == "" || got != 0 {
				t.Fatalf("%q: refused as %v with %d", s, fault, got)
			}
			return
		}
		if got > maxAmount || got < -maxAmount {
			t.Fatalf("%q is %d", s, got)
		}
		again, fault := parseAmount(yuanText(got), yuan, false)
		if fault != nil || again != got {
			t.Fatalf("%q is %d, which comes back as %d (%v)", s, got, again, fault)
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok || strings.ContainsAny(s, "_/xXpPbBoO") {
			return
		}
		off := new(big.Rat).Sub(want.Mul(want, big.NewRat(100, 1)), new(big.Rat).SetInt64(int64(got)))
		if off.Abs(off).Cmp(slack(want.Abs(want), number)) > 0 {
			t.Fatalf("%q is %d", s, got)
		}
	})
}

func FuzzDay(f *testing.F) {
	for _, s := range []string{"2019-5-1", "20190501", "43586", "2019年5月1日", "2019/5/1 8:00", "２０１９－５－１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, fault := parseDay(s, false)
		if fault != nil {
			return
		}
		day, err := time.Parse(time.DateOnly, got)
		if err != nil || day.Format(time.DateOnly) != got {
			t.Fatalf("%q is %q", s, got)
		}
		if again, fault := parseDay(got, false); fault != nil || again != got {
			t.Fatalf("%q is %q, which comes back as %q", s, got, again)
		}
		count := int(day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
		if again, fault := parseDay(strconv.Itoa(count), false); fault != nil || again != got {
			t.Fatalf("day %d is %q, want %q (%v)", count, again, got, fault)
		}
	})
}
