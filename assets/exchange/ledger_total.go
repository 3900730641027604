package exchange

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// tally adds up one column: as it is written, and with refunds taken off, since
// a sheet may total either way.
type tally struct {
	all, section, group sums
	spoilt              bool // an amount could not be read, so that no total can be compared
}

type sums struct{ written, net fen }

func (s *sums) add(written, net fen) { s.written, s.net = s.written+written, s.net+net }

func (s sums) is(f fen) bool { return s.written == f || s.net == f }

func (r *ledgerReader) count(i int, written fen, kind string) {
	net := written
	if kind == "refund" && written > 0 {
		net = -written
	}
	t := &r.tallies[i]
	t.all.add(written, net)
	t.section.add(written, net)
	t.group.add(written, net)
	r.Sum += written
}

var (
	totalWord = regexp.MustCompile(`^.{0,40}?(小计|合计|总计|共计|累计|总合计)(?:[(\[].*[)\]])?:?$`)
	totalEN   = regexp.MustCompile(`(?i)^(?:grand ?)?(sub-?)?totals?:?$`)
)

func totals(text string) bool {
	text = strings.ReplaceAll(folded(text), " ", "")
	return totalWord.MatchString(text) || totalEN.MatchString(text)
}

// label is what makes a row one of totals, "" if nothing does: a word for it in
// a column that holds no note, in a row without a day and a voucher.
func (r *ledgerReader) label(l line) (label string, part bool) {
	for i := range l.cells {
		if i < len(r.layout.means) {
			switch m := r.layout.means[i]; m.field {
			case ledgerDate, ledgerVoucher:
				if text := l.at(i).text; !none(text) && !totals(text) {
					return "", false
				}
			case ledgerNote, ledgerAmount:
				continue
			}
		}
		text := strings.ReplaceAll(folded(l.at(i).text), " ", "")
		if m := totalWord.FindStringSubmatch(text); m != nil && label == "" {
			label, part = text, m[1] == "小计"
		} else if m := totalEN.FindStringSubmatch(text); m != nil && label == "" {
			label, part = text, m[1] != ""
		}
	}
	return label, part
}

// total checks a row of totals against the rows above it: a part is all since
// the last total, a whole is everything or all since the last whole.
func (r *ledgerReader) total(l line) bool {
	label, part := r.label(l)
	if label == "" {
		return false
	}
	for i, m := range r.layout.means {
		if m.field != ledgerAmount {
			continue
		}
		written, has, ok := r.amountIn(l, i)
		if !ok || !has {
			continue
		}
		r.compare(l, i, label, part, written)
	}
	for i := range r.tallies {
		t := &r.tallies[i]
		if t.group = (sums{}); !part {
			t.section = sums{}
		}
	}
	return true
}

func (r *ledgerReader) compare(l line, i int, label string, part bool, written fen) {
	t, coarse := r.tallies[i], i
	for fine, twin := range r.twins {
		if twin == i {
			t, coarse = r.tallies[fine], fine
		}
	}
	right := t.group.is(written)
	counted := t.group.written
	if !part {
		right = t.all.is(written) || t.section.is(written)
		counted = t.all.written
	}
	if coarse != i && !right {
		right = agrees(counted, written, l.at(i), r.layout.means[i].unit)
	}
	if t.spoilt {
		return // the cell that could not be read is refused already
	}
	at := columnName(i) + strconv.Itoa(l.number)
	r.Totals = append(r.Totals, LedgerTotal{Cell: at, Label: label, Written: written, Counted: counted, OK: right})
	if !right {
		r.refuse(l.number, at, *because("“%s”写的是 %s 元，各行相加是 %s 元", "%q says %s yuan, the rows come to %s yuan", label, yuanText(written), yuanText(counted)))
	}
}

// again reports whether a row repeats the header, as page breaks do.
func (r *ledgerReader) again(l line) bool {
	same := 0
	for i, c := range r.layout.columns {
		if l.at(i).kind == numberCell {
			return false
		}
		text := plainName(l.at(i).text)
		if text == "" {
			continue
		}
		if text != plainName(c.Name) && !strings.HasSuffix(plainName(c.Name), text) && !strings.HasPrefix(plainName(c.Name), text) {
			return false
		}
		same++
	}
	return same >= 3
}

// example reports whether a row is the one that the template shows how to fill.
func (r *ledgerReader) example(l line) bool {
	for _, c := range l.cells {
		if c.text != "" {
			return strings.HasPrefix(c.text, "示例") || strings.HasPrefix(c.text, "Example")
		}
	}
	return false
}

// spreadMerges gives every row of a merged block what its first cell says. An
// amount over several rows is refused: whose it is cannot be known.
func (r *ledgerReader) spreadMerges() error {
	at := map[int]int{}
	for k, l := range r.sheet.lines {
		at[l.number] = k
	}
	budget := maxTableCells
	for _, m := range r.sheet.merges {
		from, ok := at[m.top]
		if !ok || m.top == m.bottom || m.left >= len(r.layout.means) || from < r.layout.first {
			continue
		}
		c := r.sheet.lines[from].at(m.left)
		mean := r.layout.means[m.left]
		if c.text == "" || mean.field == "" {
			continue
		}
		if mean.field == ledgerAmount {
			r.refuse(m.top, columnName(m.left)+strconv.Itoa(m.top), *because("金额合并了 %d 至 %d 行；请每行填一笔，或在一行里写多个对象", "the amount is merged over rows %d to %d: give each row its own, or one row several targets", m.top, m.bottom))
			continue
		}
		for n := m.top + 1; n <= min(m.bottom, m.top+maxTableRows); n++ {
			if budget--; budget < 0 {
				return damaged()
			}
			if k, ok := at[n]; ok {
				r.sheet.lines[k].cells = placed(r.sheet.lines[k].cells, m.left, c)
			}
		}
	}
	return nil
}

func placed(cells []cell, i int, c cell) []cell {
	for len(cells) <= i {
		cells = append(cells, cell{})
	}
	cells[i] = c
	return cells
}

// end compares the total that somebody gave, and says what was noticed.
func (r *ledgerReader) end() {
	note := func(zh, en string, args ...any) { r.Notes = append(r.Notes, *because(zh, en, args...)) }
	spoilt := slices.ContainsFunc(r.tallies, func(t tally) bool { return t.spoilt })
	if c := r.options.Control; c != nil && !spoilt && *c != r.Sum && *c != r.net() {
		r.refuse(0, "", *because("给定的合计是 %s 元，各行相加是 %s 元", "the total given is %s yuan, the rows come to %s yuan", yuanText(*c), yuanText(r.Sum)))
	}
	if len(r.Drafts) == 0 && r.Faulty == 0 {
		r.refuse(0, "", *because("表中没有一笔分录", "the sheet has no entry"))
	}
	if r.options.Control == nil && len(r.Totals) == 0 {
		note("表中没有合计，未能核对总额。", "The sheet has no total, so that the sum could not be compared.")
	}
	if r.sheet.hidden > 0 {
		note("有 %d 行在表格软件中是隐藏的，也已读取。", "%d rows are hidden in the spreadsheet; they were read too.", r.sheet.hidden)
	}
	if len(r.empty) > 0 {
		note("这些行没有金额，未作为分录：%s", "These rows have no amount and were not taken as entries: %s", rowList(r.empty))
	}
	if r.negative > 0 {
		note("%d 笔负的付款按退款读取。", "%d negative payments were read as refunds.", r.negative)
	}
	if r.layout.kind != "" {
		note("没有“类型”列，按表头全部作为“%s”。", "There is no column of kinds: all were taken as %q, as the heading says.", r.layout.kind)
	}
}

func (r *ledgerReader) net() (sum fen) {
	for _, t := range r.tallies {
		sum += t.all.net
	}
	return sum
}

// rowList names rows, the first of many.
func rowList(rows []int) string {
	const most = 20
	var list []string
	for _, n := range rows[:min(len(rows), most)] {
		list = append(list, strconv.Itoa(n))
	}
	if len(rows) > most {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}

// yuanText writes an amount in yuan, always with two decimals.
func yuanText(f fen) string {
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	return fmt.Sprintf("%s%d.%02d", sign, f/100, f%100)
}
