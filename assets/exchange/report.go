package exchange

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"sort"
	"strings"

	"streetbook/assets"
)

// maxRefusals is how many refusals a report keeps whole; the rest are counted.
const maxRefusals = 1000

// Report is what an import did, or would do.
type Report struct {
	DryRun    bool
	Read      int64
	Added     int64
	Unchanged int64
	Refused   int64
	Refusals  []Refusal // the first of them
	Notes     []assets.Text
}

// Refusal is one fault of one row.
type Refusal struct {
	Row    int
	Field  string
	Reason assets.Text
}

// Refuse notes the faults of a row.
func (r *Report) Refuse(row int, faults ...*assets.Error) {
	r.Refused++
	for _, f := range faults {
		if len(r.Refusals) < maxRefusals {
			r.Refusals = append(r.Refusals, Refusal{Row: row, Field: f.Field, Reason: f.Text})
		}
	}
}

// Rows reads a file and yields the rows that are right, noting the others in
// the report. It ends with an error if the file itself is broken.
func Rows(reader Reader, c *Converter, report *Report) iter.Seq2[assets.Incoming, error] {
	return func(yield func(assets.Incoming, error) bool) {
		for {
			row, err := reader.Next()
			if errors.Is(err, io.EOF) {
				report.conclude(c)
				return
			}
			if err != nil {
				yield(assets.Incoming{}, err)
				return
			}
			report.Read++
			a, faults := c.Convert(row)
			if len(faults) > 0 {
				report.Refuse(row.Number, faults...)
				continue
			}
			if !yield(assets.Incoming{Row: row.Number, Asset: a}, nil) {
				return
			}
		}
	}
}

// conclude says what is known only at the end.
func (r *Report) conclude(c *Converter) {
	var names []string
	for name := range c.mapping.unmapped {
		names = append(names, name)
	}
	if len(names) > 0 {
		sort.Strings(names)
		list := strings.Join(names, ", ")
		r.Notes = append(r.Notes, assets.Text{
			ZH: "这些列没有对应的属性，未导入（可用 --map 列=属性 指明）：" + list,
			EN: "These columns have no attribute and were not imported (say --map COLUMN=ATTRIBUTE): " + list})
	}
	for _, f := range c.Class.Fields {
		if n := c.missing[f.Key]; n > 0 {
			r.Notes = append(r.Notes, assets.Text{
				ZH: fmt.Sprintf("%d 行缺少必填属性“%s”，已照收", n, f.Name),
				EN: fmt.Sprintf("%d rows lack the required attribute %q and were taken all the same", n, f.NameEN)})
		}
	}
}

// Write writes the report for people.
func (r *Report) Write(w io.Writer, language string) error {
	title := assets.Text{ZH: "导入", EN: "Import"}
	if r.DryRun {
		title = assets.Text{ZH: "试导入（未写入）", EN: "Dry run (nothing was written)"}
	}
	line := assets.Text{ZH: "%s：读取 %d 行，新增 %d，未变 %d，拒绝 %d\n", EN: "%s: %d rows read, %d added, %d unchanged, %d refused\n"}
	if _, err := fmt.Fprintf(w, line.In(language), title.In(language), r.Read, r.Added, r.Unchanged, r.Refused); err != nil {
		return err
	}
	for _, f := range r.Refusals {
		row := assets.Text{ZH: "  第 %d 行 %s：%s\n", EN: "  row %d, %s: %s\n"}
		if _, err := fmt.Fprintf(w, row.In(language), f.Row, f.Field, f.Reason.In(language)); err != nil {
			return err
		}
	}
	if len(r.Refusals) == maxRefusals {
		more := assets.Text{ZH: "  ……其余不再逐条列出\n", EN: "  … the rest are not listed one by one\n"}
		if _, err := io.WriteString(w, more.In(language)); err != nil {
			return err
		}
	}
	for _, n := range r.Notes {
		if _, err := fmt.Fprintln(w, n.In(language)); err != nil {
			return err
		}
	}
	return nil
}
