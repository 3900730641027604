package main

import (
	"fmt"
	"testing"

	"streetbook/assets/postgis/postgistest"
)

// TestDrawing moves and draws on the map, with the mouse and, where there is none,
// by the crosshair.
func TestDrawing(t *testing.T) {
	t.Parallel()
	server := start(t, "serve", "--database", postgistest.URL(t), "--listen", "127.0.0.1:0")
	v := visit{site: server.url(t)}
	v.password = printedPassword.FindStringSubmatch(server.said(t, server.stdout))[1]
	v.browser = openBrowser(t, true)
	hydrants := fetch[struct{ Features []placed }](t, v.site+"/ogc/collections/assets/items?jurisdiction=410105015&class=0113&limit=2").Features

	t.Run("move", func(t *testing.T) { v.moveDespiteAnother(t, hydrants[0]) })
	t.Run("phone", func(t *testing.T) { v.moveByCrosshair(t, hydrants[1]) })
	t.Run("segment", v.drawASegment)
	t.Run("lineage", v.splitAndMerge)
	t.Run("lineage on a phone", v.splitOnPhone)
}

type placed struct {
	ID       string
	Geometry struct{ Coordinates [2]float64 }
}

// near opens the sheet of an asset beside the map around it.
func (v visit) near(p tab, a placed) {
	p.Helper()
	p.open(fmt.Sprintf("%s/#j=410105015&map=19/%.7f/%.7f&open=asset:%s", v.site, a.Geometry.Coordinates[1], a.Geometry.Coordinates[0], a.ID))
	p.until(`document.querySelector('#act-move') && document.querySelectorAll('.facts dt').length > 8`)
}

func (v visit) place(t *testing.T, a placed) [2]float64 {
	t.Helper()
	return fetch[placed](t, v.site+"/ogc/collections/assets/items/"+a.ID).Geometry.Coordinates
}

// moveDespiteAnother: somebody else moves the same thing meanwhile; one of the two
// places is chosen, and an undo leads back to the other's.
func (v visit) moveDespiteAnother(t *testing.T, a placed) {
	p := v.admin(t, 1440, 900)
	v.near(p, a)
	p.click("#act-move")
	p.until(`document.querySelector('#draw-save')?.disabled && document.querySelector('.draw-date input').value.length === 10`)
	p.press(80, 60, `!document.querySelector('#draw-save').disabled`)
	p.both("a move under way")
	status := eval[int](p, fmt.Sprintf(`fetch('/ogc/collections/assets/items/%[1]s').then(r => r.json()).then(f => fetch('/api/v1/assets/%[1]s/move', {method: 'POST',
		headers: {'Content-Type': 'application/json', 'If-Match': '"' + f.properties.version + '"'}, body: JSON.stringify({on: new Date().toISOString().slice(0, 10), geometry: {type: 'Point', coordinates: [%[2]v, %[3]v]}})})).then(r => r.status)`,
		a.ID, a.Geometry.Coordinates[0]+0.00004, a.Geometry.Coordinates[1]))
	if status != 200 {
		p.Fatalf("the other's move is answered with %d", status)
	}
	theirs := v.place(t, a)
	p.click("#draw-save")
	p.until(`document.querySelectorAll('#conflict fieldset').length === 1`)
	p.both("two places for one thing")
	p.click("#conflict fieldset input") // mine
	p.click(`#conflict button[type="submit"]`)
	p.until(`document.querySelector('#undo') && !document.querySelector('.drawbar, dialog')`)
	if at := v.place(t, a); at == theirs || at == a.Geometry.Coordinates {
		p.Errorf("it is at %v, which nobody chose", at)
	}
	p.click("#undo")
	p.until(`!document.querySelector('#undo')`)
	if at := v.place(t, a); at != theirs {
		p.Errorf("undone, it is at %v instead of %v", at, theirs)
	}
}

func (v visit) moveByCrosshair(t *testing.T, a placed) {
	p := v.admin(t, 390, 844)
	v.near(p, a)
	p.click("#act-move")
	p.until(`document.querySelector('.crosshair i')?.getBoundingClientRect().left > 100 && document.querySelector('#draw-save')`)
	p.both("a move on a phone")
	small := eval[[]string](p, `[...document.querySelectorAll('.drawbar button, .drawbar input')].filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 90))`)
	if len(small) > 0 {
		p.Errorf("too small for a finger: %q", small)
	}
	p.click(".draw-end")
	p.until(`!document.querySelector('.drawbar')`)
	p.click(`.tools [aria-label="新增"]`)
	p.click(".class-list button")
	p.until(`document.querySelector('#add-save')?.disabled`)
	// What draws is fetched only now, and a touch before it comes does nothing.
	p.until(`document.querySelector('#place-here')?.click() ?? !document.querySelector('#add-save').disabled`)
}

// drawASegment: Escape takes back the line, and again the tool; a line is drawn,
// named and undone.
func (v visit) drawASegment(t *testing.T) {
	p := v.admin(t, 1440, 900)
	p.open(v.site + "/#j=410105015&map=18/34.7555/113.7440")
	begin := func() {
		p.until(`document.querySelector('#me')`)
		p.click(`.tools [aria-label="新增"]`)
		p.click(`input[name="add-what"][value="segments"]`)
		p.until(`document.querySelector('#add-save')?.disabled`)
		p.press(-100, -80, `!document.querySelector('#draw-undo').disabled`)
	}
	escape := func() {
		eval[bool](p, `document.activeElement.blur() ?? dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))`)
	}
	begin()
	escape()
	p.until(`document.querySelector('#draw-undo')?.disabled`)
	escape()
	p.until(`!document.querySelector('.add-form')`)
	begin()
	p.press(0, -30, `true`)
	p.press(90, 10, `true`)
	p.press(90, 10, `!document.querySelector('#add-save').disabled`) // the last point again ends the line
	p.both("a segment that was drawn")
	p.enter(`.add-form [data-field="name"] input`, "测试路（甲—乙）")
	p.click("#add-save")
	p.until(`/open=segment:/.test(location.hash) && document.querySelector('.sheet-head h2')?.innerText.includes('测试路') && document.querySelector('#undo')`)
	p.click("#undo")
	p.until(`!document.querySelector('#undo')`)
}
