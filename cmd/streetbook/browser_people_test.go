package main

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

// visit is what the tests of people and rights share: one server, one browser,
// and its first admin.
type visit struct {
	site, password string
	browser        context.Context
}

var printedPassword = regexp.MustCompile(`admin password \(shown once\): (\S+)`)

func TestPeople(t *testing.T) {
	t.Parallel()
	server := start(t, "serve", "--database", postgistest.URL(t), "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	v := visit{site: server.url(t)}
	found := printedPassword.FindStringSubmatch(server.said(t, server.stdout))
	if found == nil {
		t.Fatalf("no password of an admin: %s", server.said(t, server.stdout))
	}
	v.password = found[1]
	v.browser = openBrowser(t, false)

	t.Run("login", v.login)
	t.Run("login page", v.loginPage)
	t.Run("accounts", v.accounts)
	t.Run("tokens", v.tokens)
	t.Run("catalogue", v.catalogue)
	t.Run("field work", v.fieldWork)
	t.Run("session over", v.sessionOver)
	t.Run("phone", v.phone)
}

func TestPeopleOnly(t *testing.T) {
	t.Parallel()
	server := start(t, "serve", "--database", postgistest.URL(t), "--listen", "127.0.0.1:0", "--anonymous", "off")
	site := server.url(t)
	password := printedPassword.FindStringSubmatch(server.said(t, server.stdout))[1]
	p := bareTab(t, openBrowser(t, false), site, 1440, 900)
	p.until(`document.querySelector('.login #login') && !document.querySelector('.planner')`)
	p.accessible("the page of a closed registry")
	p.enter(`[data-field="name"] input`, "admin")
	p.enter(`[data-field="password"] input`, password)
	p.do(chromedp.KeyEvent("\r"))
	p.rest()
	p.click("#me")
	p.click("#sign-out")
	p.until(`document.querySelector('.login #login') && !document.querySelector('.planner')`)
}

// bareTab opens an address without waiting for a map. Unlike in openTab a
// refusal of the server, which the browser reports as an error, is no fault:
// these tests bring them about.
func bareTab(t *testing.T, browser context.Context, address string, width, height int64) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	p := tab{t, ctx}
	messages := chromedp.Console(ctx)
	var reading sync.WaitGroup
	reading.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			refused := strings.Contains(fmt.Sprint(m), "responded with a status of 4")
			if (m.Type == chromedp.ConsoleError || m.IsException()) && !refused {
				t.Errorf("the page complains: %s", m)
			}
		}
	})
	t.Cleanup(func() { cancel(); reading.Wait() })
	options := []chromedp.EmulateViewportOption{}
	if width < 500 {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	p.linger()
	p.do(chromedp.EmulateViewport(width, height, options...), chromedp.Navigate(address))
	return p
}

// atMap opens the map and waits until it rests.
func (v visit) atMap(t *testing.T, width, height int64) tab {
	t.Helper()
	p := bareTab(t, v.browser, v.site, width, height)
	p.rest()
	return p
}

// admin opens the map and signs in through the dialog.
func (v visit) admin(t *testing.T, width, height int64) tab {
	t.Helper()
	p := v.atMap(t, width, height)
	p.click("#sign-in")
	v.answer(p, "admin", v.password)
	p.until(`document.querySelector('#me')`)
	return p
}

// answer fills in the sign-in.
func (v visit) answer(p tab, name, password string) {
	p.Helper()
	p.until(`document.querySelector('#login [data-field="name"] input')`)
	p.enter(`#login [data-field="name"] input`, name)
	p.enter(`#login [data-field="password"] input`, password)
	p.do(chromedp.KeyEvent("\r"))
}

// menu opens a page of the person's menu.
func (p tab) menu(item string) {
	p.Helper()
	p.click("#me")
	p.click(item)
}

// both checks a page in the light and in the dark.
func (p tab) both(where string) {
	p.Helper()
	for _, theme := range []string{"light", "dark"} {
		eval[bool](p, fmt.Sprintf(`(document.documentElement.dataset.theme = %q) !== ''`, theme))
		p.accessible(where + ", " + theme)
	}
	eval[bool](p, `(document.documentElement.dataset.theme = 'light') !== ''`)
}

func (v visit) login(t *testing.T) {
	p := v.atMap(t, 1440, 900)
	p.click("#sign-in")
	p.until(`document.querySelector('dialog#login[open]') && document.activeElement.closest('[data-field="name"]')`)
	p.click(`#login button[type="submit"]`)
	p.until(`document.querySelectorAll('#login .field-error').length === 2`)
	p.both("the sign-in")
	v.answer(p, "admin", "not-the-password")
	p.until(`document.querySelector('#login [role="alert"]')?.innerText.includes('账号或密码不对')`)
	v.answer(p, "admin", v.password)
	p.until(`document.querySelector('#me') && !document.querySelector('#login')`)
	p.click("#me")
	p.both("the menu of a person")
	if head := p.text(".menu-head"); !strings.Contains(head, "管理员") {
		p.Errorf("the menu says %q", head)
	}
	p.click("#to-password")
	p.enter(`[data-field="current"] input`, v.password)
	p.enter(`[data-field="new"] input`, "password1")
	p.do(chromedp.KeyEvent("\r"))
	p.until(`document.querySelector('[data-field="new"] .field-error')?.innerText.includes('太常见')`)
	p.do(chromedp.KeyEvent("\x1b"))
	p.until(`!document.querySelector('dialog')`)
	p.menu("#sign-out")
	p.until(`document.querySelector('#sign-in')`)
}

func (v visit) loginPage(t *testing.T) {
	p := bareTab(t, v.browser, v.site+"/login#j=410105015", 1440, 900)
	p.until(`document.querySelector('.login #login')`)
	p.both("the page of the sign-in")
	v.answer(p, "admin", v.password)
	p.rest()
	if path := eval[string](p, `location.pathname`); path != "/" {
		p.Errorf("after the sign-in the page is at %s", path)
	}
}

func (v visit) accounts(t *testing.T) {
	p := v.admin(t, 1440, 900)
	p.menu("#to-accounts")
	p.until(`document.querySelector('[data-account="admin"]') && location.hash.includes('page=accounts')`)
	p.both("the accounts")
	p.click("#add-account")
	p.until(`document.querySelector('#account[open]')`)
	p.enter(`#account [data-field="name"] input`, "Wang.Fang")
	p.enter(`#account [data-field="display_name"] input`, "王芳")
	p.both("a new account")
	p.do(chromedp.KeyEvent("\r"))
	p.until(`document.querySelector('#account-secret output')`)
	p.accessible("a password that is shown once")
	password := p.text("#account-secret output")
	p.click(`#account-secret button[type="button"].button`)
	p.click("#account-secret .dialog-foot button")
	p.until(`document.querySelector('[data-account="wang.fang"]')?.innerText.includes('外业') && !document.querySelector('dialog')`)

	other := v.atMap(t, 1440, 900)
	other.click("#sign-in")
	v.answer(other, "wang.fang", password)
	other.until(`document.querySelector('#me')`)
	if eval[bool](other, `Boolean(document.querySelector('#to-accounts'))`) {
		other.Error("a field worker is offered the accounts")
	}
	other.open(v.site + "/#page=accounts")
	other.until(`document.querySelector('.desk')?.innerText.includes('无权查看')`)

	p.click(`[data-account="wang.fang"] .acts button`)
	p.until(`document.querySelector('#account .role-row')`)
	eval[bool](p, `(s => { s.value = 'planner'; return s.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector('#account .role-row span:nth-of-type(2) select'))`)
	p.click(`#account [data-field="disabled"] input`)
	p.both("an account")
	p.click(`#account button[type="submit"]`)
	p.until(`(row => row.includes('规划') && row.includes('已停用'))(document.querySelector('[data-account="wang.fang"]').innerText) && !document.querySelector('dialog')`)
	p.click(`[data-account="wang.fang"] .acts button`)
	p.click("#reset-password")
	p.click(`dialog .danger[type="submit"]`)
	p.until(`document.querySelector('#account-secret output')`)
	if again := p.text("#account-secret output"); again == password {
		p.Error("the password is the old one after a reset")
	}
}

func (v visit) tokens(t *testing.T) {
	p := v.admin(t, 1440, 900)
	p.menu("#to-tokens")
	p.until(`document.querySelector('.desk .nothing')`)
	p.both("no tokens")
	p.click("#add-token")
	p.until(`document.querySelector('#token[open]')`)
	p.enter(`#token [data-field="name"] input`, "QGIS")
	p.both("a new token")
	p.do(chromedp.KeyEvent("\r"))
	p.until(`document.querySelector('#token-secret output')`)
	token := p.text("#token-secret output")
	p.accessible("a token that is shown once")
	p.click("#token-secret .dialog-foot button")
	p.until(`document.querySelector('[data-token="QGIS"]') && !document.querySelector('dialog')`)
	p.both("the tokens")
	if strings.Contains(eval[string](p, `document.documentElement.outerHTML`), token) {
		p.Error("the token is still in the page")
	}
	if got := v.ask(t, token); got != http.StatusOK {
		p.Errorf("the token opens the people with %d", got)
	}
	p.click(`[data-token="QGIS"] .acts button`)
	p.click(`dialog .danger[type="submit"]`)
	p.until(`document.querySelector('.desk .nothing')`)
	if got := v.ask(t, token); got != http.StatusUnauthorized {
		p.Errorf("the revoked token is answered with %d", got)
	}
}

// ask is the status under which a token sees who works in the jurisdiction.
func (v visit) ask(t *testing.T, token string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, v.site+"/api/v1/people?jurisdiction=410105015", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

func (v visit) catalogue(t *testing.T) {
	p := v.admin(t, 1440, 900)
	p.menu("#to-catalogue")
	p.until(`document.querySelectorAll('[data-code]').length > 80`)
	p.both("the catalogue")
	p.click("#add-class")
	p.until(`document.querySelectorAll('.symbols label').length > 30`)
	p.click("#save-class")
	p.until(`document.querySelector('[data-field="name"] .field-error') && document.activeElement.closest('[data-field="name"]')`)
	p.enter(`[data-field="name"] input`, "共享单车停放点")
	p.enter(`[data-field="name_en"] input`, "Bike parking bay")
	p.click(`.symbols input[value="bike"]`)
	p.click(`.colours input[value="#2f8f5b"]`)
	for i, field := range []struct{ kind, name string }{{"number", "容量"}, {"choice", "标线"}, {"flag", "围栏"}} {
		p.click(`[data-add="` + field.kind + `"]`)
		p.until(fmt.Sprintf(`document.activeElement.closest('.field-row:nth-child(%d)')`, i+1))
		p.enter(fmt.Sprintf(".field-row:nth-child(%d) input", i+1), field.name)
	}
	p.click("#save-class")
	p.until(`document.querySelector('.field-row.wrong .field-error')?.innerText.includes('选项')`)
	p.enter(".field-row:nth-child(2) textarea", "完整\n磨损")
	p.click(`.field-row:nth-child(3) .movers button`)
	p.until(`document.querySelector('.field-row:nth-child(2) input').value === '围栏' && document.querySelectorAll('.preview .field').length === 3`)
	p.until(`[...document.querySelectorAll('.preview option')].some(o => o.value === '磨损')`)
	p.both("a new class")
	p.click("#save-class")
	p.until(`document.querySelector('.toast')?.innerText.includes('已加入类别') && document.querySelector('tr.fresh')`)
	p.accessible("the catalogue with a new class")
	code := eval[string](p, `document.querySelector('tr.fresh').dataset.code`)
	class := v.class(t, code)
	if class.Name != "共享单车停放点" || class.Icon != "bike" || class.Color != "#2f8f5b" || len(class.Fields) != 3 || class.Fields[1].Kind != "flag" || !class.Local {
		p.Errorf("the class is kept as %+v", class)
	}

	p.click("tr.fresh .class-open")
	p.until(`document.querySelector('#delete-class')`)
	p.enter(`[data-field="name"] input`, "单车停放区")
	p.click("#desk-back")
	p.until(fmt.Sprintf(`document.querySelector('[data-code="%s"]')?.innerText.includes('有未保存的修改')`, code))
	p.click(fmt.Sprintf(`[data-code="%s"] .class-open`, code))
	p.click("#save-class")
	p.until(`document.querySelector('tr.fresh')?.innerText.includes('单车停放区')`)
	p.click("tr.fresh .class-open")
	p.click("#delete-class")
	p.both("the question before a class goes")
	p.click(`dialog .danger[type="submit"]`)
	p.until(fmt.Sprintf(`document.querySelectorAll('[data-code]').length > 80 && !document.querySelector('[data-code="%s"]')`, code))

	p.click(`[data-code="0118"] .class-open`)
	p.click("#delete-class")
	p.click(`dialog .danger[type="submit"]`)
	p.until(`document.querySelector('dialog [role="alert"]')?.innerText.includes('个设施属于此类别')`)
	p.do(chromedp.KeyEvent("\x1b"))
	p.until(`!document.querySelector('dialog') && document.querySelector('.class-page')`)

	p.menu("#to-departments")
	p.click("#add-department")
	p.until(`document.querySelector('#department[open]')`)
	p.enter(`#department [data-field="name"] input`, "城市管理局")
	p.do(chromedp.KeyEvent("\r"))
	p.until(`document.querySelector('.desk .grid')?.innerText.includes('城市管理局')`)
	p.both("the departments")
}

type keptClass struct {
	Code, Name, Icon, Color string
	Local                   bool
	Fields                  []struct{ Key, Kind string }
}

func (v visit) class(t *testing.T, code string) (found keptClass) {
	t.Helper()
	for _, c := range fetch[struct{ Classes []keptClass }](t, v.site+"/api/v1/classes?jurisdiction=410105015").Classes {
		if c.Code == code {
			found = c
		}
	}
	return found
}

// sessionOver: what was being entered survives a sign-in in between.
func (v visit) sessionOver(t *testing.T) {
	p := v.admin(t, 1440, 900)
	p.menu("#to-departments")
	p.click("#add-department")
	p.until(`document.querySelector('#department[open]')`)
	p.enter(`#department [data-field="name"] input`, "园林中心")
	eval[int](p, `fetch('/api/v1/session', {method: 'DELETE'}).then(r => r.status)`)
	p.click(`#department button[type="submit"]`)
	p.until(`document.querySelector('dialog#login[open]')`)
	p.accessible("the sign-in over a form")
	v.answer(p, "admin", v.password)
	p.until(`!document.querySelector('dialog') && document.querySelector('.desk .grid')?.innerText.includes('园林中心')`)
}

// phone: every page fits, and what is pressed is large enough.
func (v visit) phone(t *testing.T) {
	p := v.admin(t, 390, 844)
	p.click("#me")
	p.accessible("the phone's menu")
	for _, page := range []struct{ address, ready string }{
		{"accounts", `[data-account="admin"]`}, {"tokens", `.desk .nothing`}, {"catalogue", `[data-code="0118"]`},
		{"catalogue:new", `#save-class`}, {"catalogue:0118", `#delete-class`}, {"departments", `.desk .grid`},
	} {
		p.open(v.site + "/#page=" + page.address)
		p.until(fmt.Sprintf("document.querySelector(%q)", page.ready))
		p.both("the phone's " + page.address)
		if wide := eval[int](p, `Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('.leaf')].map(e => e.scrollWidth))`); wide > 390 {
			p.Errorf("%s is %d pixels wide on a screen of 390", page.address, wide)
		}
		small := eval[[]string](p, `[...document.querySelectorAll('.desk button, .desk select, .desk .input')].filter(e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 90))`)
		if len(small) > 0 {
			p.Errorf("%s: too small for a finger: %q", page.address, small)
		}
	}
}
