package exchange

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"streetbook/assets"
)

// plan is a project of the sample with what was booked for it.
type plan struct {
	code, name, kind, fund, contractor string
	start, end, status                 string
	budget                             assets.Fen
	where                              where
	rule                               string
	classes                            []string // of a rule by count
	weights                            []int64  // of a rule by shares, a target each
	lines                              []booked
}

// where is a run of the key segments or of the compounds, in the order of their
// codes; the zero value is nowhere.
type where struct {
	noun     string
	from, to int
}

// booked is what was booked on a day.
type booked struct {
	on, kind string
	amount   assets.Fen
	note     string
	where    where        // other than the plan's
	given    []assets.Fen // by hand, a target of where each
	bought   string       // the year whose furniture it paid for
}

// site is what the money of the sample can fall on.
type site struct {
	division  string
	targets   map[string][]assets.TargetRef // by noun
	furniture []piece
}

// piece is an asset of the city furniture and where it stands.
type piece struct {
	id      uuid.UUID
	segment assets.TargetRef
	year    string
}

// furnitureClasses are the sculptures, street pieces and seats.
var furnitureClasses = []string{classSculpture, classBench, classPiece}

// survey lists the key segments, the compounds and the furniture.
func survey(r *assets.Registry) site {
	s := site{division: r.Jurisdiction.Code, targets: map[string][]assets.TargetRef{}}
	byCode := map[string]assets.TargetRef{}
	for _, g := range r.Segments {
		if g.Key {
			t := assets.TargetRef{Noun: assets.TargetSegment, ID: g.ID}
			byCode[g.Code] = t
			s.targets[t.Noun] = append(s.targets[t.Noun], t)
		}
	}
	for _, a := range r.Areas {
		if a.Level == assets.LevelCompound {
			s.targets[assets.TargetArea] = append(s.targets[assets.TargetArea], assets.TargetRef{Noun: assets.TargetArea, ID: a.ID})
		}
	}
	for _, a := range r.Assets {
		code, _, _ := strings.Cut(a.SourceID, "/")
		if segment, ok := byCode[code]; ok && slices.Contains(furnitureClasses, a.Class) {
			s.furniture = append(s.furniture, piece{a.ID, segment, a.InstalledOn[:4]})
		}
	}
	return s
}

// invest books what was spent on the sample since 2019. The two totals are from
// published reports as far as their first figures go; projects, days, people and
// every amount are made up.
func invest(r *assets.Registry) {
	s := survey(r)
	for _, p := range plans {
		project := s.project(p)
		r.Projects = append(r.Projects, project)
		for i := range p.lines {
			r.Entries = append(r.Entries, s.entry(project, p, i))
		}
	}
}

func (s site) at(w where) []assets.TargetRef { return s.targets[w.noun][w.from:w.to] }

func (s site) project(p plan) assets.Project {
	out := assets.Project{Header: sampleHeader(s.division, "project", p.code), Code: p.code, Name: p.name, Kind: p.kind, Fund: p.fund,
		Contractor: p.contractor, PlannedStart: p.start, PlannedEnd: p.end, Status: p.status, Budget: &p.budget,
		Targets: slices.Clone(s.at(p.where)), Rule: assets.Rule{Kind: p.rule, Classes: p.classes}}
	if len(p.lines) > 0 {
		out.ActualStart = p.start
	}
	if p.status == "completed" {
		out.ActualEnd = p.end
	}
	for i, w := range p.weights {
		out.Rule.Shares = append(out.Rule.Shares, assets.Share{TargetRef: out.Targets[i], Weight: w})
	}
	return out
}

// entry books the i-th booking of a plan.
func (s site) entry(project assets.Project, p plan, i int) assets.Entry {
	l, voucher := p.lines[i], p.voucher(i)
	out := assets.Entry{Header: sampleHeader(s.division, "entry", voucher), Project: project.ID, On: l.on, Kind: l.kind, Amount: l.amount,
		Voucher: voucher, Counterparty: p.contractor, Note: l.note}
	if l.kind == assets.EntryGrant {
		out.Counterparty = payers[p.fund]
	}
	if document := p.document(i); document != nil {
		out.Document, out.DocumentName = documentSum(document), voucher+".pdf"
	}
	if l.where != (where{}) {
		out.Targets = slices.Clone(s.at(l.where))
	}
	if l.given != nil {
		out.Rule = &assets.Rule{Kind: assets.RuleManual}
		for k, amount := range l.given {
			out.Rule.Amounts = append(out.Rule.Amounts, assets.Amount{TargetRef: out.Targets[k], Amount: amount})
		}
	}
	for _, f := range s.furniture {
		if f.year != l.bought {
			continue
		}
		out.Assets = append(out.Assets, f.id)
		if !slices.Contains(out.Targets, f.segment) {
			out.Targets = append(out.Targets, f.segment)
		}
	}
	return out
}

// payers are who sends the grants of a fund.
var payers = map[string]string{"municipal": "市财政局（示意）", "district": "区财政局（示意）", "special": "老旧小区改造专项（示意）"}

// voucherPrefix begins the number of a voucher by its kind.
var voucherPrefix = map[string]string{assets.EntryContract: "HT", assets.EntryChangeOrder: "BG", assets.EntryPayment: "FK", assets.EntryRefund: "TK", assets.EntryGrant: "BK"}

// voucher is the number of the i-th booking of a plan.
func (p plan) voucher(i int) string {
	return fmt.Sprintf("%s-%s-%02d", voucherPrefix[p.lines[i].kind], p.code, i+1)
}
