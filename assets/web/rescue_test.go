package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"testing"

	"streetbook/assets/blob"
	"streetbook/assets/web"
)

// rescueFile is a zip of entries.
func rescueFile(t testing.TB, ops any, entries map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	text, err := json.Marshal(ops)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{"ops.json": text}
	for name, body := range entries {
		all[name] = body
	}
	for name, body := range all {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRescueFilesGoTheWayOfSync: what is in the file and what the phone sends
// itself, before or after, is there once.
func TestRescueFilesGoTheWayOfSync(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tw := newTown(t, 0, web.Config{Blobs: blob.In(dir)})
	asset, linked := newUUID(), photograph(t, 1, 80)
	create := newOp("asset", "create", asset, 0, newLamp(113.75, nil))
	other := photograph(t, 2, 80)
	ops := []opBody{create, newOp("asset", "update", asset, 1, map[string]any{"condition": "poor"}), newOp("photo", "create", newUUID(), 0, announcement(asset, linked, "image/jpeg"))}
	tw.sync(t, "field", create) // this one it had sent
	body := map[string]any{"device": phone, "ops": ops, "photos": []any{announcement(asset, other, "image/jpeg")}}
	file := rescueFile(t, body, map[string][]byte{"photos/" + sumOf(linked): linked, "photos/" + sumOf(other): other, "photos/../../../etc/passwd": []byte("x")})
	tw.as(t, "field", "POST", "/api/v1/rescue", file, "Content-Type", "application/zip").want(t, 403)
	for range 2 {
		a := tw.as(t, "planner", "POST", "/api/v1/rescue", file, "Content-Type", "application/zip").want(t, 200)
		got := decode[struct {
			Results []synced
			Photos  []struct {
				SHA256  string
				Receipt *struct{ SHA256 string }
				Problem *problem
			}
		}](t, a.body)
		if len(got.Results) != 3 || got.Results[0].Outcome != "already" || got.Results[1].Version != 2 || got.Results[2].Version != 1 || len(got.Photos) != 3 {
			t.Fatalf("%s", a.body)
		}
		for _, p := range got.Photos {
			if known := p.SHA256 == sumOf(linked) || p.SHA256 == sumOf(other); known != (p.Receipt != nil) || known == (p.Problem != nil) {
				t.Errorf("%+v", p)
			}
		}
	}
	for _, r := range tw.sync(t, "field", ops...) {
		if r.Outcome != "already" {
			t.Errorf("%+v", r)
		}
	}
	if blobs, unfinished := files(t, dir); len(blobs) != 2 || unfinished != 0 {
		t.Errorf("%d blobs, %d unfinished", len(blobs), unfinished)
	}
	for _, bad := range []string{"", "PK\x03\x04", rescueFile(t, []int{1}, nil)} {
		tw.as(t, "planner", "POST", "/api/v1/rescue", bad, "Content-Type", "application/zip").want(t, 422)
	}
}

func TestLabelsOfASelection(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 3, web.Config{})
	a := tw.as(t, "viewer", "GET", "/api/v1/labels?class=0118&jurisdiction="+place, nil).want(t, 200)
	if a.Header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(a.body, []byte("%PDF-")) {
		t.Errorf("%v %.200s", a.Header, a.body)
	}
	within := map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{113.7, 34.7}, {113.8, 34.7}, {113.8, 34.8}, {113.7, 34.8}, {113.7, 34.7}}}}
	for _, selected := range []map[string]any{{"within": within}, {"segment": []string{segmentID.String()}}, {"class": []string{"0118"}, "condition": []string{"good"}}, {"ids": []string{newUUID()}}} {
		a := tw.as(t, "viewer", "POST", "/api/v1/labels", map[string]any{"jurisdiction": place, "select": selected}).want(t, 200)
		if !bytes.HasPrefix(a.body, []byte("%PDF-")) {
			t.Errorf("%v: %.200s", selected, a.body)
		}
	}
	tw.as(t, "viewer", "POST", "/api/v1/labels", map[string]any{"jurisdiction": place, "select": map[string]any{}}).want(t, 422)
	tw.as(t, "outsider", "POST", "/api/v1/labels", map[string]any{"jurisdiction": place, "select": map[string]any{"within": within}}).want(t, 404)
	tw.as(t, "viewer", "GET", "/api/v1/labels?ids=x&jurisdiction="+place, nil).want(t, 400)
	tw.as(t, "viewer", "GET", "/api/v1/labels?ids="+newUUID()+"&jurisdiction="+place, nil).want(t, 200)
	tw.as(t, "outsider", "GET", "/api/v1/labels?jurisdiction="+place, nil).want(t, 404)
}
