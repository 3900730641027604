package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"streetbook/assets/postgis/postgistest"
)

// TestPhotosOutliveTheServer: it is killed while a photo arrives, and right behind
// the last byte, wherever it may be between the hash, the file and the row. Back
// again it goes on: each photo is there once, whole, with a receipt, and nothing
// is left over.
func TestPhotosOutliveTheServer(t *testing.T) {
	t.Parallel()
	const rounds = 8
	data, database, listen := t.TempDir(), postgistest.URL(t), freeAddress(t)
	run := func() *program {
		server := start(t, "serve", "--database", database, "--data", data, "--listen", listen)
		server.url(t)
		return server
	}
	server := run()
	o := openOffice(t, "http://"+listen, "admin", printedPassword.FindStringSubmatch(server.said(t, server.stdout))[1])
	ids, _ := o.lamps(1)
	files := func() []string {
		list, err := filepath.Glob(filepath.Join(data, "blobs", "[0-9a-f][0-9a-f]", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	before := len(files()) // documents of the sample
	random := rand.New(rand.NewPCG(1, 1))
	sent := map[string][]byte{}
	for round := range rounds {
		b := noise(t, random)
		sum := sha256.Sum256(b)
		hash := hex.EncodeToString(sum[:])
		sent[hash] = b
		upload := o.ask("POST", "/api/v1/photos", map[string]any{"sha256": hash, "size": len(b), "media_type": "image/jpeg", "noun": "asset", "id": ids[0]})["upload"].(string)
		n := len(b)
		if round%4 == 0 { // the others are sent whole
			n = 1 + random.IntN(len(b)-1)
		}
		given, cut := make(chan struct{}), make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			o.patch(upload, 0, len(b), &giving{bytes.NewReader(b[:n]), n < len(b), given, cut})
		}()
		<-given
		if n < len(b) { // what has arrived counts
			o.until(func() bool { return int(o.ask("GET", upload, nil)["offset"].(float64)) == n })
		}
		server.kill(t)
		close(cut)
		<-ended
		o.client.CloseIdleConnections()
		server = run()
		if at := int(o.ask("GET", upload, nil)["offset"].(float64)); n < len(b) && at != n {
			t.Errorf("after a kill at %d the server has %d", n, at)
		}
		o.until(func() bool { // the server may be finishing it by itself
			now := o.ask("GET", upload, nil)
			at := int(now["offset"].(float64))
			if now["receipt"] == nil {
				o.patch(upload, at, len(b)-at, bytes.NewReader(b[at:]))
			}
			return now["receipt"] != nil && now["receipt"].(map[string]any)["sha256"] == hash
		})
	}
	if list := o.ask("GET", "/api/v1/photos?noun=asset&id="+ids[0], nil)["photos"].([]any); len(list) != rounds {
		t.Errorf("%d photos, want %d", len(list), rounds)
	}
	o.until(func() bool {
		left, err := filepath.Glob(filepath.Join(data, "blobs", "parts", "*"))
		return err == nil && len(left) == 0
	})
	stored := files()
	if len(stored) != before+rounds {
		t.Errorf("%d files, want %d", len(stored), before+rounds)
	}
	for _, path := range stored {
		hash := filepath.Base(path)
		if b, err := os.ReadFile(path); sent[hash] != nil && (err != nil || !bytes.Equal(b, sent[hash])) {
			t.Errorf("%s is not what was sent: %v", path, err)
		}
		delete(sent, hash)
	}
	if len(sent) > 0 {
		t.Errorf("%d are lost", len(sent))
	}
}

// giving gives bytes, says when all are given, and where more are promised waits
// until it is cut.
type giving struct {
	*bytes.Reader
	more       bool
	given, cut chan struct{}
}

func (g *giving) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p)
	if n > 0 && g.Len() == 0 {
		close(g.given)
	}
	if err == io.EOF && g.more {
		<-g.cut
	}
	return n, err
}

// patch sends a piece of a photo. What becomes of it is asked for afterwards.
func (o office) patch(upload string, offset, size int, body io.Reader) {
	req, err := http.NewRequest("PATCH", o.site+upload, io.NopCloser(body))
	if err != nil {
		o.Error(err)
		return
	}
	req.ContentLength = int64(size)
	if size == 0 {
		req.Body = http.NoBody
	}
	req.Header.Set("Content-Type", "application/offset+octet-stream")
	req.Header.Set("Upload-Offset", strconv.Itoa(offset))
	if res, err := o.client.Do(req); err == nil {
		res.Body.Close()
	}
}

// until asks again and again.
func (o office) until(done func() bool) {
	o.Helper()
	for end := time.Now().Add(2 * patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			o.Fatalf("not after %v", 2*patience)
		}
	}
}

// noise is a photo that nobody took.
func noise(t *testing.T, random *rand.Rand) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 600, 600))
	for i := range img.Pix {
		img.Pix[i] = byte(random.Uint32())
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
