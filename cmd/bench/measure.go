package main

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// question is a kind of request.
type question struct {
	name string
	url  func(*server) string // of a request at random, the same for every server until next
	next func()
}

// questions are asked of a registry with n assets, some of which are known.
func (w *town) questions(known []placed) (list []*question) {
	for _, want := range []int{100, 1000, 10000} {
		side := 2 * half * math.Sqrt(float64(want)/float64(w.assets))
		var b orb.Bound
		list = append(list, &question{name: fmt.Sprintf("GeoJSON bbox, %d features", want),
			next: func() { p := w.point(); b = orb.Bound{Min: p, Max: orb.Point{p[0] + side, p[1] + side}} },
			url: func(s *server) string {
				return fill(s.items, "{bbox}", fmt.Sprintf("%.7f,%.7f,%.7f,%.7f", b.Min[0], b.Min[1], b.Max[0], b.Max[1]), "{limit}", fmt.Sprint(want))
			}})
	}
	var id string
	list = append(list, &question{name: "one feature by id", next: func() { id = known[w.rand.IntN(len(known))].id.String() },
		url: func(s *server) string { return fill(s.item, "{id}", id) }})
	for _, kind := range []struct {
		collection, of string
		zooms          []int
	}{{assets.CollectionAssets, "", []int{10, 12, 14, 16}}, {assets.CollectionSegments, " of segments", []int{12, 14}}, {assets.CollectionAreas, " of areas", []int{12, 14}}} {
		for _, z := range kind.zooms {
			var t geo.Tile
			list = append(list, &question{name: fmt.Sprintf("fresh tile%s z%d", kind.of, z), next: func() { t = w.tile(z) }, url: func(s *server) string { return layerURL(s, kind.collection, t) }})
		}
	}
	return list
}

func (w *town) tile(z int) geo.Tile { return tileAt(z, w.point()) }

func tileAt(z int, p orb.Point) geo.Tile {
	x, y := geo.Mercator(p)
	n := math.Exp2(float64(z))
	return geo.Tile{Z: z, X: int(x * n), Y: int(y * n)}
}

// tileURL is that of a tile of assets.
func tileURL(s *server, t geo.Tile) string { return layerURL(s, assets.CollectionAssets, t) }

// layerURL is that of a tile of a collection. A server whose template names none has
// tiles of assets alone.
func layerURL(s *server, collection string, t geo.Tile) string {
	if collection != assets.CollectionAssets && !strings.Contains(s.tiles, "{collection}") {
		return ""
	}
	return fill(s.tiles, "{collection}", collection, "{z}", fmt.Sprint(t.Z), "{x}", fmt.Sprint(t.X), "{y}", fmt.Sprint(t.Y))
}

// result is how a server answered a kind of request.
type result struct {
	median, p99     time.Duration
	answers, failed int
	bytes           int64         // on average, as they were sent
	cpu             time.Duration // per request, of the server and the database
}

// client takes what is sent as it is. Servers are asked for plain bytes unless
// the operator wants them compressed: otherwise most of what is measured of a
// fast server is its compressor.
var client = &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16}, Timeout: time.Minute}

func fetch(url, encoding string) (n int64, err error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", encoding)
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	n, err = io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s: %s", url, res.Status)
	}
	return n, err
}

// failures says the first of each kind of failure, once.
type failures map[string]bool

func (f failures) say(of string, err error) {
	if !f[of] {
		f[of] = true
		fmt.Fprintf(os.Stderr, "%s: %v\n", of, err)
	}
}

// ask puts a question to the servers in turns, so that whatever else the machine
// does meets them alike. A turn is several requests, each another place, where they
// are quick: a map asks for many things at once, and a server that only just was
// woken shows what waking costs. A request that fails is counted, and no time is
// taken of it.
func ask(q *question, servers []*server, o options) []result {
	out, took := make([]result, len(servers)), make([][]time.Duration, len(servers))
	said := failures{}
	begun := time.Now()
	const warming, least, most, slow = 2, 3, 5, 50 * time.Millisecond
	turn := 1
	for done := -warming; done < o.times && (done < least || time.Since(begun) < o.span); {
		urls := make([][]string, len(servers))
		for range turn {
			q.next()
			for i, s := range servers {
				if url := q.url(s); url != "" {
					urls[i] = append(urls[i], url)
				}
			}
		}
		longest := time.Duration(0)
		for i, s := range servers {
			var before time.Duration
			if s.process != nil {
				before = s.process.cpu()
			}
			for _, url := range urls[i] {
				asked := time.Now()
				n, err := fetch(url, o.encoding)
				d := time.Since(asked)
				longest = max(longest, d)
				switch {
				case done < 0:
				case err != nil:
					out[i].failed++
					said.say(s.name+", "+q.name, err)
				default:
					took[i], out[i].bytes = append(took[i], d), out[i].bytes+n
				}
			}
			if s.process != nil && done >= 0 {
				out[i].cpu += s.process.cpu() - before
			}
		}
		done += turn
		if done == 0 && longest < slow {
			turn = most
		}
	}
	for i := range out {
		r := &out[i]
		if r.answers = len(took[i]); r.answers > 0 {
			r.median, r.p99 = quantiles(took[i])
			r.bytes, r.cpu = r.bytes/int64(r.answers), r.cpu/time.Duration(r.answers+r.failed)
		}
	}
	return out
}

// quantiles returns the median and the 99th percentile.
func quantiles(took []time.Duration) (median, p99 time.Duration) {
	slices.Sort(took)
	n := len(took)
	return took[n/2], took[min(n-1, n*99/100)]
}

// pace is how a server answers several clients at once.
type pace struct {
	perSecond float64
	cpu       time.Duration // of the server, per request
	failed    int
}

// rate asks for a URL with 8 clients at once.
func rate(s *server, url string, span time.Duration) (p pace) {
	var mu sync.Mutex
	var wait sync.WaitGroup
	said := failures{}
	count, begun, before := 0, time.Now(), s.process.cpu()
	for range 8 {
		wait.Go(func() {
			answered, failed := 0, 0
			for time.Since(begun) < span {
				if _, err := fetch(url, "gzip"); err != nil {
					failed++
					mu.Lock()
					said.say(s.name, err)
					mu.Unlock()
					continue
				}
				answered++
			}
			mu.Lock()
			count, p.failed = count+answered, p.failed+failed
			mu.Unlock()
		})
	}
	wait.Wait()
	if count > 0 {
		p.perSecond, p.cpu = float64(count)/time.Since(begun).Seconds(), (s.process.cpu()-before)/time.Duration(count)
	}
	return p
}
