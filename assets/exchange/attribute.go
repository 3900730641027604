package exchange

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"streetbook/assets"
)

// maxText is how many characters an attribute may have.
const maxText = 2000

// attributes reads those cells that belong to attributes of the class, checked
// against their fields, as a JSON object in the order of the fields. What is
// required and missing is counted, not refused: files from elsewhere rarely
// have all of it, and an incomplete record is worth more than none.
func (c *Converter) attributes(row *Row) (json.RawMessage, assets.Errors) {
	var faults assets.Errors
	buf := []byte{'{'}
	for i := range c.Class.Fields {
		f := &c.Class.Fields[i]
		text, column := c.value(row, attribute(f.Key))
		if text == "" {
			if f.Required {
				c.missing[f.Key]++
			}
			continue
		}
		if len(buf) > 1 {
			buf = append(buf, ',')
		}
		buf = append(AppendString(buf, f.Key), ':')
		var fault *assets.Error
		if buf, fault = appendAttribute(buf, f, column, text); fault != nil {
			faults = append(faults, fault)
		}
	}
	return append(buf, '}'), faults
}

func appendAttribute(buf []byte, f *assets.Field, column, text string) ([]byte, *assets.Error) {
	switch f.Kind {
	case assets.KindNumber:
		return appendNumber(buf, f, column, text)
	case assets.KindChoice:
		if !slices.Contains(f.Choices, text) {
			return buf, assets.Errorf(assets.Invalid, column, "“%s”不在选项之中：%s", "%q is not one of the choices: %s", shortened(text), strings.Join(f.Choices, "、"))
		}
	case assets.KindDate:
		d, ok := parseDate(text)
		if !ok {
			return buf, assets.Errorf(assets.Invalid, column, "“%s”不是日期：应为 2024-05-01", "%q is no date: it must be like 2024-05-01", shortened(text))
		}
		text = d
	case assets.KindFlag:
		v, ok := flags[strings.ToLower(text)]
		if !ok {
			return buf, assets.Errorf(assets.Invalid, column, "“%s”应为 是 或 否", "%q must be yes or no", shortened(text))
		}
		return strconv.AppendBool(buf, v), nil
	default:
		if utf8.RuneCountInString(text) > maxText {
			return buf, assets.Errorf(assets.Invalid, column, "超过 %d 个字符", "is longer than %d characters", maxText)
		}
	}
	return AppendString(buf, text), nil
}

var flags = map[string]bool{"是": true, "true": true, "yes": true, "y": true, "1": true, "有": true,
	"否": false, "false": false, "no": false, "n": false, "0": false, "无": false}

func appendNumber(buf []byte, f *assets.Field, column, text string) ([]byte, *assets.Error) {
	v, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return buf, assets.Errorf(assets.Invalid, column, "“%s”不是数字", "%q is no number", shortened(text))
	}
	if f.Min != nil && v < *f.Min {
		return buf, assets.Errorf(assets.Invalid, column, "%g 小于最小值 %g %s", "%g is less than %g %s", v, *f.Min, f.Unit)
	}
	if f.Max != nil && v > *f.Max {
		return buf, assets.Errorf(assets.Invalid, column, "%g 大于最大值 %g %s", "%g is more than %g %s", v, *f.Max, f.Unit)
	}
	return strconv.AppendFloat(buf, v, 'f', -1, 64), nil
}

// dateLayouts are those that can be read in one way only.
var dateLayouts = []string{time.DateOnly, "2006/1/2", "2006-1-2", "2006.1.2", "2006年1月2日", "20060102", time.RFC3339, "2006-01-02 15:04:05", "2006/1/2 15:04"}

// parseDate reads a day and writes it as 2006-01-02.
func parseDate(s string) (string, bool) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1800 && t.Year() <= 2200 {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}
