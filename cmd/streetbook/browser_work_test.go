package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// phoneSends has the page send what a phone would: operations of a batch.
func phoneSends(p tab, ops ...map[string]any) []fleetReceipt {
	p.Helper()
	body, err := json.Marshal(map[string]any{"device": newUUID(), "name": "小米 12", "app": "1.4", "jurisdiction": fleetPlace, "ops": ops,
		"unsent": map[string]any{"ops": 3, "photos": 2, "oldest": "2026-01-01T00:00:00Z"}})
	if err != nil {
		p.Fatal(err)
	}
	return eval[struct{ Results []fleetReceipt }](p, fmt.Sprintf(`fetch('/api/v1/sync', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: %q}).then((r) => r.json())`, body)).Results
}

func phoneOp(noun, kind, id string, base int, value map[string]any) map[string]any {
	o := map[string]any{"op": newUUID(), "noun": noun, "kind": kind, "id": id, "at": "2026-03-01T08:00:00Z", "value": value}
	if base > 0 {
		o["base"] = base
	}
	return o
}

// fieldWork is what the office sees of the work in the street: conflicts, walked
// streets, phones, and the file of one that cannot send.
func (v visit) fieldWork(t *testing.T) {
	p := v.admin(t, 1440, 900)
	p.until(`window.__listening`)
	lamp, segment := newUUID(), fetch[struct{ Features []struct{ ID string } }](p, v.site+"/ogc/collections/segments/items?jurisdiction=410105015&key=true&limit=1").Features[0].ID
	phoneSends(p, phoneOp("asset", "create", lamp, 0, map[string]any{"class": "0118", "name": "一号灯", "condition": "good", "geometry": map[string]any{"type": "Point", "coordinates": []float64{113.74, 34.755}}}),
		phoneOp("walk", "create", newUUID(), 0, map[string]any{"started_at": "2026-03-01T08:00:00Z", "ended_at": "2026-03-01T09:00:00Z", "sides": []any{map[string]any{"segment": segment, "side": "left"}}}))
	for _, said := range []map[string]any{{"condition": "poor", "name": "甲灯"}, {"condition": "dangerous", "name": "乙灯"}} {
		phoneSends(p, phoneOp("asset", "update", lamp, 1, said))
	}
	v.settles(p, lamp)
	v.sees(p, segment)
	v.rescues(p, lamp)
	v.labels(p, lamp)
}

// settles: a conflict announces itself, stands with both its sides, and is settled.
func (v visit) settles(p tab, lamp string) {
	p.until(`document.querySelector('.me-count')?.dataset.count === '1'`)
	p.menu("#to-disputes")
	p.until(`document.querySelector('.dispute-card')?.innerText.includes('乙灯') && document.querySelectorAll('.sides tbody tr').length === 2`)
	p.both("the conflicts")
	if !eval[bool](p, `document.querySelector('[data-choice="fields"]').disabled`) {
		p.Error("what is not chosen can be merged")
	}
	p.click(`.sides tr:nth-child(1) td:nth-of-type(2) input`)
	p.click(`.sides tr:nth-child(2) td:nth-of-type(3) input`)
	p.until(`!document.querySelector('[data-choice="fields"]').disabled`)
	p.click(`[data-choice="fields"]`)
	p.until(`document.querySelector('.desk .nothing') && !document.querySelector('.me-count')`)
	got := fetch[struct {
		Properties struct{ Name, Condition string }
	}](p, v.site+"/ogc/collections/assets/items/"+lamp).Properties
	if got.Name != "甲灯" || got.Condition != "dangerous" {
		p.Errorf("after the choice the lamp is %+v", got)
	}
	p.click("#disputes-settled")
	p.until(`document.querySelector('.dispute-card')?.innerText.includes('逐项选择')`)
	p.accessible("the settled conflicts")
	// One of a single field is settled in one tap.
	phoneSends(p, phoneOp("asset", "update", lamp, 1, map[string]any{"condition": "fair"}))
	p.click("#disputes-open")
	p.click(`[data-choice="mine"]`)
	p.until(`document.querySelector('.desk .nothing')`)
	if got := fetch[struct{ Properties struct{ Condition string } }](p, v.site+"/ogc/collections/assets/items/"+lamp).Properties; got.Condition != "fair" {
		p.Errorf("after one tap the lamp is %+v", got)
	}
	p.click("#desk-back")
}

// sees: which side was walked when, and who holds what.
func (v visit) sees(p tab, segment string) {
	row := fmt.Sprintf(`document.querySelector('.desk [data-segment=%q]').innerText`, segment)
	p.menu("#to-coverage")
	p.until(fmt.Sprintf(`document.querySelectorAll('.desk [data-segment]').length === 17 && %s.includes('2026-03-01')`, row))
	p.both("the walked streets")
	eval[bool](p, `(e => { e.value = '2026-03-02'; return e.dispatchEvent(new Event('input', {bubbles: true})); })(document.querySelector('[data-field="from"] input'))`)
	p.until(fmt.Sprintf(`document.querySelectorAll('.desk [data-segment]').length === 17 && !%s.includes('2026-03-01')`, row))
	p.click(`[data-field="all"] input`)
	p.until(`document.querySelectorAll('.desk [data-segment]').length > 17`)
	p.click("#desk-back")
	p.menu("#to-devices")
	p.until(`document.querySelector('[data-device]')?.innerText.includes('3 条 · 2 张')`)
	p.both("the phones")
}

// rescueZip is the file of a phone that cannot send: an asset, its photo, and what
// is to be refused.
func rescueZip(t *testing.T, lamp string) string {
	t.Helper()
	picture, err := os.ReadFile(pictures(t, 1)[0])
	if err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(picture))
	text, err := json.Marshal(map[string]any{"device": newUUID(), "jurisdiction": fleetPlace,
		"ops":    []any{phoneOp("inspection", "create", newUUID(), 0, map[string]any{"asset": lamp, "result": "found"}), phoneOp("asset", "update", newUUID(), 1, map[string]any{"name": "x"})},
		"photos": []any{map[string]any{"photo": newUUID(), "sha256": sum, "size": len(picture), "media_type": "image/jpeg", "noun": "asset", "id": lamp}}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, member := range []struct {
		name string
		body []byte
	}{{"ops.json", text}, {"photos/" + sum, picture}} {
		w, err := z.Create(member.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(member.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "rescue.zip")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// rescues: the file is taken in, says what it could not take, and may come twice.
func (v visit) rescues(p tab, lamp string) {
	p.click("#to-rescue")
	p.until(`document.querySelector('#rescue-file')`)
	file := rescueZip(p.T, lamp)
	for _, said := range []string{"新登记 1", "早已收到 1"} {
		p.do(chromedp.SetUploadFiles(chromedp.CSS("#rescue-file"), []string{file}))
		p.until(fmt.Sprintf(`(text => text.includes(%q) && text.includes('未收 1') && text.includes('1 张照片'))(document.querySelector('#rescued')?.innerText ?? '')`, said))
	}
	p.until(`document.querySelectorAll('#rescued tbody tr').length === 1`)
	p.both("a rescue file")
}

// labels: a sheet of labels is made of what is open.
func (v visit) labels(p tab, lamp string) {
	made := `performance.getEntriesByType('resource').filter((e) => e.name.endsWith('/api/v1/labels') && e.responseStatus === 200).length`
	p.open(v.site + "/#open=asset:" + lamp)
	p.until(`document.querySelector('#photos img')?.naturalWidth > 0`)
	p.click("#act-label")
	p.until(made + " === 1")
	p.accessible("an asset with labels")
}
