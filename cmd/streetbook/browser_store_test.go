package main

import (
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestFieldStore: what an older program left on the phone, what the camera gave,
// what is of several places, and what a newer program or a restored server finds
// there, all arrives.
func TestFieldStore(t *testing.T) {
	t.Parallel()
	s := openPatrol(t)
	t.Run("older store", s.olderStore)
	t.Run("photographs", s.photographs)
	t.Run("taps", s.taps)
	t.Run("newer program", s.newerProgram)
	t.Run("several places", s.places)
	t.Run("restored server", s.restoredServer)
}

// olderStore: a store as the first version left it, with a full outbox, is
// opened by this one, and all of it is sent.
func (s *patrol) olderStore(t *testing.T) {
	p, cancel := openPhone(t, s.browser, s.road.site+"/healthz#", chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	id, op := newUUID(), newUUID()
	if !eval[bool](p, fmt.Sprintf(firstStore, id, op, newUUID())) {
		t.Fatal("the older store was not made")
	}
	p.do(chromedp.Navigate(s.road.site + "/field"))
	p.until(`document.querySelector('#chip')?.innerText.includes('0/1 条 · 0/1 张')`)
	p.signInOnPhone("admin", s.password)
	p.chip("1/1 条 · 1/1 张")
	if got := s.office.as(t).asset(id); got["condition"] != "poor" || got["source"] != "phone" {
		t.Errorf("of the older store the server has %v", got)
	}
	if got := stored[string](p, "ops", "list[0].jurisdiction"); got != fleetPlace {
		t.Errorf("the item of the older store is of %q", got)
	}
}

// firstStore makes the store of version 1 with an asset and its photo unsent.
const firstStore = `(async () => {
	const open = indexedDB.open('streetbook-field', 1);
	open.onupgradeneeded = () => {
		const ops = open.result.createObjectStore('ops', { keyPath: 'n', autoIncrement: true });
		ops.createIndex('op', 'op', { unique: true }); ops.createIndex('id', 'id'); ops.createIndex('state', 'state');
		const photos = open.result.createObjectStore('photos', { keyPath: 'photo' });
		photos.createIndex('state', 'state'); photos.createIndex('object', 'object');
		open.result.createObjectStore('assets', { keyPath: 'id' }); open.result.createObjectStore('meta');
	};
	const db = await new Promise((ok, no) => { open.onsuccess = () => ok(open.result); open.onerror = () => no(open.error); });
	const [id, op, photo] = [%q, %q, %q];
	const canvas = document.createElement('canvas'); canvas.width = canvas.height = 40; canvas.getContext('2d').fillRect(5, 5, 20, 20);
	const blob = await new Promise((ok) => canvas.toBlob(ok, 'image/jpeg'));
	const sha256 = [...new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()))].map((b) => b.toString(16).padStart(2, '0')).join('');
	const at = new Date().toISOString();
	const value = { geometry: { type: 'Point', coordinates: [113.7352, 34.7516] }, class: '0118', condition: 'poor', accuracy_m: 3, source: 'phone', source_crs: 'WGS84', attributes: {}, jurisdiction: '410105015' };
	const tx = db.transaction(['ops', 'photos', 'meta'], 'readwrite');
	tx.objectStore('ops').add({ op, noun: 'asset', id, state: 'waiting', tries: 0, day: at.slice(0, 10), body: { op, noun: 'asset', id, kind: 'create', base: null, at, value } });
	tx.objectStore('photos').put({ photo, state: 'waiting', tries: 0, object: id, noun: 'asset', sha256, size: blob.size, type: 'image/jpeg', at, blob, position: [113.7352, 34.7516], accuracy_m: 3 });
	tx.objectStore('meta').put('410105015', 'jurisdiction');
	await new Promise((ok, no) => { tx.oncomplete = ok; tx.onerror = () => no(tx.error); });
	db.close();
	return true;
})()`

// places: who may work in several jurisdictions is asked where, and may change it
// with work unsent: each goes to its own.
func (s *patrol) places(t *testing.T) {
	o := s.office.as(t)
	command(t, 0, s.database, "jurisdiction", "add", "990000001", "测试街道", "--boundary", file(t, "outline.geojson", outline))
	p := s.phoneOfTwoPlaces(t)
	p.accessible("the choice of a jurisdiction")
	p.whenEnabled(`[data-jurisdiction="410105015"]`)
	p.until(`document.querySelectorAll('.tile').length === 8 && document.querySelector('.gps.good')`)
	s.road.set(func() { s.road.meet = withoutSync })
	p.openByCode(s.codes[1])
	p.click(`[data-condition="poor"]`)
	p.chip("0/1 条")
	p.click("#more")
	p.until(`document.querySelector('[data-field="jurisdiction"] select:not(:disabled)')`)
	eval[bool](p, `(() => { const s = document.querySelector('[data-field="jurisdiction"] select'); s.value = '990000001'; s.dispatchEvent(new Event('change', { bubbles: true })); return true; })()`)
	p.until(`document.querySelector('#area-state').innerText.includes('测试街道')`)
	p.click("#back")
	p.click(`.tile`)
	p.whenEnabled("#save")
	p.chip("0/2 条")
	p.click("#chip")
	s.rescueOfPlaces(t, p)
	s.road.set(func() { s.road.meet = nil })
	p.whenEnabled("#sync-now")
	p.chip("2/2 条")
	if got := stored[[]string](p, "ops", "list.map((o) => o.receipt.outcome)"); fmt.Sprint(got) != "[already already]" {
		t.Errorf("after the offices took them the phone is told %v", got)
	}
	if got := o.asset(s.ids[1])["condition"]; got != "poor" {
		t.Errorf("the lamp of the first place is %v", got)
	}
	if n := len(o.ask("GET", "/ogc/collections/assets/items?jurisdiction=990000001", nil)["features"].([]any)); n != 1 {
		t.Errorf("%d lamps in the second place, want 1", n)
	}
}

// phoneOfTwoPlaces opens a phone whose person is asked where to work.
func (s *patrol) phoneOfTwoPlaces(t *testing.T) tab {
	p, cancel := openPhone(t, s.browser, s.road.site, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p.until(`document.querySelector('.field-login')`)
	p.enter(`.field-login [data-field="name"] input`, "admin")
	p.enter(`.field-login [data-field="password"] input`, s.password)
	p.click(`.field-login .save`)
	p.until(`document.querySelectorAll('[data-jurisdiction]').length === 2`)
	return p
}

// rescueOfPlaces: there is a file for each place, and each office takes in its own.
// The phone that can send again is told so of each.
func (s *patrol) rescueOfPlaces(t *testing.T, p tab) {
	o := s.office.as(t)
	names := p.downloads(t, "#rescue", 2)
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(outcomes(o.ask("POST", "/api/v1/rescue", file, "Content-Type", "application/zip")["results"], "outcome")); got != "[applied]" {
			t.Errorf("a rescue file gives %s", got)
		}
	}
}

// withoutSync answers every batch as a server that is overloaded.
func withoutSync(w http.ResponseWriter, r *http.Request, _ []byte) bool {
	if r.URL.Path != "/api/v1/sync" {
		return false
	}
	refuse(w, http.StatusServiceUnavailable, "busy")
	return true
}
