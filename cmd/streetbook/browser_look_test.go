package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

var pictureFolder = flag.String("pictures", "", "folder for pictures of every screen of the phone's page")

// looks is a phone that is shown in every language and theme.
type looks struct {
	tab
	s *patrol
}

// TestFieldLooks: every screen of the phone's page can be read, pressed and used by
// everybody, in both languages, in the light and in the dark, on a small phone too.
func TestFieldLooks(t *testing.T) {
	t.Parallel()
	server := start(t, "serve", "--database", postgistest.URL(t), "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	at := server.url(t)
	password := printedPassword.FindStringSubmatch(server.said(t, server.stdout))[1]
	s := &patrol{road: openRoad(t, at), office: openOffice(t, at, "admin", password), password: password}
	s.ids, s.codes = s.office.lamps(6)
	s.browser = openBrowser(t, *pictureFolder != "", chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true))
	p, cancel := openPhone(t, s.browser, s.road.site, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	l := looks{p, s}
	p.until(`document.querySelector('.field-login')`)
	l.seen("login")
	p.signInOnPhone("admin", password)
	l.tagging()
	l.there()
	l.more()
	l.settled()
}

// tagging: tiles, a draft with its form, photos and twin, the burst with its strip.
func (l looks) tagging() {
	l.click("#burst")
	l.seen("tiles")
	l.click(`.tile[data-class="0118"]`)
	l.until(`document.querySelector('.photo-input')`)
	l.do(chromedp.SetUploadFiles(chromedp.CSS(".photo-input"), pictures(l.T, 3)[:2]))
	for range 5 {
		l.click("#shoot")
	}
	l.until(`document.querySelectorAll('.strip li').length === 5`)
	l.chip("6/6 条 · 2/2 张")
	l.seen("burst")
	l.click(".close")
	l.click(`.tile[data-class="0118"]`)
	l.until(`document.querySelector('.twin')`)
	l.seen("twin")
	l.do(chromedp.SetUploadFiles(chromedp.CSS(".photo-input"), pictures(l.T, 6)))
	l.until(`document.querySelectorAll('.shots img').length === 6`)
	l.click("#form")
	l.seen("draft")
	l.click(".close")
}

// there: an asset that is there, its form, and its move.
func (l looks) there() {
	l.openByCode(l.s.codes[0])
	l.seen("asset")
	l.click("#form")
	l.seen("asset-form")
	l.click("#form")
	l.click("#move")
	l.until(`document.querySelector('#save-move')`)
	l.seen("move")
	l.click(".field-sheet .button.big")
}

// more: walks, codes, the camera, the area with its segments, settings, and the bar
// while a walk goes on.
func (l looks) more() {
	l.click("#more")
	l.until(`document.querySelector('#track')`)
	l.seen("more")
	l.click("#by-segment")
	l.until(`document.querySelectorAll('.segments input').length > 17`)
	eval[bool](l.tab, `(document.querySelector('#area-state').scrollIntoView(), true)`)
	l.seen("area")
	l.click("#by-segment")
	l.click("#scan")
	l.until(`document.querySelector('.viewfinder')?.videoWidth > 0`)
	eval[bool](l.tab, `(document.querySelector('.viewfinder').scrollIntoView({block: 'center'}), true)`)
	l.seen("scan")
	l.click("#scan")
	eval[bool](l.tab, `(document.querySelector('#theme').scrollIntoView(), true)`)
	l.seen("settings")
	l.click("#track")
	l.click("#back")
	l.until(`document.querySelector('.walk-bar')`)
	l.seen("walk")
	l.click("#track")
	l.until(`!document.querySelector('.walk-bar')`)
}

// settled: what is refused, what two did, and what is not sent yet.
func (l looks) settled() {
	s := l.s
	s.cut(true)
	l.openByCode(s.codes[1])
	l.click(`[data-condition="poor"]`)
	l.until(`document.querySelectorAll('.tile').length === 8`)
	s.office.change(s.ids[1], `{"condition":"dangerous"}`)
	l.openByCode(s.codes[2])
	l.click("#form")
	const number = `.attributes [data-field^="attributes."] input[inputmode="decimal"]`
	l.until(fmt.Sprintf(`document.querySelector(%q)`, number))
	l.enter(number, "much")
	l.click("#save-form")
	l.until(`document.querySelectorAll('.tile').length === 8`)
	l.click("#chip")
	l.until(`document.querySelector('#why')`)
	l.seen("unsent")
	s.cut(false)
	l.whenEnabled("#sync-now")
	l.until(`document.querySelector('[data-repair]') && document.querySelector('.item.conflict')`)
	l.until(`!document.querySelector('#sync-now').disabled`)
	l.seen("sync")
	l.click("[data-repair]")
	l.until(`document.querySelector('.wrong')`)
	l.seen("repair")
}

// seen checks the screen that is open in every language and theme, and on a screen
// of 360 × 640.
func (l looks) seen(name string) {
	l.Helper()
	for _, size := range [][2]int64{{390, 844}, {360, 640}} {
		if _, err := chromedp.Call(l.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: size[0], Height: size[1], DeviceScaleFactor: 1, Mobile: true}); err != nil {
			l.Fatal(err)
		}
		for _, look := range []string{"en dark", "en light", "zh-CN dark", "zh-CN light"} {
			language, theme, _ := strings.Cut(look, " ")
			eval[bool](l.tab, fmt.Sprintf(`(async () => {
				const root = document.documentElement.dataset.static;
				const [{ speak }, { setTheme }, { toast }] = await Promise.all(['base/i18n.js', 'base/store.js', 'field/screen.js'].map((name) => import(root + name)));
				toast.value = null;
				await speak(%q);
				setTheme(%q);
				await new Promise((done) => { requestAnimationFrame(() => { setTimeout(done); }); });
				return true;
			})()`, language, theme))
			where := fmt.Sprintf("%s, %s, %d × %d", name, look, size[0], size[1])
			if size[0] == 390 {
				l.accessible(where)
			}
			l.fits(where, int(size[0]))
			l.picture(fmt.Sprintf("%s-%d-%s-%s.png", name, size[0], language, theme))
		}
	}
}

// fits: nothing is wider than the screen, cut off, or too small for a finger.
func (l looks) fits(where string, width int) {
	l.Helper()
	if wide := eval[int](l.tab, `document.documentElement.scrollWidth`); wide > width {
		l.Errorf("%s: %d pixels wide", where, wide)
	}
	const visible = `[...document.querySelectorAll('button, input, select, textarea, a')].filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest('[inert]'))`
	for _, small := range eval[[]string](l.tab, visible+`.filter((e) => { const r = (e.closest('label') ?? e).getBoundingClientRect(); return Math.min(r.width, r.height) < 43.5; }).map((e) => e.outerHTML.slice(0, 120))`) {
		l.Errorf("%s: too small for a finger: %s", where, small)
	}
	for _, cut := range eval[[]string](l.tab, visible+`.filter((e) => e.tagName === 'BUTTON' && (e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth + 0.5) && !e.closest('.shots')).map((e) => e.outerHTML.slice(0, 120))`) {
		l.Errorf("%s: cut off: %s", where, cut)
	}
}

// picture writes what is on the screen to a file, where somebody asked for it.
func (l looks) picture(name string) {
	l.Helper()
	if *pictureFolder == "" {
		return
	}
	shot, err := chromedp.Call(l.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err != nil {
		l.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*pictureFolder, name), shot.Data, 0o600); err != nil {
		l.Fatal(err)
	}
}
