package exchange

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"github.com/xuri/excelize/v2"

	"streetbook/assets"
)

// CellType is what a column of an answer holds.
type CellType int

const (
	TextCells   CellType = iota
	MoneyCells           // in fen, written in yuan
	NumberCells          // as decimal digits
)

// Column is one column of an answer.
type Column struct {
	Name string
	Type CellType
}

// Value is one cell of an answer: Text of a text or number, "" where there is
// none; Money of an amount.
type Value struct {
	Text  string
	Money fen
	None  bool // no amount, rather than zero
	Per   int  // of an amount for one unit: the column of the measure; 0 for another
}

// InvestmentSheet is the answer to a question about investment, as a table.
type InvestmentSheet struct {
	Language string // of the words that stand in it
	Title    string // what was asked, in words, with the basis
	Columns  []Column
	Amount   int // the column of amounts that add up to the total
	Rows     [][]Value

	Elsewhere, Unallocated, Total fen
	Entries                       []EntryLine // behind the figures; nil if the asker may not see them
}

// EntryLine is one share of an entry on the sheet that proves the sum.
type EntryLine struct {
	On, Project, Kind, Voucher, Target string
	Amount                             fen // with the sign that the basis gives it
}

// words of the sheets.
var (
	wordElsewhere   = assets.Text{ZH: "其他对象", EN: "Elsewhere"}
	wordUnallocated = assets.Text{ZH: "未分摊", EN: "Unallocated"}
	wordTotal       = assets.Text{ZH: "合计", EN: "Total"}
	wordRows        = assets.Text{ZH: "各行之和", EN: "Sum of the rows"}
	wordDifference  = assets.Text{ZH: "差额（应为 0）", EN: "Difference (must be 0)"}
	wordLedger      = assets.Text{ZH: "台账总额", EN: "Total of the ledger"}
	wordEntries     = assets.Text{ZH: "分录之和", EN: "Sum of the entries"}
	sheetAnswer     = assets.Text{ZH: "投资", EN: "Investment"}
	proofHead       = []assets.Text{{ZH: "日期", EN: "Date"}, {ZH: "项目", EN: "Project"}, {ZH: "类型", EN: "Kind"}, {ZH: "凭证号", EN: "Voucher"}, {ZH: "对象", EN: "Target"}, {ZH: "金额（元）", EN: "Amount (yuan)"}}
	sheetProof      = assets.Text{ZH: "核对", EN: "Proof"}
)

// WriteCSV writes the answer for spreadsheets: UTF-8 with a byte order mark, rows,
// elsewhere, unallocated and total below. Texts that would run as formulas are
// made inert; figures stay figures.
func (s *InvestmentSheet) WriteCSV(w io.Writer) error {
	if _, err := w.Write(byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	record := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		record[i] = inert(c.Name)
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for _, row := range s.Rows {
		for i, c := range s.Columns {
			record[i] = csvValue(c.Type, row[i])
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	for _, foot := range s.feet() {
		clear(record)
		record[s.labelColumn()], record[s.Amount] = foot.label, yuanText(foot.amount)
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func csvValue(t CellType, v Value) string {
	switch {
	case t == MoneyCells && v.None:
		return ""
	case t == MoneyCells:
		return yuanText(v.Money)
	case t == NumberCells:
		return v.Text
	}
	return inert(v.Text)
}

type foot struct {
	label  string
	amount fen
}

func (s *InvestmentSheet) feet() []foot {
	return []foot{{wordElsewhere.In(s.Language), s.Elsewhere}, {wordUnallocated.In(s.Language), s.Unallocated}, {wordTotal.In(s.Language), s.Total}}
}

// labelColumn is the first that holds no amount.
func (s *InvestmentSheet) labelColumn() int {
	if s.Amount == 0 && len(s.Columns) > 1 {
		return 1
	}
	return 0
}

// moneyIn is an amount as a number of a sheet. A double holds every amount below
// 90,000 billion yuan so that its two decimals are right; a larger one, which no
// street has, is written as a text.
func moneyIn(f fen) any {
	if f > 1<<53 || f < -1<<53 {
		return yuanText(f)
	}
	v, err := strconv.ParseFloat(yuanText(f), 64)
	if err != nil {
		return yuanText(f)
	}
	return v
}

// exactNumber is decimal digits as a number of a sheet.
func exactNumber(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
}

// styles of the cells of a book.
type styles struct{ money, head, bold, title, sample, text int }

func newStyles(f *excelize.File) (s styles, err error) {
	money, text := "#,##0.00", "@"
	for _, style := range []struct {
		id *int
		of excelize.Style
	}{
		{&s.money, excelize.Style{CustomNumFmt: &money}},
		{&s.head, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE7F0"}}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}}},
		{&s.bold, excelize.Style{Font: &excelize.Font{Bold: true}, CustomNumFmt: &money}},
		{&s.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}}},
		{&s.sample, excelize.Style{Font: &excelize.Font{Italic: true, Color: "808080"}}},
		{&s.text, excelize.Style{CustomNumFmt: &text}},
	} {
		if *style.id, err = f.NewStyle(&style.of); err != nil {
			return s, err
		}
	}
	return s, nil
}
