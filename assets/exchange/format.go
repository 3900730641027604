package exchange

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/paulmach/orb"

	"streetbook/assets"
)

// Format is a kind of file that rows are read from.
type Format interface {
	// Open prepares to read. It may read the file through first, to learn its
	// encoding, and returns to the beginning.
	Open(file io.ReadSeeker) (Reader, error)
}

// Reader reads the rows of a file one by one, in a few megabytes whatever the
// file's size.
type Reader interface {
	// Next returns the next row, or io.EOF. A row that cannot be read has a Fault
	// and reading goes on behind it; any other error is the end of the file.
	Next() (*Row, error)
}

// Row is one record of a file as it stands there. It is overwritten by Next.
type Row struct {
	Number   int          // in the file, from 1; the header of a table is row 1
	ID       string       // the id that the format itself has for a record, "" if none
	Columns  []string     // names, as the file writes them
	Values   []string     // of the columns, "" where empty
	Geometry orb.Geometry // in the coordinates of the file; nil where columns hold them
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
func wrongFile(zh, en string, args ...any) error {
	return assets.Errorf(assets.Invalid, "file", zh, en, args...)
}
