package exchange_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"streetbook/assets/exchange"
)

// TestLabelsAreAPDF: every offset of the table leads to its object, every page is
// there, and the Chinese is in it.
func TestLabelsAreAPDF(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ labels, pages int }{{0, 1}, {1, 1}, {24, 1}, {25, 2}} {
		var list []exchange.Label
		for i := range c.labels {
			list = append(list, exchange.Label{Code: fmt.Sprintf("41010501180%05d", i), Class: "路灯", Name: "商都路与心怡路口东北角路灯 A-17（含信息屏）", Link: "https://streetbook.example/field#asset=0195b2a0-0000-7000-8000-00000000000a"})
		}
		var b bytes.Buffer
		if err := exchange.WriteLabels(&b, list); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		table := text[strings.Index(text, "xref\n"):]
		for i, m := range regexp.MustCompile(`(\d{10}) 00000 n`).FindAllStringSubmatch(table, -1) {
			at, err := strconv.Atoi(m[1])
			if err != nil || !strings.HasPrefix(text[at:], fmt.Sprintf("%d 0 obj\n", i+1)) {
				t.Errorf("object %d is not at %s", i+1, m[1])
			}
		}
		chinese := 0
		for _, part := range strings.Split(text, "stream\n")[1:] {
			if z, err := zlib.NewReader(strings.NewReader(part)); err == nil {
				content, err := io.ReadAll(z)
				if err != nil {
					t.Fatal(err)
				}
				chinese += strings.Count(string(content), "<8DEF706F>")
			}
		}
		if n := strings.Count(text, "/Type /Page /Parent"); n != c.pages || chinese != c.labels {
			t.Errorf("%d labels: %d pages, %d with their class", c.labels, n, chinese)
		}
	}
}
