package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

// patrol is what the tests of work in the street share: a server at the end of a
// road, a desk, and a browser that stands for all phones.
type patrol struct {
	database, data string
	password       string
	server         *program
	road           *road
	office         office
	browser        context.Context
	p              tab // the first phone
	ids, codes     []string
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
	s := &patrol{database: postgistest.URL(t), data: t.TempDir()}
	s.server = start(t, "serve", "--database", s.database, "--data", s.data, "--listen", "127.0.0.1:0")
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
	p.whenEnabled("#save")
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
	p.whenEnabled("#save-move")
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
	// Each edit says what was seen of what it changes, and which life of the registry told its base.
	said := stored[[]string](p, "ops", fmt.Sprintf(`list.filter((o) => o.id === '%s' && o.receipt.epoch === o.body.epoch)
		.map((o) => o.body.was.condition + Object.keys(o.body.value).every((k) => k === 'source_crs' || o.body.was[k] !== undefined))`, s.ids[0]))
	if fmt.Sprint(said) != "[goodtrue poortrue poortrue]" {
		t.Errorf("the edits say %v", said)
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
	p.whenEnabled("#refresh")
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
	p.whenEnabled("#download-along")
	p.until(`document.querySelector('#area-state').innerText.includes('仅 1 条路段')`)
	if n := stored[int](p, "assets", "list.length"); n == 0 || n > 1000 {
		t.Errorf("along one segment the phone holds %d assets", n)
	}
	p.whenEnabled("#download")
	p.until(`!document.querySelector('#area-state').innerText.includes('路段') && !document.querySelector('#download').disabled`)
	p.click("#back")
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
	p.whenEnabled("#sync-now")
	p.until(`document.querySelector('#chip').innerText.includes('1/1 条')`)
}
