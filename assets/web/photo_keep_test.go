package web_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"streetbook/assets/blob"
)

// TestOriginalsFollow: the small copy comes first and is what is listed; the
// original of it comes later, once, and is what staff get.
func TestOriginalsFollow(t *testing.T) {
	t.Parallel()
	tw, dir, asset := newPhotoTown(t, true)
	small, large := photograph(t, 1, 60), photograph(t, 2, 300)
	original := func(of string, b []byte) map[string]any {
		body := announcement(asset, b, "image/jpeg")
		body["original_of"] = of
		return body
	}
	early := tw.as(t, "field", "POST", "/api/v1/photos", original(newUUID(), large)).want(t, 409)
	if p := decode[problem](t, early.body); p.Type != "/problems/not_yet" || p.Field != "original_of" {
		t.Errorf("%+v", p)
	}
	first := tw.announce(t, asset, small, "image/jpeg")
	tw.piece(t, "field", first.Upload, 0, small).want(t, 200)
	// The copy itself was not made smaller: there is nothing to send.
	if s := decode[uploadState](t, tw.as(t, "field", "POST", "/api/v1/photos", original(first.Photo, small)).want(t, 200).body); s.Photo != first.Photo || s.Receipt == nil {
		t.Errorf("%+v", s)
	}
	s := decode[uploadState](t, tw.as(t, "field", "POST", "/api/v1/photos", original(first.Photo, large)).want(t, 201).body)
	get := func(who, photo, copy string) []byte {
		t.Helper()
		return tw.as(t, who, "GET", "/api/v1/photos/"+photo+"/"+copy, nil).want(t, 200).body
	}
	if !bytes.Equal(get("viewer", first.Photo, "original"), small) {
		t.Error("before the original is there, the copy is the largest")
	}
	tw.piece(t, "field", s.Upload, 0, large).want(t, 200)
	if s := decode[uploadState](t, tw.as(t, "field", "POST", "/api/v1/photos", original(first.Photo, large)).want(t, 200).body); s.Receipt == nil {
		t.Errorf("sent again: %+v", s)
	}
	if !bytes.Equal(get("viewer", first.Photo, "original"), large) || bytes.Equal(get("", first.Photo, "original"), large) {
		t.Error("the original is for staff, and for nobody else")
	}
	tw.as(t, "", "GET", "/api/v1/photos/"+s.Photo+"/view", nil).want(t, 404)
	for who, sees := range map[string]bool{"": false, "viewer": true} {
		a := tw.as(t, who, "GET", "/api/v1/photos?id="+asset, nil).want(t, 200)
		l := decode[struct {
			Photos []struct {
				Photo  string
				Larger *struct{ Photo, SHA256 string }
			}
		}](t, a.body).Photos
		if len(l) != 1 || l[0].Photo != first.Photo || (l[0].Larger != nil) != sees || sees && (l[0].Larger.Photo != s.Photo || l[0].Larger.SHA256 != sumOf(large)) {
			t.Errorf("%q: %s", who, a.body)
		}
	}
	// One original of a photo, of the same object, and none of an original.
	other := newUUID()
	tw.sync(t, "field", newOp("asset", "create", other, 0, newLamp(113.77, nil)))
	elsewhere := original(first.Photo, photograph(t, 3, 90))
	elsewhere["id"] = other
	tw.as(t, "field", "POST", "/api/v1/photos", elsewhere).want(t, 422)
	tw.as(t, "field", "POST", "/api/v1/photos", original(s.Photo, photograph(t, 4, 90))).want(t, 422)
	tw.as(t, "field", "POST", "/api/v1/photos", original(first.Photo, photograph(t, 5, 90))).want(t, 409)
	// It goes with the copy.
	tw.sync(t, "field", newOp("photo", "delete", first.Photo, 2, nil))
	tw.as(t, "viewer", "GET", "/api/v1/photos/"+s.Photo+"/original", nil).want(t, 404)
	tw.as(t, "field", "POST", "/api/v1/photos", original(first.Photo, photograph(t, 6, 90))).want(t, 410)
	if blobs, unfinished := files(t, dir); len(blobs) != 2 || unfinished != 0 {
		t.Errorf("%d blobs, %d unfinished", len(blobs), unfinished)
	}
}

// TestPhotosLinkedTwiceAreLinkedOnce: a photo that was announced and then comes as
// an operation, in a rescue file, is the same.
func TestPhotosLinkedTwiceAreLinkedOnce(t *testing.T) {
	t.Parallel()
	tw, _, asset := newPhotoTown(t, false)
	body := announcement(asset, photograph(t, 1, 60), "image/jpeg")
	body["photo"] = newUUID()
	tw.as(t, "field", "POST", "/api/v1/photos", body).want(t, 201)
	id := body["photo"].(string)
	delete(body, "photo")
	if r := tw.sync(t, "field", newOp("photo", "create", id, 0, body))[0]; r.Outcome != "applied" || r.Version != 1 {
		t.Errorf("%+v %+v", r, r.Problem)
	}
	body["sha256"] = strings.Repeat("0", 64)
	if r := tw.sync(t, "field", newOp("photo", "create", id, 0, body))[0]; r.Outcome != "refused" || r.Problem.Type != "/problems/conflict" {
		t.Errorf("%+v", r)
	}
}

// TestPhotosOfTheDeletedAreRefused for good, unless they were announced before:
// what has not arrived is another matter, for which a phone waits.
func TestPhotosOfTheDeletedAreRefused(t *testing.T) {
	t.Parallel()
	tw, _, asset := newPhotoTown(t, false)
	known := photograph(t, 1, 60)
	s := tw.announce(t, asset, known, "image/jpeg")
	tw.sync(t, "field", newOp("asset", "delete", asset, 1, nil))
	for body, status := range map[string]int{asset: 410, newUUID(): 409} {
		tw.as(t, "field", "POST", "/api/v1/photos", announcement(body, photograph(t, 2, 60), "image/jpeg")).want(t, status)
	}
	tw.as(t, "outsider", "POST", "/api/v1/photos", announcement(asset, photograph(t, 2, 60), "image/jpeg")).want(t, 409)
	if again := tw.announce(t, asset, known, "image/jpeg"); again.Photo != s.Photo {
		t.Errorf("%+v", again)
	}
	tw.piece(t, "field", s.Upload, 0, known).want(t, 200)
}

// TestSweepLosesNothing: uploads that were whole when the server was killed are
// finished without the phone; those that nobody goes on with are forgotten in the
// end, and those that somebody holds are left alone.
func TestSweepLosesNothing(t *testing.T) {
	t.Parallel()
	tw, dir, asset := newPhotoTown(t, false)
	blobs := blob.In(dir)
	killed := func(seed int, n int, kept bool) uploadState {
		t.Helper()
		b := photograph(t, seed, 60)
		s := tw.announce(t, asset, b, "image/jpeg")
		part, err := blobs.Part(uuid.MustParse(s.Photo), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		defer part.Close()
		if n < 0 {
			n = len(b)
		}
		if _, err := part.Append(t.Context(), bytes.NewReader(b[:n])); err != nil {
			t.Fatal(err)
		}
		if kept { // the bytes had become a blob, and the row was not written
			ref, err := part.Sum()
			if err != nil {
				t.Fatal(err)
			}
			if err := part.Keep(ref); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	whole, blobbed, half := killed(1, -1, false), killed(2, -1, true), killed(3, 50, false)
	held, stranger := tw.announce(t, asset, photograph(t, 4, 60), "image/jpeg"), uuid.New()
	holding, err := blobs.Part(uuid.MustParse(held.Photo), 100)
	if err != nil {
		t.Fatal(err)
	}
	unknown, err := blobs.Part(stranger, 100)
	if err != nil {
		t.Fatal(err)
	}
	unknown.Close()
	if err := os.MkdirAll(filepath.Join(dir, "incoming"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "incoming", "put-1"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after      time.Duration
		unfinished int
		offset     int // of the half one
	}{{0, 4, 50}, {25 * time.Hour, 3, 50}, {15 * 24 * time.Hour, 1, 0}} {
		if err := tw.server.Sweep(t.Context(), time.Now().Add(c.after)); err != nil {
			t.Fatal(err)
		}
		for _, s := range []uploadState{whole, blobbed} {
			if now := decode[uploadState](t, tw.as(t, "field", "GET", s.Upload, nil).want(t, 200).body); now.Receipt == nil {
				t.Errorf("after %v: %+v", c.after, now)
			}
		}
		if now := decode[uploadState](t, tw.as(t, "field", "GET", half.Upload, nil).want(t, 200).body); now.Offset != c.offset || now.Receipt != nil {
			t.Errorf("after %v: %+v", c.after, now)
		}
		if stored, unfinished := files(t, dir); len(stored) != 2 || unfinished != c.unfinished {
			t.Errorf("after %v: %d blobs, %d unfinished", c.after, len(stored), unfinished)
		}
	}
	holding.Close()
	// What was forgotten is sent anew.
	tw.piece(t, "field", half.Upload, 0, photograph(t, 3, 60)).want(t, 200)
}

// placed puts a position into a JPEG as cameras do: degrees, minutes, seconds.
func placed(b []byte, lon, lat uint32) []byte {
	var tiff bytes.Buffer
	put := func(v ...any) {
		for _, x := range v {
			if err := binary.Write(&tiff, binary.BigEndian, x); err != nil {
				panic(err)
			}
		}
	}
	put([]byte("MM"), uint16(42), uint32(8), uint16(1), uint16(0x8825), uint16(4), uint32(1), uint32(26), uint32(0))
	put(uint16(4), uint16(1), uint16(2), uint32(2), []byte("N\x00\x00\x00"), uint16(2), uint16(5), uint32(3), uint32(80),
		uint16(3), uint16(2), uint32(2), []byte("E\x00\x00\x00"), uint16(4), uint16(5), uint32(3), uint32(104), uint32(0))
	put(lat, uint32(1), uint32(45), uint32(1), uint32(0), uint32(1), lon, uint32(1), uint32(30), uint32(1), uint32(36), uint32(1))
	return withExif(b, tiff.Bytes())
}

// withExif puts a camera's notes into a JPEG.
func withExif(b, tiff []byte) []byte {
	app := append([]byte{0xff, 0xe1, 0, 0}, append([]byte("Exif\x00\x00"), tiff...)...)
	binary.BigEndian.PutUint16(app[2:], uint16(len(app)-2))
	return append(append(append([]byte{}, b[:2]...), app...), b[2:]...)
}

// TestCamerasKnowWhere: the position that a camera wrote is kept for staff where
// the phone did not say one, and what hostile notes say is not believed.
func TestCamerasKnowWhere(t *testing.T) {
	t.Parallel()
	tw, _, asset := newPhotoTown(t, true)
	entry := func(count uint32) []byte {
		b := []byte("MM\x00*\x00\x00\x00\x08\xff\xff\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x08")
		return binary.BigEndian.AppendUint32(append(b, "\x00\x02\x00\x05"...), count)
	}
	cases := []struct {
		name string
		body []byte
		said string // what staff are told; "" for nothing
	}{
		{"a position", placed(photograph(t, 1, 80), 113, 34), `"position":[113.51,34.75]`},
		{"beyond the poles", placed(photograph(t, 2, 80), 113, 95), ""},
		{"a directory that is its own", withExif(photograph(t, 3, 80), entry(1)), ""},
		{"a value of 4 GB", withExif(photograph(t, 4, 80), entry(1<<31)), ""},
		{"nothing but a head", withExif(photograph(t, 5, 80), []byte("II*\x00")), ""},
		{"60,000 bytes of notes", withExif(photograph(t, 6, 80), bytes.Repeat([]byte("MM\x00*\x00\x00\x00\x08\xff\xff"), 6000)), ""},
	}
	for i, c := range cases {
		body := announcement(asset, c.body, "image/jpeg")
		delete(body, "position")
		s := decode[uploadState](t, tw.as(t, "field", "POST", "/api/v1/photos", body).want(t, 201).body)
		tw.piece(t, "field", s.Upload, 0, c.body).want(t, 200)
		list := string(tw.as(t, "viewer", "GET", "/api/v1/photos?id="+asset, nil).want(t, 200).body)
		if strings.Count(list, `"position"`) != 1 || !strings.Contains(list, cases[0].said) || strings.Count(list, `"photo"`) != i+1 {
			t.Errorf("%s: %s", c.name, list)
		}
	}
	if list := tw.as(t, "", "GET", "/api/v1/photos?id="+asset, nil).want(t, 200); strings.Contains(string(list.body), "113.51") {
		t.Errorf("%s", list.body)
	}
}
