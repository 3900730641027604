package exchange

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

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
)

// WriteLabels writes sheets of labels as a PDF. Its Chinese is set in
// STSong-Light, one of the fonts that every PDF reader replaces by the Chinese
// font of its machine, so that none has to be carried along.
func WriteLabels(w io.Writer, list []Label) error {
	p := &pdf{}
	var kids []string
	for first := 0; first < len(list) || first == 0; first += labelsOnPage {
		var content bytes.Buffer
		for i, l := range list[first:min(first+labelsOnPage, len(list))] {
			x, y := float64(i%3)*labelWidth+labelMargin, pageHeight-float64(i/3+1)*labelHeight
			if err := drawLabel(&content, l, x, y); err != nil {
				return err
			}
		}
		packed, err := deflated(content.Bytes())
		if err != nil {
			return err
		}
		stream := p.add(fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", len(packed), packed))
		kids = append(kids, fmt.Sprintf("%d 0 R", p.add(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R /Resources << /Font << /L %d 0 R /C %d 0 R >> >> >>",
			pdfPages, pageWidth, pageHeight, stream, pdfLatin, pdfChinese))))
	}
	return p.write(w, kids)
}

func deflated(content []byte) ([]byte, error) {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}

func drawLabel(b *bytes.Buffer, l Label, x, y float64) error {
	code, err := qr.Encode(l.Link, qr.M, qr.Auto)
	if err != nil {
		return err
	}
	n := code.Bounds().Dx()
	module := qrSide / float64(n)
	top := y + (labelHeight+qrSide)/2
	for row := range n {
		for column := range n {
			if r, _, _, _ := code.At(column, row).RGBA(); r == 0 {
				fmt.Fprintf(b, "%.3f %.3f %.3f %.3f re\n", x+float64(column)*module, top-float64(row+1)*module, module, module)
			}
		}
	}
	b.WriteString("f\n")
	x += qrSide + 6
	for i, line := range wrapped(l.Class, 8, 2) {
		fmt.Fprintf(b, "BT /C 11 Tf %.2f %.2f Td <%s> Tj ET\n", x, top-14-float64(i)*13, utf16Hex(line))
	}
	for i, line := range wrapped(l.Name, 11, 2) {
		fmt.Fprintf(b, "BT /C 8 Tf %.2f %.2f Td <%s> Tj ET\n", x, top-42-float64(i)*10, utf16Hex(line))
	}
	fmt.Fprintf(b, "BT /L 8.5 Tf %.2f %.2f Td <%x> Tj ET\n", x, top-qrSide+3, l.Code)
	return nil
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

func utf16Hex(s string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	return b.String()
}

// Objects of every sheet file, by number.
const (
	pdfCatalog = 1 + iota
	pdfPages
	pdfLatin
	pdfChinese
	pdfFirst
)

// pdf gathers the numbered objects of a file.
type pdf struct{ objects []string }

func (p *pdf) add(object string) (number int) {
	p.objects = append(p.objects, object)
	return pdfFirst + len(p.objects) - 1
}

// write numbers everything and writes it with its table of offsets.
func (p *pdf) write(w io.Writer, kids []string) error {
	fixed := []string{
		fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R >>", pdfPages),
		fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(kids), strings.Join(kids, " ")),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		`<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UTF16-H /Encoding /UniGB-UTF16-H /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light
/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 5 >> /DW 1000 /W [1 95 500 814 939 500] /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6
/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>] >>`,
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
	var offsets []int
	for i, object := range append(fixed, p.objects...) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, pdfCatalog, table)
	_, err := b.WriteTo(w)
	return err
}
