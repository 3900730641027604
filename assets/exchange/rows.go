package exchange

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sort"
	"strings"

	"streetbook/assets"
	"streetbook/geo"
)

// Rows reads a file and yields the rows that are right, noting the others in
// the report. It ends with an error if the file itself is broken, or if nothing
// in it could be right: no column of positions, or another CRS.
func Rows(reader Reader, c *Converter, report *Report) iter.Seq2[assets.Incoming, error] {
	return func(yield func(assets.Incoming, error) bool) {
		if err := c.begin(reader.Head()); err != nil {
			yield(assets.Incoming{}, err)
			return
		}
		for {
			row, err := reader.Next()
			if errors.Is(err, io.EOF) {
				report.Notes = append(report.Notes, reader.Head().Notes...)
				report.Notes = append(report.Notes, c.notes()...)
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

// begin compares what a file says of itself with what a person said of it.
func (c *Converter) begin(h Head) error {
	// Web map exports name CRS84 and are GCJ-02 all the same, so that what a person
	// says counts; without a word from them the file is believed.
	if h.CRS != "" && !geographic(h.CRS) && (c.CRS == geo.WGS84 || c.CRS == geo.CGCS2000) {
		return assets.Errorf(assets.Invalid, "crs", "文件声明的坐标系是“%s”；请用 --crs 指明", "the file names the CRS %q: say --crs", shortened(h.CRS))
	}
	if h.Columns == nil {
		return nil
	}
	l := c.mapping.resolve(h.Columns, false)
	if missing := c.mapping.missing(); len(missing) > 0 {
		return assets.Errorf(assets.Invalid, "map", "文件没有这些列：%s；有：%s", "the file has no columns %s; there are: %s", strings.Join(missing, ", "), shortList(h.Columns))
	}
	if (l.lon < 0 || l.lat < 0) && l.position < 0 {
		if grid := c.gridColumns(h.Columns); grid != "" {
			return assets.Errorf(assets.Invalid, "crs", "列 %s 看来是投影坐标；请用 --crs 指明坐标系，例如 EPSG:4547", "the columns %s look projected: say --crs, for example EPSG:4547", grid)
		}
		fault := noPosition()
		fault.Text.ZH += "；有：" + shortList(h.Columns)
		fault.Text.EN += "; there are: " + shortList(h.Columns)
		return fault
	}
	return nil
}

// gridColumns names the columns that would hold positions of a projected system.
func (c *Converter) gridColumns(columns []string) string {
	if c.mapping.projected {
		return ""
	}
	var found []string
	for _, target := range [2]string{toLon, toLat} {
		for _, column := range columns {
			if slices.Contains(projectedGuesses[target], normal(column)) {
				found = append(found, column)
				break
			}
		}
	}
	if len(found) < 2 {
		return ""
	}
	return strings.Join(found, ", ")
}

// shortList is a list of names that stays readable.
func shortList(names []string) string {
	const most = 40
	var list []string
	for i, name := range names {
		if i == most {
			list = append(list, "…")
			break
		}
		list = append(list, shortened(name))
	}
	return strings.Join(list, ", ")
}

// notes say what is known only at the end.
func (c *Converter) notes() (notes []assets.Text) {
	note := func(zh, en string, args ...any) {
		notes = append(notes, assets.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
	}
	if names := c.mapping.unmappedColumns(); len(names) > 0 {
		note("这些列没有对应的属性，未导入（可用 --map 列=属性 指明）：%s", "These columns have no attribute and were not imported (say --map COLUMN=ATTRIBUTE): %s", shortList(names))
	}
	if names := c.mapping.missing(); len(names) > 0 {
		note("--map 提到的这些列不在文件中：%s", "The file has none of these columns that --map names: %s", shortList(names))
	}
	if c.repeated > 0 {
		note("%d 行的编号与前面的行重复，已按内容另行编号并照收", "%d rows repeat the id of an earlier row; they were taken and told apart by their content", c.repeated)
	}
	for k, f := range c.Class.Fields {
		if n := c.missing[k]; n > 0 {
			note("%[1]d 行缺少必填属性“%[2]s”，已照收", "%[1]d rows lack the required attribute %[3]q and were taken all the same", n, f.Name, f.NameEN)
		}
	}
	return notes
}

// unmappedColumns are the columns that no target was found for.
func (m *mapping) unmappedColumns() []string {
	var names []string
	for name := range m.unmapped {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// missing are the columns that a person named and no row has had.
func (m *mapping) missing() []string {
	var names []string
	for _, name := range m.asked {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
