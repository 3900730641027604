package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// road is the network between phones and a server. It can be cut, and it may
// answer in place of the server.
type road struct {
	site string // where phones find the server

	server *url.URL

	mu     sync.Mutex
	cut    bool
	meet   func(w http.ResponseWriter, r *http.Request, body []byte) bool // whether it answered
	passed []string                                                       // METHOD path, since it was last asked
}

func openRoad(t *testing.T, server string) *road {
	t.Helper()
	target, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	r := &road{server: target}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	r.site = s.URL
	return r
}

func (r *road) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

// took returns what passed since it was last asked.
func (r *road) took() (list []string) {
	r.set(func() { list, r.passed = r.passed, nil })
	return list
}

func (r *road) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	cut, meet := r.cut, r.meet
	r.passed = append(r.passed, req.Method+" "+req.URL.Path)
	r.mu.Unlock()
	if cut {
		panic(http.ErrAbortHandler) // the connection ends without a word
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if meet != nil && meet(w, req, body) {
		return
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	proxy := httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(r.server)
		p.Out.Host = p.In.Host
	}, ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }}
	proxy.ServeHTTP(w, req)
}

// refuse answers as the server does when it refuses.
func refuse(w http.ResponseWriter, status int, kind string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"type":"/problems/%s","title":"%s","status":%d,"detail":"refused on the road"}`, kind, kind, status)
}

// office is somebody at a desk, who writes while phones are away.
type office struct {
	*testing.T
	site   string
	client *http.Client
}

func openOffice(t *testing.T, site, name, password string) office {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	o := office{t, site, &http.Client{Jar: jar}}
	o.ask("POST", "/api/v1/session", map[string]string{"name": name, "password": password})
	return o
}

// ask returns the answer to a request that must succeed.
func (o office) ask(method, path string, body any, header ...string) map[string]any {
	o.Helper()
	var sent io.Reader
	if raw, ok := body.([]byte); ok {
		sent = bytes.NewReader(raw)
	} else if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			o.Fatal(err)
		}
		sent = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, o.site+path, sent)
	if err != nil {
		o.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	res, err := o.client.Do(req)
	if err != nil {
		o.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		o.Fatal(err)
	}
	answer := map[string]any{}
	if res.StatusCode >= 300 || (len(text) > 0 && json.Unmarshal(text, &answer) != nil) {
		o.Fatalf("%s %s: %d %s", method, path, res.StatusCode, text)
	}
	return answer
}

func (o office) asset(id string) map[string]any {
	o.Helper()
	return o.ask("GET", "/ogc/collections/assets/items/"+id, nil)["properties"].(map[string]any)
}

// change writes members of an asset as the office's own version.
func (o office) change(id, members string) {
	o.Helper()
	o.ask("PATCH", "/ogc/collections/assets/items/"+id, json.RawMessage(`{"properties":`+members+`}`),
		"Content-Type", "application/merge-patch+json", "If-Match", fmt.Sprintf(`"%v"`, o.asset(id)["version"]))
}

// lamps returns ids and codes of so many good lamps of the sample.
func (o office) lamps(n int) (ids, codes []string) {
	o.Helper()
	for _, f := range o.ask("GET", fmt.Sprintf("/ogc/collections/assets/items?jurisdiction=410105015&class=0118&condition=good&limit=%d", n), nil)["features"].([]any) {
		f := f.(map[string]any)
		ids, codes = append(ids, f["id"].(string)), append(codes, f["properties"].(map[string]any)["code"].(string))
	}
	return ids, codes
}

// workPhone opens the field page on a phone of its own and signs in.
func workPhone(t *testing.T, browser context.Context, site, name, password string) tab {
	t.Helper()
	p, cancel := openPhone(t, browser, site, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p.signInOnPhone(name, password)
	return p
}

func (p tab) signInOnPhone(name, password string) {
	p.Helper()
	p.until(`document.querySelector('.field-login')`)
	p.enter(`.field-login [data-field="name"] input`, name)
	p.enter(`.field-login [data-field="password"] input`, password)
	p.click(`.field-login .save`)
	p.until(`document.querySelectorAll('.tile').length === 8 && !document.querySelector('.field-login')`)
	p.until(`document.querySelector('.gps.good')`)
}

// openByCode opens an asset as somebody who reads its label. What a busy page
// does not take is done again.
func (p tab) openByCode(code string) {
	p.Helper()
	p.until(fmt.Sprintf(`((code) => {
		if (document.querySelector('.field-sheet .where')?.innerText.includes(code)) return true;
		const input = document.querySelector('[data-field="code"] input');
		if (!input) document.querySelector('#more')?.click();
		else if (input.value === code) document.querySelector('#open-code').click();
		else { input.value = code; input.dispatchEvent(new Event('input', { bubbles: true })); }
		return false;
	})(%q)`, code))
}

// listen has a page keep what it says for some seconds.
func (p tab) listen() {
	p.Helper()
	const keep = `window.__said = ''; new MutationObserver(() => {
		const words = document.querySelector('.said p')?.innerText ?? '';
		if (!window.__said.endsWith(words)) window.__said += '\n' + words;
	}).observe(document, { childList: true, subtree: true, characterData: true })`
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: keep}); err != nil {
		p.Fatal(err)
	}
}

// hears waits until a page that keeps it has said something.
func (p tab) hears(words string) {
	p.Helper()
	p.until(fmt.Sprintf(`window.__said.includes(%q)`, words))
}

// chip waits until the chip says something.
func (p tab) chip(words string) {
	p.Helper()
	p.until(fmt.Sprintf(`document.querySelector('#chip')?.innerText.includes(%q)`, words))
}

// whenEnabled presses a button that takes no press while something is under way.
func (p tab) whenEnabled(selector string) {
	p.Helper()
	p.until(fmt.Sprintf("(() => { const b = document.querySelector(%q); if (!b || b.disabled) return false; b.click(); return true; })()", selector))
}

// sync opens the page of what was sent, has it sent now, and waits for something on it.
func (p tab) sync(condition string) {
	p.Helper()
	p.click("#chip")
	p.whenEnabled("#sync-now")
	p.until(condition)
}

// inStore is a promise of what an expression makes of the list of a kind in the
// phone's store.
func inStore(kind, expression string) string {
	return fmt.Sprintf(`new Promise((resolve, reject) => { const r = indexedDB.open('streetbook-field'); r.onerror = () => reject(r.error); r.onsuccess = () => {
		const q = r.result.transaction(%q).objectStore(%q).getAll(); q.onsuccess = () => { r.result.close(); const list = q.result; resolve(%s); }; q.onerror = () => reject(q.error); }; })`, kind, kind, expression)
}

// stored reads the phone's store.
func stored[T any](p tab, kind, expression string) T {
	p.Helper()
	return eval[T](p, inStore(kind, expression))
}

// stand puts a phone somewhere, with so many metres of accuracy.
func stand(p tab, lon, lat, accuracy float64) {
	p.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetGeolocationOverride, emulation.SetGeolocationOverrideParams{Latitude: &lat, Longitude: &lon, Accuracy: &accuracy}); err != nil {
		p.Fatal(err)
	}
}
