package web_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"testing"
)

// When a request is cut: while it is sent, right behind its last byte, or when
// its answer is on the way, so that the server did what it was asked to.
const (
	whileSent = iota
	whenSent
	whenAnswered
)

// cut sends a request, or the first n bytes of its body, and hangs up.
func (tw *town) cut(t testing.TB, request, contentType, offset string, body []byte, n, when int) {
	t.Helper()
	u, err := url.Parse(tw.URL)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nUpload-Offset: %s\r\nContent-Length: %d\r\n\r\n",
		request, u.Host, tw.tokens["field"], contentType, offset, len(body))
	if _, err := conn.Write(body[:n]); err != nil {
		t.Fatal(err)
	}
	if when == whenAnswered {
		if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
}

// goOn sends what the server says is missing until it gives the receipt. While the
// request that was cut still holds the upload, the answer is 409.
func (tw *town) goOn(t testing.TB, upload string, b []byte) uploadState {
	t.Helper()
	for range 1000 {
		s := decode[uploadState](t, tw.as(t, "field", "GET", upload, nil).want(t, 200).body)
		if s.Receipt != nil {
			return s
		}
		if a := tw.piece(t, "field", upload, s.Offset, b[s.Offset:]); a.StatusCode != 200 && a.StatusCode != 409 {
			t.Fatalf("from %d: %d %s", s.Offset, a.StatusCode, a.body)
		}
	}
	t.Fatal("the upload never ends")
	return uploadState{}
}

// TestPhotoCutAnywhere: wherever an upload is cut, its announcement, a piece at
// any byte, the question how far it came, or the answer to one of them, exactly
// one copy is stored, under the hash that the server computed.
func TestPhotoCutAnywhere(t *testing.T) {
	t.Parallel()
	tw, dir, asset := newPhotoTown(t, false)
	const kinds, octets = 8, "application/offset+octet-stream"
	for kind := range kinds {
		b := photograph(t, kind, 300)
		cut := []int{0, 1, len(b) / 2, len(b) - 1, len(b), 4096, 32768, len(b)}[kind]
		when := []int{whileSent, whileSent, whileSent, whileSent, whenAnswered, whileSent, whileSent, whenSent}[kind]
		said, err := json.Marshal(announcement(asset, b, "image/jpeg"))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, len(said) / 2} {
			tw.cut(t, "POST /api/v1/photos", "application/json", "0", said, n, whileSent)
		}
		tw.cut(t, "POST /api/v1/photos", "application/json", "0", said, len(said), whenSent)
		tw.cut(t, "POST /api/v1/photos", "application/json", "0", said, len(said), whenAnswered)
		s := tw.announce(t, asset, b, "image/jpeg")
		if s.Offset != 0 || s.Receipt != nil {
			t.Fatalf("%+v", s)
		}
		tw.cut(t, "PATCH "+s.Upload, octets, "0", b, cut, when)
		tw.cut(t, "HEAD "+s.Upload, octets, "0", nil, 0, whenSent)
		tw.cut(t, "HEAD "+s.Upload, octets, "0", nil, 0, whenAnswered)
		now := tw.goOn(t, s.Upload, b)
		if now.Receipt.SHA256 != sumOf(b) || now.Receipt.Size != len(b) || now.Receipt.StoredAt == "" {
			t.Errorf("cut at %d: %+v", cut, now.Receipt)
		}
		// Sent again, whole or announced: nothing is stored twice.
		again := tw.announce(t, asset, b, "image/jpeg")
		if again.Photo != s.Photo || again.Receipt == nil || again.Receipt.StoredAt != now.Receipt.StoredAt {
			t.Errorf("%+v", again)
		}
		tw.piece(t, "field", s.Upload, 0, b).want(t, 200)
	}
	list := tw.as(t, "viewer", "GET", "/api/v1/photos?noun=asset&id="+asset, nil).want(t, 200)
	if photos := decode[struct{ Photos []any }](t, list.body).Photos; len(photos) != kinds {
		t.Errorf("%d photos, want %d", len(photos), kinds)
	}
	tw.checkOtherObject(t)
	tw.Close() // lets the requests that were cut end
	blobs, unfinished := files(t, dir)
	if len(blobs) != kinds || unfinished != 0 {
		t.Errorf("%d blobs, %d unfinished", len(blobs), unfinished)
	}
	for name, b := range blobs {
		if sumOf(b) != name {
			t.Errorf("%s is not what it is called", name)
		}
	}
}

// checkOtherObject: the same bytes at another object are another photo and no
// more bytes.
func (tw *town) checkOtherObject(t *testing.T) {
	t.Helper()
	other := newUUID()
	tw.sync(t, "field", newOp("asset", "create", other, 0, newLamp(113.76, nil)))
	if s := tw.announce(t, other, photograph(t, 0, 300), "image/jpeg"); s.Receipt == nil || s.Offset == 0 {
		t.Errorf("%+v", s)
	}
}

// TestPhotosAreNotHadForTheirSum: who knows only what a photo of another
// jurisdiction hashes to, as visitors may, does not get it: the bytes are to be sent.
func TestPhotosAreNotHadForTheirSum(t *testing.T) {
	t.Parallel()
	tw, dir, asset := newPhotoTown(t, false)
	b := photograph(t, 1, 80)
	tw.piece(t, "field", tw.announce(t, asset, b, "image/jpeg").Upload, 0, b).want(t, 200)
	theirs := newUUID()
	tw.sync(t, "outsider", newOp("asset", "create", theirs, 0, newLamp(113.95, nil)))
	announce := func(who string, body map[string]any, status int) uploadState {
		t.Helper()
		return decode[uploadState](t, tw.as(t, who, "POST", "/api/v1/photos", body).want(t, status).body)
	}
	body := announcement(theirs, b, "image/jpeg")
	s := announce("outsider", body, 201)
	if s.Receipt != nil || s.Offset != 0 {
		t.Errorf("%+v", s)
	}
	tw.as(t, "outsider", "GET", "/api/v1/photos/"+s.Photo+"/original", nil).want(t, 404)
	tw.piece(t, "outsider", s.Upload, 0, b).want(t, 200)
	if s = announce("outsider", body, 200); s.Receipt == nil {
		t.Errorf("%+v", s)
	}
	// Nor is a receipt given for a size that is not that of the bytes.
	other := newUUID()
	tw.sync(t, "field", newOp("asset", "create", other, 0, newLamp(113.76, nil)))
	wrong := announcement(other, b, "image/jpeg")
	wrong["size"] = len(b) + 1
	if s := announce("field", wrong, 201); s.Receipt != nil {
		t.Errorf("%+v", s)
	}
	if blobs, unfinished := files(t, dir); len(blobs) != 1 || unfinished != 0 {
		t.Errorf("%d blobs, %d unfinished", len(blobs), unfinished)
	}
}
