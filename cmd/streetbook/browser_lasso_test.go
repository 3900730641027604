package main

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

// TestLasso draws around what is on the map, and changes that and nothing else,
// with one undo.
func TestLasso(t *testing.T) {
	t.Parallel()
	server := start(t, "serve", "--database", postgistest.URL(t), "--listen", "127.0.0.1:0")
	l := looking{visit: visit{site: server.url(t)}}
	l.password = printedPassword.FindStringSubmatch(server.said(t, server.stdout))[1]
	l.browser = openBrowser(t, true)
	p := l.admin(t, 1440, 900)
	h := fetch[struct{ Features []lamp }](t, l.site+"/ogc/collections/assets/items?jurisdiction=410105015&class=0118&limit=1").Features[0]
	p.open(l.at(h, ""))
	dangerous := func() string {
		return p.api("GET", "/api/v1/counts?jurisdiction=410105015", "{}", "undefined", "a.by_condition.dangerous ?? 0")
	}
	before := dangerous()
	p.until(`document.querySelector('#me')`)
	p.click(`[aria-label="批量修改"]`)
	p.click(`.add-form input[value="lasso"]`)
	p.encircle(60, `document.querySelector('.add-form .link')`)
	p.click(`.add-form input[value="dangerous"]`)
	p.click("#bulk-preview")
	p.until(`document.querySelector('.foreseen')?.innerText.includes('将修改')`)
	p.both("the preview of what a lasso holds")
	p.click("#bulk-apply")
	p.until(`document.querySelector('.toast.done')?.innerText.includes('已修改')`)
	if now := fetch[lamp](t, l.site+"/ogc/collections/assets/items/"+h.ID).Properties; now.Condition != "dangerous" || now.Version != h.Properties.Version+1 {
		t.Errorf("the lamp in the middle is %+v", now)
	}
	var was, is int
	if _, err := fmt.Sscan(before+" "+dangerous(), &was, &is); err != nil || is <= was || is > was+40 {
		t.Errorf("%d were dangerous, now %d (%v)", was, is, err)
	}
	p.click("#undo")
	p.until(`!document.querySelector('.toast.done')`)
	if now := dangerous(); now != before {
		t.Errorf("after undoing %s are dangerous, before %s", now, before)
	}
}

// encircle draws freehand around the middle of the map until something is true.
// On a busy machine a click may be lost, and every later one would then begin
// what it should end: each further round has one click more.
func (p tab) encircle(radius float64, until string) {
	p.Helper()
	const steps = 24
	p.until(`window.__map.getCanvas().style.cursor === 'crosshair'`)
	for round, end := 0, time.Now().Add(patience); time.Now().Before(end); round++ {
		if round%2 == 1 {
			p.do(chromedp.MouseClickXY(p.onMap(radius, 0)))
		}
		for i := range steps + 1 {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / steps)
			x, y := p.onMap(radius*cos, radius*sin)
			p.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y))
			if i == 0 || i == steps {
				p.do(chromedp.MouseClickXY(x, y))
			}
		}
		for range 20 {
			if eval[bool](p, "Boolean("+until+")") {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	p.Fatalf("the lasso holds nothing; the page says: %.1500s", eval[string](p, `document.body.innerText`))
}
