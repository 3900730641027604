package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"streetbook/assets/web"
)

// TestOpening: a page begins with what it would be told by three requests, and never
// with more than the caller may see.
func TestOpening(t *testing.T) {
	t.Parallel()
	type document struct {
		Session, Jurisdictions json.RawMessage
		Classes                *struct {
			Jurisdiction string
			Classes      json.RawMessage
		}
	}
	for _, anonymous := range []bool{true, false} {
		tw := newTown(t, 1, web.Config{Anonymous: anonymous})
		for _, who := range []string{"visitor", "nobody", "viewer", "outsider", "root"} {
			answer := tw.as(t, who, http.MethodGet, "/api/v1/opening", nil).want(t, 200)
			d := decode[document](t, answer.body)
			same := func(what string, got json.RawMessage, path, member string) {
				t.Helper()
				all := map[string]json.RawMessage{"": tw.as(t, who, http.MethodGet, path, nil).want(t, 200).body}
				if member != "" {
					all = decode[map[string]json.RawMessage](t, all[""])
				}
				if string(compact(t, got)) != string(compact(t, all[member])) {
					t.Errorf("%s (anonymous %v) begins with other %s:\n%.300s\n%.300s", who, anonymous, what, got, all[member])
				}
			}
			same("session", d.Session, "/api/v1/session", "")
			if who == "visitor" && !anonymous {
				if d.Jurisdictions != nil || d.Classes != nil {
					t.Errorf("a visitor is told %s", answer.body)
				}
				continue
			}
			if d.Jurisdictions != nil { // nobody has none
				same("places", d.Jurisdictions, "/api/v1/jurisdictions", "jurisdictions")
			}
			if want := map[string]string{"visitor": place, "viewer": place, "outsider": otherPlace, "root": place}[who]; want != "" {
				if d.Classes == nil || d.Classes.Jurisdiction != want {
					t.Fatalf("%s begins with %s, want the classes of %s", who, answer.body, want)
				}
				same("classes", d.Classes.Classes, "/api/v1/classes?jurisdiction="+want, "classes")
			} else if d.Classes != nil {
				t.Errorf("%s is told classes", who)
			}
			tw.as(t, who, http.MethodGet, "/api/v1/opening", nil, "If-None-Match", answer.Header.Get("ETag")).want(t, 304)
		}
	}
}

// compact is JSON without its spaces.
func compact(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
