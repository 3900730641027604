package exchange

import (
	"slices"
	"strconv"
	"strings"

	"streetbook/assets"
)

// entry makes a draft of an amount.
func (r *ledgerReader) entry(l line, i int, written fen) {
	faulty := r.Faulty
	m := r.layout.means[i]
	d := EntryDraft{Row: l.number, Kind: m.kind, Amount: written, amount: i}
	if d.Kind == "" {
		d.Kind = r.kindOf(l)
	}
	r.count(i, written, d.Kind)
	own := m.kind == ""
	get := func(field string) string { return r.text(l, r.layout.pick(field, d.Kind, own)) }
	d.Project, d.ProjectName, d.projectField = get(ledgerProjectCode), get(ledgerProject), ledgerProjectCode
	if d.Project == "" {
		d.Project, d.ProjectName, d.projectField = d.ProjectName, "", ledgerProject
	}
	if d.Project == "" {
		if d.Project = r.options.Project; d.Project == "" {
			r.missing(l, &d, ledgerProject, "没有项目", "the project is missing")
		}
	}
	d.Voucher, d.Counterparty, d.Note = get(ledgerVoucher), get(ledgerCounterparty), get(ledgerNote)
	d.On = r.dayOf(l, &d)
	for _, c := range r.targets {
		d.Targets = append(d.Targets, r.targetsIn(l, c)...)
	}
	r.settleSign(l, &d)
	if r.Faulty == faulty {
		r.Drafts = append(r.Drafts, d)
	}
}

// missing refuses an empty cell, or the whole row where the sheet has no such
// column.
func (r *ledgerReader) missing(l line, d *EntryDraft, field, zh, en string) {
	r.refuse(l.number, r.At(d, field), assets.Text{ZH: zh, EN: en})
}

// text is what a cell says, on one line. A number is what it shows as long as its
// digits are whole.
func (r *ledgerReader) text(l line, i int) string {
	c := l.at(i)
	at := columnName(max(i, 0)) + strconv.Itoa(l.number)
	switch {
	case c.kind == brokenCell:
		r.refuse(l.number, at, broken(c))
		return ""
	case c.kind == numberCell && (strings.ContainsAny(c.text, "eE") || len(strings.Trim(strings.Replace(c.text, ".", "", 1), "-0")) > 15):
		r.refuse(l.number, at, *because("“%s”是数字，位数已经丢失；请把单元格设为文本", "%q is a number that has lost digits: make the cell a text", c.text))
		return ""
	}
	return strings.Join(strings.Fields(c.text), " ")
}

func (r *ledgerReader) kindOf(l line) string {
	i := r.layout.pick(ledgerKind, "", true)
	if i < 0 {
		return r.layout.kind
	}
	text := r.text(l, i)
	plain := plainName(text)
	for kind, words := range kindWords {
		if slices.Contains(words, plain) {
			return kind
		}
	}
	if at := columnName(i) + strconv.Itoa(l.number); text == "" {
		r.refuse(l.number, at, *because("没有类型", "the kind is missing"))
	} else {
		r.refuse(l.number, at, *because("“%s”不是类型：应为 合同、变更、付款、退款 或 拨款", "%q is no kind: it must be contract, change_order, payment, refund or grant", shortened(text)))
	}
	return ""
}

func (r *ledgerReader) dayOf(l line, d *EntryDraft) string {
	i := r.layout.pick(ledgerDate, d.Kind, r.layout.means[d.amount].kind == "")
	c := l.at(i)
	if none(c.text) {
		r.missing(l, d, ledgerDate, "没有日期", "the date is missing")
		return ""
	}
	at := columnName(i) + strconv.Itoa(l.number)
	if c.kind == brokenCell {
		r.refuse(l.number, at, broken(c))
		return ""
	}
	day, fault := parseDay(c.text, r.sheet.from1904 && c.kind == numberCell)
	if fault != nil {
		r.refuse(l.number, at, *fault)
	}
	return day
}

// targetsIn reads the names in a cell, separated as people separate them.
func (r *ledgerReader) targetsIn(l line, i int) (list []TargetName) {
	noun := r.layout.means[i].field
	if noun == ledgerTarget {
		noun = ""
	}
	for name := range strings.FieldsFuncSeq(r.text(l, i), func(c rune) bool { return strings.ContainsRune("、,，;；\n", c) }) {
		if name = strings.TrimSpace(name); !none(name) {
			list = append(list, TargetName{noun, name, columnName(i) + strconv.Itoa(l.number)})
		}
	}
	return list
}

// settleSign makes an amount positive: a payment taken back is a refund, and a
// refund is one whichever way it is written. Nothing else may be negative.
func (r *ledgerReader) settleSign(l line, d *EntryDraft) {
	switch {
	case d.Amount == 0:
		r.missing(l, d, ledgerAmount, "金额不能为零", "an amount cannot be zero")
	case d.Amount > 0, d.Kind == "change_order": // one that takes away is negative
	case d.Kind == "payment":
		d.Kind, d.Amount = "refund", -d.Amount
		r.negative++
	case d.Kind == "refund":
		d.Amount = -d.Amount
	case d.Kind != "":
		r.missing(l, d, ledgerAmount, "只有付款、退款和变更可以为负；请用冲销更正其他分录", "only payments, refunds and change orders may be negative: correct others by a reversal")
	}
}
