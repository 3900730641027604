package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
)

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

// afterRefused: an edit after a refused one, or after one that was given up, is
// held against what the server has, not what that one left on the phone.
func (s *patrol) afterRefused(t *testing.T) {
	p, o := s.p.on(t), s.office.as(t)
	s.cut(true)
	for i, code := range s.codes[16:18] {
		p.openByCode(code)
		p.click(`[data-condition="fair"]`)
		p.chip(fmt.Sprintf("21/%d 条", 22+i))
	}
	bad := stored[[]string](p, "ops", "list.slice(-2).map((o) => o.op)")
	s.road.set(func() {
		s.road.cut = false
		s.road.meet = func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			if r.URL.Path != "/api/v1/sync" || !bytes.Contains(body, []byte(bad[0])) && !bytes.Contains(body, []byte(bad[1])) {
				return false
			}
			refuse(w, http.StatusBadRequest, "invalid")
			return true
		}
	})
	p.sync(`document.querySelectorAll('[data-repair]').length === 2`)
	s.cut(true)
	p.click(fmt.Sprintf(`[data-repair="%s"]`, bad[1]))
	p.click("#give-up")
	p.click("#give-up")
	p.chip("21/22 条")
	p.click("#back")
	for i, code := range s.codes[16:18] {
		p.openByCode(code)
		p.click(`[data-condition="poor"]`)
		p.chip(fmt.Sprintf("21/%d 条", 23+i))
	}
	s.cut(false)
	p.sync(`document.querySelector('#chip').innerText.includes('23/24 条')`)
	p.click("#back")
	if got := stored[[]string](p, "ops", "list.slice(-2).map((o) => o.receipt.outcome + o.body.was.condition)"); fmt.Sprint(got) != "[appliedgood appliedgood]" {
		t.Errorf("after a refused and a given up edit the phone is told %v", got)
	}
	for _, id := range s.ids[16:18] {
		if got := o.asset(id)["condition"]; got != "poor" {
			t.Errorf("the lamp is %v", got)
		}
	}
	s.road.set(func() { s.road.meet = nil })
	p.click("#chip")
	p.click(fmt.Sprintf(`[data-repair="%s"]`, bad[0]))
	p.click("#give-up")
	p.click("#give-up")
	p.chip("23/23 条")
	p.click("#back")
}

// forbiddenPhoto: one photo that is refused stops none of the others.
func (s *patrol) forbiddenPhoto(t *testing.T) {
	p := s.p.on(t)
	var first atomic.Value // of the first photo: its sum
	s.road.set(func() {
		s.road.meet = func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			if r.Method != "POST" || r.URL.Path != "/api/v1/photos" {
				return false
			}
			sum := string(body[bytes.Index(body, []byte(`"sha256"`)):][:80])
			first.CompareAndSwap(nil, sum)
			if sum != first.Load() {
				return false
			}
			refuse(w, http.StatusForbidden, "forbidden")
			return true
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
	way := openRoad(t, s.office.site) // of the other phone
	other := workPhone(t, s.browser, way.site, "admin", s.password)
	s.cut(true)
	way.set(func() { way.cut = true })
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
	way.set(func() { way.cut = false })
	other.sync(`document.querySelectorAll('.item.conflict').length === 2`)
	if got := o.asset(s.ids[12]); got["condition"] != "poor" || got["name"] != "两人灯" {
		t.Errorf("of two changes of different members there is %v", got)
	}
	other.accessible("two conflicts")
	other.click(`[data-choice="mine"]`)
	other.until(`document.querySelectorAll('.item.conflict').length === 1`)
	// The first phone hears of the second conflict by the feed, and settles it.
	p.click("#more")
	p.whenEnabled("#refresh")
	p.until(`!document.querySelector('#refresh').disabled`)
	p.click("#back")
	p.click("#chip")
	p.until(`document.querySelectorAll('.item.conflict').length === 1`)
	p.click(`.item.conflict [data-choice="theirs"]`)
	p.until(`document.querySelectorAll('.item.conflict').length === 0`)
	p.click("#back")
	other.click("#back")
	other.click("#more")
	other.whenEnabled("#refresh")
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
	if status := eval[int](p, `fetch('/api/v1/session', {method: 'DELETE'}).then(r => r.status)`); status != http.StatusNoContent {
		t.Fatalf("signing out: %d", status)
	}
	p.openByCode(s.codes[13])
	p.click(`[data-condition="poor"]`)
	p.chip("18/19 条")
	p.click("#chip")
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
	name := p.downloads(t, "#rescue", 1)[0]
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	answer := o.ask("POST", "/api/v1/rescue", file, "Content-Type", "application/zip")
	if got := fmt.Sprint(outcomes(answer["results"], "outcome"), len(answer["photos"].([]any))); got != "[applied] 2" {
		t.Errorf("the rescue file gives %s: %v", got, answer)
	}
	s.cut(false)
	p.whenEnabled("#sync-now")
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

// downloads clicks and returns the paths of so many files that it brings: read
// out of the page, which is the same for every browser.
func (p tab) downloads(t *testing.T, selector string, n int) (paths []string) {
	p.Helper()
	eval[bool](p, `(() => { window.__files = []; const made = URL.createObjectURL; URL.createObjectURL = (b) => { if (b.type === 'application/zip') window.__files.push(b); return made.call(URL, b); }; })() ?? true`)
	p.click(selector)
	p.until(fmt.Sprintf(`window.__files.length === %d`, n))
	for i := range n {
		text := eval[string](p, fmt.Sprintf(`new Promise((ok) => { const r = new FileReader(); r.onload = () => ok(r.result.split(',')[1]); r.readAsDataURL(window.__files[%d]); })`, i))
		body, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, file(t, fmt.Sprintf("rescue-%d.zip", i), string(body)))
	}
	return paths
}
