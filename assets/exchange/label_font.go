package exchange

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strings"
	"sync"

	"golang.org/x/image/font/sfnt"
)

// notoSansSC is Noto Sans SC Regular (SIL Open Font License 1.1, font/OFL.txt) as
// @fontsource/noto-sans-sc 5.3.0 has it: the characters of GB 2312 and those that
// its simplified Chinese subset adds, merged into one file by fonttools without
// hints and layout tables.
//
//go:embed font/NotoSansSC.ttf.gz
var notoSansSC []byte

// typeface is a font that labels carry along.
type typeface struct {
	bytes  []byte
	glyphs *sfnt.Font
}

// labelFont is unpacked when the first label is printed.
var labelFont = sync.OnceValues(func() (t typeface, err error) {
	r, err := gzip.NewReader(bytes.NewReader(notoSansSC))
	if err != nil {
		return t, err
	}
	if t.bytes, err = io.ReadAll(r); err != nil {
		return t, err
	}
	t.glyphs, err = sfnt.Parse(t.bytes)
	return t, err
})

// unknownCharacter (〓) stands where the font has no glyph, as in print.
const unknownCharacter = '〓'

// printable is a text of characters that the font has.
func (t typeface) printable(text string) string {
	var b sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if glyph, err := t.glyphs.GlyphIndex(&b, r); err != nil || glyph == 0 {
			return unknownCharacter
		}
		return r
	}, text)
}
