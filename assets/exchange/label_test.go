package exchange_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"testing"

	"streetbook/assets/exchange"
)

// contents unpacks what the pages of a PDF say, one after another.
func contents(t testing.TB, text string) string {
	t.Helper()
	var all strings.Builder
	for _, part := range strings.Split(text, "stream\n")[1:] {
		z, err := zlib.NewReader(strings.NewReader(part))
		if err != nil {
			continue // no packed stream
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte("BT ")) { // others are fonts
			all.Write(content)
		}
	}
	return all.String()
}

func labelled(t testing.TB, list ...exchange.Label) string {
	t.Helper()
	var b bytes.Buffer
	if err := exchange.WriteLabels(&b, list); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLabelsHoldTheirFont: every page is there, the Chinese is in it, and so are
// the glyphs that it is set in.
func TestLabelsHoldTheirFont(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ labels, pages int }{{0, 1}, {1, 1}, {24, 1}, {25, 2}} {
		var list []exchange.Label
		for i := range c.labels {
			list = append(list, exchange.Label{Code: fmt.Sprintf("41010501180%05d", i), Class: "路灯", Name: "商都路与心怡路口东北角路灯 A-17（含信息屏）", Link: "https://streetbook.example/field#asset=0195b2a0-0000-7000-8000-00000000000a"})
		}
		text := labelled(t, list...)
		if n := strings.Count(text, "/Type /Page\n"); n != c.pages || !strings.HasPrefix(text, "%PDF-1.") || !strings.HasSuffix(strings.TrimSpace(text), "%%EOF") {
			t.Errorf("%d labels: %d pages", c.labels, n)
		}
		if n := strings.Count(contents(t, text), "\x8d\xef\x70\x6f"); c.labels > 0 && (n < c.labels || !strings.Contains(text, "/FontFile2")) {
			t.Errorf("%d labels: %d times their class", c.labels, n)
		}
	}
}

// TestLabelsOfTheCatalogue: the font has every character of every class and of the
// sample's names; what it does not have is marked and stops nothing.
func TestLabelsOfTheCatalogue(t *testing.T) {
	t.Parallel()
	const unknown = "\x30\x13"
	classes, err := exchange.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	sample, err := exchange.Sample()
	if err != nil {
		t.Fatal(err)
	}
	var list []exchange.Label
	for _, c := range classes {
		list = append(list, exchange.Label{Code: c.Code, Class: c.Name, Link: "x"})
	}
	for _, s := range sample.Segments {
		list = append(list, exchange.Label{Code: s.Code, Class: s.Name, Name: "祭城 郐 邾", Link: "x"})
	}
	if strings.Contains(contents(t, labelled(t, list...)), unknown) {
		t.Error("a character of the catalogue has no glyph")
	}
	if n := strings.Count(contents(t, labelled(t, exchange.Label{Class: "a\U0001F600b", Name: "ع", Link: "x"})), unknown); n != 2 {
		t.Errorf("%d characters are marked, want 2", n)
	}
}

func BenchmarkLabels(b *testing.B) {
	list := make([]exchange.Label, 2400)
	for i := range list {
		list[i] = exchange.Label{Code: fmt.Sprintf("41010501180%05d", i), Class: "路灯", Name: "商都路路灯", Link: fmt.Sprintf("https://streetbook.example/field#asset=0195b2a0-0000-7000-8000-%012d", i)}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := exchange.WriteLabels(io.Discard, list); err != nil {
			b.Fatal(err)
		}
	}
}
