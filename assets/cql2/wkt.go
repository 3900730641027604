package cql2

import (
	"strings"

	"github.com/paulmach/orb"
)

// wktKinds are the words that begin a geometry in text.
var wktKinds = map[string]bool{"point": true, "linestring": true, "polygon": true, "multipoint": true, "multilinestring": true, "multipolygon": true, "geometrycollection": true}

// geometry reads a geometry whose kind was read; ok is false where the word is
// the name of a property. Heights are passed over.
func (p *parser) geometry(t token, word string) (Geometry, bool) {
	at, now := p.lexer, p.now
	if p.now.kind == name && strings.EqualFold(p.now.text, "z") {
		p.advance()
	}
	if p.now.kind != symbol || p.now.text != "(" {
		p.lexer, p.now = at, now
		return Geometry{}, false
	}
	defer p.deeper(t.offset)()
	switch word {
	case "point":
		return Geometry{p.ringOf(t)[0]}, true
	case "multipoint":
		return Geometry{orb.MultiPoint(p.multiPoint())}, true
	case "linestring":
		return Geometry{orb.LineString(p.ringOf(t))}, true
	case "polygon":
		return Geometry{p.polygon(t)}, true
	case "multilinestring":
		return Geometry{orb.MultiLineString(each(p, func() orb.LineString { return orb.LineString(p.ringOf(t)) }))}, true
	case "multipolygon":
		return Geometry{orb.MultiPolygon(each(p, func() orb.Polygon { return p.polygon(t) }))}, true
	}
	return Geometry{orb.Collection(each(p, p.member))}, true
}

// member reads a geometry inside a collection.
func (p *parser) member() orb.Geometry {
	t := p.now
	word := strings.ToLower(t.text)
	if t.kind != name || !wktKinds[word] || word == "geometrycollection" {
		p.wrong("此处应为几何", "expected a geometry here")
	}
	p.advance()
	g, ok := p.geometry(t, word)
	if !ok {
		p.wrong("此处应为“(”", "expected \"(\" here")
	}
	return g.Of
}

// each reads a list in parentheses.
func each[T any](p *parser, item func() T) (list []T) {
	p.expect("(")
	for {
		list = append(list, item())
		if p.symbol(")") {
			return list
		}
		p.expect(",")
	}
}

func (p *parser) polygon(t token) orb.Polygon {
	return each(p, func() orb.Ring { return orb.Ring(p.ringOf(t)) })
}

func (p *parser) ringOf(token) []orb.Point { return each(p, p.position) }

// multiPoint reads positions with or without parentheses of their own.
func (p *parser) multiPoint() []orb.Point {
	return each(p, func() orb.Point {
		if !p.symbol("(") {
			return p.position()
		}
		at := p.position()
		p.expect(")")
		return at
	})
}

// position reads two or three numbers.
func (p *parser) position() orb.Point {
	p.node(p.now.offset)
	at := orb.Point{p.coordinate(), p.coordinate()}
	if p.now.kind == number || p.now.kind == symbol && p.now.text == "-" {
		p.coordinate()
	}
	return at
}

func (p *parser) coordinate() float64 {
	sign := 1.0
	if p.symbol("-") {
		sign = -1
	}
	if p.now.kind != number {
		p.wrong("此处应为坐标", "expected a coordinate here")
	}
	v := sign * p.now.number
	p.advance()
	return v
}
