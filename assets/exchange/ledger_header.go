package exchange

import (
	"slices"
	"strings"

	"streetbook/assets"
)

// headerWithin is how far down a header is looked for, in rows that are not
// blank.
const headerWithin = 40

// ledgerLayout says where each thing of a sheet stands.
type ledgerLayout struct {
	columns []LedgerColumn // all, as they were resolved
	means   []meaning      // of each; field "" for those that are not read
	first   int            // of the lines, behind the header
	kind    string         // of entries whose row and column do not say
}

// layOut finds the header of a sheet, and what its columns hold.
func layOut(s *sheet, said *Mapping) (*ledgerLayout, error) {
	best, found, score := 0, 0, 0
	for i := 0; i < min(len(s.lines), headerWithin); i++ {
		if said.HeaderRow > 0 && s.lines[i].number != said.HeaderRow {
			continue
		}
		for rows := 1; rows <= 2; rows++ {
			if said.HeaderRows > 0 && rows != said.HeaderRows || !s.heads(i, rows) {
				continue
			}
			if n := scoreOf(s.namesAt(i, rows), said); n > score || n == score && n > 0 && rows < found {
				best, found, score = i, rows, n
			}
		}
	}
	if found == 0 {
		return nil, assets.Errorf(assets.Invalid, "mapping", "找不到表头：至少要有金额列，以及日期或项目列", "no header was found: there must be a column of amounts, and one of dates or projects")
	}
	l := &ledgerLayout{first: best + found}
	if err := l.assign(s.namesAt(best, found), said, s.unitAbove(best)); err != nil {
		return nil, err
	}
	said.HeaderRow, said.HeaderRows, said.Sheet = s.lines[best].number, found, s.name
	return l, l.settleKind(s, best)
}

// heads reports whether rows may be a header: none of its cells is a number or a
// day.
func (s *sheet) heads(i, rows int) bool {
	if i+rows > len(s.lines) || s.lines[i+rows-1].number != s.lines[i].number+rows-1 {
		return false
	}
	for _, l := range s.lines[i : i+rows] {
		for _, c := range l.cells {
			if c.kind != textCell {
				return false
			}
			if c.text == "" || none(c.text) {
				continue
			}
			if _, fault := parseAmount(c.text, yuan, false); fault == nil {
				return false
			}
			if _, fault := parseDay(c.text, false); fault == nil {
				return false
			}
		}
	}
	return true
}

// namesAt are the names of the columns that one or two rows give, upper before
// lower.
func (s *sheet) namesAt(i, rows int) [][2]string {
	top := s.lines[i]
	width := len(top.cells)
	var low line
	if rows == 2 {
		low = s.lines[i+1]
		width = max(width, len(low.cells))
	}
	names := make([][2]string, width)
	for c := range names {
		names[c] = [2]string{top.at(c).text, low.at(c).text}
		if names[c][0] == "" && rows == 2 && names[c][1] != "" {
			names[c][0] = s.spread(top, c)
		}
	}
	return names
}

// spread is the name that reaches over a column from the left: by its merged
// cells, or in a sheet that has none in this row, over all that are empty.
func (s *sheet) spread(top line, column int) string {
	merged := false
	for _, m := range s.merges {
		if m.top > top.number || m.bottom < top.number || m.left == m.right {
			continue
		}
		if merged = true; m.left <= column && column <= m.right {
			return top.at(m.left).text
		}
	}
	for c := column; c >= 0 && !merged; c-- {
		if text := top.at(c).text; text != "" {
			return text
		}
	}
	return ""
}

// shown is a name of two rows as people see it.
func shown(name [2]string) string {
	if name[0] == "" || name[1] == "" || name[0] == name[1] {
		return strings.TrimSpace(strings.ReplaceAll(name[0]+" "+name[1], name[0]+" "+name[0], name[0]))
	}
	return name[0] + " " + name[1]
}

var vague = strings.NewReplacer("情况", "", "信息", "", "明细", "")

// guessed is the best meaning of a name: both rows together, then the lower.
func guessed(name [2]string) meaning {
	for _, text := range []string{name[0] + name[1], vague.Replace(name[0]) + name[1], name[1], name[0]} {
		if m, ok := meaningOf(text); ok && text != "" {
			return m
		}
	}
	return meaning{}
}

// scoreOf counts what a header says; 0 if nothing could be read by it.
func scoreOf(names [][2]string, said *Mapping) int {
	seen := map[[2]string]bool{}
	fields := map[string]bool{}
	for i, name := range names {
		m := guessed(name)
		if c := said.column(i, name, names); c != nil && c.Field != "" {
			m.field, m.kind = c.Field, c.Kind
		}
		if m.field != "" && m.field != toNothing {
			seen[[2]string{m.field, m.kind}], fields[m.field] = true, true
		}
	}
	if !fields[ledgerAmount] || !fields[ledgerDate] && !fields[ledgerProject] && !fields[ledgerProjectCode] {
		return 0
	}
	return len(seen)
}

// column is what a person said of a column, nil if nothing.
func (m *Mapping) column(i int, name [2]string, all [][2]string) *LedgerColumn {
	plain := plainName(shown(name))
	alone := 0
	for _, other := range all {
		if plainName(shown(other)) == plain {
			alone++
		}
	}
	for k := range m.Columns {
		c := &m.Columns[k]
		switch {
		case c.Name == "" && c.Column == columnName(i):
			return c
		case c.Name != "" && plainName(c.Name) == plain && (alone == 1 || c.Column == "" || c.Column == columnName(i)):
			return c
		}
	}
	return nil
}

// assign gives every column its meaning. Of several that fit one, what a person
// said comes first, then the better guess, then the left one; amounts in another
// unit stay beside each other.
func (l *ledgerLayout) assign(names [][2]string, said *Mapping, of unit) error {
	used := map[*LedgerColumn]bool{}
	l.means = make([]meaning, len(names))
	for i, name := range names {
		m := guessed(name)
		if c := said.column(i, name, names); c != nil {
			used[c] = true
			if c.Field != "" {
				m = meaning{field: c.Field, kind: c.Kind, unit: m.unit, rank: -1}
			}
			if c.Unit != "" {
				m.unit = unitNames[c.Unit]
			}
		}
		if m.field == ledgerAmount && m.unit == 0 {
			m.unit = of
		}
		if m.field == toNothing {
			m = meaning{}
		}
		l.means[i] = m
	}
	for k := range said.Columns {
		if c := &said.Columns[k]; !used[c] && c.Field != "" && c.Field != toNothing {
			return assets.Errorf(assets.Invalid, "mapping", "表中没有列“%s”", "the sheet has no column %q", shortened(c.Name+c.Column))
		}
	}
	l.settle()
	for i, name := range names {
		c := LedgerColumn{Column: columnName(i), Name: shown(name), Field: l.means[i].field, Kind: l.means[i].kind}
		if c.Field == ledgerAmount {
			c.Unit = l.means[i].unit.String()
		}
		l.columns = append(l.columns, c)
	}
	return nil
}

// settle leaves one column to each meaning.
func (l *ledgerLayout) settle() {
	for i := range l.means {
		for k := range i {
			a, b := l.means[k], l.means[i]
			if a.field == "" || a.field != b.field || a.kind != b.kind || a.unit != b.unit || many(a.field) {
				continue
			}
			if b.rank < a.rank {
				l.means[k] = meaning{}
			} else {
				l.means[i] = meaning{}
				break
			}
		}
	}
}

// many reports whether several columns may hold a field.
func many(field string) bool {
	return slices.Contains([]string{ledgerSegment, ledgerArea, ledgerTarget}, field)
}

// unitAbove is what the titles above a header say of all amounts, yuan if
// nothing.
func (s *sheet) unitAbove(header int) unit {
	for _, l := range s.lines[:header] {
		for _, c := range l.cells {
			if m := titleUnit.FindStringSubmatch(strings.ReplaceAll(folded(c.text), " ", "")); m != nil {
				return unitOf(m[1])
			}
		}
	}
	return yuan
}

// settleKind finds the kind of entries whose amounts name none and that have no
// column of kinds: that of the only column of dates, or of the title.
func (l *ledgerLayout) settleKind(s *sheet, header int) error {
	open := false
	for _, m := range l.means {
		if m.field == ledgerKind {
			return nil
		}
		open = open || m.field == ledgerAmount && m.kind == ""
	}
	if !open {
		return nil
	}
	kinds := map[string]bool{}
	for _, m := range l.means {
		if m.field == ledgerDate && m.kind != "" {
			kinds[m.kind] = true
		}
	}
	if len(kinds) == 0 {
		for _, line := range s.lines[:header] {
			for _, c := range line.cells {
				for _, p := range kindPrefixes {
					if strings.Contains(folded(c.text), p.word) {
						kinds[p.kind] = true
					}
				}
			}
		}
	}
	for kind := range kinds {
		l.kind = kind
	}
	if len(kinds) != 1 {
		return assets.Errorf(assets.Invalid, "mapping", "不知道金额属于哪一类：请加“类型”列，或在列映射中为金额列指明 合同、变更、付款、退款 或 拨款",
			"what kind the amounts are is not said: add a column of kinds, or say in the mapping of the amount whether it is contract, change_order, payment, refund or grant")
	}
	return nil
}

// pick is the column of a field for entries of a kind: its own, else the general
// one, -1 if there is none. Where the kind stands in a column of its own, the
// only column will do, whatever kind its name says.
func (l *ledgerLayout) pick(field, kind string, own bool) int {
	general, only, count := -1, -1, 0
	for i, m := range l.means {
		if m.field != field {
			continue
		}
		if m.kind == kind && kind != "" {
			return i
		}
		if m.kind == "" && general < 0 {
			general = i
		}
		only, count = i, count+1
	}
	if general < 0 && count == 1 && own {
		return only
	}
	return general
}
