package exchange

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"sort"

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
	Refused   int64 // rows; each may have several faults
	Refusals  []Refusal
	Notes     []assets.Text

	reasons map[reason]*Reason
	faults  int64 // all of them, also those that are not in Refusals
}

// Refusal is one fault of one row.
type Refusal struct {
	Row    int
	Field  string
	Reason assets.Text
}

// Reason is how often a field was refused for the same reason. Text is that of
// the first time.
type Reason struct {
	Field string
	Text  assets.Text
	Count int64
}

// reason is a field and a sentence without the values in it.
type reason struct{ field, sentence string }

var quotedOrNumber = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[-+]?[0-9][0-9.e+]*`)

// Refuse notes the faults of a row.
func (r *Report) Refuse(row int, faults ...*assets.Error) {
	r.Refused++
	for _, f := range faults {
		r.faults++
		if len(r.Refusals) < maxRefusals {
			r.Refusals = append(r.Refusals, Refusal{Row: row, Field: f.Field, Reason: f.Text})
		}
		if r.reasons == nil {
			r.reasons = map[reason]*Reason{}
		}
		key := reason{f.Field, quotedOrNumber.ReplaceAllString(f.Text.EN, "…")}
		if group, ok := r.reasons[key]; ok {
			group.Count++
		} else if len(r.reasons) < maxRefusals {
			r.reasons[key] = &Reason{Field: f.Field, Text: f.Text, Count: 1}
		}
	}
}

// Reasons are the refusals grouped by field and reason, most frequent first.
func (r *Report) Reasons() []Reason {
	var list []Reason
	for _, group := range r.reasons {
		list = append(list, *group)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.Count != b.Count {
			return a.Count > b.Count
		}
		return a.Field+"\x00"+a.Text.EN < b.Field+"\x00"+b.Text.EN
	})
	return list
}

// Write writes the report for people: the figures, every refusal kept, where
// there are many of them also how many there are of each, and the notes.
func (r *Report) Write(w io.Writer, language string) error {
	out := bufio.NewWriter(w)
	say := func(t assets.Text, args ...any) { fmt.Fprintf(out, t.In(language), args...) } // a failure stays with out until Flush
	title := assets.Text{ZH: "导入", EN: "Import"}
	if r.DryRun {
		title = assets.Text{ZH: "试导入（未写入）", EN: "Dry run (nothing was written)"}
	}
	say(assets.Text{ZH: "%s：读取 %d 行，新增 %d，未变 %d，拒绝 %d\n", EN: "%s: %d rows read, %d added, %d unchanged, %d refused\n"},
		title.In(language), r.Read, r.Added, r.Unchanged, r.Refused)
	for _, f := range r.Refusals {
		say(assets.Text{ZH: "  第 %d 行 %s：%s\n", EN: "  row %d, %s: %s\n"}, f.Row, shortened(f.Field), f.Reason.In(language))
	}
	if more := r.faults - int64(len(r.Refusals)); more > 0 {
		say(assets.Text{ZH: "  ……另有 %d 处，不再逐条列出\n", EN: "  … and %d more\n"}, more)
	}
	if groups := r.Reasons(); r.faults > int64(len(groups)) {
		say(assets.Text{ZH: "按原因：\n", EN: "By reason:\n"})
		for _, g := range groups {
			format := assets.Text{ZH: "  %d 处 %s：%s\n", EN: "  %d times %s: %s\n"}
			if g.Count > 1 {
				format = assets.Text{ZH: "  %d 处 %s，例如：%s\n", EN: "  %d times %s, for example: %s\n"}
			}
			say(format, g.Count, shortened(g.Field), g.Text.In(language))
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintln(out, n.In(language))
	}
	return out.Flush()
}

// MarshalJSON writes the report for programs, with each sentence in both
// languages.
func (r *Report) MarshalJSON() ([]byte, error) {
	type sentence struct {
		ZH string `json:"zh"`
		EN string `json:"en"`
	}
	type refusal struct {
		Row    int      `json:"row"`
		Field  string   `json:"field"`
		Reason sentence `json:"reason"`
	}
	type group struct {
		Field  string   `json:"field"`
		Reason sentence `json:"reason"`
		Count  int64    `json:"count"`
	}
	refusals, groups, notes := []refusal{}, []group{}, []sentence{}
	for _, f := range r.Refusals {
		refusals = append(refusals, refusal{f.Row, f.Field, sentence(f.Reason)})
	}
	for _, g := range r.Reasons() {
		groups = append(groups, group{g.Field, sentence(g.Text), g.Count})
	}
	for _, n := range r.Notes {
		notes = append(notes, sentence(n))
	}
	return json.Marshal(struct {
		DryRun    bool       `json:"dry_run"`
		Read      int64      `json:"read"`
		Added     int64      `json:"added"`
		Unchanged int64      `json:"unchanged"`
		Refused   int64      `json:"refused"`
		Refusals  []refusal  `json:"refusals"`
		Reasons   []group    `json:"reasons"`
		Notes     []sentence `json:"notes"`
	}{r.DryRun, r.Read, r.Added, r.Unchanged, r.Refused, refusals, groups, notes})
}
