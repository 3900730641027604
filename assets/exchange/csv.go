package exchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"streetbook/assets"
)

// CSV reads tables: separated by comma, semicolon or tab, in UTF-8 with or
// without a byte order mark, otherwise in GB18030, which Chinese Excel writes.
type CSV struct{}

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// Open reads the file through once: whether it is UTF-8 can only be said of the
// whole, because the first Chinese character may stand on its last line.
func (CSV) Open(file io.ReadSeeker) (Reader, error) {
	unicode, err := isUTF8(file)
	if err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var text io.Reader = file
	if !unicode {
		text = simplifiedchinese.GB18030.NewDecoder().Reader(file)
	}
	in := bufio.NewReaderSize(text, 64<<10)
	if start, err := in.Peek(3); err == nil && bytes.Equal(start, byteOrderMark) {
		if _, err := in.Discard(3); err != nil {
			return nil, err
		}
	}
	r := &csvReader{csv: csv.NewReader(in)}
	r.csv.Comma = separator(in)
	r.csv.FieldsPerRecord = -1
	r.csv.ReuseRecord = true
	return r, r.readHeader()
}

// isUTF8 reports whether all of a file is valid UTF-8.
func isUTF8(file io.Reader) (bool, error) {
	buf := make([]byte, 64<<10)
	kept := 0 // bytes of a character that the block before cut
	for {
		n, err := file.Read(buf[kept:])
		block := buf[:kept+n]
		if errors.Is(err, io.EOF) {
			return utf8.Valid(block), nil
		}
		if err != nil {
			return false, err
		}
		end := len(block)
		if last := lastStart(block); last < end && !utf8.FullRune(block[last:]) {
			end = last
		}
		if !utf8.Valid(block[:end]) {
			return false, nil
		}
		kept = copy(buf, block[end:])
	}
}

// lastStart is where the last character of b begins.
func lastStart(b []byte) int {
	i := len(b) - 1
	for i > 0 && !utf8.RuneStart(b[i]) {
		i--
	}
	return max(i, 0)
}

// separator is the one of the three that the first line has most of.
func separator(in *bufio.Reader) rune {
	line, _ := in.Peek(8 << 10) // a short file is no error here
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	best, most := ',', 0
	for _, c := range []rune{',', ';', '\t'} {
		if n := strings.Count(string(line), string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

type csvReader struct {
	csv *csv.Reader
	row Row
}

func (r *csvReader) readHeader() error {
	record, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return wrongFile("文件是空的", "the file is empty")
	}
	if err != nil {
		return wrongFile("首行不是表头：%v", "the first line is no header: %v", err)
	}
	r.row.Number = 1
	for _, name := range record {
		r.row.Columns = append(r.row.Columns, strings.TrimSpace(name))
	}
	return nil
}

func (r *csvReader) Next() (*Row, error) {
	for {
		record, err := r.csv.Read()
		var parse *csv.ParseError
		if err != nil && !errors.As(err, &parse) {
			return nil, err
		}
		r.row.Number++
		r.row.Fault = nil
		r.row.Values = record
		if parse != nil {
			r.row.Fault = assets.Errorf(assets.Invalid, "row", "引号有误（第 %d 行第 %d 列）", "its quotes are wrong (line %d, column %d)", parse.Line, parse.Column)
			return &r.row, nil
		}
		if blank(record) {
			continue
		}
		r.row.Fault = r.shape()
		return &r.row, nil
	}
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
		if strings.ContainsRune(v, utf8.RuneError) || strings.ContainsRune(v, 0) {
			return assets.Errorf(assets.Invalid, r.row.Columns[i], "含有无法识别的字符", "holds characters that cannot be read")
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
