package exchange

import (
	"slices"
	"strconv"
	"strings"

	"streetbook/assets"
)

// LedgerOptions say what a finance sheet does not say itself.
type LedgerOptions struct {
	Mapping Mapping
	Control *fen   // what all amounts must come to, as the sheet writes them; nil if nobody says
	Project string // code or name for rows that name none
}

// EntryDraft is one entry of a file, by the names that the file uses.
type EntryDraft struct {
	Row          int
	Project      string // code or name
	ProjectName  string // beside a code, "" if the file has only one of them
	On           string // 2006-01-02
	Kind         string
	Amount       fen // above zero
	Voucher      string
	Counterparty string
	Note         string
	Targets      []TargetName
	amount       int    // its column
	projectField string // that Project stands in
}

// TargetName is a segment or an area by its code or name.
type TargetName struct {
	Noun string // segment or area; "" for either
	Name string
	cell string
}

// CellFault is why a cell, or the file, was refused.
type CellFault struct {
	Sheet  string
	Row    int    // 0 if it is of the whole file
	Cell   string // such as B12
	Column string // its name
	Value  string // what it holds
	Reason assets.Text
}

// LedgerTotal is a total that the sheet itself gives.
type LedgerTotal struct {
	Cell    string
	Label   string
	Written fen
	Counted fen // what the rows come to
	OK      bool
}

// Ledger is a finance sheet as it was read. Nothing of it is to be imported
// unless Faults is empty.
type Ledger struct {
	Sheets  []string // that the file has
	Mapping Mapping  // as it was used
	Rows    int      // of the table, without totals
	Drafts  []EntryDraft
	Faults  []CellFault // the first maxRefusals of them
	Faulty  int         // all
	Sum     fen         // of the amounts as the sheet writes them
	Totals  []LedgerTotal
	Notes   []assets.Text

	layout *ledgerLayout
	lines  []line // of the sheet, by their number
}

// ReadLedger reads a workbook or CSV of entries. name is the file's own, "" if it
// is not known. A file that cannot be read at all is an *assets.Error; what is
// wrong in single cells stands in Faults.
func ReadLedger(name string, file []byte, o LedgerOptions) (*Ledger, error) {
	if err := o.Mapping.check(); err != nil {
		return nil, err
	}
	book, err := openWorkbook(name, file)
	if err != nil {
		return nil, err
	}
	names := book.names()
	if len(names) == 0 {
		return nil, damaged()
	}
	wanted := names
	if o.Mapping.Sheet != "" {
		wanted = []string{o.Mapping.Sheet}
	}
	var first error
	for _, name := range wanted {
		s, err := book.sheet(name)
		if err != nil {
			return nil, err
		}
		m := o.Mapping
		layout, err := layOut(s, &m)
		if err == nil {
			m.Columns = layout.columns
			r := ledgerReader{Ledger: &Ledger{Sheets: names, Mapping: m, layout: layout, lines: s.lines, Notes: s.notes}, sheet: s, options: o}
			return r.read()
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// At is the cell of a draft that holds a field, that of its amount if the sheet
// has none for the field.
func (l *Ledger) At(d *EntryDraft, field string) string {
	i := l.layout.pick(field, d.Kind, l.layout.means[d.amount].kind == "")
	if i < 0 || field == ledgerAmount {
		i = d.amount
	}
	return columnName(i) + strconv.Itoa(d.Row)
}

// Refuse notes what is wrong with a field of a draft, as the store found it.
func (l *Ledger) Refuse(d *EntryDraft, field string, reason assets.Text) {
	l.refuse(d.Row, l.At(d, field), reason)
}

// RefuseTarget notes what is wrong with one of its targets.
func (l *Ledger) RefuseTarget(d *EntryDraft, t TargetName, reason assets.Text) {
	l.refuse(d.Row, t.cell, reason)
}

func (l *Ledger) refuse(row int, cell string, reason assets.Text) {
	if l.Faulty++; len(l.Faults) >= maxRefusals {
		return
	}
	f := CellFault{Sheet: l.Mapping.Sheet, Row: row, Cell: cell, Reason: reason}
	if i := columnIndex(strings.TrimRight(cell, "0123456789")); i >= 0 && i < len(l.layout.columns) {
		f.Column = l.layout.columns[i].Name
		f.Value = l.line(row).at(i).text
	}
	l.Faults = append(l.Faults, f)
}

// line is a row of the sheet, without cells if it is blank.
func (l *Ledger) line(number int) line {
	i, ok := slices.BinarySearchFunc(l.lines, number, func(l line, n int) int { return l.number - n })
	if !ok {
		return line{number: number}
	}
	return l.lines[i]
}

// ledgerReader reads the rows of one sheet.
type ledgerReader struct {
	*Ledger
	sheet   *sheet
	options LedgerOptions

	tallies  []tally     // of each column
	targets  []int       // columns of them
	amounts  []int       // columns of amounts, one of each kind
	twins    map[int]int // the same amount in a coarser unit
	empty    []int       // rows without an entry
	negative int
}

func (r *ledgerReader) read() (*Ledger, error) {
	r.tallies = make([]tally, len(r.layout.means))
	r.sortColumns()
	if err := r.spreadMerges(); err != nil {
		return nil, err
	}
	for _, l := range r.sheet.lines[r.layout.first:] {
		switch {
		case r.again(l):
		case r.total(l):
		case r.example(l):
		default:
			if r.Rows++; r.Rows > maxTableRows {
				return nil, tooManyRows()
			}
			r.row(l)
		}
	}
	r.end()
	return r.Ledger, nil
}

// sortColumns finds the columns of amounts, the finer unit of each kind first.
func (r *ledgerReader) sortColumns() {
	r.twins = map[int]int{}
	byKind := map[string]int{}
	for i, m := range r.layout.means {
		if many(m.field) {
			r.targets = append(r.targets, i)
		}
		if m.field != ledgerAmount {
			continue
		}
		before, ok := byKind[m.kind]
		switch {
		case !ok:
			byKind[m.kind] = i
			r.amounts = append(r.amounts, i)
		case m.unit < r.layout.means[before].unit:
			r.amounts[slices.Index(r.amounts, before)] = i
			byKind[m.kind], r.twins[i] = i, before
		default:
			r.twins[before] = i
		}
	}
}

// row reads the entries of one row.
func (r *ledgerReader) row(l line) {
	found, tried := 0, false
	for _, i := range r.amounts {
		amount, has, ok := r.amountOf(l, i)
		if !ok {
			tried = true
			continue
		}
		if !has || amount == 0 && len(r.amounts) > 1 {
			continue
		}
		found++
		r.entry(l, i, amount)
	}
	if found > 0 || tried {
		return
	}
	for i, m := range r.layout.means {
		if text := l.at(i).text; (m.field == ledgerDate || m.field == ledgerVoucher || m.field == ledgerKind) && !none(text) && m.kind == "" {
			r.refuse(l.number, columnName(r.amounts[0])+strconv.Itoa(l.number), *because("没有金额", "the amount is missing"))
			return
		}
	}
	r.empty = append(r.empty, l.number)
}

// amountOf reads the amount in a column and its twin, and counts it. has is
// whether there is one, ok whether it is right.
func (r *ledgerReader) amountOf(l line, i int) (amount fen, has, ok bool) {
	twin, paired := r.twins[i]
	a, hasA, ok := r.amountIn(l, i)
	if !ok || !paired {
		return a, hasA, ok
	}
	b, hasB, ok := r.amountIn(l, twin)
	if !ok || !hasA {
		return b, hasB, ok
	}
	if hasB && !agrees(a, b, l.at(twin), r.layout.means[twin].unit) {
		r.refuse(l.number, columnName(twin)+strconv.Itoa(l.number), *because("与 %s%d 的 %s 元不符", "does not agree with %s%d, %s yuan", columnName(i), l.number, yuanText(a)))
		return 0, true, false
	}
	return a, true, true
}

func (r *ledgerReader) amountIn(l line, i int) (amount fen, has, ok bool) {
	c := l.at(i)
	at := columnName(i) + strconv.Itoa(l.number)
	if c.kind == brokenCell {
		r.tallies[i].spoilt = true
		r.refuse(l.number, at, broken(c))
		return 0, true, false
	}
	if none(c.text) {
		return 0, false, true
	}
	amount, fault := parseAmount(c.text, r.layout.means[i].unit, c.kind == numberCell)
	if c.scaled {
		fault = because("单元格的数字格式会缩放显示（实为 %s）；请改为普通数字格式并核对单位", "the format of the cell shows another number than it holds, %s: give it a plain format and check the unit", c.text)
	}
	if fault != nil {
		r.tallies[i].spoilt = true
		r.refuse(l.number, at, *fault)
		return 0, true, false
	}
	return amount, true, true
}

// agrees reports whether an amount in a coarser unit is the other one, rounded
// as its decimals say.
func agrees(a, b fen, coarse cell, u unit) bool {
	_, decimals, _ := strings.Cut(folded(coarse.text), ".")
	step := fen(1)
	for range int(u) - len(strings.TrimRight(decimals, " 万亿千百元)")) {
		step *= 10
	}
	return max(a-b, b-a) <= step/2
}

// broken is why a cell that holds no value is refused.
func broken(c cell) assets.Text {
	switch {
	case c.text == "=":
		return *because("公式没有结果；请在 Excel 或 WPS 中打开并保存后再导入", "is a formula without a result: open and save the file in a spreadsheet program first")
	case strings.HasPrefix(c.text, "#"):
		return *because("公式出错：%s", "is a formula that failed: %s", c.text)
	}
	return *because("含有控制字符、乱码或过长：“%s”", "holds control characters, wrong bytes or too much: %q", c.text)
}
