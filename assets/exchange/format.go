package exchange

import (
	"io"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"streetbook/assets"
)

// Format is a kind of file that rows are read from.
type Format interface {
	// Open prepares to read. It may read the file through first, to learn its
	// encoding, and returns to the beginning. A file that is not of the format is
	// an *assets.Error.
	Open(file io.ReadSeeker) (Reader, error)
}

// Reader reads the rows of a file one by one, in a few megabytes whatever the
// file's size.
type Reader interface {
	// Head says what is known before the first row.
	Head() Head
	// Next returns the next row, or io.EOF. A row that cannot be read has a Fault
	// and reading goes on behind it; any other error is the end of the file.
	Next() (*Row, error)
}

// Head is what a file says of itself before its first row.
type Head struct {
	Columns []string      // that every row has; nil where each row brings its own
	CRS     string        // the coordinate reference system that the file names, "" if it names none
	Notes   []assets.Text // what was guessed about the file
}

// Row is one record of a file as it stands there. It is overwritten by Next.
type Row struct {
	Number   int          // in the file, from 1; the header of a table is row 1, as in a spreadsheet
	ID       string       // the id that the format itself has for a record, "" if none
	Columns  []string     // names, as the file writes them
	Values   []string     // of the columns, "" where empty
	Geometry orb.Geometry // in the coordinates of the file, not yet validated; nil where columns hold them
	Fault    *assets.Error
}

// FormatOf chooses the format by a file's name.
func FormatOf(name string) (Format, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".geojson", ".json", ".geojsonl", ".ndjson":
		return GeoJSON{}, nil
	case ".csv", ".tsv", ".txt":
		return CSV{}, nil
	}
	return nil, assets.Errorf(assets.Unsupported, "file", "只能读取 .geojson 和 .csv 文件", "only .geojson and .csv files are read")
}

// wrongFile is a fault of a whole file.
func wrongFile(zh, en string, args ...any) *assets.Error {
	return assets.Errorf(assets.Invalid, "file", zh, en, args...)
}

// maxRecord is how many bytes one record may have: several times what 100,000
// positions take. Without it a quote that is never closed, or one bracket,
// would bring the whole file into memory.
const maxRecord = 32 << 20

// leash reads no more than maxRecord bytes between two calls of slacken.
type leash struct {
	from io.Reader
	left int
}

func (l *leash) slacken() { l.left = maxRecord }

func (l *leash) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, wrongFile("有一条记录超过 %d MB：可能是引号或括号没有闭合", "a record is longer than %d MB: a quote or a bracket may not be closed", maxRecord>>20)
	}
	n, err := l.from.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// unreadable reports whether a cell holds what no text should: bytes that are no
// UTF-8, or control characters other than line breaks and tabs.
func unreadable(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
				return true
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || unicode.IsControl(r) {
			return true
		}
		i += size
	}
	return false
}

// shortened is a cell as a report quotes it: on one line and not too long. What
// cannot be seen is replaced, so that a file cannot steer the reader's terminal.
func shortened(s string) string {
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, s)
	if r := []rune(clean); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return clean
}
