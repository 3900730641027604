package exchange

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"streetbook/assets"
)

// SampleDocuments are the documents that entries of the sample name, by the
// SHA-256 of their bytes: small PDFs, each marked as a sample.
func SampleDocuments() map[string][]byte {
	out := map[string][]byte{}
	for _, p := range plans {
		for i := range p.lines {
			if document := p.document(i); document != nil {
				out[documentSum(document)] = document
			}
		}
	}
	return out
}

func documentSum(document []byte) string {
	sum := sha256.Sum256(document)
	return hex.EncodeToString(sum[:])
}

// documentTitles name a document by the kind of its entry. A change order brings
// none.
var documentTitles = map[string]string{assets.EntryContract: "Contract", assets.EntryPayment: "Payment voucher", assets.EntryRefund: "Refund voucher", assets.EntryGrant: "Notice of grant"}

// document is the document of the i-th booking of a plan, nil if it has none.
func (p plan) document(i int) []byte {
	title, ok := documentTitles[p.lines[i].kind]
	if !ok {
		return nil
	}
	l := p.lines[i]
	return samplePDF(title, "No. "+p.voucher(i), "Project "+p.code, "Date "+l.on, "Amount CNY "+l.amount.String(),
		"Schematic data that ships with Streetbook.", "This is not a document of any real payment.")
}

// samplePDF writes a page of A5 in PDF 1.4 with a title, lines of text and SAMPLE
// across it. The texts are ASCII without parentheses or backslashes, since the
// fonts every reader has know no Chinese.
func samplePDF(title string, lines ...string) []byte {
	var page bytes.Buffer
	page.WriteString("BT /F1 76 Tf 0.88 g 0.7071 0.7071 -0.7071 0.7071 110 180 Tm (SAMPLE) Tj ET\n")
	fmt.Fprintf(&page, "BT /F1 20 Tf 0 g 42 530 Td (%s) Tj ET\nBT /F1 11 Tf 42 490 Td 20 TL", title)
	for _, s := range lines {
		fmt.Fprintf(&page, " (%s) Tj T*", s)
	}
	page.WriteString(" ET\n")
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	var offsets []int
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", page.Len(), &page),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		fmt.Sprintf("<< /Title (SAMPLE %s) /Producer (Streetbook) >>", title),
	} {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return out.Bytes()
}
