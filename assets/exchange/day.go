package exchange

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"streetbook/assets"
)

// Days that a ledger may name. A spreadsheet counts days from 1899-12-30, or on
// old Macs 1462 days later.
const (
	firstYear  = 1949
	lastYear   = 2100
	macEpoch   = 1462
	firstCount = 17899 // 1949-01-01
	lastCount  = 73415 // 2100-12-31
)

var (
	wholeDay   = regexp.MustCompile(`^([0-9]{4}) ?[-/.年] ?([0-9]{1,2}) ?[-/.月] ?([0-9]{1,2}) ?[日号]?(?:[ T]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?$`)
	packedDay  = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0+)?$`)
	countedDay = regexp.MustCompile(`^([0-9]{5})(?:\.[0-9]+)?$`)
	monthOnly  = regexp.MustCompile(`^[0-9]{4} ?[-/.年] ?[0-9]{1,2} ?月?$`)
	shortYear  = regexp.MustCompile(`^[0-9]{1,2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,4}日?$`)
)

// parseDay reads a day in any way that can be read in one way only, and writes
// it as 2006-01-02. from1904 says how the workbook counts days.
func parseDay(s string, from1904 bool) (string, *assets.Text) {
	text := folded(s)
	m := wholeDay.FindStringSubmatch(text)
	if m == nil {
		m = packedDay.FindStringSubmatch(text)
	}
	if m != nil {
		t, err := time.Parse("2006-1-2", strings.Join([]string{m[1], strings.TrimPrefix(m[2], "0"), strings.TrimPrefix(m[3], "0")}, "-"))
		if err != nil {
			return "", because("没有“%s”这一天", "there is no day %q", shortened(s))
		}
		return within(t, s)
	}
	if m := countedDay.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		if from1904 {
			n += macEpoch
		}
		if err != nil || n < firstCount || n > lastCount {
			return "", because("“%s”不是日期", "%q is no date", shortened(s))
		}
		return within(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n), s)
	}
	switch {
	case monthOnly.MatchString(text):
		return "", because("“%s”没有日：应为 2019-05-01", "%q has no day: it must be like 2019-05-01", shortened(s))
	case shortYear.MatchString(text):
		return "", because("“%s”年、月、日不明：应为 2019-05-01", "%q can be read in several ways: it must be like 2019-05-01", shortened(s))
	}
	return "", because("“%s”不是日期：应为 2019-05-01", "%q is no date: it must be like 2019-05-01", shortened(s))
}

func within(t time.Time, said string) (string, *assets.Text) {
	if t.Year() < firstYear || t.Year() > lastYear {
		return "", because("“%s”不在 %d 年至 %d 年之间", "%q is not between %d and %d", shortened(said), firstYear, lastYear)
	}
	return t.Format(time.DateOnly), nil
}
