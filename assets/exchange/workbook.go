package exchange

import (
	"bytes"
	"path/filepath"
	"strings"

	"streetbook/assets"
)

// Limits of a workbook. What is above one is refused before it is read.
const (
	MaxWorkbook   = 20 << 20 // bytes of the file
	maxUnpacked   = 200 << 20
	maxEntries    = 1000 // files in the archive
	maxRatio      = 200  // of unpacked to packed, of an entry above 1 MB
	maxTableRows  = 100_000
	maxTableCells = 3_000_000
	maxTableText  = 64 << 20 // bytes of all texts
	maxColumns    = 256
	maxCellText   = 32_767 // bytes, more than a spreadsheet lets one type
)

// cellKind says what a file says that a cell is.
type cellKind uint8

const (
	textCell   cellKind = iota
	numberCell          // a binary double, as decimal digits
	brokenCell          // an error such as #REF!, a formula without a result, bytes that are no text
)

// cell is one cell as the file holds it.
type cell struct {
	text string
	kind cellKind
}

// line is one row that is not blank.
type line struct {
	number int // as a spreadsheet counts, from 1
	cells  []cell
}

// at is a cell, empty where the row ends before it.
func (l line) at(column int) cell {
	if column < 0 || column >= len(l.cells) {
		return cell{}
	}
	return l.cells[column]
}

// merge is a block of cells shown as one; the first holds what it says.
// Rows count from 1, columns from 0.
type merge struct{ top, left, bottom, right int }

// sheet is one table of a workbook, or the whole of a CSV file.
type sheet struct {
	name     string
	lines    []line
	merges   []merge
	hidden   int  // rows that the spreadsheet does not show
	from1904 bool // how it counts days
	notes    []assets.Text
}

// workbook is a file of tables.
type workbook interface {
	// names are those of the tables that can be seen, in order.
	names() []string
	// sheet reads one whole.
	sheet(name string) (*sheet, error)
}

// openWorkbook tells by the content what a file is, and refuses it if its name
// says something else. A name without an ending says nothing.
func openWorkbook(name string, file []byte) (workbook, error) {
	ending := strings.ToLower(filepath.Ext(name))
	zipped := bytes.HasPrefix(file, []byte("PK\x03\x04"))
	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(file[:min(len(file), 512)], byteOrderMark), " \r\n\t"))
	switch {
	case len(file) > MaxWorkbook:
		return nil, assets.Errorf(assets.TooLarge, "file", "文件超过 %d MB", "the file is larger than %d MB", MaxWorkbook>>20)
	case len(file) == 0:
		return nil, wrongFile("文件是空的", "the file is empty")
	case bytes.HasPrefix(file, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return nil, assets.Errorf(assets.Unsupported, "file", "旧版 .xls 或加密的工作簿不能读取；请去掉密码并另存为 .xlsx", "an old .xls or an encrypted workbook cannot be read: take the password off and save it as .xlsx")
	case bytes.HasPrefix(start, []byte("<")):
		return nil, assets.Errorf(assets.Unsupported, "file", "这是网页或 XML，不是工作簿；请在 Excel 或 WPS 中另存为 .xlsx", "this is a web page or XML, no workbook: save it as .xlsx in a spreadsheet program")
	case zipped && (ending == ".csv" || ending == ".txt" || ending == ".tsv"):
		return nil, wrongFile("文件名是 %s，内容却是压缩包或工作簿", "the name says %s, but the content is an archive or a workbook", ending)
	case zipped:
		return openXLSX(file)
	case ending == ".xlsx" || ending == ".xlsm":
		return nil, wrongFile("文件名是 %s，内容却不是工作簿，或已损坏", "the name says %s, but the content is no workbook, or is damaged", ending)
	case ending == "" || ending == ".csv" || ending == ".txt" || ending == ".tsv":
		return csvBook{file}, nil
	}
	return nil, assets.Errorf(assets.Unsupported, "file", "只能读取 .xlsx 和 .csv 文件", "only .xlsx and .csv files are read")
}

// columnName writes a column as spreadsheets do: 0 is A, 27 is AB.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// columnIndex reads what columnName writes, -1 if it is none.
func columnIndex(name string) int {
	n := 0
	for _, c := range name {
		if c < 'A' || c > 'Z' || n > 1<<20 {
			return -1
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}
