package exchange

import (
	"regexp"
	"slices"
	"strings"

	"streetbook/assets"
)

// Fields of a ledger that a column may hold.
const (
	ledgerProject      = "project"      // its name or code
	ledgerProjectCode  = "project_code" // beside one of names
	ledgerDate         = "date"
	ledgerKind         = "kind"
	ledgerAmount       = "amount"
	ledgerVoucher      = "voucher"
	ledgerCounterparty = "counterparty"
	ledgerNote         = "note"
	ledgerSegment      = "segment" // names or codes of segments
	ledgerArea         = "area"    // … of compounds and other areas
	ledgerTarget       = "target"  // … of either
)

// ledgerFields are all of them, in the order of the template.
var ledgerFields = []string{ledgerProjectCode, ledgerProject, ledgerDate, ledgerKind, ledgerAmount, ledgerVoucher, ledgerCounterparty, ledgerSegment, ledgerArea, ledgerTarget, ledgerNote}

// Mapping says how a finance sheet is to be read. What it leaves open is guessed
// from the sheet, and the answer says it whole, to be shown, changed and
// remembered.
type Mapping struct {
	Sheet      string         `json:"sheet"`       // "" for the first that can be read
	HeaderRow  int            `json:"header_row"`  // the first of them, 0 to be found
	HeaderRows int            `json:"header_rows"` // 1 or 2
	Columns    []LedgerColumn `json:"columns"`
}

// LedgerColumn is what one column holds. In a mapping that somebody gives, it is
// found by its name, and by its letter where the name is left out or comes twice.
type LedgerColumn struct {
	Column string `json:"column"` // letter
	Name   string `json:"name"`
	Field  string `json:"field"`          // "" if nothing fits, "-" to leave it out
	Kind   string `json:"kind,omitempty"` // of the entries that it belongs to, "" for all
	Unit   string `json:"unit,omitempty"` // of an amount: yuan, thousand, wan, million, yi
}

var unitNames = map[string]unit{"yuan": yuan, "thousand": thousand, "wan": wan, "million": million, "yi": yi}

func (u unit) String() string {
	for name, v := range unitNames {
		if v == u {
			return name
		}
	}
	return ""
}

// Kinds of entries.
var ledgerKinds = []string{"contract", "change_order", "payment", "refund", "grant"}

// kindWords are what sheets call the kinds.
var kindWords = map[string][]string{
	"contract":     {"contract", "合同", "合同额", "合同价", "合同款", "签约", "签订合同", "签合同"},
	"change_order": {"changeorder", "change", "变更", "签证", "变更签证", "工程变更", "设计变更", "现场签证", "洽商", "合同变更"},
	"payment":      {"payment", "paid", "付款", "支付", "已付", "实付", "已付款", "工程款", "预付款", "进度款", "尾款", "结算款", "支付工程款", "付工程款", "支出"},
	"refund":       {"refund", "退款", "退回", "退还", "返还", "退付", "退回款", "冲退"},
	"grant":        {"grant", "拨款", "上级拨款", "补助", "专项拨款", "资金下达", "下达资金", "拨入", "补助资金"},
}

// kindPrefixes begin the names of columns that belong to one kind.
var kindPrefixes = []struct{ word, kind string }{
	{"合同变更", "change_order"}, {"变更签证", "change_order"}, {"变更", "change_order"}, {"签证", "change_order"}, {"changeorder", "change_order"},
	{"合同", "contract"}, {"签约", "contract"}, {"签订", "contract"}, {"contract", "contract"},
	{"付款", "payment"}, {"支付", "payment"}, {"已付", "payment"}, {"实付", "payment"}, {"payment", "payment"}, {"paid", "payment"},
	{"退款", "refund"}, {"退回", "refund"}, {"refund", "refund"}, {"上级拨款", "grant"}, {"拨款", "grant"}, {"补助", "grant"}, {"grant", "grant"},
}

// headings are the names of columns, best first, as plainName leaves them.
var headings = map[string][]string{
	ledgerProject:     {"项目名称", "工程名称", "项目", "工程项目", "工程项目名称", "所属项目", "项目编号或名称", "工程", "projectname", "project", "projectcodeorname"},
	ledgerProjectCode: {"项目编号", "项目代码", "项目编码", "项目号", "工程编号", "工程编码", "projectcode", "projectno", "projectid"},
	ledgerDate:        {"日期", "时间", "签订日期", "签订时间", "业务日期", "记账日期", "入账日期", "发生日期", "开票日期", "年月日", "date", "day", "on"},
	ledgerKind:        {"类型", "类别", "款项类型", "资金类型", "业务类型", "分录类型", "收支类型", "款项性质", "费用类型", "性质", "kind", "type", "entrykind"},
	ledgerAmount: {"金额", "发生额", "发生金额", "本次金额", "金额小写", "小写金额", "价税合计", "含税金额", "总金额", "amount", "sum", "额", "价", "款", "款额", "款项", "价款", "总价", "总额",
		"amountcny", "amountyuan"},
	ledgerVoucher: {"凭证号", "凭证编号", "凭证号码", "凭证或发票号", "凭证发票号", "发票号", "发票号码", "发票编号", "票据号", "单据号", "单据编号", "文号", "凭证", "voucher", "voucherno", "invoice", "invoiceno",
		"voucherorinvoice"},
	ledgerCounterparty: {"对方单位", "收款单位", "往来单位", "收款人", "收款方", "施工单位", "承包单位", "承包商", "供应商", "单位名称", "对方", "counterparty", "payee", "contractor", "supplier", "vendor"},
	ledgerNote:         {"备注", "摘要", "说明", "用途", "事由", "note", "notes", "remark", "remarks", "description", "memo"},
	ledgerSegment:      {"路段", "路段名称", "道路名称", "道路", "路段编号", "路段代码", "街道名称", "路名", "segment", "segments", "street", "road"},
	ledgerArea:         {"楼院", "小区", "楼院名称", "小区名称", "安置区", "楼院或区域", "社区", "区域", "compound", "compounds", "area", "areas", "compoundsorareas"},
	ledgerTarget:       {"对象", "受益对象", "分摊对象", "实施对象", "路段或楼院", "路段楼院", "实施地点", "实施范围", "地点", "位置", "target", "targets"},
}

// kindSuffixes are what may stand behind a kind, beside the names of dates,
// amounts and vouchers.
var kindSuffixes = map[string]string{"": ledgerAmount, "编号": ledgerVoucher, "号": ledgerVoucher, "no": ledgerVoucher}

var (
	bracketed   = regexp.MustCompile(`[(\[【][^)\]】]*[)\]】]`)
	headingUnit = regexp.MustCompile(`(?:[(\[【/:]|单位:?)(?:单位:?|人民币|[:,])*(百万元|万元|千元|亿元|万|元|(?i:yuan|cny|rmb))[)\]】]?$`)
	tailUnit    = regexp.MustCompile(`(百万元|万元|千元|亿元)$`)
	titleUnit   = regexp.MustCompile(`单位:(?:人民币)?(百万元|万元|千元|亿元|元)`)
)

var headingMarks = strings.NewReplacer(" ", "", "\n", "", "\t", "", "_", "", "-", "", "*", "", ":", "", ".", "", "、", "", "/", "")

// plainName is the name of a column as it is compared.
func plainName(s string) string {
	return strings.ToLower(headingMarks.Replace(folded(s)))
}

func unitOf(word string) unit {
	for _, w := range unitWords {
		if w.word == word {
			return w.unit
		}
	}
	return yuan // yuan, CNY, RMB
}

// meaning is what the name of a column says, and how good the guess is.
type meaning struct {
	field, kind string
	unit        unit // 0 if it does not say
	rank        int
}

// meaningOf guesses what a column of a name holds.
func meaningOf(name string) (meaning, bool) {
	text := strings.NewReplacer("\n", "", " ", "").Replace(folded(name))
	var u unit
	bare := text
	if m := headingUnit.FindStringSubmatchIndex(text); m != nil {
		u, bare = unitOf(text[m[2]:m[3]]), text[:m[0]]
	} else if m := tailUnit.FindStringIndex(text); m != nil {
		u, bare = unitOf(text[m[0]:]), text[:m[0]]
	}
	for _, candidate := range []string{text, bare, bracketed.ReplaceAllString(bare, "")} {
		if m, ok := lookUp(plainName(candidate)); ok {
			if m.field == ledgerAmount {
				m.unit = u
			}
			return m, true
		}
	}
	return meaning{}, false
}

func lookUp(name string) (meaning, bool) {
	if name == "" {
		return meaning{}, false
	}
	for _, field := range ledgerFields {
		if i := slices.Index(headings[field], name); i >= 0 {
			m := meaning{field: field, rank: i}
			if field == ledgerDate && strings.HasPrefix(name, "签订") {
				m.kind = "contract"
			}
			return m, true
		}
	}
	for _, p := range kindPrefixes {
		rest, ok := strings.CutPrefix(name, p.word)
		if !ok {
			continue
		}
		if field, ok := kindSuffixes[rest]; ok {
			return meaning{field: field, kind: p.kind, rank: 90}, true
		}
		for _, field := range []string{ledgerDate, ledgerAmount, ledgerVoucher} {
			if i := slices.Index(headings[field], rest); i >= 0 {
				return meaning{field: field, kind: p.kind, rank: i}, true
			}
		}
	}
	return meaning{}, false
}

// check refuses a mapping that means nothing.
func (m *Mapping) check() error {
	if m.HeaderRow < 0 || m.HeaderRows < 0 || m.HeaderRows > 2 {
		return assets.Errorf(assets.Invalid, "mapping", "表头行号有误，表头应为 1 或 2 行", "the header row is wrong; a header has 1 or 2 rows")
	}
	if len(m.Columns) > maxColumns {
		return assets.Errorf(assets.Invalid, "mapping", "超过 %d 列", "more than %d columns", maxColumns)
	}
	for _, c := range m.Columns {
		if c.Field != "" && c.Field != toNothing && !slices.Contains(ledgerFields, c.Field) {
			return assets.Errorf(assets.Invalid, "mapping", "没有字段“%s”；可用：%s", "there is no field %q; there are: %s", shortened(c.Field), strings.Join(ledgerFields, ", "))
		}
		if c.Kind != "" && !slices.Contains(ledgerKinds, c.Kind) {
			return assets.Errorf(assets.Invalid, "mapping", "没有类型“%s”；可用：%s", "there is no kind %q; there are: %s", shortened(c.Kind), strings.Join(ledgerKinds, ", "))
		}
		if _, ok := unitNames[c.Unit]; c.Unit != "" && !ok {
			return assets.Errorf(assets.Invalid, "mapping", "没有单位“%s”；可用：yuan, thousand, wan, million, yi", "there is no unit %q; there are: yuan, thousand, wan, million, yi", shortened(c.Unit))
		}
	}
	return nil
}
