package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

// patrol is what the tests of work in the street share: a server at the end of a
// road, a desk, and a browser that stands for all phones.
type patrol struct {
	database, password string
	server             *program
	road               *road
	office             office
	browser            context.Context
	p                  tab // the first phone
	ids, codes         []string
}

// TestFieldWork: everything that is done in the street with what is there
// already, without the network where that makes a difference.
func TestFieldWork(t *testing.T) {
	t.Parallel()
	s := openPatrol(t)
	t.Run("values are kept", s.keepValues)
	t.Run("twin", s.twin)
	t.Run("offline", s.offline)
	t.Run("walk", s.walk)
	t.Run("feed", s.feed)
	t.Run("one refused", s.repair)
	t.Run("unreadable batch", s.setApart)
	t.Run("forbidden photo", s.forbiddenPhoto)
	t.Run("conflict", s.conflict)
	t.Run("locked", s.lock)
	t.Run("rescue", s.rescue)
	t.Run("clock", s.clock)
}

func openPatrol(t *testing.T) *patrol {
	t.Helper()
	s := &patrol{database: postgistest.URL(t)}
	s.server = start(t, "serve", "--database", s.database, "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	at := s.server.url(t)
	s.password = printedPassword.FindStringSubmatch(s.server.said(t, s.server.stdout))[1]
	s.road = openRoad(t, at)
	s.office = openOffice(t, at, "admin", s.password)
	s.ids, s.codes = s.office.lamps(20)
	s.browser = openBrowser(t, false)
	s.p = workPhone(t, s.browser, s.road.site, "admin", s.password)
	return s
}

func (s *patrol) cut(off bool) { s.road.set(func() { s.road.cut = off }) }

// keepValues: what was entered for one lamp is proposed for the next.
func (s *patrol) keepValues(t *testing.T) {
	p := s.p.on(t)
	p.click(`.tile[data-class="0118"]`)
	p.click("#form")
	p.until(`document.querySelector('[data-field="attributes.power_w"] input, .attributes input')`)
	p.enter(`.attributes input`, "120")
	p.accessible("the form of a class")
	p.click("#save")
	p.chip("1/1 条")
	p.click(`.tile[data-class="0118"]`)
	p.click("#form")
	p.until(`document.querySelector('.attributes input')?.value === '120'`)
	p.click(".close")
}

// twin: a lamp where one stands is that one, by one tap, and is inspected.
func (s *patrol) twin(t *testing.T) {
	p := s.p.on(t)
	p.click(`.tile[data-class="0118"]`)
	p.until(`document.querySelector('.twin')`)
	p.accessible("a twin")
	p.click("#same")
	p.chip("2/2 条")
	id := stored[string](p, "ops", "list.find(o => o.noun === 'inspection').body.value.asset")
	if list := s.office.as(t).ask("GET", "/api/v1/assets/"+id+"/inspections", nil)["inspections"].([]any); len(list) != 1 {
		t.Errorf("%d inspections of the twin, want 1", len(list))
	}
}

func (o office) as(t *testing.T) office { return office{t, o.site, o.client} }

// offline: a code opens its asset without the network; condition, attributes,
// place and its absence are written, and all arrives in order.
func (s *patrol) offline(t *testing.T) {
	p, o := s.p.on(t), s.office.as(t)
	s.cut(true)
	p.openByCode(s.codes[0])
	p.accessible("the sheet of an asset")
	p.click(`[data-condition="poor"]`)
	p.until(`document.querySelectorAll('.tile').length === 8`)
	p.openByCode(s.codes[0])
	p.until(`document.querySelector('[data-condition="poor"]').getAttribute('aria-checked') === 'true'`)
	p.click("#form")
	p.until(`document.querySelector('[data-field="name"] input')`)
	p.enter(`[data-field="name"] input`, "路口灯")
	p.click("#save-form")
	p.until(`document.querySelectorAll('.tile').length === 8`)
	p.openByCode(s.codes[0])
	p.click("#move")
	p.click("#save-move")
	p.until(`document.querySelectorAll('.tile').length === 8`)
	p.openByCode(s.codes[1])
	p.click("#missing")
	p.chip("2/6 条")
	p.click("#chip")
	p.until(`document.querySelector('#why')?.innerText.includes('离线')`)
	p.accessible("the sync page without the network")
	p.click("#back")
	s.cut(false)
	p.sync(`document.querySelector('#chip').innerText.includes('6/6 条')`)
	p.click("#back")
	got := o.asset(s.ids[0])
	if got["condition"] != "poor" || got["name"] != "路口灯" || got["source"] != "phone" || got["version"] != 4.0 {
		t.Errorf("after condition, name and move the lamp is %v", got)
	}
	if list := o.ask("GET", "/api/v1/assets/"+s.ids[1]+"/inspections", nil)["inspections"].([]any); len(list) != 1 || list[0].(map[string]any)["result"] != "not_found" {
		t.Errorf("the lamp that was not found has the inspections %v", list)
	}
}

// walk: a track, and a side in one tap while it is written down.
func (s *patrol) walk(t *testing.T) {
	p, o := s.p.on(t), s.office.as(t)
	p.click("#more")
	p.accessible("more")
	p.click("#track")
	p.click("#back")
	for i := range 4 {
		stand(p, 113.7302+float64(i)*0.0002, 34.7416, 3)
		p.until(fmt.Sprintf(`Number(document.querySelector('#track')?.innerText.match(/\d+/)?.[0]) >= %d`, 18*i))
	}
	p.click("#walked-left")
	p.chip("7/7 条")
	p.click("#track")
	p.chip("8/8 条")
	walks := o.ask("GET", "/api/v1/walks?jurisdiction=410105015", nil)["walks"].([]any)
	if len(walks) != 2 {
		t.Fatalf("%d walks, want a side and a track", len(walks))
	}
	sides, tracks := 0, 0
	for _, w := range walks {
		w := w.(map[string]any)
		sides += len(w["sides"].([]any))
		if track, ok := w["track"].(map[string]any); ok {
			tracks += len(track["coordinates"].([]any))
		} else if list, ok := w["track"].([]any); ok {
			tracks += len(list)
		}
	}
	if sides != 1 || tracks < 4 {
		t.Errorf("the walks hold %d sides and %d points: %v", sides, tracks, walks)
	}
	stand(p, 113.7302, 34.7416, 3)
}

// feed: what changed elsewhere comes by the feed alone.
func (s *patrol) feed(t *testing.T) {
	p, o := s.p.on(t), s.office.as(t)
	o.change(s.ids[2], `{"condition":"dangerous"}`)
	s.road.took()
	p.click("#more")
	p.click("#refresh")
	p.until(`!document.querySelector('#refresh').disabled`)
	for _, passed := range s.road.took() {
		if strings.Contains(passed, "/pack") {
			t.Errorf("to learn one change the phone asked for %s", passed)
		}
	}
	p.click("#back")
	p.openByCode(s.codes[2])
	p.until(`document.querySelector('[data-condition="dangerous"]').getAttribute('aria-checked') === 'true'`)
	p.click(".close")
	p.click("#more")
	p.click("#by-segment")
	p.click(`.segments input`)
	p.click("#download-along")
	p.until(`document.querySelector('#area-state').innerText.includes('仅 1 条路段')`)
	if n := stored[int](p, "assets", "list.length"); n == 0 || n > 1000 {
		t.Errorf("along one segment the phone holds %d assets", n)
	}
	p.click("#download")
	p.until(`!document.querySelector('#area-state').innerText.includes('路段') && !document.querySelector('#download').disabled`)
	p.click("#back")
}

// repair: what the server refuses is opened at its field, mended, and sent
// again; what was made after it goes on meanwhile.
func (s *patrol) repair(t *testing.T) {
	p, o := s.p.on(t), s.office.as(t)
	s.cut(true)
	p.openByCode(s.codes[3])
	p.click("#form")
	p.until(`document.querySelector('.attributes [data-field^="attributes."] input[inputmode="decimal"]')`)
	key := strings.TrimPrefix(eval[string](p, `document.querySelector('.attributes [data-field^="attributes."] input[inputmode="decimal"]').closest('[data-field]').dataset.field`), "attributes.")
	wrong := fmt.Sprintf(`[data-field="attributes.%s"] input`, key)
	p.enter(wrong, "much")
	p.click("#save-form")
	p.until(`document.querySelectorAll('.tile').length === 8`)
	p.openByCode(s.codes[3])
	p.click(`[data-condition="fair"]`)
	p.chip("8/10 条")
	s.cut(false)
	p.sync(`document.querySelector('[data-repair]')`)
	p.until(`document.querySelector('#chip').innerText.includes('9/10 条')`)
	p.accessible("the sync page with a refused item")
	if got := o.asset(s.ids[3]); got["condition"] != "fair" {
		t.Errorf("the change after the refused one left %v", got)
	}
	p.click("[data-repair]")
	p.until(fmt.Sprintf(`document.querySelector('[data-field="attributes.%s"].wrong')`, key))
	p.accessible("a refused item")
	p.enter(wrong, "150")
	p.click("#again")
	p.until(`document.querySelector('#chip').innerText.includes('10/10 条')`)
	p.click("#back")
	got := o.asset(s.ids[3])
	if got["condition"] != "fair" || got["attributes"].(map[string]any)[key] != 150.0 {
		t.Errorf("the mended lamp is %v", got)
	}
}

// setApart: a batch that cannot be read is halved until the operation at fault
// stands alone; it is given up at last.
func (s *patrol) setApart(t *testing.T) {
	p := s.p.on(t)
	s.cut(true)
	for i := range 5 {
		p.openByCode(s.codes[4+i])
		p.click(`[data-condition="fair"]`)
		p.chip(fmt.Sprintf("10/%d 条", 11+i))
	}
	bad := stored[string](p, "ops", "list.at(-3).op")
	s.road.set(func() {
		s.road.cut = false
		s.road.meet = func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			if r.URL.Path != "/api/v1/sync" || !bytes.Contains(body, []byte(bad)) {
				return false
			}
			refuse(w, http.StatusBadRequest, "invalid")
			return true
		}
	})
	p.sync(`document.querySelector('#chip').innerText.includes('14/15 条')`)
	p.until(fmt.Sprintf(`document.querySelector('[data-repair="%s"]')`, bad))
	p.click(fmt.Sprintf(`[data-repair="%s"]`, bad))
	p.click("#give-up")
	p.click("#give-up")
	p.until(`document.querySelector('#chip').innerText.includes('14/14 条')`)
	p.click("#back")
	s.road.set(func() { s.road.meet = nil })
	p.openByCode(s.codes[6])
	p.until(`document.querySelector('[data-condition="fair"]').getAttribute('aria-checked') === 'false'`)
	p.click(".close")
}

// forbiddenPhoto: one photo that is refused stops none of the others.
func (s *patrol) forbiddenPhoto(t *testing.T) {
	p := s.p.on(t)
	first := ""
	s.road.set(func() {
		s.road.meet = func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			if r.Method != "POST" || r.URL.Path != "/api/v1/photos" {
				return false
			}
			sum := string(body[bytes.Index(body, []byte(`"sha256"`)):][:80])
			if first == "" {
				first = sum
			}
			if sum == first {
				refuse(w, http.StatusForbidden, "forbidden")
			}
			return sum == first
		}
	})
	p.click("#burst")
	p.click(`.tile[data-class="0118"]`)
	p.until(`document.querySelector('.photo-input')`)
	p.do(chromedp.SetUploadFiles(chromedp.CSS(".photo-input"), pictures(t, 3)))
	p.chip("15/15 条 · 2/3 张")
	s.road.set(func() { s.road.meet = nil })
	p.click("#chip")
	p.click(`.item.photo[data-state="refused"] .button`)
	p.until(`document.querySelector('#chip').innerText.includes('15/15 条 · 3/3 张')`)
	p.click("#back")
	p.click("#burst")
}

// conflict: the same member changed by two is shown side by side, and either
// phone settles it in one tap. Different members both survive.
func (s *patrol) conflict(t *testing.T) {
	p, o := s.p.on(t), s.office.as(t)
	other := workPhone(t, s.browser, s.road.site, "admin", s.password)
	s.cut(true)
	for _, i := range []int{10, 11} {
		p.openByCode(s.codes[i])
		p.click(`[data-condition="poor"]`)
		p.until(`document.querySelectorAll('.tile').length === 8`)
		other.openByCode(s.codes[i])
		other.click(`[data-condition="fair"]`)
		other.until(`document.querySelectorAll('.tile').length === 8`)
	}
	p.openByCode(s.codes[12])
	p.click(`[data-condition="poor"]`)
	p.until(`document.querySelectorAll('.tile').length === 8`)
	other.openByCode(s.codes[12])
	other.click("#form")
	other.until(`document.querySelector('[data-field="name"] input')`)
	other.enter(`[data-field="name"] input`, "两人灯")
	other.click("#save-form")
	s.cut(false)
	p.sync(`document.querySelector('#chip').innerText.includes('18/18 条')`)
	p.click("#back")
	other.sync(`document.querySelectorAll('.item.conflict').length === 2`)
	if got := o.asset(s.ids[12]); got["condition"] != "poor" || got["name"] != "两人灯" {
		t.Errorf("of two changes of different members there is %v", got)
	}
	other.accessible("two conflicts")
	other.click(`[data-choice="mine"]`)
	other.until(`document.querySelectorAll('.item.conflict').length === 1`)
	// The first phone hears of the second conflict by the feed, and settles it.
	p.click("#more")
	p.click("#refresh")
	p.until(`!document.querySelector('#refresh').disabled`)
	p.click("#back")
	p.click("#chip")
	p.until(`document.querySelectorAll('.item.conflict').length === 1`)
	p.click(`.item.conflict [data-choice="theirs"]`)
	p.until(`document.querySelectorAll('.item.conflict').length === 0`)
	p.click("#back")
	other.click("#back")
	other.click("#more")
	other.click("#refresh")
	other.until(`!document.querySelector('#refresh').disabled`)
	other.click("#back")
	other.click("#chip")
	other.until(`document.querySelectorAll('.item.conflict').length === 0`)
	held := []any{o.asset(s.ids[10])["condition"], o.asset(s.ids[11])["condition"]}
	if fmt.Sprint(held) != "[fair poor]" && fmt.Sprint(held) != "[poor fair]" {
		t.Errorf("one conflict settled for each side leaves %v", held)
	}
}

// lock: signed out by the server, the page goes on, and nothing is lost.
func (s *patrol) lock(t *testing.T) {
	p := s.p.on(t)
	s.cut(true)
	p.openByCode(s.codes[13])
	p.click(`[data-condition="poor"]`)
	p.chip("18/19 条")
	s.cut(false)
	if status := eval[int](p, `fetch('/api/v1/session', {method: 'DELETE'}).then(r => r.status)`); status != http.StatusNoContent {
		t.Fatalf("signing out: %d", status)
	}
	p.click("#chip")
	p.click("#sync-now")
	p.until(`document.querySelector('.field-login')`)
	p.accessible("the question who this is")
	p.click("#later")
	p.until(`document.querySelector('#sign-in') && document.querySelector('#why').innerText.includes('登录')`)
	p.click("#back")
	p.openByCode(s.codes[14])
	p.click(`[data-condition="poor"]`)
	p.chip("18/20 条")
	p.click("#chip")
	p.click("#sign-in")
	p.enter(`.field-login [data-field="name"] input`, "admin")
	p.enter(`.field-login [data-field="password"] input`, s.password)
	p.click(`.field-login .save`)
	p.until(`document.querySelector('#chip').innerText.includes('20/20 条')`)
	p.click("#back")
}

// rescue: the file of a phone that cannot send is taken by the office, and the
// phone that can send again doubles nothing.
func (s *patrol) rescue(t *testing.T) {
	p, o := s.p.on(t), s.office.as(t)
	s.cut(true)
	p.click("#burst")
	p.click(`.tile[data-class="0118"]`)
	p.until(`document.querySelector('.photo-input')`)
	p.do(chromedp.SetUploadFiles(chromedp.CSS(".photo-input"), pictures(t, 5)[3:]))
	p.chip("20/21 条 · 3/5 张")
	p.click(".close")
	p.click("#burst")
	p.click("#chip")
	name := p.download(t, "#rescue")
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	answer := o.ask("POST", "/api/v1/rescue", file, "Content-Type", "application/zip")
	if got := fmt.Sprint(outcomes(answer["results"], "outcome"), len(answer["photos"].([]any))); got != "[applied] 2" {
		t.Errorf("the rescue file gives %s: %v", got, answer)
	}
	s.cut(false)
	p.click("#sync-now")
	p.until(`document.querySelector('#chip').innerText.includes('21/21 条 · 5/5 张')`)
	p.click("#back")
	if got := stored[string](p, "ops", "list.at(-1).receipt.outcome"); got != "already" {
		t.Errorf("after the office took it the phone is told %q", got)
	}
}

func outcomes(list any, member string) (values []any) {
	for _, r := range list.([]any) {
		values = append(values, r.(map[string]any)[member])
	}
	return values
}

// download clicks and returns the path of the file that it brings: read out of
// the page, which is the same for every browser.
func (p tab) download(t *testing.T, selector string) string {
	p.Helper()
	eval[bool](p, `(() => { const made = URL.createObjectURL; URL.createObjectURL = (b) => { if (b.type === 'application/zip') window.__file = b; return made.call(URL, b); }; })() ?? true`)
	p.click(selector)
	p.until(`window.__file`)
	text := eval[string](p, `new Promise((ok) => { const r = new FileReader(); r.onload = () => ok(r.result.split(',')[1]); r.readAsDataURL(window.__file); })`)
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return file(t, "rescue.zip", string(body))
}

// clock: what is unsent for days is warned of; what was confirmed goes after
// seven days, and nothing else.
func (s *patrol) clock(t *testing.T) {
	p := s.p.on(t)
	s.cut(true)
	p.openByCode(s.codes[15])
	p.click(`[data-condition="poor"]`)
	p.chip("21/22 条")
	ahead := fmt.Sprintf(`{ const now = Date.now; Date.now = () => now() + %d; }`, 8*24*3600*1000)
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: ahead}); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Navigate(s.road.site + "/field"))
	p.chip("0/1 条")
	p.click("#chip")
	p.until(`document.querySelector('#old') && document.querySelector('#evict')`)
	p.accessible("the sync page with warnings")
	if n := stored[int](p, "ops", "list.length"); n != 1 {
		t.Errorf("after eight days the phone holds %d items, want the one that is unsent", n)
	}
	s.cut(false)
	p.click("#sync-now")
	p.until(`document.querySelector('#chip').innerText.includes('1/1 条')`)
}
