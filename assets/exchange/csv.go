package exchange

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"streetbook/assets"
)

// CSV reads tables: separated by comma, semicolon or tab, in UTF-8 with or
// without a byte order mark, otherwise in GB18030, which Chinese spreadsheets
// write.
type CSV struct{}

// Open reads the file through once to learn its encoding, and its header.
func (CSV) Open(file io.ReadSeeker) (Reader, error) {
	r, err := newCSVReader(file)
	if err != nil {
		return nil, err
	}
	return r, r.readHeader()
}

// newCSVReader stands before the first record.
func newCSVReader(file io.ReadSeeker) (*csvReader, error) {
	text, gb18030, err := decoded(file)
	if err != nil {
		return nil, err
	}
	r := &csvReader{leash: leash{from: text}, gb18030: gb18030}
	r.leash.slacken()
	r.in = bufio.NewReaderSize(&r.leash, 64<<10)
	r.csv = csv.NewReader(r.in)
	r.csv.Comma = separator(r.in)
	r.csv.FieldsPerRecord = -1
	r.csv.ReuseRecord = true
	return r, nil
}

// separator is the one of the three that a line has most of outside quotes: the
// first line that has any, because a title may stand above the header.
func separator(in *bufio.Reader) rune {
	start, _ := in.Peek(8 << 10) // a file shorter than that is no error here
	var count [128]int
	quoted := false
	for _, c := range start {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted && count[',']+count[';']+count['\t'] > 0 {
			break
		}
		if c < 128 && !quoted {
			count[c]++
		}
	}
	best := ','
	for _, c := range ";\t" {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

type csvReader struct {
	leash   leash
	in      *bufio.Reader
	csv     *csv.Reader
	gb18030 bool
	line    int // where the next record starts if no empty line stands before it
	row     Row
}

func (r *csvReader) Head() Head {
	h := Head{Columns: r.row.Columns}
	if r.gb18030 {
		h.Notes = append(h.Notes, assets.Text{ZH: "文件不是 UTF-8，按 GB18030 读取。", EN: "The file is not in UTF-8 and was read as GB18030."})
	}
	return h
}

func (r *csvReader) readHeader() error {
	record, err := r.csv.Read()
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return wrongFile("文件是空的", "the file is empty")
	case errors.As(err, &parse):
		return wrongFile("表头的引号有误（第 %d 行第 %d 列）", "the quotes of the header are wrong (line %d, column %d)", parse.Line, parse.Column)
	case err != nil:
		return err
	}
	for i, name := range record {
		name = strings.TrimSpace(strings.ToValidUTF8(name, "?"))
		if name == "" {
			name = fmt.Sprintf("#%d", i+1)
		}
		r.row.Columns = append(r.row.Columns, name)
	}
	r.advance(r.startOf(record), record)
	return nil
}

// startOf is the line that the record just read starts on.
func (r *csvReader) startOf(record []string) int {
	if len(record) == 0 {
		return r.line
	}
	line, _ := r.csv.FieldPos(0)
	return line
}

// advance counts a record that starts on a line. Empty lines, which are no
// records, are rows of a spreadsheet all the same; line breaks inside a cell
// are not.
func (r *csvReader) advance(start int, record []string) {
	r.row.Number += 1 + max(0, start-max(r.line, 1))
	r.line = start + 1
	for _, cell := range record {
		r.line += strings.Count(cell, "\n")
	}
}

func (r *csvReader) Next() (*Row, error) {
	for {
		r.leash.slacken()
		record, err := r.csv.Read()
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			return r.misquoted(parse)
		}
		if err != nil {
			return nil, err
		}
		r.advance(r.startOf(record), record)
		if blank(record) {
			continue
		}
		r.row.Values = record
		r.row.Fault = r.shape()
		return &r.row, nil
	}
}

// misquoted is a row whose quotes are wrong. Where such a quote has swallowed
// the rest of the file, nobody can say how many rows that were.
func (r *csvReader) misquoted(parse *csv.ParseError) (*Row, error) {
	r.advance(parse.StartLine, nil)
	r.line = parse.Line + 1
	r.row.Values = nil
	if parse.Line == parse.StartLine {
		r.row.Fault = assets.Errorf(assets.Invalid, "row", "引号有误（第 %d 行第 %d 列）", "its quotes are wrong (line %d, column %d)", parse.Line, parse.Column)
		return &r.row, nil
	}
	if _, err := r.in.Peek(1); errors.Is(err, io.EOF) {
		return nil, wrongFile("第 %d 行开始的引号直到文件末尾都没有正确闭合", "a quote that opens in the record of line %d is not rightly closed before the end of the file", parse.StartLine)
	}
	r.row.Fault = assets.Errorf(assets.Invalid, "row", "引号有误（第 %d 至 %d 行）", "its quotes are wrong (lines %d to %d)", parse.StartLine, parse.Line)
	return &r.row, nil
}

// shape makes the values fit the columns. Cells without a column are let pass
// only when they are empty.
func (r *csvReader) shape() *assets.Error {
	n := len(r.row.Columns)
	if len(r.row.Values) > n {
		if !blank(r.row.Values[n:]) {
			return assets.Errorf(assets.Invalid, "row", "有 %d 个单元格，表头只有 %d 列", "has %d cells, the header has %d", len(r.row.Values), n)
		}
		r.row.Values = r.row.Values[:n]
	}
	if len(r.row.Values) < n {
		return assets.Errorf(assets.Invalid, "row", "只有 %d 个单元格，表头有 %d 列", "has only %d cells, the header has %d", len(r.row.Values), n)
	}
	for i, v := range r.row.Values {
		if r.gb18030 && strings.ContainsRune(v, '\uFFFD') {
			return assets.Errorf(assets.Invalid, r.row.Columns[i], "含有不是 GB18030 的字节", "holds bytes that are no GB18030")
		}
		if v != "" && v[0] == '\'' && formula(v) {
			r.row.Values[i] = v[1:] // the mark that keeps spreadsheets from running it
		}
	}
	return nil
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
