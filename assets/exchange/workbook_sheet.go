package exchange

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"

	"streetbook/assets"
)

// sheet reads one sheet.
func (b *xlsxBook) sheet(name string) (*sheet, error) {
	for _, s := range b.sheets {
		if s.name == name {
			r := sheetReader{book: b, out: &sheet{name: name, from1904: b.from1904}}
			if err := b.tokens(s.part, r.see); err != nil {
				return nil, err
			}
			if !r.ended {
				return nil, damaged()
			}
			return r.out, nil
		}
	}
	return nil, assets.Errorf(assets.Invalid, "sheet", "工作簿没有“%s”这张表；有：%s", "the workbook has no sheet %q; there are: %s", shortened(name), shortList(b.names()))
}

// sheetReader builds a table from the tokens of a sheet.
type sheetReader struct {
	book *xlsxBook
	out  *sheet

	inside, ended   bool // the rows
	row             line
	column          int // of the cell that is being read
	kind            string
	formula, inText bool
	phonetic, value bool
	text            []byte
	cells, bytes    int
	last            int // row
}

func (r *sheetReader) see(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		return r.end(t.Name.Local)
	case xml.CharData:
		if r.inText {
			r.text = append(r.text, t...)
		}
	}
	return nil
}

func (r *sheetReader) start(e xml.StartElement) error {
	switch {
	case e.Name.Local == "sheetData":
		r.inside, r.ended = true, true
	case e.Name.Local == "mergeCell":
		return r.merge(attributeOf(e, "ref"))
	case !r.inside:
	case e.Name.Local == "row":
		return r.startRow(e)
	case e.Name.Local == "c":
		return r.startCell(e)
	case e.Name.Local == "f":
		r.formula = true
	case e.Name.Local == "rPh":
		r.phonetic = true
	case e.Name.Local == "v", e.Name.Local == "t":
		r.inText, r.value = !r.phonetic, true
	}
	return nil
}

func (r *sheetReader) end(name string) error {
	switch {
	case !r.inside:
	case name == "sheetData":
		r.inside = false
	case name == "v", name == "t":
		r.inText = false
	case name == "rPh":
		r.phonetic = false
	case name == "c":
		return r.endCell()
	case name == "row":
		return r.endRow()
	}
	return nil
}

func (r *sheetReader) startRow(e xml.StartElement) error {
	number := r.last + 1
	if said := attributeOf(e, "r"); said != "" {
		var err error
		if number, err = strconv.Atoi(said); err != nil {
			return damaged()
		}
	}
	if number <= r.last || number > 1<<20 {
		return damaged()
	}
	r.last, r.column = number, -1
	r.row = line{number: number}
	if hidden := attributeOf(e, "hidden"); hidden == "1" || hidden == "true" {
		r.out.hidden++
	}
	return nil
}

var cellRef = regexp.MustCompile(`^([A-Z]{1,3})[0-9]{1,7}$`)

func (r *sheetReader) startCell(e xml.StartElement) error {
	column := r.column + 1
	if ref := attributeOf(e, "r"); ref != "" {
		m := cellRef.FindStringSubmatch(ref)
		if m == nil {
			return damaged()
		}
		column = columnIndex(m[1])
	}
	if column <= r.column {
		return damaged()
	}
	r.column, r.kind, r.formula, r.inText, r.phonetic, r.value, r.text = column, attributeOf(e, "t"), false, false, false, false, r.text[:0]
	return nil
}

func (r *sheetReader) endCell() error {
	c, err := r.cell()
	if err != nil || c.text == "" {
		return err
	}
	if r.column >= maxColumns {
		return wrongFile("第 %d 行超过 %d 列", "row %d has more than %d columns", r.row.number, maxColumns)
	}
	for len(r.row.cells) <= r.column {
		r.row.cells = append(r.row.cells, cell{})
	}
	r.row.cells[r.column] = c
	return nil
}

// cell is the one just read. A formula is what it came to when the workbook was
// saved.
func (r *sheetReader) cell() (cell, error) {
	text := strings.TrimSpace(string(r.text))
	if r.formula && !r.value {
		return cell{text: "=", kind: brokenCell}, nil
	}
	switch r.kind {
	case "s":
		if text == "" {
			return cell{}, nil
		}
		i, err := strconv.Atoi(text)
		if err != nil || i < 0 || i >= len(r.book.shared) {
			return cell{}, damaged()
		}
		return textOf(strings.TrimSpace(unescaped(r.book.shared[i]))), nil
	case "e":
		return cell{text: shortened(text), kind: brokenCell}, nil
	case "str", "inlineStr", "d", "b":
		return textOf(unescaped(text)), nil
	case "", "n":
		if len(text) > 60 {
			return cell{}, damaged()
		}
		return cell{text: text, kind: numberCell}, nil
	}
	return cell{}, damaged()
}

func (r *sheetReader) endRow() error {
	if len(r.row.cells) == 0 {
		return nil
	}
	for _, c := range r.row.cells {
		r.bytes += len(c.text)
	}
	r.out.lines = append(r.out.lines, r.row)
	r.cells += len(r.row.cells)
	if r.row.cells = nil; len(r.out.lines) > maxTableRows+100 || r.cells > maxTableCells || r.bytes > 4*maxTableText {
		return tooManyRows()
	}
	return nil
}

var blockRef = regexp.MustCompile(`^\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})$`)

func (r *sheetReader) merge(ref string) error {
	m := blockRef.FindStringSubmatch(ref)
	if m == nil || len(r.out.merges) >= maxTableRows {
		return damaged()
	}
	top, err := strconv.Atoi(m[2])
	if err != nil {
		return damaged()
	}
	bottom, err := strconv.Atoi(m[4])
	if err != nil {
		return damaged()
	}
	r.out.merges = append(r.out.merges, merge{top, columnIndex(m[1]), bottom, columnIndex(m[3])})
	return nil
}

var escape = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescaped reads what XLSX writes for characters that XML does not have.
func unescaped(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escape.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(m[2:6], 16, 16)
		if err != nil {
			return m
		}
		if n == '\r' {
			return ""
		}
		return string(rune(n))
	})
}
