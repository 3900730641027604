package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"streetbook/assets/blob"
	"streetbook/assets/web"
)

// newPhotoTown is a town with a folder for photos and one asset.
func newPhotoTown(t *testing.T, anonymous bool) (tw *town, dir, asset string) {
	t.Helper()
	dir = t.TempDir()
	tw = newTown(t, 0, web.Config{Anonymous: anonymous, Blobs: blob.In(dir)})
	asset = newUUID()
	tw.sync(t, "field", newOp("asset", "create", asset, 0, newLamp(113.75, nil)))
	return tw, dir, asset
}

// photograph is a JPEG of noise, so that it has about a byte for each pixel.
func photograph(t testing.TB, seed, side int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	x := uint32(seed + 1)
	for i := range img.Pix {
		x = x*1664525 + 1013904223
		img.Pix[i] = byte(x >> 24)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func announcement(asset string, b []byte, mediaType string) map[string]any {
	return map[string]any{"sha256": sumOf(b), "size": len(b), "media_type": mediaType, "noun": "asset", "id": asset, "taken_at": "2026-03-01T08:00:00Z", "position": []float64{113.7512, 34.7523}}
}

type uploadState struct {
	Photo, Upload string
	Offset        int
	Receipt       *struct {
		SHA256   string
		Size     int
		StoredAt string `json:"stored_at"`
	}
}

func (tw *town) announce(t testing.TB, asset string, b []byte, mediaType string) uploadState {
	t.Helper()
	a := tw.as(t, "field", "POST", "/api/v1/photos", announcement(asset, b, mediaType))
	if a.StatusCode != 200 && a.StatusCode != 201 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	return decode[uploadState](t, a.body)
}

func (tw *town) piece(t testing.TB, who, upload string, offset int, b []byte) answer {
	t.Helper()
	return tw.as(t, who, "PATCH", upload, string(b), "Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.Itoa(offset))
}

// files lists the blobs in a folder by name, and how many uploads are unfinished.
func files(t testing.TB, dir string) (blobs map[string][]byte, unfinished int) {
	t.Helper()
	blobs = map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch first, _, _ := strings.Cut(strings.TrimPrefix(path, dir+"/"), "/"); first {
		case "copies":
		case "parts", "incoming":
			unfinished++
		default:
			b, err := os.ReadFile(path)
			blobs[d.Name()] = b
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return blobs, unfinished
}

func TestPhotoOffsetsAndRights(t *testing.T) {
	t.Parallel()
	tw, _, asset := newPhotoTown(t, false)
	b := photograph(t, 1, 64)
	s := tw.announce(t, asset, b, "image/jpeg")
	tw.piece(t, "field", s.Upload, 0, b[:100]).want(t, 204)
	a := tw.piece(t, "field", s.Upload, 0, b).want(t, 409)
	if a.Header.Get("Upload-Offset") != "100" {
		t.Errorf("%v", a.Header)
	}
	head := tw.as(t, "field", "HEAD", s.Upload, nil).want(t, 200)
	if head.Header.Get("Upload-Offset") != "100" || head.Header.Get("Upload-Length") != strconv.Itoa(len(b)) {
		t.Errorf("%v", head.Header)
	}
	tw.piece(t, "viewer", s.Upload, 100, b[100:]).want(t, 403)
	tw.piece(t, "outsider", s.Upload, 100, b[100:]).want(t, 404)
	tw.as(t, "field", "PATCH", s.Upload, "x", "Upload-Offset", "100").want(t, 415)
	tw.piece(t, "field", s.Upload, 100, append(append([]byte{}, b[100:]...), 'x')).want(t, 413)
	if a := tw.as(t, "field", "GET", s.Upload, nil).want(t, 200); decode[uploadState](t, a.body).Offset != len(b) {
		t.Errorf("%s", a.body)
	}
	tw.piece(t, "field", s.Upload, len(b), nil).want(t, 200)
	// What it is of must be there: a phone sends it again behind its object.
	body := announcement(newUUID(), b, "image/jpeg")
	if p := decode[problem](t, tw.as(t, "field", "POST", "/api/v1/photos", body).want(t, 409).body); p.Type != "/problems/not_yet" {
		t.Errorf("%+v", p)
	}
	tw.as(t, "outsider", "POST", "/api/v1/photos", announcement(asset, b, "image/jpeg")).want(t, 409)
	// Linked and unlinked by sync.
	link, id := announcement(asset, photograph(t, 2, 64), "image/jpeg"), newUUID()
	results := tw.sync(t, "field", newOp("photo", "create", id, 0, link), newOp("photo", "delete", s.Photo, 1, nil))
	if results[0].Outcome != "applied" || results[1].Outcome != "applied" {
		t.Errorf("%+v", results)
	}
	a = tw.as(t, "viewer", "GET", "/api/v1/photos?noun=asset&id="+asset, nil).want(t, 200)
	if l := decode[struct{ Photos []struct{ Photo string } }](t, a.body).Photos; len(l) != 1 || l[0].Photo != id {
		t.Errorf("%s", a.body)
	}
	tw.as(t, "outsider", "GET", "/api/v1/photos/"+s.Photo+"/thumb", nil).want(t, 404)
}

// exifGPS puts a position into a JPEG, as cameras do.
func exifGPS(b []byte) []byte {
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x1a\x00\x00\x00\x00" +
		"\x00\x01\x00\x01\x00\x02\x00\x00\x00\x02N\x00\x00\x00\x00\x00\x00\x00SECRET-PLACE")
	app := append([]byte{0xff, 0xe1, 0, 0}, append([]byte("Exif\x00\x00"), tiff...)...)
	binary.BigEndian.PutUint16(app[2:], uint16(len(app)-2))
	return append(append(append([]byte{}, b[:2]...), app...), b[2:]...)
}

// TestPhotosGiveAwayNoPlace: staff get the bytes as they were, everybody else a
// picture without what the camera wrote into it.
func TestPhotosGiveAwayNoPlace(t *testing.T) {
	t.Parallel()
	tw, _, asset := newPhotoTown(t, true)
	b := exifGPS(photograph(t, 3, 900))
	s := tw.announce(t, asset, b, "image/jpeg")
	for _, copy := range []string{"thumb", "view", "original"} {
		tw.as(t, "", "GET", "/api/v1/photos/"+s.Photo+"/"+copy, nil).want(t, 404) // not there yet
	}
	tw.piece(t, "field", s.Upload, 0, b).want(t, 200)
	for _, c := range []struct {
		who, copy string
		secret    bool
		width     int
	}{{"", "thumb", false, 400}, {"", "view", false, 900}, {"", "original", false, 900}, {"viewer", "thumb", false, 400}, {"viewer", "original", true, 900}} {
		a := tw.as(t, c.who, "GET", "/api/v1/photos/"+s.Photo+"/"+c.copy, nil).want(t, 200)
		config, err := jpeg.DecodeConfig(bytes.NewReader(a.body))
		if err != nil || config.Width != c.width || bytes.Contains(a.body, []byte("SECRET-PLACE")) != c.secret || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%+v: %v %d", c, err, config.Width)
		}
		if c.secret && !bytes.Equal(a.body, b) {
			t.Error("the original is not what was sent")
		}
	}
	list := tw.as(t, "", "GET", "/api/v1/photos?jurisdiction="+place, nil).want(t, 200)
	if strings.Contains(string(list.body), "position") || strings.Contains(string(list.body), "field (test)") || !strings.Contains(string(list.body), s.Photo) {
		t.Errorf("%s", list.body)
	}
	list = tw.as(t, "viewer", "GET", "/api/v1/photos?jurisdiction="+place, nil).want(t, 200)
	if !strings.Contains(string(list.body), `"position":[113.7512,34.7523]`) {
		t.Errorf("%s", list.body)
	}
	tw.as(t, "", "GET", "/api/v1/photos/"+s.Photo+"/other", nil).want(t, 404)
	// What was photographed at an inspection is for staff alone.
	look, seen := newUUID(), photograph(t, 5, 60)
	tw.sync(t, "field", newOp("inspection", "create", look, 0, map[string]any{"asset": asset, "result": "found"}))
	body := announcement(look, seen, "image/jpeg")
	body["noun"] = "inspection"
	s = decode[uploadState](t, tw.as(t, "field", "POST", "/api/v1/photos", body).want(t, 201).body)
	tw.piece(t, "field", s.Upload, 0, seen).want(t, 200)
	for who, status := range map[string]int{"": 404, "viewer": 200} {
		tw.as(t, who, "GET", "/api/v1/photos/"+s.Photo+"/view", nil).want(t, status)
		if a := tw.as(t, who, "GET", "/api/v1/photos?id="+look, nil).want(t, 200); strings.Contains(string(a.body), s.Photo) != (status == 200) {
			t.Errorf("%q: %s", who, a.body)
		}
	}
}

// bomb is a PNG of few bytes that says it is wide and high.
func bomb(t testing.TB, width, height uint32) []byte {
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 1, 1))
	img.Set(0, 0, color.White)
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	made := b.Bytes()
	binary.BigEndian.PutUint32(made[16:], width)
	binary.BigEndian.PutUint32(made[20:], height)
	binary.BigEndian.PutUint32(made[29:], crc32.ChecksumIEEE(made[12:29]))
	return made
}

// enlarged is a JPEG that says it is so high and wide.
func enlarged(b []byte, side uint16) []byte {
	b = append([]byte{}, b...)
	frame := bytes.Index(b, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(b[frame+5:], side)
	binary.BigEndian.PutUint16(b[frame+7:], side)
	return b
}

func TestHostilePhotosAreRefused(t *testing.T) {
	t.Parallel()
	tw, dir, asset := newPhotoTown(t, false)
	good := photograph(t, 4, 200)
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 50, 50))); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, mediaType string
		body            []byte
		status          int
	}{
		{"SVG", "image/jpeg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), 422},
		{"HTML", "image/png", []byte("<!doctype html><script>alert(1)</script>"), 422},
		{"polyglot JPEG and ZIP", "image/jpeg", append(append([]byte{}, good...), "PK\x03\x04evil"...), 422},
		{"polyglot PNG and HTML", "image/png", append(append([]byte{}, drawn.Bytes()...), "<script>"...), 422},
		{"PNG called JPEG", "image/jpeg", drawn.Bytes(), 422},
		{"truncated JPEG", "image/jpeg", good[:len(good)/2], 422},
		{"truncated by two", "image/jpeg", good[:len(good)-2], 422},
		{"truncated PNG", "image/png", drawn.Bytes()[:drawn.Len()-5], 422},
		{"head of a JPEG", "image/jpeg", good[:20], 422},
		{"100 megapixels", "image/png", bomb(t, 10000, 10001), 413},
		{"100 megapixels of JPEG", "image/jpeg", enlarged(good, 10000), 413},
		{"a JPEG that is larger than its data", "image/jpeg", enlarged(good, 3000), 422},
		{"GIF called PNG", "image/png", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), 422},
		{"PDF before the image", "image/jpeg", append([]byte("%PDF-1.7\n"), good...), 422},
		{"ZIP before the image", "image/png", append([]byte("PK\x05\x06"), drawn.Bytes()...), 422},
		{"two images", "image/jpeg", append(append([]byte{}, good...), good...), 422},
		{"4 gigapixels", "image/png", bomb(t, 1<<31-1, 1<<31-1), 422},
		{"lies about its size", "image/png", bomb(t, 5000, 5000), 422},
		{"nothing", "image/webp", []byte("RIFF\x04\x00\x00\x00WEBP"), 422},
	}
	for _, c := range cases {
		s := tw.announce(t, asset, c.body, c.mediaType)
		a := tw.piece(t, "field", s.Upload, 0, c.body)
		if p := decode[problem](t, a.body); a.StatusCode != c.status || p.Detail == "" || a.Header.Get("Upload-Offset") != "0" {
			t.Errorf("%s: %d %s", c.name, a.StatusCode, a.body)
		}
	}
	// Bytes that are not those that were announced.
	s := tw.announce(t, asset, good, "image/jpeg")
	wrong := append([]byte{}, good...)
	wrong[len(wrong)/2] ^= 1
	tw.piece(t, "field", s.Upload, 0, wrong).want(t, 422)
	tw.piece(t, "field", s.Upload, 0, good).want(t, 200)
	tw.announce(t, asset, drawn.Bytes(), "image/png")
	for _, bad := range []map[string]any{{"size": 0}, {"size": 1 << 30}, {"media_type": "image/svg+xml"}, {"sha256": "../../etc/passwd"}, {"noun": "account"}, {"position": []float64{500, 1}}, {"position": []float64{1}}} {
		body := announcement(asset, good, "image/jpeg")
		for k, v := range bad {
			body[k] = v
		}
		if a := tw.as(t, "field", "POST", "/api/v1/photos", body); a.StatusCode != 422 && a.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%v: %d %s", bad, a.StatusCode, a.body)
		}
	}
	if blobs, unfinished := files(t, dir); len(blobs) != 1 || unfinished != 0 {
		t.Errorf("%d blobs, %d unfinished", len(blobs), unfinished)
	}
}
