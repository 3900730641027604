package assets

import (
	"slices"

	"github.com/google/uuid"

	"streetbook/assets/cql2"
)

// Kinds of projects (项目类别).
const (
	ProjectRoad      = "road"      // 道路整治
	ProjectPavement  = "pavement"  // 白改黑
	ProjectCable     = "cable"     // 上改下
	ProjectRoof      = "roof"      // 屋面防水
	ProjectFurniture = "furniture" // 城市家具
	ProjectSignboard = "signboard" // 门头牌匾
	ProjectLighting  = "lighting"  // 照明
	ProjectGreenery  = "greenery"  // 绿化
	ProjectDrainage  = "drainage"  // 排水管网
	ProjectFacade    = "facade"    // 立面整治
	ProjectOther     = "other"     // 其他
)

// ProjectKinds lists every kind of project.
var ProjectKinds = []string{ProjectRoad, ProjectPavement, ProjectCable, ProjectRoof, ProjectFurniture, ProjectSignboard, ProjectLighting,
	ProjectGreenery, ProjectDrainage, ProjectFacade, ProjectOther}

// Funds are where money comes from (资金来源): city, district, subdistrict,
// earmarked, of society, other.
var Funds = []string{"municipal", "district", "subdistrict", "special", "social", "other"}

// ProjectStatuses are the states of a project.
var ProjectStatuses = []string{"planned", "active", "completed", "cancelled"}

// Kinds of entries (分录类别).
const (
	EntryContract    = "contract"     // 合同
	EntryChangeOrder = "change_order" // 变更
	EntryPayment     = "payment"      // 付款
	EntryRefund      = "refund"       // 退款
	EntryGrant       = "grant"        // 拨款: a source, no spending
)

// EntryKinds lists every kind of entry.
var EntryKinds = []string{EntryContract, EntryChangeOrder, EntryPayment, EntryRefund, EntryGrant}

// Bases of a figure. They are never added together: what is committed becomes
// paid.
const (
	BasisPaid      = "paid"      // 已付: payments less refunds; what "invested" means
	BasisCommitted = "committed" // 已签: contracts and change orders
	BasisGranted   = "granted"   // 拨入: grants
)

// Bases lists the bases that are spending.
var Bases = []string{BasisPaid, BasisCommitted}

// BasisOf gives the basis an entry of a kind counts under, and its sign there.
func BasisOf(kind string) (basis string, sign Fen) {
	switch kind {
	case EntryPayment:
		return BasisPaid, 1
	case EntryRefund:
		return BasisPaid, -1
	case EntryContract, EntryChangeOrder:
		return BasisCommitted, 1
	}
	return BasisGranted, 1
}

// Nouns that money can fall on.
const (
	TargetSegment = "segment"
	TargetArea    = "area"
	TargetAsset   = "asset"
)

// TargetNouns lists them.
var TargetNouns = []string{TargetSegment, TargetArea, TargetAsset}

// TargetRef names what money falls on.
type TargetRef struct {
	Noun string    `json:"noun"`
	ID   uuid.UUID `json:"id"`
}

// Kinds of rules (分摊规则): by what an amount is divided among targets.
const (
	RuleLength = "length" // by metres of line
	RuleCount  = "count"  // by number of assets of given classes
	RuleArea   = "area"   // by square metres
	RuleShares = "shares" // by fixed whole-number weights
	RuleManual = "manual" // by amounts that a person gives
)

// RuleKinds lists every kind of rule.
var RuleKinds = []string{RuleLength, RuleCount, RuleArea, RuleShares, RuleManual}

// Rule says how an amount is divided among targets.
type Rule struct {
	Kind    string   `json:"kind"`
	Classes []string `json:"classes,omitempty"` // of RuleCount: 4-digit codes; none means every class
	Shares  []Share  `json:"shares,omitempty"`  // of RuleShares
	Amounts []Amount `json:"amounts,omitempty"` // of RuleManual; what they leave is unallocated
}

// Share is the fixed weight of a target.
type Share struct {
	TargetRef
	Weight int64 `json:"weight"`
}

// Amount is what a person gave to a target.
type Amount struct {
	TargetRef
	Amount Fen `json:"amount"`
}

// Project (项目) is what money is for.
type Project struct {
	Header
	Code         string      `json:"code"`
	Name         string      `json:"name"`
	Kind         string      `json:"kind"`
	Fund         string      `json:"fund"`
	Department   *uuid.UUID  `json:"department"`
	Contractor   string      `json:"contractor"`
	PlannedStart string      `json:"planned_start"` // days as 2019-05-01, "" where not known
	PlannedEnd   string      `json:"planned_end"`
	ActualStart  string      `json:"actual_start"`
	ActualEnd    string      `json:"actual_end"`
	Status       string      `json:"status"`
	Budget       *Fen        `json:"budget"`
	Targets      []TargetRef `json:"targets"` // none: what is spent stays unallocated
	Rule         Rule        `json:"rule"`
	RuleReason   string      `json:"rule_reason"` // why the rule was last changed
}

// Entry (分录) is one dated amount of a project. It is never changed: a
// correction is an entry that reverses it.
type Entry struct {
	Header
	Project      uuid.UUID   `json:"project"`
	On           string      `json:"on"`
	Kind         string      `json:"kind"`
	Amount       Fen         `json:"amount"` // positive; negative in a reversal, and in a change order that takes away
	Voucher      string      `json:"voucher"`
	Counterparty string      `json:"counterparty"`
	Note         string      `json:"note"`
	Document     string      `json:"document"` // SHA-256 of its bytes, "" for none
	DocumentName string      `json:"document_name"`
	Reverses     *uuid.UUID  `json:"reverses"`
	ReversedBy   *uuid.UUID  `json:"reversed_by"`
	Targets      []TargetRef `json:"targets"` // nil: the project's
	Rule         *Rule       `json:"rule"`    // nil: the project's
	Assets       []uuid.UUID `json:"assets"`  // what it bought
}

// Allocation (分摊) is the part of an entry that falls on a target.
type Allocation struct {
	Target TargetRef `json:"target"`
	Amount Fen       `json:"amount"`
	// Weight of WeightTotal is why: metres, assets, square metres, shares or fen,
	// as Rule says. Lengths and areas are in thousandths.
	Rule        string `json:"rule"`
	Weight      int64  `json:"weight"`
	WeightTotal int64  `json:"weight_total"`
}

// Validate reports every wrong member at once.
func (p Project) Validate() error {
	var faults Errors
	for _, c := range []struct {
		field, value string
		list         []string
	}{{"kind", p.Kind, ProjectKinds}, {"fund", p.Fund, Funds}, {"status", p.Status, ProjectStatuses}} {
		if !slices.Contains(c.list, c.value) {
			faults = append(faults, Errorf(Invalid, c.field, "“%s”不在 %v 之中", "%q is not one of %v", c.value, c.list))
		}
	}
	for field, day := range map[string]string{"planned_start": p.PlannedStart, "planned_end": p.PlannedEnd, "actual_start": p.ActualStart, "actual_end": p.ActualEnd} {
		if day != "" && !isDate(day) {
			faults = append(faults, Errorf(Invalid, field, "应为 2024-05-01 这样的日期", "must be a date such as 2024-05-01"))
		}
	}
	for _, span := range [][3]string{{"planned_end", p.PlannedStart, p.PlannedEnd}, {"actual_end", p.ActualStart, p.ActualEnd}} {
		if span[1] != "" && span[2] != "" && span[2] < span[1] {
			faults = append(faults, Errorf(Invalid, span[0], "不能早于开始日期", "must not be before the start"))
		}
	}
	if p.Budget != nil && *p.Budget < 0 {
		faults = append(faults, Errorf(Invalid, "budget", "不能为负", "must not be negative"))
	}
	faults = append(faults, targetFaults(p.Targets)...)
	faults = append(faults, p.Rule.faults(p.Targets)...)
	return append(faults, textFaults(bounded{"code", p.Code, 1, 40}, bounded{"name", p.Name, 1, 200}, bounded{"contractor", p.Contractor, 0, 200}, bounded{"reason", p.RuleReason, 0, 500})...).Err()
}

// Validate reports every wrong member at once.
func (e Entry) Validate() error {
	var faults Errors
	if !slices.Contains(EntryKinds, e.Kind) {
		faults = append(faults, Errorf(Invalid, "kind", "“%s”不在 %v 之中", "%q is not one of %v", e.Kind, EntryKinds))
	}
	if !isDate(e.On) {
		faults = append(faults, Errorf(Invalid, "on", "应为 2024-05-01 这样的日期", "must be a date such as 2024-05-01"))
	}
	switch {
	case e.Reverses == nil && e.Kind == EntryChangeOrder && e.Amount == 0:
		faults = append(faults, Errorf(Invalid, "amount", "变更金额不能为 0；减项写负数", "must not be 0; what a change order takes away is negative"))
	case e.Reverses == nil && e.Kind != EntryChangeOrder && e.Amount <= 0:
		faults = append(faults, Errorf(Invalid, "amount", "金额必须大于 0；更正请用冲销分录，变更的减项请用变更分录", "must be more than 0; a correction is a reversing entry, what a change takes away is a change order"))
	case e.Amount > MaxFen || e.Amount < -MaxFen:
		faults = append(faults, Errorf(Invalid, "amount", "金额不得超过 %s 元", "an amount may be at most %s yuan", MaxFen))
	}
	if e.Document != "" && (len(e.Document) != 64 || !hexadecimal(e.Document)) {
		faults = append(faults, Errorf(Invalid, "document", "应为文件的 SHA-256", "must be the SHA-256 of a file"))
	}
	faults = append(faults, targetFaults(e.Targets)...)
	if e.Rule != nil && e.Reverses == nil {
		faults = append(faults, e.Rule.faults(e.Targets)...)
	}
	return append(faults, textFaults(bounded{"voucher", e.Voucher, 0, 100}, bounded{"counterparty", e.Counterparty, 0, 200}, bounded{"note", e.Note, 0, 1000},
		bounded{"document_name", e.DocumentName, 0, 200})...).Err()
}

func hexadecimal(s string) bool {
	for _, c := range s {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return true
}

// maxTargets of one project or entry.
const maxTargets = 500

func targetFaults(list []TargetRef) (faults Errors) {
	if len(list) > maxTargets {
		faults = append(faults, Errorf(Invalid, "targets", "最多 %d 个对象", "at most %d targets", maxTargets))
	}
	seen := map[TargetRef]bool{}
	for _, t := range list {
		switch {
		case !slices.Contains(TargetNouns, t.Noun):
			faults = append(faults, Errorf(Invalid, "targets", "“%s”不在 %v 之中", "%q is not one of %v", t.Noun, TargetNouns))
		case seen[t]:
			faults = append(faults, Errorf(Invalid, "targets", "对象 %s 出现两次", "the target %s stands there twice", t.ID))
		}
		seen[t] = true
	}
	return faults
}

// faults of a rule; targets, where they are known, are those it must name.
func (r Rule) faults(targets []TargetRef) (faults Errors) {
	if !slices.Contains(RuleKinds, r.Kind) {
		return Errors{Errorf(Invalid, "rule.kind", "“%s”不在 %v 之中", "%q is not one of %v", r.Kind, RuleKinds)}
	}
	for _, c := range r.Classes {
		if !digits(c, 4) {
			faults = append(faults, Errorf(Invalid, "rule.classes", "“%s”不是 4 位类别编码", "%q is no 4-digit class code", c))
		}
	}
	var named []TargetRef
	field := "rule.shares"
	for _, s := range r.Shares {
		named = append(named, s.TargetRef)
		if s.Weight < 0 || s.Weight > 1_000_000_000 {
			faults = append(faults, Errorf(Invalid, field, "权重应为 0 到 1000000000 的整数", "a weight is a whole number of 0 to 1000000000"))
		}
	}
	if r.Kind == RuleManual {
		field, named = "rule.amounts", nil
		for _, a := range r.Amounts {
			named = append(named, a.TargetRef)
			if a.Amount < 0 {
				faults = append(faults, Errorf(Invalid, field, "金额不能为负", "an amount must not be negative"))
			}
		}
	}
	faults = append(faults, targetFaults(named)...)
	for _, t := range named {
		if len(targets) > 0 && !slices.Contains(targets, t) {
			faults = append(faults, Errorf(Invalid, field, "%s 不在对象之中", "%s is not among the targets", t.ID))
		}
	}
	return faults
}

// Dimensions are what investment can be asked by.
var Dimensions = []string{"segment", "area", "asset-class", "year", "month", "kind", "fund", "project", "department"}

// InvestmentQuery asks for the money of one jurisdiction under one basis.
// Conditions are joined by AND; an empty one asks for nothing.
type InvestmentQuery struct {
	Jurisdiction string
	Basis        string
	By           []string // one or two of Dimensions
	From, To     string   // days, both included
	Kinds        []string // of projects
	Funds        []string
	Projects     []uuid.UUID
	Departments  []uuid.UUID // NoDepartment among them for projects without one
	Segments     []uuid.UUID // limits to what falls on these
	Areas        []uuid.UUID
	Key          *bool    // limits to what falls on segments that are key, or are not
	Lineage      string   // one of LineageViews; "" is LineageBooked
	Statuses     []string // of projects
	On           []string // limits to what falls on these of TargetNouns, and with OnNothing to what falls nowhere
	Classes      []string // limits to money of assets of these classes; NoClass stands for the rest
	// Filter limits to what falls on targets that it selects, by collection. What
	// falls on a target of a collection that is not in it is not selected.
	Filter map[string]cql2.Expr
}

// OnNothing stands among the nouns of targets for none.
const OnNothing = "none"

// NoClass stands among classes of assets for money that is of none.
const NoClass = "none"

// NoDepartment stands among departments for projects without one.
var NoDepartment = uuid.Nil

// Summed reports whether sums kept of each target answer the query: it divides by
// them alone, and asks nothing of entries and projects.
func (q InvestmentQuery) Summed() bool {
	return len(q.By) == 1 && (q.By[0] == TargetSegment || q.By[0] == TargetArea) && q.From == "" && q.To == "" &&
		len(q.Kinds)+len(q.Funds)+len(q.Projects)+len(q.Departments)+len(q.Statuses)+len(q.Classes) == 0
}

// Narrow reports whether the query asks for less than the whole ledger.
func (q InvestmentQuery) Narrow() bool {
	return q.From != "" || q.To != "" || len(q.Kinds)+len(q.Funds)+len(q.Projects)+len(q.Departments)+len(q.Statuses) > 0 || q.Targeted()
}

// Targeted reports whether the query asks by what money falls on.
func (q InvestmentQuery) Targeted() bool {
	return len(q.Segments)+len(q.Areas)+len(q.On)+len(q.Classes) > 0 || q.Key != nil || q.Filter != nil
}

// Classed reports whether the query has to know whose class money is.
func (q InvestmentQuery) Classed() bool {
	return len(q.Classes) > 0 || slices.Contains(q.By, "asset-class")
}

// InvestmentRow is the money of one combination of dimensions.
type InvestmentRow struct {
	Keys    []string // in the order of By: an id, a code, a year, a month
	Names   []string
	Amount  Fen
	Entries int64
	// Measures of a segment, area or class, nil where they do not apply.
	LengthM   *float64
	AreaM2    *float64
	Residents *int
	Assets    *int64 // living ones on the segment, in the area, of the class
	Retired   bool   // the segment is no more
	Key       bool   // of one that is no more: it was a key segment
	From      []InvestmentOrigin
}

// InvestmentOrigin is what a segment of today took over from one that was split
// or merged.
type InvestmentOrigin struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	Amount Fen       `json:"amount"`
}

// Investment is the answer: the rows, what falls on targets of another kind,
// what falls nowhere, and the total, which is not reckoned from these.
type Investment struct {
	Rows                          []InvestmentRow
	Elsewhere, Unallocated, Total Fen
}

// OK reports whether nothing is missing: rows, elsewhere and unallocated come to
// the total.
func (i Investment) OK() bool {
	sum := i.Elsewhere + i.Unallocated
	for _, r := range i.Rows {
		sum += r.Amount
	}
	return sum == i.Total
}

// InvestmentCheck is what a proof of a jurisdiction's ledger found: nothing, or
// the first entry or sum at fault and by how much.
type InvestmentCheck struct {
	OK         bool       `json:"ok"`
	Difference Fen        `json:"difference"`
	Entry      *uuid.UUID `json:"entry"`
	Reason     *Text      `json:"reason"`
}
