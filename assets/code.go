package assets

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CodeLengths are the digits of the four parts of a component code (部件标识码):
// division, major class, subclass and serial. The standard has 6+2+2+6; one
// recent platform writes 6+2+3+5, hence configuration.
type CodeLengths struct {
	Division int `json:"division"`
	Major    int `json:"major"`
	Minor    int `json:"minor"`
	Serial   int `json:"serial"`
}

// StandardCode is 6+2+2+6.
var StandardCode = CodeLengths{Division: 6, Major: 2, Minor: 2, Serial: 6}

// Format writes a component code. class is the class code (major and subclass
// run together). ok is false when the serial does not fit: the class is full.
func (l CodeLengths) Format(division, class string, serial int64) (code string, ok bool) {
	s := fmt.Sprintf("%0*d", l.Serial, serial)
	if serial < 1 || len(s) > l.Serial {
		return "", false
	}
	minor := class[2:]
	return division + class[:2] + strings.Repeat("0", max(0, l.Minor-len(minor))) + minor + s, true
}

func (l CodeLengths) fault() *Error {
	if l.Division != 6 || l.Major != 2 || l.Minor < 2 || l.Minor > 4 || l.Serial < 4 || l.Serial > 8 {
		return Errorf(Invalid, "code_lengths", "应为 6+2+(2–4)+(4–8) 位", "must be 6+2+(2 to 4)+(4 to 8) digits")
	}
	return nil
}

// digits reports whether s is n ASCII digits.
func digits(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// textFault says what is wrong with a text of least to most characters, or
// returns nil. Control characters (U+0000 among them, which PostgreSQL refuses)
// have no place in a name.
func textFault(field, s string, least, most int) *Error {
	if !utf8.ValidString(s) {
		return Errorf(Invalid, field, "不是有效的 UTF-8 文本", "is not valid UTF-8")
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return Errorf(Invalid, field, "含有控制字符 U+%04X", "holds the control character U+%04X", r)
		}
	}
	switch n := utf8.RuneCountInString(s); {
	case n < least:
		return Errorf(Invalid, field, "不能为空", "must not be empty")
	case n > most:
		return Errorf(Invalid, field, "有 %d 个字符，最多 %d 个", "has %d characters, at most %d are kept", n, most)
	}
	return nil
}

// bounded is a text with the lengths it may have.
type bounded struct {
	field, text string
	least, most int
}

func textFaults(list ...bounded) (faults Errors) {
	for _, b := range list {
		if f := textFault(b.field, b.text, b.least, b.most); f != nil {
			faults = append(faults, f)
		}
	}
	return faults
}
