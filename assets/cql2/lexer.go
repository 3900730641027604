package cql2

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind int

const (
	end      kind = iota
	name          // a word: keyword, function or property
	property      // a name in double quotes
	quoted        // a text in single quotes
	number
	symbol
)

type token struct {
	kind   kind
	text   string
	number float64
	offset int
}

// lexer cuts text into tokens.
type lexer struct {
	text string
	at   int
}

func (l *lexer) next() token {
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		if !unicode.IsSpace(r) {
			break
		}
		l.at += size
	}
	start := l.at
	if start == len(l.text) {
		return token{kind: end, offset: start}
	}
	r, _ := utf8.DecodeRuneInString(l.text[start:])
	switch {
	case r == '\'':
		return token{quoted, l.quoted('\''), 0, start}
	case r == '"':
		return token{property, l.quoted('"'), 0, start}
	case r >= '0' && r <= '9' || r == '.' && start+1 < len(l.text) && l.text[start+1] >= '0' && l.text[start+1] <= '9':
		return l.number()
	case begins(r):
		for l.at < len(l.text) {
			r, size := utf8.DecodeRuneInString(l.text[l.at:])
			if !begins(r) && !continues(r) {
				break
			}
			l.at += size
		}
		return token{name, l.text[start:l.at], 0, start}
	}
	for _, s := range []string{"<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%", "^"} {
		if strings.HasPrefix(l.text[start:], s) {
			l.at += len(s)
			return token{symbol, s, 0, start}
		}
	}
	panic(faultf(start, "不认识的字符“%c”", "the character %q has no meaning here", r))
}

// begins reports whether a name may begin with r (XML names, as the grammar has
// them, with the colon of namespaces).
func begins(r rune) bool { return r == ':' || r == '_' || unicode.IsLetter(r) && r != utf8.RuneError }

func continues(r rune) bool {
	return r == '.' || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == '\u203f' || r == '\u2040'
}

// quoted reads to the closing quote. A quote inside is doubled, or, in a text,
// escaped by a backslash.
func (l *lexer) quoted(quote byte) string {
	start := l.at
	var b strings.Builder
	for l.at++; l.at < len(l.text); l.at++ {
		c := l.text[l.at]
		follows := byte(0)
		if l.at+1 < len(l.text) {
			follows = l.text[l.at+1]
		}
		switch {
		case c == quote && follows == quote, c == '\\' && follows == quote && quote == '\'':
			l.at++
			b.WriteByte(quote)
		case c == quote:
			l.at++
			s := b.String()
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				panic(faultf(start, "文本含有不能使用的字符", "the text holds characters that cannot be"))
			}
			return s
		default:
			b.WriteByte(c)
		}
	}
	panic(faultf(start, "引号没有结束", "the quote does not end"))
}

func (l *lexer) number() token {
	start := l.at
	digits := func() {
		for l.at < len(l.text) && l.text[l.at] >= '0' && l.text[l.at] <= '9' {
			l.at++
		}
	}
	digits()
	if l.at < len(l.text) && l.text[l.at] == '.' {
		l.at++
		digits()
	}
	if l.at < len(l.text) && (l.text[l.at] == 'e' || l.text[l.at] == 'E') {
		l.at++
		if l.at < len(l.text) && (l.text[l.at] == '+' || l.text[l.at] == '-') {
			l.at++
		}
		digits()
	}
	v, err := strconv.ParseFloat(l.text[start:l.at], 64)
	if err != nil || math.IsInf(v, 0) {
		panic(faultf(start, "“%s”不是数字", "%q is no number", l.text[start:l.at]))
	}
	return token{number, l.text[start:l.at], v, start}
}
