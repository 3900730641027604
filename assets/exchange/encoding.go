package exchange

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"streetbook/assets"
)

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// decoded returns the text of a file in UTF-8, without a byte order mark.
// Chinese spreadsheets write GB18030 and do not say so; whether a file is UTF-8
// can only be said of the whole, because the first Chinese character may stand
// on its last line, so the file is read through once.
func decoded(file io.ReadSeeker) (text io.Reader, gb18030 bool, err error) {
	var s script
	if err := s.read(file); err != nil {
		return nil, false, err
	}
	start := int64(0)
	if s.marked {
		start = int64(len(byteOrderMark))
	}
	if _, err := file.Seek(start, io.SeekStart); err != nil {
		return nil, false, err
	}
	if s.gb18030() {
		return simplifiedchinese.GB18030.NewDecoder().Reader(file), true, nil
	}
	return file, false, nil
}

// script counts what tells one encoding from another.
type script struct {
	marked bool // begins with the byte order mark of UTF-8
	wide   int  // characters of three and more bytes in right UTF-8, as Chinese has
	wrong  int  // bytes that cannot be UTF-8
	pairs  int  // those of them followed by another byte above ASCII, as in GB18030
}

// gb18030 decides for GB18030 if UTF-8 does not explain the file and GB18030
// does: a file in UTF-8 with a few spoilt bytes stays UTF-8, and so does one
// with lone accented letters of Latin-1, whose rows are then refused one by one
// instead of being read as Chinese characters.
func (s script) gb18030() bool {
	return !s.marked && s.wrong > s.wide && s.pairs > 0
}

func (s *script) read(file io.Reader) error {
	buf := make([]byte, 64<<10)
	kept := 0 // bytes that the block before ended in the middle of a character with
	for first := true; ; first = false {
		n, err := io.ReadFull(file, buf[kept:])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return err
		}
		block := buf[:kept+n]
		if first {
			if bytes.HasPrefix(block, []byte{0xFF, 0xFE}) || bytes.HasPrefix(block, []byte{0xFE, 0xFF}) {
				return assets.Errorf(assets.Unsupported, "file", "文件是 UTF-16 编码；请另存为 CSV UTF-8", "the file is in UTF-16: save it as CSV UTF-8")
			}
			s.marked = bytes.HasPrefix(block, byteOrderMark)
		}
		rest := s.count(block, last)
		if last {
			return nil
		}
		kept = copy(buf, block[len(block)-rest:])
	}
}

// count looks at a block and returns how many bytes at its end belong to a
// character that the next block completes.
func (s *script) count(block []byte, last bool) (rest int) {
	for i := 0; i < len(block); {
		if block[i] < utf8.RuneSelf {
			i++
			continue
		}
		if !last && len(block)-i < utf8.UTFMax && !utf8.FullRune(block[i:]) {
			return len(block) - i
		}
		r, size := utf8.DecodeRune(block[i:])
		if r == utf8.RuneError && size == 1 {
			s.wrong++
			if i+1 < len(block) && block[i+1] >= utf8.RuneSelf {
				s.pairs++
			}
		} else if size >= 3 {
			s.wide++
		}
		i += size
	}
	return 0
}
