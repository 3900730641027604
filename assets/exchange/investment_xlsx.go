package exchange

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"streetbook/assets"
)

// firstRow is where the rows of an answer begin: below the title and the header.
const firstRow = 3

// WriteXLSX writes the answer as a workbook: the rows with sums as formulas, and a
// sheet that proves by formulas that nothing is missing and lists the entries.
// Texts stay texts: nothing of theirs is a formula.
func (s *InvestmentSheet) WriteXLSX(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	style, err := newStyles(f)
	if err != nil {
		return err
	}
	answer, proof := sheetAnswer.In(s.Language), sheetProof.In(s.Language)
	if err := f.SetSheetName("Sheet1", answer); err != nil {
		return err
	}
	if _, err := f.NewSheet(proof); err != nil {
		return err
	}
	for _, sheet := range []string{answer, proof} {
		if err := printable(f, sheet); err != nil {
			return err
		}
	}
	if err := s.writeAnswer(f, answer, style); err != nil {
		return err
	}
	if err := s.writeProof(f, answer, proof, style); err != nil {
		return err
	}
	return f.Write(w)
}

// printable lays a sheet out for paper: A4 across, as wide as the page.
func printable(f *excelize.File, sheet string) error {
	fit, orientation, a4, wide, high := true, "landscape", 9, 1, 0
	if err := f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	return f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high})
}

// streamed writes one sheet row by row.
type streamed struct {
	*excelize.StreamWriter
	row int
	err error
}

func stream(f *excelize.File, sheet string, widths ...float64) *streamed {
	w, err := f.NewStreamWriter(sheet)
	out := &streamed{StreamWriter: w, err: err}
	for i, width := range widths {
		if out.err == nil {
			out.err = w.SetColWidth(i+1, i+1, width)
		}
	}
	return out
}

// put writes the next row; the first failure stays.
func (w *streamed) put(cells ...any) {
	w.row++
	if w.err == nil {
		w.err = w.SetRow(fmt.Sprintf("A%d", w.row), cells)
	}
}

func (w *streamed) end() error {
	if w.err != nil {
		return w.err
	}
	return w.Flush()
}

func (s *InvestmentSheet) writeAnswer(f *excelize.File, name string, style styles) error {
	widths := make([]float64, len(s.Columns))
	for i, c := range s.Columns {
		widths[i] = 18
		if c.Type == TextCells {
			widths[i] = 36
		}
	}
	w := stream(f, name, widths...)
	w.put(excelize.Cell{StyleID: style.title, Value: s.Title})
	head := make([]any, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = excelize.Cell{StyleID: style.head, Value: c.Name}
	}
	w.put(head...)
	for _, row := range s.Rows {
		cells := make([]any, len(s.Columns))
		for i, c := range s.Columns {
			cells[i] = s.xlsxValue(c.Type, row[i], style, w.row+1)
		}
		w.put(cells...)
	}
	last := w.row
	for i, foot := range s.feet() {
		cells := make([]any, len(s.Columns))
		cells[s.labelColumn()] = excelize.Cell{StyleID: style.bold, Value: foot.label}
		cells[s.Amount] = excelize.Cell{StyleID: style.bold, Value: moneyIn(foot.amount)}
		if i == 2 {
			cells[s.Amount] = excelize.Cell{StyleID: style.bold, Formula: s.sum(last) + fmt.Sprintf("+%[1]s%[2]d+%[1]s%[3]d", columnName(s.Amount), last+1, last+2), Value: moneyIn(foot.amount)}
		}
		w.put(cells...)
	}
	return w.end()
}

// sum is the formula of all rows of the answer, which end at last.
func (s *InvestmentSheet) sum(last int) string {
	if last < firstRow {
		return "0"
	}
	return fmt.Sprintf("SUM(%[1]s%[2]d:%[1]s%[3]d)", columnName(s.Amount), firstRow, last)
}

func (s *InvestmentSheet) xlsxValue(t CellType, v Value, style styles, row int) any {
	switch {
	case t == MoneyCells && v.None, v.Text == "" && t != MoneyCells:
		return nil
	case t == MoneyCells && v.Per > 0:
		by := fmt.Sprintf("%s%d", columnName(v.Per), row)
		return excelize.Cell{StyleID: style.money, Formula: fmt.Sprintf(`IF(%s>0,ROUND(%s%d/%s,2),"")`, by, columnName(s.Amount), row, by), Value: moneyIn(v.Money)}
	case t == MoneyCells:
		return excelize.Cell{StyleID: style.money, Value: moneyIn(v.Money)}
	case t == NumberCells:
		if n, ok := exactNumber(v.Text); ok {
			return excelize.Cell{Value: n}
		}
	}
	return excelize.Cell{StyleID: style.text, Value: v.Text}
}

// writeProof shows that rows, elsewhere and unallocated come to the total, and
// that the entries do. Differences are rounded to the fen: a spreadsheet adds
// doubles.
func (s *InvestmentSheet) writeProof(f *excelize.File, answer, name string, style styles) error {
	w := stream(f, name, 26, 36, 18, 26, 36, 18)
	in := func(t assets.Text) string { return t.In(s.Language) }
	last := firstRow - 1 + len(s.Rows)
	quoted := "'" + answer + "'!" + columnName(s.Amount)
	rows := "0"
	if len(s.Rows) > 0 {
		rows = fmt.Sprintf("SUM(%s%d:%s%d)", quoted, firstRow, columnName(s.Amount), last)
	}
	money := func(formula string, f fen) excelize.Cell {
		return excelize.Cell{StyleID: style.money, Formula: formula, Value: moneyIn(f)}
	}
	w.put(excelize.Cell{StyleID: style.title, Value: in(sheetProof)})
	w.put(in(wordRows), money(rows, s.difference()+s.Total-s.Elsewhere-s.Unallocated))
	w.put(in(wordElsewhere), money(fmt.Sprintf("%s%d", quoted, last+1), s.Elsewhere))
	w.put(in(wordUnallocated), money(fmt.Sprintf("%s%d", quoted, last+2), s.Unallocated))
	w.put(in(wordLedger), money("", s.Total))
	w.put(excelize.Cell{StyleID: style.bold, Value: in(wordDifference)}, excelize.Cell{StyleID: style.bold, Formula: "ROUND(B2+B3+B4-B5,2)", Value: moneyIn(s.difference())})
	if s.Entries == nil {
		return w.end()
	}
	var sum fen
	for _, e := range s.Entries {
		sum += e.Amount
	}
	const head = 9
	w.put(in(wordEntries), money(s.entrySum(head), sum))
	w.put(excelize.Cell{StyleID: style.bold, Value: in(wordDifference)}, excelize.Cell{StyleID: style.bold, Formula: "ROUND(B7-B5,2)", Value: moneyIn(sum - s.Total)})
	var cells []any
	for _, t := range proofHead {
		cells = append(cells, excelize.Cell{StyleID: style.head, Value: t.In(s.Language)})
	}
	w.put(cells...)
	for _, e := range s.Entries {
		w.put(e.On, e.Project, e.Kind, excelize.Cell{StyleID: style.text, Value: e.Voucher}, e.Target, money("", e.Amount))
	}
	return w.end()
}

func (s *InvestmentSheet) entrySum(head int) string {
	if len(s.Entries) == 0 {
		return "0"
	}
	return fmt.Sprintf("SUM(F%d:F%d)", head+1, head+len(s.Entries))
}

// difference is what is missing between the rows and the total.
func (s *InvestmentSheet) difference() fen {
	sum := s.Elsewhere + s.Unallocated - s.Total
	for _, row := range s.Rows {
		sum += row[s.Amount].Money
	}
	return sum
}
