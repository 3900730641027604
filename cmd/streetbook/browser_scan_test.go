package main

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

// TestFieldScan: the label on an asset opens it, by the camera, by another
// program that knows its link, and by hand; without the network too, and never at
// the cost of what is being entered.
func TestFieldScan(t *testing.T) {
	t.Parallel()
	server := start(t, "serve", "--database", postgistest.URL(t), "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	at := server.url(t)
	password := printedPassword.FindStringSubmatch(server.said(t, server.stdout))[1]
	s := &patrol{road: openRoad(t, at), office: openOffice(t, at, "admin", password), password: password}
	s.ids, s.codes = s.office.lamps(4)
	film := filmOf(t, s.office.label(s.ids[0]))
	s.browser = openBrowser(t, false, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-file-for-fake-video-capture", film))
	s.p = workPhone(t, s.browser, s.road.site, "admin", password)
	s.p.until(`navigator.serviceWorker.controller !== null`)
	t.Run("camera", s.scan)
	t.Run("link", s.link)
	t.Run("half a form", s.linkOverForm)
}

// sheetOf is whether the sheet of an asset is open.
func sheetOf(code string) string {
	return fmt.Sprintf(`document.querySelector('#found') && document.querySelector('.field-sheet .where').innerText.includes(%q)`, code)
}

// scan: the camera reads the label, the second time without the network.
func (s *patrol) scan(t *testing.T) {
	p := s.p.on(t)
	for _, off := range []bool{false, true} {
		s.cut(off)
		p.click("#more")
		p.click("#scan")
		p.until(sheetOf(s.codes[0]))
		if eval[bool](p, `Boolean(document.querySelector('.viewfinder'))`) {
			t.Error("the camera still looks")
		}
		p.click(".close")
	}
	s.cut(false)
}

// link: the link of a label opens its asset in a page that is open or begins with
// it; what the phone does not hold is asked for, and said to be unknown at last.
func (s *patrol) link(t *testing.T) {
	p := s.p.on(t)
	follow := func(id string) { eval[bool](p, fmt.Sprintf(`(location.hash = 'asset=%s') !== ''`, id)) }
	for range 2 { // the same label twice
		follow(s.ids[1])
		p.until(sheetOf(s.codes[1]))
		p.click(".close")
	}
	fresh := s.office.as(t).ask("POST", "/ogc/collections/assets/items", map[string]any{"type": "Feature", "geometry": map[string]any{"type": "Point", "coordinates": []float64{113.74, 34.755}},
		"properties": map[string]any{"jurisdiction": fleetPlace, "class": "0118", "name": "新灯", "condition": "good"}}, "Content-Type", "application/geo+json")
	code := fresh["properties"].(map[string]any)["code"].(string)
	follow(fresh["id"].(string))
	p.until(sheetOf(code))
	p.click(".close")
	s.cut(true)
	follow(s.ids[2])
	p.until(sheetOf(s.codes[2]))
	p.click(".close")
	follow(newUUID())
	p.hears("本机没有此设施")
	p.openByCode(code)
	p.click(".close")
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.road.site+"/field#asset="+s.ids[1]))
	p.until(sheetOf(s.codes[1]))
	p.click(".close")
	s.cut(false)
}

// linkOverForm: what is half entered stays, and the asset opens after it.
func (s *patrol) linkOverForm(t *testing.T) {
	p := s.p.on(t)
	p.click(`.tile[data-class="0118"]`)
	p.click(`[data-condition="poor"]`)
	p.do(chromedp.SetUploadFiles(chromedp.CSS(".photo-input"), pictures(t, 1)))
	p.until(`document.querySelectorAll('.shots img').length === 1`)
	eval[bool](p, fmt.Sprintf(`(location.hash = 'asset=%s') !== ''`, s.ids[3]))
	p.hears("随后打开")
	if !eval[bool](p, `document.querySelector('[data-condition="poor"]').getAttribute('aria-checked') === 'true' && document.querySelectorAll('.shots img').length === 1`) {
		t.Error("a scanned label took what was being entered")
	}
	eval[bool](p, `(history.back(), true)`) // as the phone's own button does
	p.hears("有未保存的内容")
	p.whenEnabled("#save")
	p.until(sheetOf(s.codes[3]))
	p.chip("1/1 条 · 1/1 张")
	if got := stored[string](p, "ops", "list[0].body.value.condition"); got != "poor" {
		t.Errorf("what was being entered is kept as %q", got)
	}
	eval[bool](p, `(history.back(), true)`)
	p.until(`document.querySelectorAll('.tile').length === 8`)
}

// rectangle of a PDF's page, from its lower left corner.
var rectangle = regexp.MustCompile(`([0-9.]+) ([0-9.]+) ([0-9.]+) ([0-9.]+) re\n`)

// label returns the picture of the QR code on an asset's label, as it is printed,
// with the white around it.
func (o office) label(id string) image.Image {
	o.Helper()
	res, err := o.client.Get(o.site + "/api/v1/labels?jurisdiction=" + fleetPlace + "&ids=" + id)
	if err != nil {
		o.Fatal(err)
	}
	defer res.Body.Close()
	sheet, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		o.Fatal(res.Status, err)
	}
	picture := image.NewGray(image.Rect(0, 0, 640, 480))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	for _, part := range bytes.Split(sheet, []byte("stream\n"))[1:] {
		z, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue // no packed stream
		}
		page, err := io.ReadAll(z)
		if err != nil {
			o.Fatal(err)
		}
		for _, r := range rectangle.FindAllSubmatch(page, -1) {
			var v [4]float64
			for i := range v {
				if v[i], err = strconv.ParseFloat(string(r[i+1]), 64); err != nil {
					o.Fatal(err)
				}
			}
			// Of the first label, 78 points wide at 12 from the left; its middle 52.6 below the top.
			const scale, left, middle = 4, 12 - 78.0/2, 841.89 - 841.89/16
			x, y := (v[0]-left)*scale, 240-(v[1]-middle)*scale
			dark := image.Rect(int(x+0.5), int(y-v[3]*scale+0.5), int(x+v[2]*scale+0.5), int(y+0.5))
			draw.Draw(picture, dark, image.NewUniform(color.Black), image.Point{}, draw.Src)
		}
	}
	return picture
}

// filmOf writes a picture as a film that the browser takes for a camera's.
func filmOf(t *testing.T, picture image.Image) string {
	t.Helper()
	rgba := image.NewRGBA(picture.Bounds())
	draw.Draw(rgba, rgba.Bounds(), picture, image.Point{}, draw.Src)
	var film bytes.Buffer
	for range 2 {
		if err := jpeg.Encode(&film, rgba, &jpeg.Options{Quality: 90}); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "camera.mjpeg")
	if err := os.WriteFile(name, film.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
