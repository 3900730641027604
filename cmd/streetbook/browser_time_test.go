package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"

	"streetbook/assets/postgis/postgistest"
)

// looking is what the tests of history and of the map in time share: a server
// with the sample, its first admin, and lamps, of which each test changes its own.
type looking struct {
	visit
	lamps []lamp
	// untouched is when the sample was there and nothing was changed yet.
	untouched string
}

type lamp struct {
	ID       string
	Geometry struct{ Coordinates [2]float64 }
	// Properties are those that the tests look at.
	Properties struct {
		Name, Condition string
		Version         int
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	server := start(t, "serve", "--database", postgistest.URL(t), "--listen", "127.0.0.1:0")
	l := looking{visit: visit{site: server.url(t)}}
	found := printedPassword.FindStringSubmatch(server.said(t, server.stdout))
	if found == nil {
		t.Fatalf("no password of an admin: %s", server.said(t, server.stdout))
	}
	l.password = found[1]
	l.browser = openBrowser(t, true)
	l.lamps = fetch[struct{ Features []lamp }](t, l.site+"/ogc/collections/assets/items?jurisdiction=410105015&class=0118&limit=6").Features
	time.Sleep(time.Second) // the clock of the database and this one may differ by a little
	l.untouched = url.QueryEscape(time.Now().UTC().Format(time.RFC3339Nano))
	time.Sleep(time.Second)

	t.Run("history", l.history)
	t.Run("deleted", l.deleted)
	t.Run("difference", l.difference)
	t.Run("tiles", l.tiles)
	t.Run("phone", l.narrow)
}

// at is the address of the map around a lamp.
func (l looking) at(h lamp, more string) string {
	return fmt.Sprintf("%s/#j=410105015&map=18/%.7f/%.7f%s", l.site, h.Geometry.Coordinates[1], h.Geometry.Coordinates[0], more)
}

// as asks the server for something as the person of a page.
func (l looking) as(p tab, method, path string, body any) string {
	p.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		p.Fatal(err)
	}
	kind := map[string]string{"PATCH": "application/merge-patch+json"}[method]
	if kind == "" {
		kind = "application/json"
	}
	answer := eval[struct {
		Status int
		Text   string
	}](p, fmt.Sprintf(`fetch('/ogc/collections/assets/items/' + %[1]q.match(/[0-9a-f-]{36}/)[0]).then(r => r.json()).then(f => fetch(%[1]q, {method: %q, body: %q,
		headers: {'Content-Type': %q, 'If-Match': '"' + f.properties.version + '"'}})).then(async r => ({Status: r.status, Text: await r.text()}))`, path, method, sent, kind))
	if answer.Status >= 300 {
		p.Fatalf("%s %s: %d %s", method, path, answer.Status, answer.Text)
	}
	return answer.Text
}

// shift moves a lamp a little to the east.
func (l looking) shift(p tab, h lamp) {
	p.Helper()
	c := h.Geometry.Coordinates
	l.as(p, "POST", "/api/v1/assets/"+h.ID+"/move", map[string]any{"on": "2026-05-01", "geometry": map[string]any{"type": "Point", "coordinates": []float64{c[0] + 0.0004, c[1]}}})
}

// history: who changed what, in words; the move drawn on the map; the way back.
func (l looking) history(t *testing.T) {
	p, h := l.admin(t, 1440, 900), l.lamps[0]
	l.as(p, "PATCH", "/ogc/collections/assets/items/"+h.ID, map[string]any{"properties": map[string]any{"condition": "dangerous", "attributes": map[string]any{"pole_height_m": 9.5}}})
	l.shift(p, h)
	p.open(l.at(h, "&open=asset:"+h.ID))
	p.click(".history .group-name")
	p.until(`document.querySelectorAll('.version').length === 3`)
	for _, want := range []string{"杆高", "9.5 m", "危险", "移动了 37 m", "管理员"} {
		p.until(fmt.Sprintf("document.querySelector('.versions').innerText.includes(%q)", want))
	}
	p.both("the history of an asset")
	p.click(".version .version-foot .link")
	p.until(`document.querySelector('.ghosts')?.innerText.includes('修改前')`)
	p.accessible("a change drawn on the map")
	p.click(".version:last-child .version-foot .link")
	p.until(`document.querySelector('dialog[open] button[type="submit"]')`)
	p.both("the question before an old version comes back")
	p.click(`dialog[open] button[type="submit"]`)
	p.until(`!document.querySelector('dialog') && document.querySelectorAll('.version').length === 4 && document.querySelector('.tags').innerText.includes('完好')`)
	now := fetch[lamp](t, l.site+"/ogc/collections/assets/items/"+h.ID)
	if now.Geometry != h.Geometry || now.Properties.Condition != h.Properties.Condition || now.Properties.Version != 4 {
		t.Errorf("restored it is %+v instead of %+v", now, h)
	}
}

// deleted: what is gone says so, and comes back.
func (l looking) deleted(t *testing.T) {
	p, h := l.admin(t, 1440, 900), l.lamps[1]
	l.as(p, "DELETE", "/ogc/collections/assets/items/"+h.ID, nil)
	p.open(l.at(h, "&open=asset:"+h.ID))
	p.until(fmt.Sprintf(`document.querySelector('.sheet-head .tag')?.innerText === '已删除' && document.querySelector('.sheet-head h2').innerText === %q`, h.Properties.Name))
	p.both("the sheet of a deleted asset")
	p.click(".version:last-child .version-foot .link")
	p.click(`dialog[open] button[type="submit"]`)
	p.until(`!document.querySelector('dialog') && document.querySelector('.sheet-head.asset') && document.querySelector('.tags').innerText.includes('在用')`)
}

// difference: a click on a changed object of the map opens it in the list, and
// from there its sheet.
func (l looking) difference(t *testing.T) {
	p, h := l.admin(t, 1440, 900), l.lamps[2]
	l.shift(p, h)
	moved := h
	moved.Geometry.Coordinates[0] += 0.0004
	p.open(l.at(moved, "&vs="+l.untouched))
	p.until(fmt.Sprintf(`document.getElementById('compared-%s')`, h.ID))
	p.rest()
	p.press(0, 0, fmt.Sprintf(`document.querySelector('#compared-%s .changed')`, h.ID))
	p.both("a difference on the map")
	p.click(fmt.Sprintf(`#compared-%s .compared-more .link`, h.ID))
	p.until(`document.querySelector('.sheet-head.asset') && document.querySelector('#back').innerText === '变化对比'`)
	p.click("#back")
	p.until(`document.querySelector('.compared-list')`)
	p.click("#compare-end")
	p.until(`!location.hash.includes('vs=') && document.querySelectorAll('.rank').length > 0`)
}

// tiles: what a colleague changes reaches the tiles of an open map. How long it
// takes is told, and decides nothing.
func (l looking) tiles(t *testing.T) {
	p, other, h := l.atMap(t, 1440, 900), l.admin(t, 1440, 900), l.lamps[3]
	p.open(l.at(h, ""))
	p.until(`window.__listening === true`)
	held := fmt.Sprintf(`window.__map.querySourceFeatures('assets', {sourceLayer: 'assets'}).find(f => f.properties.id === %q)?.properties.condition ?? ''`, h.ID)
	if got := eval[string](p, held); got != h.Properties.Condition {
		t.Fatalf("the tile says %q of a lamp that is %q", got, h.Properties.Condition)
	}
	begin := time.Now()
	l.as(other, "PATCH", "/ogc/collections/assets/items/"+h.ID, map[string]any{"properties": map[string]any{"condition": "dangerous"}})
	written := time.Since(begin)
	for eval[string](p, held) != "dangerous" {
		if time.Since(begin) > patience {
			t.Fatal("the tiles never follow")
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("a colleague's change was written after %v and in the tiles of a visitor's open map after %v", written.Round(time.Millisecond), time.Since(begin).Round(time.Millisecond))
}

// narrow: two dates and an old one on a phone.
func (l looking) narrow(t *testing.T) {
	p := l.admin(t, 390, 844)
	for where, more := range map[string]string{"two dates": "&vs=" + l.untouched, "the past": "&at=" + l.untouched} {
		p.open(l.site + "/#j=410105015" + more)
		p.until(`document.querySelector('.timebar #time-at')`)
		if wide := eval[int](p, `document.documentElement.scrollWidth`); wide > 390 {
			t.Errorf("%s: %d pixels wide on a screen of 390", where, wide)
		}
		if found := eval[[]string](p, `[...document.querySelectorAll('.stage button, .stage input, .panel button')].filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.steps, .handle')).filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 110))`); len(found) > 0 {
			t.Errorf("%s: too small for a finger: %q", where, found)
		}
		p.both(where + " on a phone")
	}
	p.open(l.site + "/#j=410105015")
	p.click(`.tools [aria-label="时间机器"]`)
	p.until(`document.querySelector('#time-at')`)
	eval[bool](p, `(i => { i.value = i.min; return i.dispatchEvent(new Event('input', {bubbles: true})); })(document.querySelector('#time-at'))`)
	p.until(`location.hash.includes('at=') && document.querySelector('.past') && document.querySelectorAll('.figures b')[2]?.innerText === '0'`)
	p.click(".timebar-head .ghost")
	p.until(`!document.querySelector('.timebar, .past') && document.querySelectorAll('.figures b')[2]?.innerText !== '0'`)
}
