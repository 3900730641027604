package exchange

import (
	"bytes"
	"encoding/json"
	"slices"

	"streetbook/assets"
)

// shownDrafts is how many entries a report shows.
const shownDrafts = 50

type sentence struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

type shownFault struct {
	Sheet  string   `json:"sheet"`
	Row    int      `json:"row"`
	Cell   string   `json:"cell"`
	Column string   `json:"column"`
	Value  string   `json:"value"`
	Reason sentence `json:"reason"`
}

// shownLine is a row of the sheet as it stands there, a text for each column.
type shownLine struct {
	Row   int      `json:"row"`
	Cells []string `json:"cells"`
}

// shownLines is how many rows with faults a report shows whole.
const shownLines = 100

// faultyLines are the first rows with faults, in the order of the sheet.
func (l *Ledger) faultyLines() []shownLine {
	list, seen := []shownLine{}, map[int]bool{0: true}
	for _, f := range l.Faults {
		if seen[f.Row] || len(list) == shownLines {
			continue
		}
		seen[f.Row] = true
		shown := shownLine{Row: f.Row, Cells: make([]string, len(l.Mapping.Columns))}
		for i := range shown.Cells {
			shown.Cells[i] = l.line(f.Row).at(i).text
		}
		list = append(list, shown)
	}
	slices.SortFunc(list, func(a, b shownLine) int { return a.Row - b.Row })
	return list
}

type shownTotal struct {
	Cell    string `json:"cell"`
	Label   string `json:"label"`
	Written string `json:"written"`
	Counted string `json:"counted"`
	OK      bool   `json:"ok"`
}

type shownDraft struct {
	Row          int      `json:"row"`
	Project      string   `json:"project"`
	On           string   `json:"on"`
	Kind         string   `json:"kind"`
	Amount       string   `json:"amount"`
	Voucher      string   `json:"voucher"`
	Counterparty string   `json:"counterparty"`
	Targets      []string `json:"targets"`
	Note         string   `json:"note"`
}

// MarshalJSON writes what was read for the page that shows it before anything is
// stored: the figures by kind, the first entries, every fault with its cell, the
// totals compared, and the mapping to remember.
func (l *Ledger) MarshalJSON() ([]byte, error) {
	kinds := map[string]fen{}
	drafts, faults, totals, notes := []shownDraft{}, []shownFault{}, []shownTotal{}, []sentence{}
	for i, d := range l.Drafts {
		if kinds[d.Kind] += d.Amount; i >= shownDrafts {
			continue
		}
		targets := []string{}
		for _, t := range d.Targets {
			targets = append(targets, t.Name)
		}
		drafts = append(drafts, shownDraft{d.Row, d.Project, d.On, d.Kind, yuanText(d.Amount), d.Voucher, d.Counterparty, targets, d.Note})
	}
	byKind := map[string]string{}
	for kind, sum := range kinds {
		byKind[kind] = yuanText(sum)
	}
	for _, f := range l.Faults {
		faults = append(faults, shownFault{f.Sheet, f.Row, f.Cell, f.Column, f.Value, sentence(f.Reason)})
	}
	for _, t := range l.Totals {
		totals = append(totals, shownTotal{t.Cell, t.Label, yuanText(t.Written), yuanText(t.Counted), t.OK})
	}
	for _, n := range l.Notes {
		notes = append(notes, sentence(n))
	}
	return json.Marshal(struct {
		OK       bool              `json:"ok"`
		Sheets   []string          `json:"sheets"`
		Mapping  Mapping           `json:"mapping"`
		Rows     int               `json:"rows"`
		Entries  int               `json:"entries"`
		Sum      string            `json:"sum"`
		ByKind   map[string]string `json:"by_kind"`
		Faulty   int               `json:"faulty"`
		Faults   []shownFault      `json:"faults"`
		Lines    []shownLine       `json:"lines"`
		Totals   []shownTotal      `json:"totals"`
		Notes    []sentence        `json:"notes"`
		Examples []shownDraft      `json:"examples"`
	}{l.Faulty == 0, l.Sheets, l.Mapping, l.Rows, len(l.Drafts), yuanText(l.Sum), byKind, l.Faulty, faults, l.faultyLines(), totals, notes, drafts})
}

// ReadMapping reads a mapping that a page remembered. Members that it does not
// have are refused.
func ReadMapping(body []byte) (m Mapping, err error) {
	if len(body) == 0 {
		return m, nil
	}
	if err := CheckJSON(body); err != nil {
		return m, assets.Errorf(assets.Invalid, "mapping", "不是所要的 JSON 对象", "is not the JSON object that is wanted")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if d.Decode(&m) != nil {
		return m, assets.Errorf(assets.Invalid, "mapping", "不是所要的 JSON 对象", "is not the JSON object that is wanted")
	}
	return m, m.check()
}
