package main

import (
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"

	"streetbook/assets/blob"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
	"streetbook/assets/web"
	"streetbook/static"
)

// to has the road lead to another server from now on.
func (r *road) to(t *testing.T, site string) {
	t.Helper()
	at, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	r.set(func() { r.server = at })
}

// newer serves the registry of the patrol with web files of a later version, and
// returns its address.
func (s *patrol) newer(t *testing.T) string {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(static.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(static.Files, name)
		files[name] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files["field/more.js"].Data = append(files["field/more.js"].Data, "// A later version.\n"...)
	store, err := postgis.Open(t.Context(), s.database, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	server, err := web.New(store, files, web.Config{Anonymous: true, Blobs: blob.In(filepath.Join(s.data, "blobs"))})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(t.Context(), listener) }() // the context ends before the store is closed
	t.Cleanup(func() {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

// newerProgram: a page with work that is unsent meets a later version of the
// program. It goes on as it is, also when it is loaded again, until all is
// confirmed; then the later one takes its place by itself. A page that is closed
// before opens as the later one, with all that the earlier left unsent.
func (s *patrol) newerProgram(t *testing.T) {
	before := s.road.server.String()
	defer s.road.to(t, before)
	version := `document.documentElement.dataset.static`
	p := workPhone(t, s.browser, s.road.site, "admin", s.password)
	p.until(`navigator.serviceWorker.controller !== null`)
	earlier := eval[string](p, version)
	s.road.set(func() { s.road.meet = withoutSync })
	p.click("#burst")
	p.click(`.tile[data-class="0118"]`)
	p.until(`document.querySelector('.photo-input')`)
	p.do(chromedp.SetUploadFiles(chromedp.CSS(".photo-input"), pictures(t, 2)))
	p.chip("0/1 条 · 0/2 张")
	p.click(".close")

	s.road.to(t, s.newer(t))
	waits := `navigator.serviceWorker.getRegistration().then(r => r.waiting !== null)`
	p.until(`navigator.serviceWorker.getRegistration().then(r => r.update()).then(() => true)`)
	p.until(waits)
	p.click(`.tile[data-class="0118"]`)
	p.whenEnabled("#save")
	p.chip("0/2 条 · 0/2 张")
	p.do(chromedp.Navigate(s.road.site + "/field"))
	p.chip("0/2 条 · 0/2 张")
	p.until(waits)
	if now := eval[string](p, version); now != earlier {
		t.Errorf("with work unsent the page is %s, before it was %s", now, earlier)
	}

	s.road.set(func() { s.road.meet = nil })
	p.sync(`document.querySelector('#chip').innerText.includes('2/2 条 · 2/2 张')`)
	p.click("#back")
	p.until(fmt.Sprintf(`%s !== %q && document.querySelectorAll('.tile').length === 8`, version, earlier))
	p.chip("2/2 条 · 2/2 张")
	p.until(`navigator.serviceWorker.getRegistration().then(r => !r.waiting && r.active.state === 'activated')`)
	if held := eval[[]string](p, `caches.keys()`); len(held) != 1 {
		t.Errorf("after the later version took over the phone keeps %v", held)
	}
	if ids := stored[[]string](p, "ops", "list.map(o => o.id)"); len(ids) != 2 || s.office.as(t).asset(ids[0])["condition"] != "good" || s.office.as(t).asset(ids[1])["condition"] != "good" {
		t.Errorf("of two lamps the phone holds %v", ids)
	}
}

// restoredServer: what the server confirmed is lost with it, and a backup of
// before is put back. The open page notices, offers again what it holds, and says
// so; all is there, and once.
func (s *patrol) restoredServer(t *testing.T) {
	p := s.phoneOfTwoPlaces(t)
	p.whenEnabled(`[data-jurisdiction="410105015"]`)
	p.until(`document.querySelectorAll('.tile').length === 8 && document.querySelector('.gps.good')`)
	shoot := func(photos []string) {
		p.until(`document.querySelector('.photo-input')`)
		p.do(chromedp.SetUploadFiles(chromedp.CSS(".photo-input"), photos))
	}
	photos := pictures(t, 8)
	p.click("#burst")
	p.click(`.tile[data-class="0118"]`)
	shoot(photos[3:5])
	p.chip("1/1 条 · 2/2 张")
	backup := filepath.Join(t.TempDir(), "registry.tar")
	if status, _, said := verb("backup", backup, "--database", s.database, "--data", s.data); status != 0 {
		t.Fatal(said)
	}
	for i := range 3 {
		shoot(photos[5+i : 6+i])
		p.chip(fmt.Sprintf("%d/%d 条 · %d/%d 张", i+2, i+2, i+3, i+3))
	}
	p.click(".close")
	p.openByCode(s.codes[9])
	p.click(`[data-condition="poor"]`)
	p.chip("5/5 条 · 5/5 张")
	created := stored[[]string](p, "ops", "list.filter(o => o.body.kind === 'create').map(o => o.id)")

	s.cut(true)
	s.server.kill(t)
	restored, data := postgistest.EmptyURL(t), t.TempDir()
	if status, _, said := verb("restore", backup, "--database", restored, "--data", data); status != 0 {
		t.Fatal(said)
	}
	server := start(t, "serve", "--database", restored, "--data", data, "--listen", "127.0.0.1:0")
	at := server.url(t)
	desk := openOffice(t, at, "admin", s.password)
	if n := len(desk.photosOf(created)); n != 2 {
		t.Fatalf("the restored server holds %d photos before anybody offers any, want the 2 of the backup", n)
	}
	s.road.to(t, at)
	s.cut(false)
	eval[bool](p, `dispatchEvent(new Event('online'))`) // as the browser says it
	p.until(`document.querySelector('.field-login')`)   // a backup keeps nobody signed in
	p.enter(`.field-login [data-field="name"] input`, "admin")
	p.enter(`.field-login [data-field="password"] input`, s.password)
	p.click(`.field-login .save`)
	p.hears("5 条、5 张重新提交")
	p.until(inStore("ops", `list.length === 5 && list.every(o => o.state === 'done') && new Set(list.map(o => o.receipt.epoch)).size === 1`))
	p.chip("5/5 条 · 5/5 张")
	p.click("#chip")
	p.until(`document.querySelector('#restored')?.innerText.includes('从备份恢复')`)
	p.accessible("the sync page after a restore")
	p.click("#back")
	if got := desk.asset(s.ids[9])["condition"]; got != "poor" {
		t.Errorf("the lamp that was changed after the backup is %v", got)
	}
	for _, id := range created {
		if got := desk.asset(id); got["version"] != 1.0 || got["source"] != "phone" {
			t.Errorf("what was tagged is %v", got)
		}
	}
	if n := len(desk.photosOf(created)); n != 5 {
		t.Errorf("%d photos are there again, want 5", n)
	}
	p.until(`document.querySelectorAll('.tile').length === 8`)
	p.until(inStore("assets", fmt.Sprintf(`%q.split(',').every(id => list.some(a => a.id === id))`, strings.Join(created, ","))))
}

// photosOf returns the ids of the photos of some assets.
func (o office) photosOf(ids []string) (photos []string) {
	o.Helper()
	for _, id := range ids {
		for _, p := range o.ask("GET", "/api/v1/photos?jurisdiction="+fleetPlace+"&noun=asset&id="+id, nil)["photos"].([]any) {
			photos = append(photos, p.(map[string]any)["id"].(string))
		}
	}
	return photos
}
