package exchange

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"streetbook/assets"
)

var (
	sheetFill  = assets.Text{ZH: "填写", EN: "Fill in"}
	sheetHelp  = assets.Text{ZH: "说明", EN: "Help"}
	sheetLists = assets.Text{ZH: "可选值", EN: "Choices"}
	titleHelp  = assets.Text{ZH: "如何填写", EN: "How to fill it in"}
)

// templateColumns are the columns to fill in: name, width and what to write.
var templateColumns = []struct {
	field string
	name  assets.Text
	width float64
	help  assets.Text
}{
	{ledgerProject, assets.Text{ZH: "项目编号或名称", EN: "Project code or name"}, 26, assets.Text{ZH: "必填。已登记项目的编号或名称。", EN: "Required. The code or the name of a project that is registered."}},
	{ledgerDate, assets.Text{ZH: "日期", EN: "Date"}, 14, assets.Text{ZH: "必填。如 2019-05-01、2019/5/1、2019年5月1日。", EN: "Required. Such as 2019-05-01 or 2019/5/1."}},
	{ledgerKind, assets.Text{ZH: "类型", EN: "Kind"}, 12, assets.Text{ZH: "必填。合同、变更、付款、退款 或 拨款。", EN: "Required. contract, change_order, payment, refund or grant."}},
	{ledgerAmount, assets.Text{ZH: "金额（元）", EN: "Amount (yuan)"}, 18, assets.Text{ZH: "必填。以元计，精确到分；负的付款按退款处理。", EN: "Required. In yuan, to the fen; a negative payment is a refund."}},
	{ledgerVoucher, assets.Text{ZH: "凭证号", EN: "Voucher"}, 20, assets.Text{ZH: "凭证或发票号。重复的凭证会被拒绝。", EN: "The number of the voucher or invoice. One that is there already is refused."}},
	{ledgerCounterparty, assets.Text{ZH: "对方单位", EN: "Counterparty"}, 26, assets.Text{ZH: "收款或付款的单位。", EN: "Who was paid, or who paid."}},
	{ledgerSegment, assets.Text{ZH: "路段", EN: "Segments"}, 26, assets.Text{ZH: "可空。路段编号或名称，多个以“、”分开；空着则按项目的对象分摊。", EN: "May be empty: then the project's targets count. Codes or names of segments, separated by semicolons."}},
	{ledgerArea, assets.Text{ZH: "楼院", EN: "Compounds"}, 26, assets.Text{ZH: "可空。楼院或其他区域的编号或名称，多个以“、”分开。", EN: "May be empty. Codes or names of compounds or other areas, separated by semicolons."}},
	{ledgerNote, assets.Text{ZH: "备注", EN: "Note"}, 30, assets.Text{ZH: "可空。", EN: "May be empty."}},
}

// templateRows is how many rows below the header offer choices.
const templateRows = 5000

// template writes the workbook to fill in.
type template struct {
	language string
	names    assets.LedgerNames
}

// WriteTemplate writes the workbook that ReadLedger reads without a mapping. It
// offers the names for choice.
func WriteTemplate(w io.Writer, language string, names assets.LedgerNames) error {
	t := template{language, names}
	f := excelize.NewFile()
	defer f.Close()
	style, err := newStyles(f)
	if err != nil {
		return err
	}
	fill, help, lists := sheetFill.In(t.language), sheetHelp.In(t.language), sheetLists.In(t.language)
	if err := f.SetSheetName("Sheet1", fill); err != nil {
		return err
	}
	for _, name := range []string{help, lists} {
		if _, err := f.NewSheet(name); err != nil {
			return err
		}
	}
	for _, write := range []func() error{
		func() error { return t.writeLists(f, lists, style) },
		func() error { return t.writeHelp(f, help, style) },
		func() error { return t.writeFill(f, fill, style) },
		func() error { return t.offer(f, fill, lists) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	f.SetActiveSheet(0)
	return f.Write(w)
}

// kindNames are the kinds as the template offers them.
func kindNames(language string) []string {
	if language == "en" {
		return ledgerKinds
	}
	return []string{"合同", "变更", "付款", "退款", "拨款"}
}

func (t template) writeFill(f *excelize.File, name string, style styles) error {
	for i, c := range templateColumns {
		column := columnName(i)
		if err := f.SetColWidth(name, column, column, c.width); err != nil {
			return err
		}
		id := style.text // so that codes and days stay as they are typed
		if c.field == ledgerAmount {
			id = style.money
		}
		if err := f.SetColStyle(name, column, id); err != nil {
			return err
		}
		if err := f.SetCellValue(name, column+"1", c.name.In(t.language)); err != nil {
			return err
		}
	}
	last := columnName(len(templateColumns) - 1)
	if err := f.SetCellStyle(name, "A1", last+"1", style.head); err != nil {
		return err
	}
	row := t.exampleRow()
	if err := f.SetSheetRow(name, "A2", &row); err != nil {
		return err
	}
	if err := f.SetCellStyle(name, "A2", last+"2", style.sample); err != nil {
		return err
	}
	return f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// exampleRow is marked in its first cell, so that it is never imported.
func (t template) exampleRow() []any {
	if t.language == "en" {
		return []any{"Example (not imported): P-2019-01", "2019-05-01", "payment", 123456.78, "INV-0001", "A builder", "Yulin South Road", "", "part payment"}
	}
	return []any{"示例（不导入）：P-2019-01", "2019-05-01", "付款", 123456.78, "发票-0001", "某施工单位", "榆林南路、商鼎路", "", "进度款"}
}

func (t template) writeHelp(f *excelize.File, name string, style styles) error {
	w := stream(f, name, 26, 90)
	w.put(excelize.Cell{StyleID: style.title, Value: titleHelp.In(t.language)})
	for _, c := range templateColumns {
		w.put(excelize.Cell{StyleID: style.bold, Value: c.name.In(t.language)}, c.help.In(t.language))
	}
	for _, line := range []assets.Text{
		{ZH: "以“示例”开头的行不导入。", EN: "A row that begins with “Example” is not imported."},
		{ZH: "可加“合计”或“小计”行：导入时与各行核对，不符则整张表不导入。", EN: "Rows of totals (合计, Total, Subtotal) may stand in it: they are compared with the rows, and nothing is imported if they differ."},
		{ZH: "只要有一格有误，整张表都不导入，并逐格说明原因。", EN: "If a single cell is wrong nothing is imported, and every such cell is named with the reason."},
		{ZH: "列可增删、换序；金额列标题写“（万元）”即按万元读取。", EN: "Columns may be left out or moved; amounts under a heading with （万元） are read in 10,000 yuan."},
	} {
		w.put("", line.In(t.language))
	}
	return w.end()
}

// writeLists writes the choices that the cells refer to, one list a column.
func (t template) writeLists(f *excelize.File, name string, style styles) error {
	w := stream(f, name, 14, 30, 30, 30)
	columns := [][]string{kindNames(t.language), choices(t.names.Projects), choices(t.names.Segments), choices(t.names.Areas)}
	var head []any
	for _, c := range []int{2, 0, 6, 7} {
		head = append(head, excelize.Cell{StyleID: style.head, Value: templateColumns[c].name.In(t.language)})
	}
	w.put(head...)
	most := 0
	for _, list := range columns {
		most = max(most, len(list))
	}
	for i := range most {
		cells := make([]any, len(columns))
		for k, list := range columns {
			if i < len(list) {
				cells[k] = excelize.Cell{StyleID: style.text, Value: list[i]}
			}
		}
		w.put(cells...)
	}
	return w.end()
}

// choices name things by their code where they have one, so that a name that
// comes twice is no trouble.
func choices(list []assets.Named) (names []string) {
	seen := map[string]bool{}
	add := func(name string) {
		if name != "" && !seen[name] && !strings.ContainsAny(name, "、,，;；") {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, n := range list {
		add(n.Code)
	}
	for _, n := range list {
		add(n.Name)
	}
	return names
}

// offer makes lists of the cells to fill in. Where several names or names that
// are not listed may stand, a list only helps.
func (t template) offer(f *excelize.File, fill, lists string) error {
	for _, o := range []struct {
		column, list string
		count        int
		strict       bool
	}{
		{"C", "A", len(ledgerKinds), true}, {"A", "B", len(choices(t.names.Projects)), false}, {"G", "C", len(choices(t.names.Segments)), false}, {"H", "D", len(choices(t.names.Areas)), false},
	} {
		if o.count == 0 {
			continue
		}
		v := excelize.NewDataValidation(true)
		v.SetSqref(fmt.Sprintf("%s2:%s%d", o.column, o.column, templateRows))
		v.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$2:$%s$%d", lists, o.list, o.list, o.count+1))
		if v.ShowErrorMessage = o.strict; o.strict {
			v.SetError(excelize.DataValidationErrorStyleStop, sheetLists.In(t.language), strings.Join(kindNames(t.language), ", "))
		}
		if err := f.AddDataValidation(fill, v); err != nil {
			return err
		}
	}
	return nil
}
