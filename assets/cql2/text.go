package cql2

import (
	"strings"
	"time"
)

// ParseText reads CQL2 text. Errors are *Fault.
func ParseText(text string) (e Expr, err error) {
	defer caught(&err)
	if len(text) > MaxBytes {
		return nil, faultf(-1, "超过 %d 字节", "is longer than %d bytes", MaxBytes)
	}
	p := &parser{lexer: lexer{text: text}}
	p.advance()
	e = p.or()
	if p.now.kind != end {
		p.wrong("此处不应有“%s”", "did not expect %q here", p.now.text)
	}
	return e, nil
}

// parser is a recursive descent over tokens. Predicates and values share one
// grammar, which needs no looking ahead at an opening parenthesis; Check tells
// the two apart.
type parser struct {
	lexer
	budget
	now token
}

func (p *parser) advance() { p.now = p.next() }

func (p *parser) wrong(zh, en string, args ...any) {
	panic(faultf(p.now.offset, zh, en, args...))
}

// keyword takes a word of the language, in any case.
func (p *parser) keyword(word string) bool {
	if p.now.kind == name && strings.EqualFold(p.now.text, word) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) symbol(s string) bool {
	if p.now.kind == symbol && p.now.text == s {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expect(s string) {
	if !p.symbol(s) {
		p.wrong("此处应为“%s”", "expected %q here", s)
	}
}

func (p *parser) or() Expr {
	defer p.deeper(p.now.offset)()
	list := []Expr{p.and()}
	for p.keyword("or") {
		list = append(list, p.and())
	}
	if len(list) == 1 {
		return list[0]
	}
	p.node(p.now.offset)
	return Or{list}
}

func (p *parser) and() Expr {
	list := []Expr{p.not()}
	for p.keyword("and") {
		list = append(list, p.not())
	}
	if len(list) == 1 {
		return list[0]
	}
	p.node(p.now.offset)
	return And{list}
}

func (p *parser) not() Expr {
	if p.keyword("not") {
		defer p.deeper(p.now.offset)()
		p.node(p.now.offset)
		return Not{p.not()}
	}
	return p.predicate()
}

func (p *parser) predicate() Expr {
	left := p.sum()
	for _, op := range []string{"=", "<>", "<=", ">=", "<", ">"} {
		if p.symbol(op) {
			return p.unless(false, Compare{op, left, p.sum()})
		}
	}
	if p.keyword("is") {
		negated := p.keyword("not")
		if !p.keyword("null") {
			p.wrong("此处应为 NULL", "expected NULL here")
		}
		return p.unless(negated, IsNull{left})
	}
	negated := p.keyword("not")
	switch {
	case p.keyword("like"):
		return p.unless(negated, Like{left, p.sum()})
	case p.keyword("between"):
		low := p.sum()
		if !p.keyword("and") {
			p.wrong("此处应为 AND", "expected AND here")
		}
		return p.unless(negated, Between{left, low, p.sum()})
	case p.keyword("in"):
		p.expect("(")
		return p.unless(negated, In{left, p.list()})
	case negated:
		p.wrong("NOT 之后应为 LIKE、BETWEEN 或 IN", "expected LIKE, BETWEEN or IN after NOT")
	}
	return left
}

func (p *parser) unless(negated bool, e Expr) Expr {
	p.node(p.now.offset)
	if negated {
		p.node(p.now.offset)
		return Not{e}
	}
	return e
}

// list reads what is left of a list after its opening parenthesis.
func (p *parser) list() (list []Expr) {
	if p.symbol(")") {
		return nil
	}
	for {
		list = append(list, p.or())
		if p.symbol(")") {
			return list
		}
		p.expect(",")
	}
}

func (p *parser) sum() Expr {
	left := p.product()
	for {
		switch {
		case p.symbol("+"):
			left = p.arithmetic("+", left, p.product())
		case p.symbol("-"):
			left = p.arithmetic("-", left, p.product())
		default:
			return left
		}
	}
}

func (p *parser) product() Expr {
	left := p.power()
	for {
		switch {
		case p.symbol("*"):
			left = p.arithmetic("*", left, p.power())
		case p.symbol("/"):
			left = p.arithmetic("/", left, p.power())
		case p.symbol("%"):
			left = p.arithmetic("%", left, p.power())
		case p.keyword("div"):
			left = p.arithmetic("div", left, p.power())
		default:
			return left
		}
	}
}

func (p *parser) power() Expr {
	left := p.unary()
	if p.symbol("^") {
		return p.arithmetic("^", left, p.unary())
	}
	return left
}

func (p *parser) arithmetic(op string, left, right Expr) Expr {
	p.node(p.now.offset)
	return Arithmetic{op, left, right}
}

func (p *parser) unary() Expr {
	if !p.symbol("-") {
		p.symbol("+")
		return p.primary()
	}
	defer p.deeper(p.now.offset)()
	of := p.unary()
	if n, ok := of.(Number); ok {
		return -n
	}
	return p.arithmetic("*", Number(-1), of)
}

func (p *parser) primary() Expr {
	p.node(p.now.offset)
	t := p.now
	switch t.kind {
	case number:
		p.advance()
		return Number(t.number)
	case quoted:
		p.advance()
		return Text(t.text)
	case property:
		p.advance()
		return Property{t.text}
	case name:
		p.advance()
		return p.named(t)
	case symbol:
		if p.symbol("(") {
			return p.parenthesis()
		}
	}
	if t.kind == end {
		p.wrong("过滤条件不完整", "the filter ends too early")
	}
	p.wrong("此处不应有“%s”", "did not expect %q here", t.text)
	return nil
}

// parenthesis reads a group, or an array: a list of none or of several.
func (p *parser) parenthesis() Expr {
	list := p.list()
	if len(list) == 1 {
		return list[0]
	}
	return Array{list}
}

// named reads what begins with a name: a literal, a function, or a property.
func (p *parser) named(t token) Expr {
	word := strings.ToLower(t.text)
	switch word {
	case "true", "false":
		return Bool(word == "true")
	case "and", "or", "not", "like", "between", "in", "is", "null", "div":
		p.now = t
		p.wrong("“%s”是关键字；作属性名时请加双引号", "%q is a keyword; in double quotes it names a property", t.text)
	}
	if wktKinds[word] {
		if g, ok := p.geometry(t, word); ok {
			return g
		}
	}
	if !p.symbol("(") {
		return Property{t.text}
	}
	switch word {
	case "date", "timestamp", "interval":
		return p.temporal(t, word)
	case "bbox", "envelope":
		return p.box(t)
	}
	return call(t.text, p.list())
}

// call names the functions of the standard in lower case.
func call(name string, args []Expr) Call {
	if lower := strings.ToLower(name); standard(lower) {
		name = lower
	}
	return Call{name, args}
}

func standard(name string) bool {
	return name == "casei" || name == "accenti" || spatial[name] || temporal[name] || arrays[name]
}

func (p *parser) temporal(t token, word string) Expr {
	args := p.list()
	if word == "interval" {
		if len(args) != 2 {
			panic(faultf(t.offset, "INTERVAL 需要两个端点", "INTERVAL needs two ends"))
		}
		return Interval{endOf(args[0], t.offset), endOf(args[1], t.offset)}
	}
	text, ok := Expr(nil), false
	if len(args) == 1 {
		text, ok = args[0].(Text)
	}
	if !ok {
		panic(faultf(t.offset, "%s 需要一个文本", "%s needs a text", strings.ToUpper(word)))
	}
	return instant(word, string(text.(Text)), t.offset)
}

// instant reads a day or an RFC 3339 time.
func instant(kind, text string, offset int) Expr {
	if kind == "date" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			panic(faultf(offset, "“%s”不是 2024-05-01 这样的日期", "%q is no date such as 2024-05-01", text))
		}
		return Date{day}
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	// Parse also takes an hour of one digit, and a comma before the fraction.
	if err != nil || text[len("2024-05-01T12")] != ':' || strings.Contains(text, ",") {
		panic(faultf(offset, "“%s”不是 2024-05-01T12:00:00Z 这样的时刻", "%q is no time such as 2024-05-01T12:00:00Z", text))
	}
	return Timestamp{at.UTC()}
}

// endOf an interval: a text is a day, a time or open.
func endOf(e Expr, offset int) Expr {
	text, ok := e.(Text)
	switch {
	case !ok:
		return e
	case text == ".." || text == "":
		return nil
	case len(text) == len(time.DateOnly):
		return instant("date", string(text), offset)
	}
	return instant("timestamp", string(text), offset)
}

func (p *parser) box(t token) Expr {
	var n []float64
	for _, arg := range p.list() {
		v, ok := arg.(Number)
		if !ok {
			panic(faultf(t.offset, "BBOX 只含数字", "BBOX holds numbers alone"))
		}
		n = append(n, float64(v))
	}
	return boxOf(n, t.offset)
}

// boxOf takes four numbers, or six of a box with heights, which are passed over.
func boxOf(n []float64, offset int) Expr {
	switch len(n) {
	case 4:
		return Box{[4]float64{n[0], n[1], n[2], n[3]}}
	case 6:
		return Box{[4]float64{n[0], n[1], n[3], n[4]}}
	}
	panic(faultf(offset, "BBOX 需要 4 个或 6 个数", "BBOX needs 4 or 6 numbers"))
}
