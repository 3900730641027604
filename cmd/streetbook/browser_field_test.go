package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

// openPhone opens the field page in a new tab of the browser's own context, so
// that what a closed tab stored is there again, unless the options say
// otherwise. It is at a street of the sample.
func openPhone(t *testing.T, from context.Context, site string, options ...chromedp.ContextOption) (tab, context.CancelFunc) {
	t.Helper()
	ctx, cancel := chromedp.NewContext(from, options...)
	p := tab{t, ctx}
	p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait))
	if _, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "geolocation"}, Setting: "granted", Origin: site, BrowserContextID: chromedp.FromContext(ctx).BrowserContextID}); err != nil {
		t.Fatal(err)
	}
	stand(p, 113.7302, 34.7416, 3)
	p.listen()
	p.do(chromedp.Navigate(site + "/field"))
	return p, cancel
}

// pictures writes so many different JPEG files.
func pictures(t *testing.T, n int) []string {
	t.Helper()
	dir := t.TempDir()
	var names []string
	for i := range n {
		picture := image.NewRGBA(image.Rect(0, 0, 320, 240))
		for x := range 320 {
			for y := range 240 {
				picture.Set(x, y, color.RGBA{uint8(x + i*7), uint8(y), uint8(i * 4), 255})
			}
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, picture, nil); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, fmt.Sprintf("%02d.jpg", i))
		if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// TestFieldLosesNothing: a network that is gone, 20 assets with 60 photos, a tab
// that is killed, the network again: all 80 are confirmed without a tap, nothing
// twice, and a planner's open map shows them.
func TestFieldLosesNothing(t *testing.T) {
	t.Parallel()
	server := start(t, "serve", "--database", postgistest.URL(t), "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	site := server.url(t)
	password := printedPassword.FindStringSubmatch(server.said(t, server.stdout))[1]
	way := openRoad(t, site)
	browser := openBrowser(t, true)
	p, kill := openPhone(t, browser, way.site)

	p.signInOnPhone("admin", password)
	p.until(`navigator.serviceWorker.controller !== null`)
	p.accessible("the tiles")
	if faults, err := chromedp.Call(p.ctx, page.GetInstallabilityErrors, cdp.Empty{}); err != nil || len(faults.InstallabilityErrors) > 0 {
		t.Errorf("the page cannot be installed: %v %+v", err, faults.InstallabilityErrors)
	}
	if wrong := eval[int](p, placeVectors); wrong != 0 {
		t.Errorf("%d places are not where the server says", wrong)
	}

	way.set(func() { way.cut = true })
	p.click("#burst")
	p.click(`.tile[data-class="0118"]`)
	photos := pictures(t, 60)
	for i := range 20 {
		p.do(chromedp.SetUploadFiles(chromedp.CSS(".photo-input"), photos[3*i:3*i+3]))
		p.until(fmt.Sprintf(`document.querySelector('#chip').innerText.includes('0/%d 条 · 0/%d 张')`, i+1, 3*i+3))
	}
	p.accessible("the burst")
	kill()

	p, _ = openPhone(t, browser, way.site)
	p.until(`document.querySelector('#chip')?.innerText.includes('0/20 条 · 0/60 张')`)
	p.until(`document.querySelectorAll('.tile').length === 8`)
	ids := stored[[]string](p, "ops", "list.map(o => o.id)")

	planner := openTab(t, browser, site+"/#map=18/34.7416/113.7302", 1440, 900)
	planner.until(`window.__listening === true`)
	eval[bool](planner, fmt.Sprintf(watchFor, `["`+strings.Join(ids, `","`)+`"]`))
	way.set(func() { way.cut = false })
	p.until(`document.querySelector('#chip').innerText.includes('20/20 条 · 60/60 张')`)
	p.until(`document.querySelector('#chip').innerText.includes('已确认')`)
	planner.until(`window.__counted > 0 && window.__mapped > 0`)
	confirmed := stored[float64](p, "ops", "Math.max(...list.map(o => o.doneAt))")
	t.Logf("after the last confirmation the planner's count had them in %.0f ms, the map in %.0f ms", eval[float64](planner, "window.__counted")-confirmed, eval[float64](planner, "window.__mapped")-confirmed)

	lamps := eval[int](p, `fetch('/api/v1/changes?jurisdiction=410105015&since=5944&limit=10000').then(r => r.json()).then(r => new Set(r.changes.filter(c => c.noun === 'asset' && c.kind === 'create' && c.after.source === 'phone').map(c => c.id)).size)`)
	kept := eval[int](p, `fetch('/api/v1/photos?jurisdiction=410105015&limit=1000').then(r => r.json()).then(r => r.photos.length)`)
	if lamps != 20 || kept != 60 {
		t.Errorf("the server has %d assets and %d photos, want 20 and 60", lamps, kept)
	}
	p.click("#chip")
	p.until(`document.querySelectorAll('.item:not(.photo) .state.done').length === 20 && document.querySelectorAll('.item.photo .state.done').length === 60`)
	p.accessible("the sync page")
}

// watchFor notes when the planner's figures, and its map's own data, hold the
// assets of a list, the one as soon as the total grew by so many.
const watchFor = `((ids) => {
	const total = () => Number(document.querySelectorAll('.figures b')[2].innerText.replace(/,/g, ''));
	const [before, wanted] = [total(), new Set(ids)];
	Object.assign(window, { __counted: 0, __mapped: 0 });
	const look = setInterval(() => {
		if (!__counted && total() >= before + wanted.size) window.__counted = Date.now();
		const there = new Set(__map.querySourceFeatures('assets', { sourceLayer: 'assets' }).map((f) => f.properties.id).filter((id) => wanted.has(id)));
		if (!__mapped && there.size === wanted.size) window.__mapped = Date.now();
		if (__counted && __mapped) clearInterval(look);
	}, 50);
	return true;
})(%s)`

// placeVectors counts the places where the phone's rules and the server's differ.
const placeVectors = `(async () => {
	const root = document.documentElement.dataset.static;
	const { locator } = await import(root + 'base/geo.js');
	const v = await (await fetch(root + 'base/place_vectors.json')).json();
	const place = locator(v.segments, v.communities, v.max_offset_m);
	return v.points.filter(({ at, place: want }) => { const got = place(at); return Object.keys(want).some((k) => got[k] !== want[k]); }).length;
})()`
