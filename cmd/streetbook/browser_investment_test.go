package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

func TestInvestment(t *testing.T) {
	t.Parallel()
	server := start(t, "serve", "--database", postgistest.URL(t), "--listen", "127.0.0.1:0")
	v := visit{site: server.url(t)}
	found := printedPassword.FindStringSubmatch(server.said(t, server.stdout))
	if found == nil {
		t.Fatalf("no password of an admin: %s", server.said(t, server.stdout))
	}
	v.password = found[1]
	v.browser = openBrowser(t, false)

	p := v.admin(t, 1440, 900)
	bookProject(p)
	street(p)
	tabOfMoney(p)
	t.Run("phone", v.moneyOnPhone)
}

// bookProject enters a project on two streets and a payment on it by the
// keyboard, and looks at what another rule would move.
func bookProject(p tab) {
	p.click("#to-investment")
	p.click("#to-projects")
	p.click("#add-project")
	p.until(`document.querySelector('#project')`)
	p.enter(`#project [data-field="code"] input`, "B-2026-1")
	p.do(chromedp.KeyEvent("\r"))
	p.until(`document.activeElement === document.querySelector('#project [data-field="name"] input')`)
	p.enter(`#project [data-field="name"] input`, "试验项目")
	for n := 1; n <= 2; n++ {
		p.enter(`#project [data-field="target"] input`, "商都路")
		// The driver sends the character of Enter even where the key is refused, and that
		// would save the form.
		eval[bool](p, `document.querySelector('#project [data-field="target"] input').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true})) || true`)
		p.until(fmt.Sprintf(`document.querySelectorAll('#project .targets .tag').length === %d && document.querySelector('#project [data-field="target"] input').value === ''`, n))
	}
	p.until(`document.querySelectorAll('#project .shares tr').length === 2`)
	p.click(`#project .rules input[value="area"]`)
	p.until(`document.querySelector('#project .note.warn')?.innerText.includes('未分配')`)
	p.click(`#project .rules input[value="length"]`)
	p.until(`document.querySelectorAll('#project .shares tr').length === 2 && !document.querySelector('#project .note.warn')`)
	p.both("the form of a project")
	p.click(`#project button[type="submit"]`)
	p.until(`!document.querySelector('#project') && document.querySelector('.leaf-head h2')?.innerText === '试验项目' && document.querySelector('#delete-project')`)
	p.both("a project without entries")
	bookEntries(p)
	p.click("#change-rule")
	p.click(`#rule .choice input[value="area"]`)
	p.until(`document.querySelector('#rule .foreseen-shares')`)
	p.both("the change of a rule")
	p.click(`#rule button[type="submit"]`)
	p.until(`document.querySelectorAll('#rule .moved tbody tr').length === 3 && document.querySelector('#rule [data-field="reason"]')`)
	p.click(`.panel-head button`)
	p.until(`!document.querySelector('#rule') && document.querySelectorAll('[data-entry]').length === 1 && !document.querySelector('#delete-project')`)
	p.click("#desk-back")
	p.until(`document.querySelectorAll('[data-project]').length > 10`)
	p.both("the projects")
	importSheet(p)
	p.click("#to-map")
}

// importSheet tries a sheet with a wrong cell, books it once it is right, and undoes
// it as a batch.
func importSheet(p tab) {
	p.click("#to-ledger")
	choose := func(name, sheet string) {
		eval[bool](p, fmt.Sprintf(`(input => { const files = new DataTransfer(); files.items.add(new File([%q], %q, {type: 'text/csv'})); input.files = files.files; return input.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector('#ledger-file'))`, sheet, name))
	}
	const head = "项目,日期,类型,金额（万元）,凭证号,对方单位\n"
	choose("a.csv", head+"B-2026-1,2026-05-01,付款,1.5,S-1,某公司\nB-2026-9,2026-05-02,付款,x,S-2,某公司\n")
	p.until(`document.querySelectorAll('.cells .wrong-cell').length === 1 && document.querySelector('[data-cell="D3"]').innerText.trim().endsWith('x') && document.querySelector('#book').disabled`)
	p.both("a sheet with wrong cells")
	choose("b.csv", head+"B-2026-1,2026-05-01,付款,1.5,S-1,某公司\nB-2026-1,2026-05-02,付款,2.5,S-2,某公司\n")
	p.until(`document.querySelector('.findings .note.good') && !document.querySelector('#book').disabled`)
	p.click("#book")
	p.until(`document.querySelector('#undo-batch') && document.querySelector('[data-batch]')?.innerText.includes('40,000.00')`)
	p.both("a booked sheet")
	p.click("[data-batch] .link")
	p.click(`dialog button[type="submit"]`)
	p.until(`!document.querySelector('dialog') && document.querySelector('[data-batch].off')`)
	p.click("#desk-back")
}

// bookEntries books a payment in words of people with a document, and finds the
// form ready for the next.
func bookEntries(p tab) {
	p.click("#add-entry")
	p.until(`document.querySelector('#entry [data-field="project"] input')?.value.includes('试验项目') && document.activeElement.closest('[data-field="amount"]')`)
	p.enter(`#entry [data-field="amount"] input`, "1,234.567")
	p.until(`document.querySelector('#entry [data-field="amount"].wrong')`)
	p.enter(`#entry [data-field="amount"] input`, "１.２５万")
	p.until(`document.querySelector('#entry [data-field="amount"]').innerText.includes('12,500.00')`)
	// As above: the driver's Enter would book at once.
	eval[bool](p, `document.querySelector('#entry [data-field="amount"] input').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true})) || true`)
	p.until(`document.activeElement.closest('[data-field="voucher"]')`)
	p.do(chromedp.KeyEvent("B-V-1"))
	p.until(`document.querySelector('#entry .shares .total')?.innerText.includes('12,500.00')`)
	eval[bool](p, `(input => { const files = new DataTransfer(); files.items.add(new File(['%PDF-1.4 a voucher'], '发票.pdf', {type: 'application/pdf'})); input.files = files.files; return input.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector('#document'))`)
	p.until(`document.querySelector('#entry .document-kept')?.innerText.includes('发票.pdf')`)
	p.click(`#entry [data-field="own"] input`)
	p.until(`document.querySelectorAll('#entry .targets .tag').length === 2`)
	p.click(`#entry .rules input[value="count"]`)
	p.click(`#entry .chip[data-code="0118"]`)
	p.until(`document.querySelector('#entry .shares th') && document.querySelector('#entry .chip[data-code="0118"]').ariaPressed === 'true'`)
	p.both("the form of an entry")
	p.click(`#entry [data-field="own"] input`)
	p.until(`!document.querySelector('#entry .rules') && document.querySelector('#entry .shares .total')`)
	p.click("#entry-save")
	p.until(`document.querySelector('.saved')?.innerText.includes('B-V-1') && document.querySelector('#entry [data-field="amount"] input').value === '' && document.querySelector('#entry [data-field="project"] input').value.includes('试验项目')`)
	p.click(".saved .link")
	p.until(`document.querySelector('.entry-shares .total')?.innerText.includes('12,500.00') && document.querySelector('#to-document')?.innerText === '发票.pdf'`)
	p.both("an entry")
	p.click("#desk-back")
	p.until(`document.querySelector('#find-entries')`)
	p.enter("#find-entries", "b-v-1")
	p.until(`document.querySelectorAll('[data-entry]').length === 1`)
	p.both("the entries that words find")
	p.click("#desk-back")
	p.until(`!document.querySelector('#desk') && document.querySelector('#entry')`)
	eval[bool](p, `[...document.querySelectorAll('#entry .form-foot .button')].at(-1).click() ?? true`)
	p.until(`document.querySelector('.leaf-head h2')?.innerText === '试验项目' && document.querySelector('[data-budget="paid"]').innerText.includes('12,500.00')`)
}

// street: one click from the ranking to a street's money, one more to an entry
// and its rule in words.
func street(p tab) {
	p.until(`document.querySelectorAll('.rank').length === 17`)
	p.pick(".rank button", "商都路")
	p.until(`document.querySelector('.dossier [data-figure="total"]') && document.querySelector('.years') && document.querySelector('.entry-head')`)
	figure := eval[string](p, `document.querySelector('.years .behind').textContent`)
	p.click(".years .behind")
	p.until(`document.querySelector('[data-sum]')`)
	if sum := p.text("[data-sum]"); !strings.Contains(figure, sum) {
		p.Errorf("behind %q stand entries of %s", figure, sum)
	}
	p.both("the entries behind a figure")
	p.click("#desk-back")
	p.until(`!document.querySelector('#desk') && document.querySelector('.entry-head')`)
	p.click(".entry-head")
	p.until(`document.querySelector('.rule-words')`)
	if words := p.text(".rule-words"); !strings.HasPrefix(words, "按") || !strings.Contains(words, "%") {
		p.Errorf("the rule in words is %q", words)
	}
	p.both("the money of a street")
	p.click("#back")
}

// tabOfMoney: the proof, the bases, the classes and the table.
func tabOfMoney(p tab) {
	p.click("#to-investment")
	p.until(`document.querySelector('.check-line.ok') && document.querySelectorAll('.rank').length === 17 && location.hash.includes('tab=investment')`)
	p.click(".check-line summary")
	p.until(`document.querySelectorAll('.proof tr').length === 5`)
	if sums := eval[bool](p, `(rows => rows.at(-1).innerText === rows.at(-2).innerText)([...document.querySelectorAll('.proof td')])`); !sums {
		p.Errorf("the proof does not add up: %s", p.text(".proof"))
	}
	p.both("the investment tab")
	p.until(`document.querySelector('[data-kpi="paid"] b').innerText !== '–'`)
	before := p.text(`[data-kpi="paid"] b`)
	p.click(`input[name="basis"][value="committed"]`)
	p.until(`location.hash.includes('basis=committed') && document.querySelector('.figures.four > div').dataset.kpi === 'committed'`)
	p.until(`document.querySelector('[data-kpi="paid"] b').innerText !== '–'`)
	if after := p.text(`[data-kpi="paid"] b`); after != before {
		p.Errorf("under another basis %s is paid instead of %s", after, before)
	}
	p.click(`input[name="basis"][value="paid"]`)
	narrowed(p)
	p.click("#money-table")
	p.until(`document.querySelectorAll('.sheet tbody tr').length > 0`)
	amounts := `[...document.querySelectorAll('.sheet tbody td:nth-child(2) b')].map(e => Number(e.innerText.replace(/,/g, '')))`
	if !eval[bool](p, amounts+`.every((v, i, all) => i === 0 || v <= all[i - 1])`) {
		p.Error("the table is not in order")
	}
	p.click(`[data-sort="amount"]`)
	p.until(amounts + `.every((v, i, all) => i === 0 || v >= all[i - 1])`)
	p.both("the table of money")
}

// narrowed: what the money is narrowed to stands in the address, and figures lead
// to the entries behind them.
func narrowed(p tab) {
	p.until(`document.querySelector('.brush-from')`)
	eval[bool](p, `(handle => { handle.value = 1; return handle.dispatchEvent(new Event('input', {bubbles: true})); })(document.querySelector('.brush-from'))`)
	p.until(`/from=\d{4}-\d\d-01/.test(location.hash) && document.querySelector('[data-pick="status"]')?.checkVisibility()`)
	eval[bool](p, `(pick => { pick.value = 'completed'; return pick.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector('[data-pick="status"]'))`)
	p.until(`location.hash.includes('status=completed') && document.querySelector('#export-xlsx').href.includes('status=completed')`)
	p.both("the investment tab with filters")
	p.click(".money-foot .link")
	p.until(`!/status|from=/.test(location.hash)`)
	p.click(`input[name="onto"][value="area"]`)
	p.until(`document.querySelectorAll('.rank').length === 37`)
	p.click(`input[name="metric"][value="invested_per_resident"]`)
	p.until(`location.hash.includes('metric=invested_per_resident')`)
	p.click(`.rank button`)
	p.until(`document.querySelector('.dossier [data-figure="resident"]') && document.querySelector('.condition-chart')`)
	p.both("the money of a compound")
	p.click("#back")
	p.click(`input[name="onto"][value="segment"]`)
	p.until(`document.querySelectorAll('.rank').length === 17 && !location.hash.includes('metric=')`)
	p.click(`[data-kpi="paid"] .behind`)
	p.until(`document.querySelector('.entry-table tbody tr') && location.hash.includes('behind=')`)
	p.click("#desk-back")
}

func (v visit) moneyOnPhone(t *testing.T) {
	p := bareTab(t, v.browser, v.site+"/#tab=investment", 390, 844)
	p.until(`document.querySelector('.check-line.ok')`)
	if wide := eval[int](p, `document.documentElement.scrollWidth`); wide > 390 {
		p.Errorf("the page is %d pixels wide on a screen of 390", wide)
	}
	p.both("the phone's investment tab")
}
