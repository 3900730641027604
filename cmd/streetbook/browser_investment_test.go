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

// bookProject enters a project on a street and a payment on it by the keyboard.
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
		eval[bool](p, `document.querySelector('#project [data-field="target"] input').focus() ?? true`)
		p.do(chromedp.KeyEvent("商都路"))
		// The driver sends the character of Enter even where the key is refused, and that
		// would save the form.
		eval[bool](p, `document.querySelector('#project [data-field="target"] input').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true})) || true`)
		p.until(fmt.Sprintf(`document.querySelectorAll('#project .targets .tag').length === %d && document.querySelector('#project [data-field="target"] input').value === ''`, n))
	}
	p.until(`document.querySelectorAll('#project .shares tr').length === 2`)
	p.both("the form of a project")
	p.click(`#project button[type="submit"]`)
	p.until(`!document.querySelector('#project') && [...document.querySelectorAll('[data-project]')].some(b => b.innerText === '试验项目')`)
	p.both("the projects")
	eval[bool](p, `[...document.querySelectorAll('[data-project]')].find(b => b.innerText === '试验项目').click() ?? true`)
	p.click("#add-entry")
	p.until(`document.querySelector('#entry')`)
	p.enter(`#entry [data-field="amount"] input`, "1,234.567")
	p.until(`document.querySelector('#entry [data-field="amount"].wrong')`)
	p.enter(`#entry [data-field="amount"] input`, "１２,345.67")
	p.until(`document.querySelector('#entry [data-field="amount"]').innerText.includes('12,345.67')`)
	p.enter(`#entry [data-field="voucher"] input`, "B-V-1")
	p.both("the form of an entry")
	p.click(`#entry button[type="submit"]`)
	p.until(`!document.querySelector('#entry') && document.querySelector('[data-entry]')?.innerText.includes('12,345.67')`)
	p.click("#change-rule")
	p.click(`#rule .choice input[value="area"]`)
	p.both("the change of a rule")
	p.click(`#rule .dialog-head button`)
	p.click("#to-map")
}

// street: one click from the ranking to a street's money, one more to an entry
// and its rule in words.
func street(p tab) {
	p.until(`document.querySelectorAll('.rank').length === 17`)
	eval[bool](p, `[...document.querySelectorAll('.rank button')].find(b => b.innerText.includes('商都路')).click() ?? true`)
	p.until(`document.querySelector('.dossier [data-figure="total"]') && document.querySelector('.years') && document.querySelector('.entry-head')`)
	eval[bool](p, `document.querySelector('.entry-head').click() ?? true`)
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
	before := p.text(`[data-kpi="paid"] b`)
	p.click(`input[name="basis"][value="committed"]`)
	p.until(`location.hash.includes('basis=committed') && document.querySelector('.figures.four > div').dataset.kpi === 'committed'`)
	p.until(`document.querySelector('[data-kpi="paid"] b').innerText !== '–'`)
	if after := p.text(`[data-kpi="paid"] b`); after != before {
		p.Errorf("under another basis %s is paid instead of %s", after, before)
	}
	p.click(`input[name="basis"][value="paid"]`)
	p.click("#money-table")
	p.until(`document.querySelectorAll('.sheet tbody tr').length > 0`)
	amounts := `[...document.querySelectorAll('.sheet tbody td:nth-child(2)')].map(e => Number(e.innerText.replace(/,/g, '')))`
	if !eval[bool](p, amounts+`.every((v, i, all) => i === 0 || v <= all[i - 1])`) {
		p.Error("the table is not in order")
	}
	p.click(`[data-sort="amount"]`)
	p.until(amounts + `.every((v, i, all) => i === 0 || v >= all[i - 1])`)
	p.both("the table of money")
}

func (v visit) moneyOnPhone(t *testing.T) {
	p := bareTab(t, v.browser, v.site+"/#tab=investment", 390, 844)
	p.until(`document.querySelector('.check-line.ok')`)
	if wide := eval[int](p, `document.documentElement.scrollWidth`); wide > 390 {
		p.Errorf("the page is %d pixels wide on a screen of 390", wide)
	}
	p.both("the phone's investment tab")
}
