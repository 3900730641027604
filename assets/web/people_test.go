package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
	"streetbook/assets/web"
)

// otherPlace is a second jurisdiction: what its people must not see is in place.
const otherPlace = "980000002"

const password = "correct horse battery"

// town is a site with two jurisdictions and a person for every role in place.
type town struct {
	site
	server *web.Server
	tokens map[string]string // by name of the person
}

// cast are the people of a town and their roles.
var cast = map[string]map[string]string{
	"root":     {assets.SystemJurisdiction: assets.RoleAdmin},
	"admin":    {place: assets.RoleAdmin},
	"planner":  {place: assets.RolePlanner},
	"field":    {place: assets.RoleField},
	"viewer":   {place: assets.RoleViewer},
	"outsider": {otherPlace: assets.RoleAdmin},
	"nobody":   {},
}

func newTown(t testing.TB, n int, c web.Config) *town {
	t.Helper()
	return newTownOn(t, postgistest.New(t), n, c)
}

func newTownOn(t testing.TB, store *postgis.Store, n int, c web.Config) *town {
	t.Helper()
	s := newSiteOn(t, store, n, c)
	tw := &town{site: s.site, server: s.server, tokens: map[string]string{}}
	classes, err := exchange.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	if err := tw.store.AddMissingClasses(context.Background(), tw.write(t), assets.SystemJurisdiction, classes); err != nil {
		t.Fatal(err)
	}
	tw.addPlace(t, otherPlace)
	hash := assets.HashPassword(password)
	for name, roles := range cast {
		a := assets.Account{Name: name, DisplayName: strings.ToUpper(name), Roles: roles, Password: hash}
		if err := tw.store.AddAccount(context.Background(), tw.write(t), &a); err != nil {
			t.Fatal(err)
		}
		tw.tokens[name] = tw.addToken(t, a, assets.Token{Role: assets.RoleAdmin, Name: "test"})
	}
	return tw
}

func (tw *town) write(t testing.TB) postgis.Write {
	t.Helper()
	w, err := postgis.NewWrite("test")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (tw *town) addPlace(t testing.TB, code string) {
	t.Helper()
	tw.addPlaceAt(t, code, 113.9, 34.7)
}

// addPlaceAt makes a jurisdiction of a tenth of a degree with a lamp in its middle.
func (tw *town) addPlaceAt(t testing.TB, code string, lon, lat float64) {
	t.Helper()
	err := tw.store.AddRegistry(context.Background(), tw.write(t), assets.Registry{
		Jurisdiction: assets.Jurisdiction{Code: code, Name: "别的街道"},
		Areas:        []assets.Area{{Code: code, Name: "别的街道", Level: assets.LevelBoundary, Geometry: square(lon, lat, 0.1)}},
		Assets: []assets.Asset{{Class: "0118", Name: "别处的灯", Status: assets.StatusInService, Condition: assets.ConditionGood,
			Geometry: orb.Point{lon + 0.05, lat + 0.05}}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (tw *town) addToken(t testing.TB, a assets.Account, token assets.Token) string {
	t.Helper()
	text := assets.NewTokenText()
	token.Account, token.Secret = a.ID, assets.HashToken(text)
	if err := tw.store.AddToken(context.Background(), tw.write(t), &token); err != nil {
		t.Fatal(err)
	}
	return text
}

// answer is a response, read whole.
type answer struct {
	*http.Response
	body []byte
}

// as sends a request in somebody's name, "" for a visitor. A body that is no
// string is sent as JSON. headers come in pairs.
func (tw *town) as(t testing.TB, who, method, path string, body any, headers ...string) answer {
	t.Helper()
	if token := tw.tokens[who]; token != "" {
		headers = append(headers, "Authorization", "Bearer "+token)
	}
	return tw.send(t, method, path, body, headers...)
}

func (tw *town) send(t testing.TB, method, path string, body any, headers ...string) answer {
	t.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(encoded)
	}
	req, err := http.NewRequest(method, tw.URL+path, content)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	if body != nil {
		req.Header.Set("Content-Type", mediaTypeFor(method, path))
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	read, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, read}
}

func mediaTypeFor(method, path string) string {
	switch {
	case !strings.HasPrefix(path, "/ogc/"):
		return "application/json"
	case method == http.MethodPatch:
		return "application/merge-patch+json"
	}
	return "application/geo+json"
}

// want demands a status and returns the answer.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: %d, want %d: %.600s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	return a
}

// feature is a feature as it comes over the wire.
type feature struct {
	ID         string
	Geometry   json.RawMessage
	Properties map[string]any
}

func (a answer) feature(t testing.TB) feature {
	t.Helper()
	return decode[feature](t, a.body)
}

// signIn returns the cookie of a new session.
func (tw *town) signIn(t testing.TB, name, password string) string {
	t.Helper()
	a := tw.send(t, http.MethodPost, "/api/v1/session", map[string]string{"name": name, "password": password}).want(t, 200)
	cookies := a.Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("cookies %v", cookies)
	}
	return cookies[0].Name + "=" + cookies[0].Value
}

func TestSessions(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 1, web.Config{})
	who := func(headers ...string) string {
		a := tw.send(t, http.MethodGet, "/api/v1/session", nil, headers...).want(t, 200)
		return fmt.Sprint(decode[map[string]any](t, a.body)["account"])
	}
	if got := who(); got != "<nil>" {
		t.Errorf("a visitor is %s", got)
	}
	first, second := tw.signIn(t, " PLANNER ", password), tw.signIn(t, "planner", password)
	if first == second {
		t.Error("two sessions have one token")
	}
	if got := who("Cookie", first); !strings.Contains(got, "planner") {
		t.Errorf("signed in as %s", got)
	}
	const path = "/ogc/collections/assets/items"
	tw.send(t, http.MethodGet, path, nil).want(t, 401)
	tw.send(t, http.MethodGet, path, nil, "Cookie", first).want(t, 200)
	// A page of another site may make the browser send the cookie; nothing comes of it.
	for _, site := range []string{"cross-site", "same-site"} {
		tw.send(t, http.MethodPost, "/api/v1/bulk", map[string]any{}, "Cookie", first, "Sec-Fetch-Site", site).want(t, 403)
	}
	tw.send(t, http.MethodPost, "/api/v1/session", map[string]string{"name": "planner", "password": password}, "Sec-Fetch-Site", "cross-site").want(t, 403)
	// Signing out ends this session alone, everywhere ends the others too.
	third := tw.signIn(t, "planner", password)
	tw.send(t, http.MethodDelete, "/api/v1/session", nil, "Cookie", first, "Sec-Fetch-Site", "same-origin").want(t, 204)
	tw.send(t, http.MethodGet, path, nil, "Cookie", first).want(t, 401)
	tw.send(t, http.MethodGet, path, nil, "Cookie", second).want(t, 200)
	tw.send(t, http.MethodDelete, "/api/v1/session?everywhere=true", nil, "Cookie", second).want(t, 204)
	tw.send(t, http.MethodGet, path, nil, "Cookie", third).want(t, 401)
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	mine, other := tw.signIn(t, "viewer", password), tw.signIn(t, "viewer", password)
	change := func(current, new string, status int) answer {
		return tw.send(t, http.MethodPut, "/api/v1/session/password", map[string]string{"current": current, "new": new}, "Cookie", mine).want(t, status)
	}
	change("wrong", "a better passphrase", 403)
	for _, weak := range []string{"short", "password123", "aaaaaaaaaaaa", "12345678"} {
		if p := decode[problem](t, change(password, weak, 400).body); p.Field != "password" {
			t.Errorf("%s: %+v", weak, p)
		}
	}
	cookies := change(password, "a better passphrase", 204).Cookies()
	tw.send(t, http.MethodGet, "/ogc/collections", nil, "Cookie", other).want(t, 401)
	tw.send(t, http.MethodGet, "/ogc/collections", nil, "Cookie", cookies[0].Name+"="+cookies[0].Value).want(t, 200)
	tw.send(t, http.MethodPost, "/api/v1/session", map[string]string{"name": "viewer", "password": password}).want(t, 401)
	tw.signIn(t, "viewer", "a better passphrase")
	// A disabled account is out at once, its tokens too.
	tw.as(t, "viewer", http.MethodGet, "/ogc/collections", nil).want(t, 200)
	list := decode[struct {
		Accounts []struct {
			ID, Name string
			Version  int
		}
	}](t, tw.as(t, "root", http.MethodGet, "/api/v1/accounts", nil).want(t, 200).body)
	for _, a := range list.Accounts {
		if a.Name == "viewer" {
			tw.as(t, "root", http.MethodPatch, "/api/v1/accounts/"+a.ID, map[string]bool{"disabled": true}, "If-Match", fmt.Sprintf(`"%d"`, a.Version)).want(t, 200)
		}
	}
	tw.as(t, "viewer", http.MethodGet, "/ogc/collections", nil).want(t, 401)
}

// TestPasswordsCannotBeTriedOut: by the tenth try nothing is let through, also
// with the right password, while the owner still gets in from where he was.
func TestPasswordsCannotBeTriedOut(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	try := func(name, with string) int {
		return tw.send(t, http.MethodPost, "/api/v1/session", map[string]string{"name": name, "password": with}).StatusCode
	}
	for _, name := range []string{"planner", "no such name"} {
		results := make(chan int)
		for range 40 {
			go func() { results <- try(name, "guess") }()
		}
		heard := map[int]int{}
		for range 40 {
			heard[<-results]++
		}
		if heard[401] > 9 || heard[401]+heard[429] != 40 {
			t.Errorf("%s: %v", name, heard)
		}
	}
	if got := try("planner", password); got != 429 {
		t.Errorf("the right password after many wrong ones: %d", got)
	}
	// Another address is stopped as well after a few, though not the owner's own.
	ctx := context.Background()
	owner, err := tw.store.AccountNamed(ctx, "field")
	if err != nil {
		t.Fatal(err)
	}
	if err := tw.store.LoggedIn(ctx, owner, "10.0.0.7"); err != nil {
		t.Fatal(err)
	}
	passed := 0
	for i := range 40 {
		wait, err := tw.store.AttemptLogin(ctx, "field", fmt.Sprintf("192.0.2.%d", i))
		if err != nil {
			t.Fatal(err)
		}
		if wait == 0 {
			passed++
		} else if wait > postgis.LoginWindow {
			t.Errorf("wait %v", wait)
		}
	}
	if passed > 10 {
		t.Errorf("%d tries from 40 addresses went through", passed)
	}
	if wait, err := tw.store.AttemptLogin(ctx, "field", "10.0.0.7"); err != nil || wait != 0 {
		t.Errorf("the owner waits %v (%v)", wait, err)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 1, web.Config{})
	cookie := tw.signIn(t, "planner", password)
	made := tw.send(t, http.MethodPost, "/api/v1/tokens", map[string]any{"name": "QGIS", "role": "viewer"}, "Cookie", cookie).want(t, 201)
	token := decode[struct{ ID, Token string }](t, made.body)
	if !strings.HasPrefix(token.Token, assets.TokenPrefix) {
		t.Fatalf("%s", made.body)
	}
	tw.tokens["qgis"] = token.Token
	tw.as(t, "qgis", http.MethodGet, "/ogc/collections/assets/items", nil).want(t, 200)
	// It may no more than its role, and cannot make another.
	tw.as(t, "qgis", http.MethodPost, "/ogc/collections/assets/items", `{}`).want(t, 403)
	tw.as(t, "qgis", http.MethodPost, "/api/v1/tokens", map[string]any{"name": "x", "role": "viewer"}).want(t, 403)
	list := tw.send(t, http.MethodGet, "/api/v1/tokens", nil, "Cookie", cookie).want(t, 200)
	if !strings.Contains(string(list.body), `"last_used_at":"`) || strings.Contains(string(list.body), token.Token) {
		t.Errorf("%s", list.body)
	}
	// As the password of Basic, which is what QGIS can send.
	req := tw.send(t, http.MethodGet, "/ogc/collections", nil, "Authorization", basic("any", token.Token))
	req.want(t, 200)
	tw.send(t, http.MethodDelete, "/api/v1/tokens/"+token.ID, nil, "Cookie", cookie).want(t, 204)
	if a := tw.as(t, "qgis", http.MethodGet, "/ogc/collections", nil).want(t, 401); a.Header.Get("WWW-Authenticate") == "" {
		t.Error("no WWW-Authenticate")
	}
	account, err := tw.store.AccountNamed(context.Background(), "planner")
	if err != nil {
		t.Fatal(err)
	}
	over := time.Now().Add(-time.Second)
	tw.tokens["old"] = tw.addToken(t, account, assets.Token{Name: "old", Role: assets.RoleViewer, ExpiresAt: &over})
	tw.as(t, "old", http.MethodGet, "/ogc/collections", nil).want(t, 401)
	tw.tokens["elsewhere"] = tw.addToken(t, account, assets.Token{Name: "elsewhere", Role: assets.RoleViewer, Place: otherPlace})
	if a := tw.as(t, "elsewhere", http.MethodGet, "/ogc/collections/assets/items", nil).want(t, 200); decode[collection](t, a.body).NumberMatched != 0 {
		t.Errorf("a token for another place sees %s", a.body)
	}
}

func basic(name, password string) string {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(name, password)
	return r.Header.Get("Authorization")
}

// TestAdminsOfAPlace see and change the people of their place alone.
func TestAdminsOfAPlace(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	tw.as(t, "admin", http.MethodGet, "/api/v1/accounts", nil).want(t, 400)
	tw.as(t, "admin", http.MethodGet, "/api/v1/accounts?jurisdiction="+otherPlace, nil).want(t, 404)
	list := tw.as(t, "admin", http.MethodGet, "/api/v1/accounts?jurisdiction="+place, nil).want(t, 200)
	if s := string(list.body); !strings.Contains(s, `"planner"`) || strings.Contains(s, "outsider") || strings.Contains(s, `"root"`) {
		t.Errorf("%s", s)
	}
	made := tw.as(t, "admin", http.MethodPost, "/api/v1/accounts", map[string]any{"name": "Neu", "display_name": "新人", "roles": map[string]string{place: "field"}}).want(t, 201)
	account := decode[struct{ ID, Name, Password string }](t, made.body)
	if account.Name != "neu" || len(account.Password) < 20 {
		t.Errorf("%s", made.body)
	}
	tw.signIn(t, "neu", account.Password)
	tw.as(t, "admin", http.MethodPost, "/api/v1/accounts", map[string]any{"name": "x", "roles": map[string]string{otherPlace: "field"}}).want(t, 404)
	tw.as(t, "admin", http.MethodPost, "/api/v1/accounts", map[string]any{"name": "x", "roles": map[string]string{assets.SystemJurisdiction: "admin"}}).want(t, 404)
	outsider, err := tw.store.AccountNamed(context.Background(), "outsider")
	if err != nil {
		t.Fatal(err)
	}
	tw.as(t, "admin", http.MethodPatch, "/api/v1/accounts/"+outsider.ID.String(), map[string]any{"reset_password": true}, "If-Match", "*").want(t, 404)
	tw.as(t, "admin", http.MethodPatch, "/api/v1/accounts/"+account.ID, map[string]any{"display_name": "y"}).want(t, 428)
	tw.as(t, "admin", http.MethodPatch, "/api/v1/accounts/"+account.ID, map[string]any{"roles": map[string]any{place: nil}}, "If-Match", `"1"`).want(t, 200)
	// Nobody can shut everybody out.
	root, err := tw.store.AccountNamed(context.Background(), "root")
	if err != nil {
		t.Fatal(err)
	}
	tw.as(t, "root", http.MethodPatch, "/api/v1/accounts/"+root.ID.String(), map[string]any{"disabled": true}, "If-Match", "*").want(t, 409)
}
