package exchange

import (
	"image/color"
	"io"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// Label is what a sticker on an asset says.
type Label struct {
	Code, Class, Name string
	Link              string // what the QR code holds
}

// A4 in points, and the grid of labels on it: 3 × 8 of 70 × 37 mm, as the
// common sheets of stickers have them.
const (
	pageWidth, pageHeight = 595.276, 841.89
	labelWidth            = pageWidth / 3
	labelHeight           = pageHeight / 8
	labelsOnPage          = 24
	qrSide                = 78.0
	labelMargin           = 12.0
	labelFontName         = "Noto Sans SC"
)

// WriteLabels writes sheets of labels as a PDF that holds what it shows: the
// glyphs of its texts are in it, so that any printer and phone has them.
func WriteLabels(w io.Writer, list []Label) error {
	face, err := labelFont()
	if err != nil {
		return err
	}
	p := fpdf.New("P", "pt", "A4", "")
	p.SetMargins(0, 0, 0)
	p.SetAutoPageBreak(false, 0)
	p.AddUTF8FontFromBytes(labelFontName, "", face.bytes)
	for first := 0; first < len(list) || first == 0; first += labelsOnPage {
		p.AddPage()
		for i, l := range list[first:min(first+labelsOnPage, len(list))] {
			l.Class, l.Name = face.printable(l.Class), face.printable(l.Name)
			if err := drawLabel(p, l, float64(i%3)*labelWidth+labelMargin, float64(i/3)*labelHeight); err != nil {
				return err
			}
		}
	}
	return p.Output(w)
}

// drawLabel draws a label whose upper left corner is at x, y.
func drawLabel(p *fpdf.Fpdf, l Label, x, y float64) error {
	code, err := qr.Encode(l.Link, qr.M, qr.Auto)
	if err != nil {
		return err
	}
	top := y + (labelHeight-qrSide)/2
	drawQR(p, code, x, top)
	x += qrSide + 6
	say := func(size, below float64, text string) {
		p.SetFont(labelFontName, "", size)
		p.Text(x, top+below, text)
	}
	for i, line := range wrapped(l.Class, 8, 2) {
		say(11, 14+float64(i)*13, line)
	}
	for i, line := range wrapped(l.Name, 11, 2) {
		say(8, 42+float64(i)*10, line)
	}
	say(8.5, qrSide-3, l.Code)
	return nil
}

// drawQR draws the dark modules of a QR code, those that follow one another in a
// row at once.
func drawQR(p *fpdf.Fpdf, code barcode.Barcode, x, y float64) {
	n := code.Bounds().Dx()
	module := qrSide / float64(n)
	var b []byte
	dark := func(row, column int) bool { return code.At(column, row) == color.Black }
	for row := range n {
		for column := 0; column < n; column++ {
			first := column
			for column < n && dark(row, column) {
				column++
			}
			if column > first {
				b = appendRect(b, x+float64(first)*module, pageHeight-y-float64(row+1)*module, float64(column-first)*module, module)
			}
		}
	}
	p.RawWriteStr(string(append(b, 'f')))
}

// appendRect writes a rectangle from its lower left corner, in points from that of
// the page.
func appendRect(b []byte, x, y, width, height float64) []byte {
	for _, v := range []float64{x, y, width, height} {
		b = append(strconv.AppendFloat(b, v, 'f', 3, 64), ' ')
	}
	return append(b, "re\n"...)
}

// wrapped cuts a text into at most so many lines of so many Chinese characters;
// two of ASCII are as wide as one.
func wrapped(text string, width, most int) (lines []string) {
	var line strings.Builder
	used := 0
	for _, r := range text {
		w := 2
		if r < 0x80 {
			w = 1
		}
		if used+w > 2*width {
			lines, used = append(lines, line.String()), 0
			line.Reset()
			if len(lines) == most {
				return lines
			}
		}
		line.WriteRune(r)
		used += w
	}
	if line.Len() > 0 {
		lines = append(lines, line.String())
	}
	return lines
}
