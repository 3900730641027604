package exchange

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"streetbook/assets"
)

func TestScriptTellsEncodingsApart(t *testing.T) {
	chinese, err := simplifiedchinese.GB18030.NewEncoder().String("编号,名称\n1,祭城路灯\n")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, text string
		gb18030    bool
	}{
		{"ASCII", "id,name\n1,lamp\n", false},
		{"UTF-8", "编号,名称\n", false},
		{"GB18030", chinese, true},
		{"GB18030 after much ASCII", strings.Repeat("1,lamp\n", 20000) + chinese, true},
		{"UTF-8 with one spoilt byte", "编号,名称\n1,祭城\xff\xff路灯\n", false},
		{"Latin-1", "id,name\n1,caf\xe9 au lait\n2,\xfcber\n", false},
		{"UTF-8 cut at the end", "编号,名称\n1,祭\xe7", false},
		{"byte order mark before GB18030", "\ufeff" + chinese, false},
		{"empty", "", false},
	}
	for _, c := range cases {
		var s script
		if err := s.read(strings.NewReader(c.text)); err != nil || s.gb18030() != c.gb18030 {
			t.Errorf("%s: GB18030 is %v, %v (%+v)", c.name, s.gb18030(), err, s)
		}
	}
}

// TestScriptAtBlockEnds moves a text over the end of a block by single bytes.
func TestScriptAtBlockEnds(t *testing.T) {
	for pad := 64<<10 - 12; pad < 64<<10+2; pad++ {
		var s script
		if err := s.read(strings.NewReader(strings.Repeat("a", pad) + "祭城𠮷路")); err != nil || s.wrong != 0 || s.wide != 4 {
			t.Fatalf("after %d bytes: %+v, %v", pad, s, err)
		}
	}
}

func TestUTF16IsRefused(t *testing.T) {
	if err := readAll("x.csv", "\xff\xfea\x00,\x00"); assets.ErrorCode(err) != assets.Unsupported {
		t.Errorf("got %v", err)
	}
}

// TestRowsAreNumberedLikeASpreadsheet has empty lines, cells of several lines
// and rows whose quotes are wrong, each before a row that is refused.
func TestRowsAreNumberedLikeASpreadsheet(t *testing.T) {
	text := "id,lon,lat,note\r\n" + // 1
		"1,113,34,a\r\n" + // 2
		"\r\n\r\n" + // 3, 4
		"2,0,0,b\r\n" + // 5
		"3,113,34,\"c\r\n\r\nd\"\r\n" + // 6, of three lines
		"4,0,0,e\r\n" + // 7
		",,,\r\n" + // 8
		"5,0,0,f\r\n" + // 9
		"6,0,0,\"g\"h\r\n" + // 10
		"7,0,0,\"i\r\nj\"k\r\n" + // 11, of two lines
		"8,0,0,l" // 12
	list, report := load(t, "x.csv", text, Conversion{})
	want := `5 lon: the position is 0,0, which is no position
7 lon: the position is 0,0, which is no position
9 lon: the position is 0,0, which is no position
10 row: its quotes are wrong (line 12, column 9)
11 row: its quotes are wrong (lines 13 to 14)
12 lon: the position is 0,0, which is no position`
	if got := refusals(report); got != want {
		t.Errorf("refused are\n%s\nwant\n%s", got, want)
	}
	if len(list) != 2 || list[1].Row != 6 || string(list[1].Asset.Attributes) != `{"note":"c\n\nd"}` {
		t.Errorf("taken are %+v", list)
	}
}

func TestUnclosedQuoteRefusesTheFile(t *testing.T) {
	text := "id,lon,lat,note\n1,113,34,a\n2,113,34,\"b\n3,113,34,c\n4,113,34,d\n"
	err := readAll("x.csv", text)
	if assets.ErrorCode(err) != assets.Invalid || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("got %v", err)
	}
}

func TestRecordsAreBounded(t *testing.T) {
	long := strings.Repeat("a", maxRecord+1<<20)
	for name, text := range map[string]string{
		"x.csv":     "id,lon,lat,note\n1,113,34,\"" + long,
		"x.geojson": `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":"` + long,
		"y.geojson": `{"type":"Feature","properties":{"a":"` + long,
		"z.geojson": `{"type":"Feature","geometry":null,"properties":null}` + "\n" + long,
	} {
		if err := readAll(name, text); assets.ErrorCode(err) != assets.Invalid || !strings.Contains(err.Error(), "long") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnreadableCellsAreRefused(t *testing.T) {
	text := "id,lon,lat,name,other\n1,113,34,a\x00b,\n2,113,34,a\x1bb,\n3,113,34,caf\xe9,\n4,113,34,\u0085,\n5,113,34,fine,caf\xe9\n"
	list, report := load(t, "x.csv", text, Conversion{})
	want := `2 name: holds control characters or wrong UTF-8: "a·b"
3 name: holds control characters or wrong UTF-8: "a·b"
4 name: holds control characters or wrong UTF-8: "caf�"
5 name: holds control characters or wrong UTF-8: "·"`
	if got := refusals(report); got != want {
		t.Errorf("refused are\n%s\nwant\n%s", got, want)
	}
	if len(list) != 1 || list[0].Asset.SourceID != "5" {
		t.Errorf("taken are %+v", list)
	}
	spoilt, err := simplifiedchinese.GB18030.NewEncoder().String("编号,经度,纬度,名称\n1,113,34,路灯甲\n2,113,34,路灯乙\n")
	if err != nil {
		t.Fatal(err)
	}
	spoilt = string(bytes.Replace([]byte(spoilt), []byte{0xd2, 0xd2, '\n'}, []byte{0xff, 0xff, '\n'}, 1)) // 乙
	list, report = load(t, "x.csv", spoilt, Conversion{})
	if want := "3 名称: holds bytes that are no GB18030"; len(list) != 1 || refusals(report) != want {
		t.Errorf("%d taken, refused are %s", len(list), refusals(report))
	}
}

func TestSeparatorIsCountedOutsideQuotes(t *testing.T) {
	list, report := load(t, "x.csv", "id;\"a,b,c,d\";lon;lat\n1;x;113.5;34.5\n", Conversion{})
	if len(list) != 1 {
		t.Errorf("%d taken, refused are %s", len(list), refusals(report))
	}
}
