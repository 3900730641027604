package exchange

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"streetbook/assets"
)

// conditionWords and statusWords are what tables write for our own values.
// Surveys by the Chinese standards keep what became of a component (完好, 破损,
// 丢失, 占用) under 状态, which is elsewhere the life cycle, so that a status may
// also be a condition.
var conditionWords = map[string]string{
	"完好": assets.ConditionGood, "good": assets.ConditionGood, "一般": assets.ConditionFair, "占用": assets.ConditionFair, "fair": assets.ConditionFair,
	"较差": assets.ConditionPoor, "破损": assets.ConditionPoor, "poor": assets.ConditionPoor,
	"危险": assets.ConditionDangerous, "dangerous": assets.ConditionDangerous,
}

var statusWords = map[string]string{
	"在用": assets.StatusInService, "in_service": assets.StatusInService, "in service": assets.StatusInService,
	"计划": assets.StatusPlanned, "规划": assets.StatusPlanned, "planned": assets.StatusPlanned,
	"拆除": assets.StatusRemoved, "已拆除": assets.StatusRemoved, "作废": assets.StatusRemoved, "废弃": assets.StatusRemoved, "丢失": assets.StatusRemoved,
	"removed": assets.StatusRemoved,
}

// members fills what every asset has.
func (c *Converter) members(row *Row, a *assets.Asset) (faults assets.Errors) {
	refuse := func(column, zh, en, text string) {
		faults = append(faults, assets.Errorf(assets.Invalid, column, zh, en, shortened(text)))
	}
	l := c.layout
	text := func(i, most int) string {
		v, column := c.value(row, i)
		if len(v) > most && utf8.RuneCountInString(v) > most {
			faults = append(faults, assets.Errorf(assets.Invalid, column, "超过 %d 个字符", "is longer than %d characters", most))
		}
		return v
	}
	a.Name, a.Code = text(l.name, 200), text(l.code, 30)
	if v, column := c.value(row, l.status); v != "" {
		if w, ok := statusWords[strings.ToLower(v)]; ok {
			a.Status = w
		} else if w, ok := conditionWords[strings.ToLower(v)]; ok {
			a.Condition = w
		} else {
			refuse(column, "“%s”不是状态：应为 计划、在用 或 拆除（--map 列=- 略去此列）", "%q is no status: it must be planned, in_service or removed (--map COLUMN=- leaves the column out)", v)
		}
	}
	if v, column := c.value(row, l.condition); v != "" {
		if w, ok := conditionWords[strings.ToLower(v)]; ok {
			a.Condition = w
		} else {
			refuse(column, "“%s”不是状况：应为 完好、一般、较差 或 危险（--map 列=- 略去此列）", "%q is no condition: it must be good, fair, poor or dangerous (--map COLUMN=- leaves the column out)", v)
		}
	}
	if v, column := c.value(row, l.installed); v != "" {
		d, ok := parseDate(v)
		if !ok {
			refuse(column, "“%s”不是日期：应为 2024-05-01", "%q is no date: it must be like 2024-05-01", v)
		}
		a.InstalledOn = d
	}
	if best := c.CRS.BestAccuracy(); best > 0 {
		a.AccuracyM = &best
	}
	if v, column := c.value(row, l.accuracy); v != "" {
		m, ok := accuracy(v)
		if !ok {
			refuse(column, "“%s”不是精度：应为米数或 A、B、C", "%q is no accuracy: it must be metres or A, B, C", v)
		} else if a.AccuracyM == nil || m > *a.AccuracyM {
			a.AccuracyM = &m
		}
	}
	return faults
}

// accuracy reads metres, or one of the accuracy classes: A ±0.5, B ±1, C ±10 m.
func accuracy(v string) (float64, bool) {
	switch strings.ToUpper(v) {
	case "A":
		return 0.5, true
	case "B":
		return 1, true
	case "C":
		return 10, true
	}
	m, err := strconv.ParseFloat(v, 64)
	return m, err == nil && m >= 0 && m <= 100000
}

// maxText is how many characters an attribute may have.
const maxText = 2000

// attributes reads those cells that belong to attributes of the class, checked
// against their fields, as a JSON object in the order of the fields.
func (c *Converter) attributes(row *Row, a *assets.Asset) (faults assets.Errors) {
	buf := append(make([]byte, 0, 128), '{')
	for k, i := range c.layout.fields {
		f := &c.Class.Fields[k]
		text, column := c.value(row, i)
		if text == "" {
			if f.Required {
				c.missing[k]++
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
	a.Attributes = append(buf, '}')
	return faults
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

// appendNumber reads a number, with thousands separated by commas and followed
// by the unit if the file writes them so. A decimal comma is refused: whether
// 1,500 is one and a half must not be guessed.
func appendNumber(buf []byte, f *assets.Field, column, text string) ([]byte, *assets.Error) {
	digits := text
	if f.Unit != "" {
		digits = strings.TrimSpace(strings.TrimSuffix(digits, f.Unit))
	}
	if strings.Contains(digits, ",") {
		if thousands.MatchString(digits) {
			digits = strings.ReplaceAll(digits, ",", "")
		}
	}
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return buf, assets.Errorf(assets.Invalid, column, "“%s”不是数字", "%q is no number", shortened(text))
	}
	if f.Min != nil && v < *f.Min {
		return buf, assets.Errorf(assets.Invalid, column, "%g 小于最小值 %g %s", "%g is less than %g %s", v, *f.Min, f.Unit)
	}
	if f.Max != nil && v > *f.Max {
		return buf, assets.Errorf(assets.Invalid, column, "%g 大于最大值 %g %s", "%g is more than %g %s", v, *f.Max, f.Unit)
	}
	if math.Abs(v) >= 1e15 {
		return strconv.AppendFloat(buf, v, 'e', -1, 64), nil
	}
	return strconv.AppendFloat(buf, v, 'f', -1, 64), nil
}

var thousands = regexp.MustCompile(`^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)

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
