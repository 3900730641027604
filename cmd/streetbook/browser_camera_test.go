package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

// exifPicture writes a JPEG as a phone held upright makes it: lying on its side,
// with a word about that and about where it was, 113.73 E 34.7416667 N.
func exifPicture(t *testing.T, plain string) string {
	t.Helper()
	picture, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	var tiff bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			if err := binary.Write(&tiff, binary.BigEndian, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	const gps, data = 8 + 2 + 2*12 + 4, 8 + 2 + 2*12 + 4 + 2 + 4*12 + 4
	put([]byte("MM\x00*"), uint32(8))
	put(uint16(2), uint16(0x0112), uint16(3), uint32(1), uint16(6), uint16(0), uint16(0x8825), uint16(4), uint32(1), uint32(gps), uint32(0))
	put(uint16(4), uint16(1), uint16(2), uint32(2), []byte("N\x00\x00\x00"), uint16(2), uint16(5), uint32(3), uint32(data))
	put(uint16(3), uint16(2), uint32(2), []byte("E\x00\x00\x00"), uint16(4), uint16(5), uint32(3), uint32(data+24), uint32(0))
	put([]uint32{34, 1, 44, 1, 3000, 100, 113, 1, 43, 1, 4800, 100})
	segment := append([]byte("Exif\x00\x00"), tiff.Bytes()...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(segment)+2))
	return file(t, "exif.jpg", string(append(append(head, segment...), picture[2:]...)))
}

// photographs: pictures are seen before they are saved, one is left out again;
// the other goes small and upright, with the place the camera wrote, and then as
// it is.
func (s *patrol) photographs(t *testing.T) {
	p, o := workPhone(t, s.browser, s.road.site, "admin", s.password), s.office.as(t)
	p.click("#more")
	p.click(`[data-field="originals"] input`)
	p.click("#back")
	p.click(`.tile[data-class="0118"]`)
	p.until(`document.querySelector('.photo-input')`)
	plain := pictures(t, 12)[10:]
	p.do(chromedp.SetUploadFiles(chromedp.CSS(".photo-input"), []string{exifPicture(t, plain[0]), plain[1]}))
	p.until(`document.querySelectorAll('.shots img').length === 2`)
	p.accessible("the strip of photos")
	p.click(".shots li:last-child button")
	p.until(`document.querySelectorAll('.shots img').length === 1`)
	p.whenEnabled("#save")
	p.chip("1/1 条 · 2/2 张")
	id := stored[string](p, "ops", "list[0].id")
	list := o.ask("GET", "/api/v1/photos?jurisdiction=410105015&noun=asset&id="+id, nil)["photos"].([]any)
	if len(list) != 1 {
		t.Fatalf("%d photos of the lamp, want the small one with its original", len(list))
	}
	photo := list[0].(map[string]any)
	if got := fmt.Sprint(photo["width"], photo["height"], photo["position"]); got != "240 320 [113.73 34.7416667]" {
		t.Errorf("the small copy is %s", got)
	}
	if larger, ok := photo["larger"].(map[string]any); !ok || larger["stored_at"] == nil {
		t.Errorf("there is no original beside %v", photo)
	}
}
