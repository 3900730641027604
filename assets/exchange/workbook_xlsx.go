package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"streetbook/assets"
)

// xlsxBook reads an XLSX by itself and not by a library: money needs what kind a
// cell is and its digits untouched, and a stranger's archive needs bounds on
// every step. Nothing in it is unpacked to disk, and nothing it refers to is
// fetched.
type xlsxBook struct {
	parts    map[string]*zip.File // by name in lower case
	sheets   []xlsxSheet
	shared   []string
	from1904 bool
}

type xlsxSheet struct {
	name, part string
	hidden     bool
}

func damaged() error {
	return wrongFile("工作簿已损坏或不完整", "the workbook is damaged or not whole")
}

func openXLSX(file []byte) (*xlsxBook, error) {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, damaged() // whatever is wrong with it
	}
	b := &xlsxBook{parts: map[string]*zip.File{}}
	if err := b.admit(archive.File); err != nil {
		return nil, err
	}
	targets, err := b.relations()
	if err != nil {
		return nil, err
	}
	if err := b.index(targets); err != nil {
		return nil, err
	}
	return b, b.readShared()
}

// admit checks an archive by what it says of its entries, before any is read.
func (b *xlsxBook) admit(entries []*zip.File) error {
	if len(entries) > maxEntries {
		return wrongFile("压缩包内超过 %d 个文件", "the archive holds more than %d files", maxEntries)
	}
	total := uint64(0)
	for _, f := range entries {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if f.Flags&1 != 0 {
			return assets.Errorf(assets.Unsupported, "file", "工作簿有密码；请去掉密码", "the workbook has a password: take it off")
		}
		if _, twice := b.parts[name]; twice || f.UncompressedSize64 > maxUnpacked {
			return damaged()
		}
		total += f.UncompressedSize64
		if total > maxUnpacked || f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
			return assets.Errorf(assets.TooLarge, "file", "工作簿展开后过大（上限 %d MB，压缩比 %d）", "the workbook unpacks to too much (the limits are %d MB and a ratio of %d)", maxUnpacked>>20, maxRatio)
		}
		b.parts[name] = f
	}
	return nil
}

// tokens calls see for each token of a part until it returns an error. The
// decoder keeps no stack, and no token is longer than a record may be. A part
// with a document type is refused: entities have no place here.
func (b *xlsxBook) tokens(part string, see func(xml.Token) error) error {
	f, ok := b.parts[strings.ToLower(part)]
	if !ok {
		return damaged()
	}
	in, err := f.Open()
	if err != nil {
		return damaged()
	}
	defer in.Close()
	rein := &leash{from: io.LimitReader(in, int64(f.UncompressedSize64)+1)}
	d := xml.NewDecoder(rein)
	for {
		rein.slacken()
		token, err := d.RawToken()
		var refused *assets.Error
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &refused):
			return refused
		case err != nil:
			return damaged()
		}
		if _, ok := token.(xml.Directive); ok {
			return wrongFile("工作簿含有 DTD，不予读取", "the workbook holds a DTD and is not read")
		}
		if err := see(token); err != nil {
			return err
		}
	}
}

func attributeOf(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space != "r" || a.Name.Space == "r" && "r:"+a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// relations tells which part each id of the workbook means.
func (b *xlsxBook) relations() (map[string]string, error) {
	targets := map[string]string{}
	err := b.tokens("xl/_rels/workbook.xml.rels", func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "Relationship" && attributeOf(e, "TargetMode") != "External" {
			target := attributeOf(e, "Target")
			if rooted, ok := strings.CutPrefix(target, "/"); ok {
				target = rooted
			} else {
				target = path.Join("xl", target)
			}
			targets[attributeOf(e, "Id")] = target
		}
		return nil
	})
	return targets, err
}

// index lists the sheets.
func (b *xlsxBook) index(targets map[string]string) error {
	err := b.tokens("xl/workbook.xml", func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok {
			return nil
		}
		switch e.Name.Local {
		case "workbookPr":
			on := attributeOf(e, "date1904")
			b.from1904 = on == "1" || on == "true"
		case "sheet":
			state := attributeOf(e, "state")
			b.sheets = append(b.sheets, xlsxSheet{attributeOf(e, "name"), targets[attributeOf(e, "r:id")], state != "" && state != "visible"})
		}
		return nil
	})
	if err == nil && len(b.sheets) == 0 {
		err = damaged()
	}
	return err
}

func (b *xlsxBook) names() (list []string) {
	for _, s := range b.sheets {
		if !s.hidden && b.parts[strings.ToLower(s.part)] != nil {
			list = append(list, s.name)
		}
	}
	return list
}

// readShared reads the texts that cells refer to by number. What is written
// above a text to say how it is pronounced is no part of it.
func (b *xlsxBook) readShared() error {
	const part = "xl/sharedstrings.xml"
	if b.parts[part] == nil {
		return nil // a workbook of numbers has none
	}
	var text []byte
	total, inText, phonetic := 0, false, false
	return b.tokens(part, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text = text[:0]
			case "rPh":
				phonetic = true
			case "t":
				inText = !phonetic
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "rPh":
				phonetic = false
			case "si":
				b.shared = append(b.shared, string(text))
			}
		case xml.CharData:
			if inText {
				text = append(text, t...)
				total += len(t)
			}
		}
		if total > maxTableText || len(b.shared) > maxTableCells {
			return assets.Errorf(assets.TooLarge, "file", "工作簿的文字过多", "the workbook holds too much text")
		}
		return nil
	})
}
