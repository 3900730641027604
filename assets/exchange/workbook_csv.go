package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"streetbook/assets"
)

// csvBook is a CSV file as a workbook of one sheet without a name.
type csvBook struct{ file []byte }

func (csvBook) names() []string { return []string{""} }

func (b csvBook) sheet(string) (*sheet, error) {
	r, err := newCSVReader(bytes.NewReader(b.file))
	if err != nil {
		return nil, err
	}
	t := &sheet{}
	if r.gb18030 {
		t.notes = append(t.notes, assets.Text{ZH: "文件不是 UTF-8，按 GB18030 读取。", EN: "The file is not in UTF-8 and was read as GB18030."})
	}
	cells := 0
	for {
		r.leash.slacken()
		record, err := r.csv.Read()
		var parse *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return t, nil
		case errors.As(err, &parse):
			return nil, wrongFile("第 %d 行的引号有误", "the quotes of line %d are wrong", parse.StartLine)
		case err != nil:
			return nil, err
		}
		r.advance(r.startOf(record), record)
		if blank(record) {
			continue
		}
		l, err := csvLine(r.row.Number, record)
		if err != nil {
			return nil, err
		}
		t.lines = append(t.lines, l)
		if cells += len(l.cells); len(t.lines) > maxTableRows+100 || cells > maxTableCells {
			return nil, tooManyRows()
		}
	}
}

func tooManyRows() error {
	return assets.Errorf(assets.TooLarge, "file", "表格超过 %d 行", "the table has more than %d rows", maxTableRows)
}

func csvLine(number int, record []string) (line, error) {
	for len(record) > 0 && strings.TrimSpace(record[len(record)-1]) == "" {
		record = record[:len(record)-1]
	}
	l := line{number: number, cells: make([]cell, len(record))}
	if len(record) > maxColumns {
		return l, wrongFile("第 %d 行超过 %d 列", "row %d has more than %d columns", number, maxColumns)
	}
	for i, v := range record {
		v = strings.Clone(strings.TrimSpace(v)) // apart from the record, which is used again
		if inner, ok := strings.CutPrefix(v, `="`); ok && strings.HasSuffix(inner, `"`) && !strings.ContainsAny(inner[:len(inner)-1], `"&`) {
			v = inner[:len(inner)-1] // digits that a spreadsheet was to keep as a text
		} else if v != "" && v[0] == '\'' && formula(v) {
			v = v[1:]
		}
		l.cells[i] = textOf(v)
	}
	return l, nil
}

// textOf is a cell of text, broken if it holds what no text should.
func textOf(v string) cell {
	if len(v) > maxCellText || unreadable(v) || strings.ContainsRune(v, '\uFFFD') {
		return cell{text: shortened(v), kind: brokenCell}
	}
	return cell{text: v}
}
