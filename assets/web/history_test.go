package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/web"
)

// now is the time at which a jurisdiction was last written to, as a parameter.
func (tw *town) now(t testing.TB) string {
	t.Helper()
	head, err := tw.store.Head(context.Background(), place)
	if err != nil {
		t.Fatal(err)
	}
	list, err := tw.store.Changes(context.Background(), place, head-1, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return url.QueryEscape(list[0].At.UTC().Format(time.RFC3339Nano))
}

// TestTimeMachine: items, one item, tiles and counts answer as it was then.
func TestTimeMachine(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true})
	empty := tw.now(t)
	f := tw.as(t, "field", "POST", items, lamp(113.75, 34.75, map[string]any{"name": "一"})).want(t, 201).feature(t)
	path := items + "/" + f.ID
	added := tw.now(t)
	tw.as(t, "field", "PATCH", path, map[string]any{"properties": map[string]any{"condition": "poor"}, "geometry": map[string]any{"type": "Point", "coordinates": []float64{113.76, 34.75}}}, "If-Match", `"1"`).want(t, 200)
	moved := tw.now(t)
	tw.as(t, "field", "DELETE", path, nil, "If-Match", `"2"`).want(t, 204)
	deleted := tw.now(t)
	tw.as(t, "field", "POST", "/api/v1/assets/"+f.ID+"/versions/1/restore", nil, "If-Match", `"3"`).want(t, 200)

	for _, c := range []struct {
		at, longitude, condition string
	}{{empty, "", ""}, {added, "113.75", "good"}, {moved, "113.76", "poor"}, {deleted, "", ""}, {"", "113.75", "good"}, {"2099-01-01", "113.75", "good"},
		{"../2001-01-01", "113.75", "good"}} {
		when := "datetime=" + c.at
		if c.at == "" {
			when = ""
		}
		list := decode[struct {
			NumberMatched int
			Features      []feature
		}](t, tw.as(t, "", "GET", items+"?jurisdiction="+place+"&"+when, nil).want(t, 200).body)
		want := 1
		if c.longitude == "" {
			want = 0
		}
		if list.NumberMatched != want || len(list.Features) != want {
			t.Errorf("%s: %+v", when, list)
		}
		one := tw.as(t, "", "GET", path+"?"+when, nil)
		if c.longitude == "" {
			one.want(t, 404)
		} else if g := one.want(t, 200).feature(t); !strings.Contains(string(g.Geometry), c.longitude) || g.Properties["condition"] != c.condition {
			t.Errorf("%s: %s", when, one.body)
		}
		counts := decode[assets.Counts](t, tw.as(t, "", "GET", "/api/v1/counts?jurisdiction="+place+"&"+when, nil).want(t, 200).body)
		if counts.Total != int64(want) || counts.ByCondition[c.condition] != int64(want) {
			t.Errorf("%s: %+v", when, counts)
		}
		tile := tw.as(t, "", "GET", "/ogc/collections/assets/tiles/WebMercatorQuad/14/6503/13368?jurisdiction="+place+"&"+when, nil)
		if has := strings.Contains(string(tile.body), f.ID); has != (c.longitude == "113.75") {
			t.Errorf("%s: tile %d has it: %v", when, tile.StatusCode, has)
		}
	}
	// A filter and a box count in the past as well.
	if n := decode[collection](t, tw.as(t, "", "GET", items+"?condition=poor&bbox=113.755,34.7,113.77,34.8&datetime="+moved, nil).want(t, 200).body).NumberMatched; n != 1 {
		t.Errorf("%d found", n)
	}
	if n := decode[collection](t, tw.as(t, "", "GET", items+"?condition=poor&bbox=113.74,34.7,113.755,34.8&datetime="+moved, nil).want(t, 200).body).NumberMatched; n != 0 {
		t.Errorf("%d found", n)
	}
	compared := decode[struct {
		Summary map[string]int
		Objects []struct {
			Kind, ID      string
			Fields        []struct{ Name string }
			Before, After json.RawMessage
		}
	}](t, tw.as(t, "", "GET", "/api/v1/compare?jurisdiction="+place+"&from="+added+"&to="+moved, nil).want(t, 200).body)
	if o := compared.Objects; len(o) != 1 || o[0].Kind != "moved" || compared.Summary["moved"] != 1 || !strings.Contains(string(o[0].After), "113.76") || fmt.Sprint(o[0].Fields) == "[]" {
		t.Errorf("%+v", compared)
	}
	for _, c := range []struct{ from, to, kind string }{{empty, added, "added"}, {moved, deleted, "removed"}, {added, "2099-01-01", ""}} {
		a := tw.as(t, "", "GET", "/api/v1/compare?jurisdiction="+place+"&from="+c.from+"&to="+c.to, nil).want(t, 200)
		summary := decode[struct{ Summary map[string]int }](t, a.body).Summary
		sum := summary["added"] + summary["moved"] + summary["changed"] + summary["removed"]
		if c.kind == "" && sum != 0 || c.kind != "" && (sum != 1 || summary[c.kind] != 1) {
			t.Errorf("%s to %s: %s", c.from, c.to, a.body)
		}
	}
	tw.as(t, "", "GET", "/api/v1/compare?jurisdiction="+place+"&from=2020-01-01", nil).want(t, 400)
	line := decode[struct {
		Days []assets.Day
	}](t, tw.as(t, "", "GET", "/api/v1/timeline?jurisdiction="+place, nil).want(t, 200).body)
	if len(line.Days) == 0 || line.Days[len(line.Days)-1].Changes < 4 {
		t.Errorf("%+v", line)
	}
}

func TestHistoryOfAnObject(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	f := tw.as(t, "field", "POST", items, lamp(113.75, 34.75, map[string]any{"name": "一", "attributes": map[string]any{"note": "旧"}})).want(t, 201).feature(t)
	path := items + "/" + f.ID
	tw.as(t, "planner", "PATCH", path, map[string]any{"properties": map[string]any{"name": "二", "attributes": map[string]any{"note": "新"}}}, "If-Match", `"1"`).want(t, 200)
	tw.as(t, "field", "DELETE", path, nil, "If-Match", `"2"`).want(t, 204)
	type version struct {
		Version     int
		Actor, Kind string
		Op          string
		Fields      []struct {
			Name          string
			Before, After any
		}
		Feature *feature
	}
	read := func() []version {
		return decode[struct{ Versions []version }](t, tw.as(t, "viewer", "GET", "/api/v1/assets/"+f.ID+"/history", nil).want(t, 200).body).Versions
	}
	list := read()
	if len(list) != 3 || list[0].Kind != "delete" || list[0].Feature != nil || list[1].Actor != "planner (test)" || list[2].Kind != "create" {
		t.Fatalf("%+v", list)
	}
	if got := fmt.Sprint(list[1].Fields); got != "[{attributes.note 旧 新} {name 一 二}]" {
		t.Errorf("%s", got)
	}
	tw.as(t, "field", "POST", "/api/v1/assets/"+f.ID+"/versions/3/restore", nil, "If-Match", `"3"`).want(t, 409)
	tw.as(t, "field", "POST", "/api/v1/assets/"+f.ID+"/versions/9/restore", nil, "If-Match", `"3"`).want(t, 404)
	tw.as(t, "field", "POST", "/api/v1/assets/"+f.ID+"/versions/1/restore", nil).want(t, 428)
	restored := tw.as(t, "field", "POST", "/api/v1/assets/"+f.ID+"/versions/1/restore", nil, "If-Match", `"3"`).want(t, 200).feature(t)
	if restored.Properties["name"] != "一" || restored.Properties["version"] != 4.0 {
		t.Errorf("%v", restored)
	}
	if list = read(); len(list) != 4 || list[0].Kind != "restore" {
		t.Errorf("%+v", list)
	}
	// Undo of a single change, by the one who made it; by another only for planners.
	undo := func(who, op string, status int) answer {
		t.Helper()
		return tw.as(t, who, "POST", "/api/v1/operations/"+op+"/undo", map[string]string{"jurisdiction": place}).want(t, status)
	}
	undo("viewer", list[0].Op, 403)
	tw.as(t, "planner", "PATCH", path, map[string]any{"properties": map[string]any{"name": "三"}}, "If-Match", `"4"`).want(t, 200)
	undo("planner", list[0].Op, 409)
	latest := read()[0].Op
	undo("field", latest, 403)
	undo("planner", latest, 200)
	if p := tw.as(t, "viewer", "GET", path, nil).want(t, 200).feature(t); p.Properties["name"] != "一" {
		t.Errorf("%v", p)
	}
	undo("planner", uuid.NewString(), 404)
}

func TestBulk(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 100, web.Config{})
	type outcome struct {
		Op                          *string
		Seq                         int64
		Matched, Changed, Unchanged int
		Refused                     []struct{ Field string }
		Changes                     []struct {
			Fields []struct{ Name string }
		}
		Applied bool
	}
	bulk := func(status int, body map[string]any) outcome {
		t.Helper()
		body["jurisdiction"] = place
		a := tw.as(t, "planner", "POST", "/api/v1/bulk", body).want(t, status)
		if status != 200 {
			return outcome{}
		}
		return decode[outcome](t, a.body)
	}
	set := map[string]any{"condition": "good", "attributes": map[string]any{"material": "钢", "note": nil}}
	half := map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{113.70, 34.7}, {113.75, 34.7}, {113.75, 34.8}, {113.70, 34.8}, {113.70, 34.7}}}}
	bulk(422, map[string]any{"select": map[string]any{}, "set": set})
	bulk(422, map[string]any{"select": map[string]any{"within": half}, "set": map[string]any{}})
	bulk(422, map[string]any{"select": map[string]any{"within": half}, "set": set, "all": true})
	preview := bulk(200, map[string]any{"select": map[string]any{"within": half}, "set": set, "preview": true})
	if preview.Matched != 50 && preview.Matched != 51 || preview.Changed != preview.Matched || preview.Applied || preview.Op != nil || len(preview.Changes) != preview.Changed || len(preview.Changes[1].Fields) != 3 {
		t.Errorf("%+v", preview)
	}
	good := func() int64 {
		return decode[assets.Counts](t, tw.as(t, "viewer", "GET", "/api/v1/counts?jurisdiction="+place, nil).want(t, 200).body).ByCondition["good"]
	}
	if n := good(); n != 25 {
		t.Errorf("after the preview %d are good", n)
	}
	first := decode[collection](t, tw.as(t, "viewer", "GET", items+"?limit=1", nil).body).Features[0].ID
	tw.as(t, "field", "PATCH", items+"/"+first, map[string]any{"properties": map[string]any{"name": "x"}}, "If-Match", `"1"`).want(t, 200)
	bulk(409, map[string]any{"select": map[string]any{"within": half}, "set": set, "base": preview.Seq})
	done := bulk(200, map[string]any{"select": map[string]any{"within": half}, "set": set, "base": preview.Seq + 1})
	if !done.Applied || done.Op == nil || done.Changed != preview.Changed {
		t.Errorf("%+v", done)
	}
	if n := good(); n < 60 {
		t.Errorf("%d are good", n)
	}
	a := tw.as(t, "planner", "POST", "/api/v1/operations/"+*done.Op+"/undo", map[string]string{"jurisdiction": place}).want(t, 200)
	if n := decode[struct{ Undone int }](t, a.body).Undone; n != done.Changed || good() != 25 {
		t.Errorf("%d undone, %d good", n, good())
	}
	// What cannot take the change is refused by itself.
	mixed := bulk(200, map[string]any{"select": map[string]any{"class": []string{"0118"}}, "set": map[string]any{"attributes": map[string]any{"no_such": 1}}, "preview": true})
	if mixed.Changed != 0 || len(mixed.Refused) != 100 || mixed.Refused[0].Field != "attributes.no_such" {
		t.Errorf("%+v", mixed)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 3, web.Config{})
	type feed struct {
		Changes []struct {
			Seq                int64
			Noun, Kind         string
			Before, After, Op  any
			ID, Actor          string
			UnknownMemberCheck any `json:"hash"`
		}
		Next int64
	}
	seen, since := []int64{}, int64(0)
	for {
		page := decode[feed](t, tw.as(t, "viewer", "GET", fmt.Sprintf("/api/v1/changes?jurisdiction=%s&since=%d&limit=2", place, since), nil).want(t, 200).body)
		if len(page.Changes) == 0 {
			break
		}
		for _, c := range page.Changes {
			if seen = append(seen, c.Seq); c.Actor == "" || c.After == nil {
				t.Errorf("%+v", c)
			}
		}
		since = page.Next
	}
	for i, seq := range seen {
		if seq != int64(i+1) {
			t.Fatalf("seen %v", seen)
		}
	}
	tw.as(t, "viewer", "GET", "/api/v1/changes?since=-1&jurisdiction="+place, nil).want(t, 400)
	tw.as(t, "", "GET", "/api/v1/changes?jurisdiction="+place, nil).want(t, 401)
	system := tw.as(t, "root", "GET", "/api/v1/changes?jurisdiction="+assets.SystemJurisdiction, nil).want(t, 200)
	if strings.Contains(string(system.body), "argon2") {
		t.Error("the log holds passwords")
	}
}

// listen opens the stream of events and returns its lines.
func (tw *town) listen(t testing.TB, who, query string, headers ...string) <-chan string {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, tw.URL+"/api/v1/events?jurisdiction="+place+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if who != "" {
		req.Header.Set("Authorization", "Bearer "+tw.tokens[who])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	ctx, cancel := context.WithCancel(context.Background())
	res, err := http.DefaultClient.Do(req.WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); res.Body.Close() })
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(res.Body); scan.Scan(); {
			if line := scan.Text(); line != "" && line != ":" {
				lines <- line
			}
		}
	}()
	return lines
}

func next(t testing.TB, lines <-chan string) string {
	t.Helper()
	select {
	case line := <-lines:
		return line
	case <-time.After(20 * time.Second):
		t.Fatal("no event came")
		return ""
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true})
	head, err := tw.store.Head(context.Background(), place)
	if err != nil {
		t.Fatal(err)
	}
	staff, visitor := tw.listen(t, "viewer", ""), tw.listen(t, "", "")
	for _, lines := range []<-chan string{staff, visitor} {
		if got := next(t, lines) + next(t, lines) + next(t, lines); got != fmt.Sprintf(`id: %devent: readydata: {"seq":%d}`, head, head) {
			t.Fatalf("%s", got)
		}
	}
	f := tw.as(t, "field", "POST", items, lamp(113.75, 34.75, map[string]any{"name": "秘密"})).want(t, 201).feature(t)
	id := fmt.Sprintf("id: %d", head+1)
	for who, lines := range map[string]<-chan string{"staff": staff, "visitor": visitor} {
		got := []string{next(t, lines), next(t, lines), next(t, lines)}
		if got[0] != id || got[1] != "event: change" || !strings.Contains(got[2], f.ID) || strings.Contains(got[2], "秘密") != (who == "staff") || strings.Contains(got[2], "actor") != (who == "staff") {
			t.Errorf("%s: %v", who, got)
		}
	}
	// Whoever was away hears what he missed, and nothing twice.
	tw.as(t, "field", "DELETE", items+"/"+f.ID, nil, "If-Match", `"1"`).want(t, 204)
	back := tw.listen(t, "viewer", "", "Last-Event-ID", fmt.Sprint(head+1))
	if got := []string{next(t, back), next(t, back), next(t, back), next(t, back)}; got[3] != fmt.Sprintf("id: %d", head+2) {
		t.Errorf("%v", got)
	}
	tw.as(t, "viewer", "GET", "/api/v1/events?jurisdiction="+place, nil, "Last-Event-ID", "x").want(t, 400)
	// A shared class is everybody's.
	classes, err := tw.store.Classes(context.Background(), place)
	if err != nil {
		t.Fatal(err)
	}
	c := classes[0]
	c.Fields = nil
	body := map[string]any{"name": "新名", "geometry": c.Geometry, "icon": c.Icon, "color": c.Color}
	tw.as(t, "admin", "PUT", "/api/v1/classes/"+c.ID.String(), body, "If-Match", "*").want(t, 403)
	next(t, visitor) // of the deletion
	next(t, visitor)
	next(t, visitor)
	tw.as(t, "root", "PUT", "/api/v1/classes/"+c.ID.String(), body, "If-Match", "*").want(t, 200)
	if got := next(t, visitor); got != "event: catalogue" {
		t.Errorf("%s", got)
	}
}
