package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// browser measures how long a write over HTTP takes from its answer to the open map
// of somebody else, on which the asset is drawn as it is now. Writes come at random
// moments, up to two seconds apart.
func (w *town) browser(ctx context.Context, store *postgis.Store, url string, known []placed, o options) error {
	postmaster, err := postmasterOf(o.dir)
	if err != nil {
		return err
	}
	c, err := startChild(url, postmaster, modeLive)
	if err != nil {
		return err
	}
	defer c.stop()
	key, err := w.key(ctx, store)
	if err != nil {
		return err
	}
	at := known[w.rand.IntN(len(known))].at
	seen, err := inView(ctx, store, at)
	if err != nil {
		return err
	}
	page, leave, err := openMap(ctx, fmt.Sprintf("%s/#map=%d/%.6f/%.6f", c.url, viewZoom, at[1], at[0]))
	if err != nil {
		return err
	}
	defer leave()
	var took []time.Duration
	for i := range o.browser + 1 {
		time.Sleep(time.Duration(w.rand.Int64N(int64(2 * time.Second))))
		d, err := w.seen(page, c.url, key, seen[w.rand.IntN(len(seen))])
		if err != nil {
			return err
		}
		if i > 0 { // the first one warms up
			took = append(took, d)
		}
	}
	median, p99 := quantiles(took)
	fmt.Print("| | |\n|---|---|\n")
	line(fmt.Sprintf("from the answer to a write to the map that another browser drew: median, p99, most of %d", len(took)), "%s, %s, %s", short(median), short(p99), short(took[len(took)-1]))
	return nil
}

// viewZoom shows an asset as a badge, and some hundreds of others.
const viewZoom = 17

// inView lists the assets that stand near the middle of the map.
func inView(ctx context.Context, store *postgis.Store, middle orb.Point) (ids []uuid.UUID, err error) {
	const reach = 0.001 // degrees
	q := assets.In(place)
	q.Bounds = []orb.Bound{{Min: orb.Point{middle[0] - reach, middle[1] - reach}, Max: orb.Point{middle[0] + reach, middle[1] + reach}}}
	err = store.EachAsset(ctx, q, func(a *assets.Asset) error {
		ids = append(ids, a.ID)
		return nil
	})
	return ids, err
}

// key makes a token for the writer, of an account that only it knows.
func (w *town) key(ctx context.Context, store *postgis.Store) (string, error) {
	name := fmt.Sprintf("bench-%d", time.Now().UnixNano())
	a := assets.Account{Name: name, DisplayName: name, Roles: map[string]string{place: assets.RoleField}, Password: assets.HashPassword(assets.GeneratePassword())}
	write, err := postgis.NewWrite("bench")
	if err != nil {
		return "", err
	}
	if err := store.AddAccount(ctx, write, &a); err != nil {
		return "", err
	}
	text := assets.NewTokenText()
	over := time.Now().Add(time.Hour)
	t := assets.Token{Account: a.ID, Name: name, Role: assets.RoleField, Lenient: true, Secret: assets.HashToken(text), ExpiresAt: &over}
	if write, err = postgis.NewWrite("bench"); err != nil {
		return "", err
	}
	return text, store.AddToken(ctx, write, &t)
}

// openMap opens the planner's page in a browser whose graphics the processor
// computes, and returns when its map rests and it hears of changes.
func openMap(ctx context.Context, address string) (page context.Context, leave func(), err error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.WSURLReadTimeout(time.Minute), chromedp.NoSandbox,
		chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true), chromedp.Flag("ignore-gpu-blocklist", true))
	allocator, end := chromedp.NewExecAllocator(ctx, options...)
	page, cancel := chromedp.NewContext(allocator)
	leave = func() { cancel(); end() }
	if err = chromedp.Do(page, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(address)); err != nil {
		leave()
		return nil, nil, err
	}
	for until := time.Now().Add(2 * time.Minute); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		there, err := chromedp.Run(page, chromedp.Evaluate[bool](`window.__idle === true && window.__listening === true`))
		if there || err != nil {
			return page, leave, err
		}
	}
	leave()
	return nil, nil, fmt.Errorf("the map does not come to rest")
}

// seen turns the condition of an asset over HTTP and returns the time from the
// answer to the frame that shows it. Both are read from the clock of the machine.
func (w *town) seen(page context.Context, url, key string, id uuid.UUID) (time.Duration, error) {
	condition, err := patch(url, key, id, "")
	if err != nil {
		return 0, err
	}
	next := assets.Conditions[0]
	if condition == next {
		next = assets.Conditions[1]
	}
	watch := fmt.Sprintf(`window.__seen = new Promise((resolve) => {
		const look = () => {
			if (!__map.querySourceFeatures('assets', {sourceLayer: 'assets', filter: ['==', ['get', 'id'], %q]}).some((f) => f.properties.condition === %q)) return;
			__map.off('render', look);
			resolve(performance.timeOrigin + performance.now());
		};
		__map.on('render', look);
	}); true`, id, next)
	if _, err := chromedp.Run(page, chromedp.Evaluate[bool](watch)); err != nil {
		return 0, err
	}
	if _, err := patch(url, key, id, next); err != nil {
		return 0, err
	}
	answered := time.Now()
	patient, cancel := context.WithTimeout(page, time.Minute)
	defer cancel()
	at, err := chromedp.Run(patient, chromedp.Evaluate[float64](`window.__seen`, chromedp.EvalAwaitPromise))
	return time.Duration(at*1e6) - time.Duration(answered.UnixNano()), err
}

// patch sets the condition of an asset, or changes nothing of it, and returns the
// one that it has then.
func patch(url, key string, id uuid.UUID, condition string) (string, error) {
	method, body := http.MethodGet, ""
	if condition != "" {
		method, body = http.MethodPatch, fmt.Sprintf(`{"properties":{"condition":%q}}`, condition)
	}
	req, err := http.NewRequest(method, url+"/ogc/collections/assets/items/"+id.String(), strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Accept", "application/geo+json")
	req.Header.Set("Content-Type", "application/merge-patch+json")
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var feature struct{ Properties struct{ Condition string } }
	if err := json.NewDecoder(res.Body).Decode(&feature); err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s %s: %s", method, req.URL, res.Status)
	}
	return feature.Properties.Condition, nil
}
