package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

// TestChanging clicks through what field staff and planners change, on a map that
// is drawn.
func TestChanging(t *testing.T) {
	t.Parallel()
	server := start(t, "serve", "--database", postgistest.URL(t), "--listen", "127.0.0.1:0")
	v := visit{site: server.url(t)}
	v.password = printedPassword.FindStringSubmatch(server.said(t, server.stdout))[1]
	v.browser = openBrowser(t, true)
	p := v.admin(t, 1440, 900)
	p.rest()
	t.Run("add", func(t *testing.T) { p.on(t).addAnAsset() })
	t.Run("edit", func(t *testing.T) { p.on(t).editAndUndo() })
	t.Run("conflict", func(t *testing.T) { p.on(t).settleAConflict() })
	t.Run("life cycle", func(t *testing.T) { p.on(t).removeAndRestore() })
	t.Run("move", func(t *testing.T) { p.on(t).beginToMove() })
	t.Run("delete", func(t *testing.T) { p.on(t).deleteAndUndo() })
	t.Run("segment", func(t *testing.T) { p.on(t).editASegment() })
	t.Run("bulk", func(t *testing.T) { p.on(t).changeMany() })
	t.Run("phone", func(t *testing.T) {
		small := v.admin(t, 390, 844)
		small.rest()
		small.click(`[aria-label="新增"]`)
		small.click(`.class-list button`)
		small.until(`document.querySelector('#add-save')`)
		small.accessible("adding on a phone")
	})
}

// on is the same page for another test.
func (p tab) on(t *testing.T) tab { return tab{t, p.ctx} }

// says waits until the open sheet says something.
func (p tab) says(words string) {
	p.Helper()
	p.until(fmt.Sprintf("document.querySelector('.panel-body')?.innerText.includes(%q)", words))
}

// api asks the server in the name of the page and returns a value of the answer.
func (p tab) api(method, path, headers, body, value string) string {
	p.Helper()
	return eval[string](p, fmt.Sprintf(`fetch(%q, {method: %q, headers: {'Content-Type': 'application/merge-patch+json', ...%s}, body: %s}).then(async (r) => { const a = await r.json(); if (!r.ok) throw new Error(JSON.stringify(a)); return String(%s); })`,
		path, method, headers, body, value))
}

// opened is the id of the asset whose sheet is open.
func (p tab) opened() string {
	p.Helper()
	return eval[string](p, `new URLSearchParams(location.hash.slice(1)).get('open').split(':')[1]`)
}

func (p tab) addAnAsset() {
	for i, again := range []string{"", "add-anyway"} {
		p.click(`[aria-label="新增"]`)
		p.click(`.class-list button`)
		p.until(`document.querySelector('#add-save')?.disabled`)
		// terra-draw is loaded when somebody begins: the place is taken once it is there.
		p.until(`(document.querySelector('#add-centre')?.click(), !document.querySelector('#add-save').disabled)`)
		if i == 0 {
			p.accessible("the form of a new asset")
			p.click("#theme")
			p.accessible("the form of a new asset, dark")
			p.click("#theme")
		}
		p.click("#add-save")
		if again != "" { // where one stands already, the second is asked about
			p.until(`document.querySelector('.twins')`)
			p.accessible("a twin")
			p.click("#" + again)
		}
		p.until(`document.querySelector('.toast.done')?.innerText.includes('已新增')`)
		p.says("在用")
	}
	p.accessible("the sheet of a new asset")
}

func (p tab) editAndUndo() {
	p.click("#act-edit")
	p.until(`document.querySelector('#edit [data-field="name"] input')`)
	p.enter(`#edit [data-field="name"] input`, "一号灯")
	p.accessible("the form of an asset")
	p.click(`#edit input[value="poor"]`)
	p.click(`#edit button[type="submit"]`)
	p.until(`!document.querySelector('#edit')`)
	p.says("一号灯")
	p.says("较差")
	p.click("#undo")
	p.until(`!document.querySelector('.panel-body')?.innerText.includes('一号灯')`)
	p.says("完好")
}

func (p tab) settleAConflict() {
	path := "/ogc/collections/assets/items/" + p.opened()
	p.click("#act-edit")
	p.until(`document.querySelector('#edit [data-field="name"] input')`)
	version := p.api("GET", path, "{}", "undefined", "a.properties.version")
	p.api("PATCH", path, `{'If-Match': '"`+version+`"'}`, `JSON.stringify({properties: {name: '同事的名字', accuracy_m: 3}})`, "a.id")
	p.enter(`#edit [data-field="name"] input`, "我的名字")
	p.click(`#edit button[type="submit"]`)
	p.until(`document.querySelector('#conflict')?.innerText.includes('同事的名字') && document.querySelector('#conflict').innerText.includes('我的名字')`)
	p.accessible("a conflict")
	if !eval[bool](p, `document.querySelector('#conflict button[type="submit"]').disabled`) {
		p.Error("it can be saved before anybody has chosen")
	}
	p.click(`#conflict input[type="radio"]`)
	p.click(`#conflict button[type="submit"]`)
	p.until(`!document.querySelector('dialog[open]')`)
	p.says("我的名字")
	if accuracy := p.api("GET", path, "{}", "undefined", "a.properties.accuracy_m"); accuracy != "3" {
		p.Errorf("the colleague's other change is gone: %s", accuracy)
	}
}

func (p tab) removeAndRestore() {
	p.click("#act-remove")
	p.until(`document.querySelector('#step')`)
	p.accessible("a step of the life cycle")
	p.click(`#step button[type="submit"]`)
	p.says("已拆除")
	p.click("#act-restore")
	p.click(`#step button[type="submit"]`)
	p.until(`document.querySelector('#act-remove') && !document.querySelector('dialog[open]')`)
	p.click("#act-replace")
	p.until(`document.querySelector('#replace')`)
	p.accessible("a replacement")
	p.click(`#replace button[type="submit"]`)
	p.until(`!document.querySelector('#replace')`)
	p.says("替换了")
}

// beginToMove and think better of it.
func (p tab) beginToMove() {
	path := "/ogc/collections/assets/items/" + p.opened()
	before := p.api("GET", path, "{}", "undefined", "a.geometry.coordinates")
	p.click("#act-move")
	p.until(`document.querySelector('#draw-save') && document.querySelector('.drawbar')`)
	p.accessible("moving an asset")
	p.do(chromedp.KeyEvent("\x1b"))
	p.until(`!document.querySelector('.drawbar')`)
	if after := p.api("GET", path, "{}", "undefined", "a.geometry.coordinates"); after != before {
		p.Errorf("Escape kept the move: %s, %s", before, after)
	}
}

func (p tab) deleteAndUndo() {
	path := "/ogc/collections/assets/items/" + p.opened()
	status := func() int { return eval[int](p, fmt.Sprintf(`fetch(%q).then((r) => r.status)`, path)) }
	p.click("#act-delete")
	p.click(`dialog[open] button[type="submit"]`)
	p.until(`document.querySelector('.toast.done')?.innerText.includes('已删除')`)
	if got := status(); got != 404 {
		p.Errorf("after deleting: %d", got)
	}
	p.click("#undo")
	p.until(`!document.querySelector('.toast.done')`)
	if got := status(); got != 200 {
		p.Errorf("after undoing: %d", got)
	}
}

func (p tab) editASegment() {
	p.click(".rank button")
	p.click("#act-edit")
	p.until(`document.querySelector('#edit [data-field="road"] input')`)
	p.accessible("the form of a segment")
	p.enter(`#edit [data-field="from"] input`, "新起点")
	p.click(`#edit button[type="submit"]`)
	p.says("新起点")
	p.click("#act-move")
	p.until(`document.querySelector('#draw-save')`)
	p.accessible("reshaping a segment")
	p.do(chromedp.KeyEvent("\x1b"))
	p.until(`!document.querySelector('.drawbar')`)
	p.click("#back")
}

func (p tab) changeMany() {
	dangerous := func() string {
		return p.api("GET", "/api/v1/counts?jurisdiction=410105015", "{}", "undefined", "a.by_condition.dangerous ?? 0")
	}
	before := dangerous()
	p.click(`[aria-label="批量修改"]`)
	p.click(`.add-form input[value="dangerous"]`)
	p.click("#bulk-preview")
	p.until(`document.querySelector('.foreseen')?.innerText.includes('将修改')`)
	p.accessible("the preview of a bulk edit")
	if now := dangerous(); now != before {
		p.Errorf("the preview changed something: %s, %s", before, now)
	}
	p.click("#bulk-apply")
	p.until(`document.querySelector('.toast.done')?.innerText.includes('已修改')`)
	if all := dangerous(); all == before || !strings.HasPrefix(p.text(".toast.done"), "已修改") {
		p.Errorf("after the bulk edit %s are dangerous, before %s", all, before)
	}
	p.click("#undo")
	p.until(`!document.querySelector('.toast.done')`)
	if now := dangerous(); now != before {
		p.Errorf("after undoing %s are dangerous, before %s", now, before)
	}
}

// press clicks so many pixels from the middle of the map, and again if nothing comes of it:
// what draws is fetched only when it is needed.
func (p tab) press(dx, dy float64, until string) {
	p.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		x, y := p.onMap(dx, dy)
		p.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseClickXY(x, y))
		// Long enough that a slow answer is not taken for none: a second click is a second step.
		for range 30 {
			if eval[bool](p, "Boolean("+until+")") {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	p.Fatalf("no click on the map makes true: %s\nthe page says: %.1500s", until, eval[string](p, `document.body.innerText`))
}

// onMap is where a place lies in the window, by its distance from the middle of the map.
func (p tab) onMap(dx, dy float64) (x, y float64) {
	p.Helper()
	middle := eval[[]float64](p, `(({left, top, width, height}) => [left + width / 2, top + height / 2])(document.querySelector('.stage canvas').getBoundingClientRect())`)
	return middle[0] + dx, middle[1] + dy
}
