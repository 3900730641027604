package main

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

// axe is axe-core 4.14.1 (MPL-2.0), which finds what keeps people out.
//
//go:embed testdata/axe.min.js
var axe string

// findBrowser returns the path of a Chromium, installing Debian's where there is
// none and this process may.
func findBrowser(t *testing.T) string {
	t.Helper()
	look := func() string {
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
			if path, err := exec.LookPath(name); err == nil {
				return path
			}
		}
		return ""
	}
	if path := look(); path != "" {
		return path
	}
	const command = "sudo apt-get install chromium"
	if err := installBrowser(); err != nil {
		t.Fatalf("the tests of the pages need Chromium, which could not be installed (%v); run: %s", err, command)
	}
	path := look()
	if path == "" {
		t.Fatalf("apt-get left no Chromium behind; run: %s", command)
	}
	return path
}

// installBrowser gets Debian's Chromium as root or with sudo. Tests of other
// packages may be installing PostGIS at the same moment: they share the lock that
// package local installs under, because apt-get update does not wait for another.
func installBrowser() error {
	lock := filepath.Join(os.TempDir(), fmt.Sprintf("streetbook-install-%d.lock", os.Geteuid()))
	const script = "apt-get -o DPkg::Lock::Timeout=300 update -qq && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq chromium"
	args := []string{lock, "sh", "-c", script}
	if os.Geteuid() != 0 {
		args = []string{lock, "sudo", "-n", "sh", "-c", script}
	}
	out, err := exec.Command("flock", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// easel is held by the one browser that draws: a map computed by the processor
// takes all of it, and two of them would keep each other waiting.
var easel sync.Mutex

// openBrowser starts a browser that ends with the test. With drawing it has
// WebGL, computed by the processor.
func openBrowser(t *testing.T, drawing bool, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	if drawing {
		easel.Lock()
		t.Cleanup(easel.Unlock)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(findBrowser(t)), chromedp.WSURLReadTimeout(patience), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "zh-CN"))
	if drawing {
		options = append(options, chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true), chromedp.Flag("ignore-gpu-blocklist", true))
	} else {
		options = append(options, chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-software-rasterizer", true), chromedp.Flag("disable-3d-apis", true))
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), append(options, more...)...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// patience is how long a page may take for one step, software rendering
// and a busy machine included.
const patience = 90 * time.Second

// tab is one page of a browser. What it complains about fails the test.
type tab struct {
	*testing.T
	ctx context.Context
}

// openTab opens an address in a view of so many pixels and waits until the map
// rests.
func openTab(t *testing.T, browser context.Context, address string, width, height int64) tab {
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
			if m.Type == chromedp.ConsoleError || m.IsException() {
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
	p.do(chromedp.EmulateViewport(width, height, options...))
	p.open(address)
	return p
}

// linger lets what a page says for some seconds stay for as long as a test looks: on
// a busy machine the way back would be gone before it is taken.
func (p tab) linger() {
	p.Helper()
	const longer = `(set => { window.setTimeout = (f, ms, ...more) => set(f, ms === 15000 ? 600000 : ms, ...more); })(window.setTimeout)`
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: longer}); err != nil {
		p.Fatal(err)
	}
}

func (p tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.Fatal(err)
	}
}

// open goes to an address as if for the first time.
func (p tab) open(address string) {
	p.Helper()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(address))
	p.rest()
}

// rest waits until the figures are there, nothing more is on its way and the map
// has drawn all it will.
func (p tab) rest() {
	p.Helper()
	p.until(`window.__idle === true && document.querySelectorAll('.rank, .back').length > 0 && !document.querySelector('.waiting')`)
}

// until waits for a condition in the page. One that cannot be asked yet, because
// what it names is not there or the page is just changing, is not true yet.
func (p tab) until(condition string) {
	p.Helper()
	_, fault := p.wait(condition, patience)
	if fault != nil {
		p.Fatalf("never came true: %s (%v)\nthe page says: %.1500s", condition, fault, eval[string](p, `document.body.innerText`))
	}
}

// wait reports whether a condition came true in time; fault says what kept it.
func (p tab) wait(condition string, span time.Duration) (ok bool, fault error) {
	for end := time.Now().Add(span); ; time.Sleep(50 * time.Millisecond) {
		ok, fault = chromedp.Run(p.ctx, chromedp.Evaluate[bool]("Boolean("+condition+")", chromedp.EvalAwaitPromise))
		if ok && fault == nil {
			return true, nil
		}
		if !time.Now().Before(end) || p.ctx.Err() != nil {
			return false, cmp.Or(fault, errors.New("false"))
		}
	}
}

// click presses what a selector finds, once it is there and can be pressed, by the
// page's own click: it does not matter what animates above.
func (p tab) click(selector string) {
	p.Helper()
	p.until(fmt.Sprintf("(e => e && !e.matches(':disabled') && (e.click(), true))(document.querySelector(%q))", selector))
}

// pick presses the first of those that a selector finds which says something.
func (p tab) pick(selector, words string) {
	p.Helper()
	p.until(fmt.Sprintf("(e => e && (e.click(), true))([...document.querySelectorAll(%q)].find(e => e.innerText.includes(%q)))", selector, words))
}

// enter types a text in place of what a field holds, and again if it did not all
// arrive: a page that is still being built may take the focus away.
func (p tab) enter(selector, text string) {
	p.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		p.until(fmt.Sprintf("(e => e && !e.matches(':disabled') && (e.focus(), e.select(), document.activeElement === e))(document.querySelector(%q))", selector))
		p.do(chromedp.KeyEvent(text))
		if ok, _ := p.wait(fmt.Sprintf("document.querySelector(%q).value === %q", selector, text), time.Second); ok {
			return
		}
	}
	p.Fatalf("%s never holds %q", selector, text)
}

func (p tab) text(selector string) string {
	p.Helper()
	return eval[string](p, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

func eval[T any](p tab, expression string) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

// accessible fails for everything that axe finds in the page as it stands.
func (p tab) accessible(where string) {
	p.Helper()
	if eval[string](p, `typeof axe`) == "undefined" {
		eval[bool](p, axe+"\n;true")
	}
	for _, fault := range eval[[]string](p, `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 200)).join(' | ')))`) {
		p.Errorf("%s is not accessible: %s", where, fault)
	}
}

func TestPlanner(t *testing.T) {
	t.Parallel()
	site := start(t, "serve", "--database", postgistest.URL(t), "--listen", "127.0.0.1:0").url(t)
	browser := openBrowser(t, true)

	t.Run("overview", func(t *testing.T) { overview(openTab(t, browser, site, 1440, 900)) })
	t.Run("filters", func(t *testing.T) { filters(openTab(t, browser, site, 1440, 900)) })
	t.Run("search", func(t *testing.T) { search(openTab(t, browser, site, 1440, 900), site) })
	t.Run("address", func(t *testing.T) { reload(openTab(t, browser, site, 1440, 900)) })
	t.Run("phone", func(t *testing.T) { phone(openTab(t, browser, site, 390, 844)) })
	t.Run("map", func(t *testing.T) { mapped(openTab(t, browser, site, 1440, 900)) })
	t.Run("hover", func(t *testing.T) { hovered(openTab(t, browser, site, 1440, 900)) })
	t.Run("gone", func(t *testing.T) {
		missing(openTab(t, browser, site+"/#open=segment:00000000-0000-7000-8000-000000000000", 1440, 900))
	})
	t.Run("list mode", func(t *testing.T) { listMode(openTab(t, openBrowser(t, false), site, 1440, 900)) })
}

// overview: the ranking, a segment's sheet and the way back.
func overview(p tab) {
	if n := eval[int](p, `document.querySelectorAll('.rank').length`); n != 17 {
		p.Errorf("%d ranked rows, want 17", n)
	}
	if shares := eval[bool](p, `[...document.querySelectorAll('.rank-value')].map(e => Number(e.innerText.replace(/,/g, ''))).every((v, i, all) => i === 0 || v <= all[i - 1])`); !shares {
		p.Error("the ranking is not in order")
	}
	name := p.text(".rank .rank-name span")
	p.click(".rank button")
	p.until(`document.querySelectorAll('.tiles li').length > 3`)
	if head := p.text(".sheet-head h2"); !strings.HasPrefix(head, strings.Split(name, "\n")[0]) {
		p.Errorf("the row %q opens the sheet %q", name, head)
	}
	if facts := p.text(".facts"); !strings.Contains(facts, "K0+000") {
		p.Errorf("the sheet says no chainage: %q", facts)
	}
	p.do(chromedp.KeyEvent("\x1b"))
	p.until(`!document.querySelector('.back') && document.querySelectorAll('.rank').length === 17`)
	p.click(`.choice input[value="repair"]`)
	p.until(`document.querySelector('.rank-value').innerText.endsWith('%')`)
}

// filters: classes and conditions act on the figures, and a reset undoes them.
func filters(p tab) {
	total := `Number(document.querySelectorAll('.figures b')[2].innerText.replace(/,/g, ''))`
	before := eval[int](p, total)
	lamps := eval[int](p, `Number(document.querySelector('[data-class="0118"]').closest('label').querySelector('.row-count').innerText.replace(/,/g, ''))`)
	p.click(`[data-class="0118"]`)
	p.until(fmt.Sprintf(`%s === %d`, total, before-lamps))
	p.click(`[data-condition="good"]`)
	p.until(fmt.Sprintf(`%s < %d`, total, before-lamps))
	for _, c := range []string{"fair", "poor", "dangerous"} {
		p.click(`[data-condition="` + c + `"]`)
	}
	p.until(`document.querySelector('.empty')?.innerText.includes('此范围无数据')`)
	p.click("#reset")
	p.until(fmt.Sprintf(`%s === %d`, total, before))
}

// search: the slash key, a road, the keyboard, the sheet.
func search(p tab, site string) {
	p.do(chromedp.KeyEvent("/"))
	p.until(`document.activeElement.id === 'search'`)
	p.enter("#search", "商都路")
	p.until(`[...document.querySelectorAll('#hits [role=option]')].some(o => o.innerText.includes('商都路'))`)
	p.accessible("the search")
	p.do(chromedp.KeyEvent("\r"))
	p.until(`document.querySelector('.sheet-head h2')?.innerText.includes('商都路')`)
	// Names come from outside: they are text, whatever they look like.
	code := fetch[struct {
		Features []struct{ Properties struct{ Code string } }
	}](p, site+"/ogc/collections/assets/items?jurisdiction=410105015&class=0307&limit=1").Features[0].Properties.Code
	p.enter("#search", code)
	p.until(fmt.Sprintf(`[...document.querySelectorAll('#hits [role=option]')].some(o => o.innerText.includes(%q))`, code))
	p.do(chromedp.KeyEvent("\r"))
	p.until(fmt.Sprintf(`document.querySelector('.sheet-head p')?.innerText.includes(%q) && document.querySelectorAll('.facts dt').length > 10`, code))
	p.accessible("the sheet of an asset")
}

// reload: the address shows the same view again; languages and themes change it.
func reload(p tab) {
	p.click(`.choice input[value="density"]`)
	p.click(`[data-class="0402"]`)
	p.click(`[data-condition="poor"]`)
	p.click(".rank:nth-child(3) button")
	p.until(`document.querySelectorAll('.tiles li').length > 3`)
	p.click("#language")
	p.until(`document.documentElement.lang === 'en' && document.querySelector('.back').innerText === 'All segments'`)
	p.click("#theme")
	p.until(`document.documentElement.dataset.theme === 'dark'`)
	p.rest()
	said := `[document.querySelector('.panel-body').innerText, document.querySelector('.layers-body').innerText, location.hash, document.documentElement.dataset.theme].join('\n')`
	before := eval[string](p, said)
	where := eval[string](p, "location.href")
	p.open(where)
	p.until(`document.querySelectorAll('.tiles li').length > 3`)
	if after := eval[string](p, said); after != before {
		p.Errorf("the address shows\n%s\nand after a reload\n%s", before, after)
	}
	p.accessible("the English, dark sheet of a segment")
	p.click("#back")
	p.until(`document.querySelectorAll('.rank').length === 17`)
	p.accessible("the English, dark overview")
	p.click("#theme")
	p.until(`document.documentElement.dataset.theme === 'light'`)
	p.accessible("the English, light overview")
}

// phone: the drawer, the sheet from below, and targets for fingers.
func phone(p tab) {
	if wide := eval[int](p, `document.documentElement.scrollWidth`); wide > 390 {
		p.Errorf("the page is %d pixels wide on a screen of 390", wide)
	}
	small := eval[[]string](p, `[...document.querySelectorAll('button, select, input[type=search]')].filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.steps, .handle')).filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 90))`)
	if len(small) > 0 {
		p.Errorf("too small for a finger: %q", small)
	}
	p.accessible("the phone's overview")
	half := eval[float64](p, `document.querySelector('.panel').getBoundingClientRect().height`)
	p.do(chromedp.Focus(chromedp.CSS(".handle")), chromedp.KeyEvent("\r"))
	p.until(fmt.Sprintf(`document.querySelector('.panel').getBoundingClientRect().height > %f`, half+100))
	p.click(".tools .narrow-only")
	p.until(`document.querySelector('.layers.open')?.getBoundingClientRect().left === 0`)
	p.accessible("the phone's layers")
	p.click(".layers-head button")
	p.until(`!document.querySelector('.layers.open')`)
}

// mapped: the vector tiles arrive, and a click on the map opens what lies there.
func mapped(p tab) {
	if fault := p.text(".row-fault"); fault != "" {
		p.Errorf("a layer failed: %s", fault)
	}
	at := fetch[struct {
		Features []struct {
			ID       string
			Geometry struct{ Coordinates [2]float64 }
		}
	}](p, strings.Split(eval[string](p, "location.href"), "#")[0]+"ogc/collections/assets/items?jurisdiction=410105015&class=0113&limit=1").Features[0]
	p.open(fmt.Sprintf("%s#map=19/%f/%f", strings.Split(eval[string](p, "location.href"), "#")[0], at.Geometry.Coordinates[1], at.Geometry.Coordinates[0]))
	p.press(0, 0, fmt.Sprintf(`location.hash.includes('open=asset:%s')`, at.ID))
}

// hovered: map and ranking show each other what the pointer is on.
func hovered(p tab) {
	site := strings.Split(eval[string](p, "location.href"), "#")[0]
	line := fetch[struct {
		Features []struct {
			ID       string
			Geometry struct{ Coordinates [][2]float64 }
		}
	}](p, site+"ogc/collections/segments/items?jurisdiction=410105015&key=true&limit=1").Features[0]
	at := line.Geometry.Coordinates[len(line.Geometry.Coordinates)/2]
	p.open(fmt.Sprintf("%s#map=13.5/%f/%f", site, at[1], at[0]))
	shown := fmt.Sprintf(`document.querySelector('.tip') && document.querySelector('.rank.hot button')?.dataset.segment === %q`, line.ID)
	x, y := p.onMap(0, 0)
	for end := time.Now().Add(patience); time.Now().Before(end); { // a map that still moves shows nothing
		p.do(chromedp.MouseEvent(chromedp.MouseMoved, x+40, y+40), chromedp.MouseEvent(chromedp.MouseMoved, x, y))
		if ok, _ := p.wait(shown, 2*time.Second); ok {
			return
		}
	}
	p.until(shown)
}

// missing: an address that names what is not there still gives a page.
func missing(p tab) {
	p.until(`document.querySelector('.pending.failed')?.innerText.includes('登记中没有此项')`)
	p.click("#back")
	p.until(`document.querySelectorAll('.rank').length === 17`)
}

// listMode: without WebGL the page is whole but for the map.
func listMode(p tab) {
	p.until(`document.querySelector('.list h2')?.innerText === '列表模式' && document.querySelectorAll('.table tbody tr').length === 50`)
	if n := eval[int](p, `document.querySelectorAll('.rank').length`); n != 17 {
		p.Errorf("%d ranked rows without a map, want 17", n)
	}
	p.accessible("list mode")
	p.click(".more button")
	p.until(`document.querySelectorAll('.table tbody tr').length === 100`)
	p.click(".row-link")
	p.until(`document.querySelector('.sheet-head.asset h2')`)
}
