package main

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"streetbook/geo"
)

// server is one of those that are asked the same.
type server struct {
	name  string
	child *child // nil for one that runs elsewhere
	items string // URL templates; "" where it has none
	tiles string
	item  string
}

// question is a kind of request.
type question struct {
	name  string
	url   func(server) string // of a request at random, the same for every server until next
	next  func()
	times int
}

// questions are asked of a registry with n assets, some of whose ids are known.
func (w *town) questions(ids []string, times int) (list []*question) {
	for _, want := range []int{100, 1000, 10000} {
		side := 2 * half * math.Sqrt(float64(want)/float64(w.assets))
		var b orb.Bound
		list = append(list, &question{name: fmt.Sprintf("GeoJSON bbox, %d features", want), times: times,
			next: func() { p := w.point(); b = orb.Bound{Min: p, Max: orb.Point{p[0] + side, p[1] + side}} },
			url: func(s server) string {
				return fill(s.items, "{bbox}", fmt.Sprintf("%.7f,%.7f,%.7f,%.7f", b.Min[0], b.Min[1], b.Max[0], b.Max[1]), "{limit}", fmt.Sprint(want))
			}})
	}
	var id string
	list = append(list, &question{name: "one feature by id", times: times, next: func() { id = ids[w.rand.IntN(len(ids))] },
		url: func(s server) string { return fill(s.item, "{id}", id) }})
	for _, z := range []int{10, 12, 14, 16} {
		var t geo.Tile
		list = append(list, &question{name: fmt.Sprintf("fresh tile z%d", z), times: max(5, times/map[int]int{10: 20, 12: 4, 14: 1, 16: 1}[z]),
			next: func() { t = w.tile(z) }, url: func(s server) string { return tileURL(s, t) }})
	}
	return list
}

func (w *town) tile(z int) geo.Tile {
	x, y := geo.Mercator(w.point())
	n := math.Exp2(float64(z))
	return geo.Tile{Z: z, X: int(x * n), Y: int(y * n)}
}

func tileURL(s server, t geo.Tile) string {
	return fill(s.tiles, "{z}", fmt.Sprint(t.Z), "{x}", fmt.Sprint(t.X), "{y}", fmt.Sprint(t.Y))
}

func fill(template string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(template)
}

// result is how a server answered a kind of request.
type result struct {
	median, p99 time.Duration
	bytes       int64         // on average, as they were sent
	cpu         time.Duration // per request, of the server and the database
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

// ask puts a question to the servers in turns, so that whatever else the machine
// does meets them alike.
func ask(q *question, servers []server, encoding string) ([]result, error) {
	out, took := make([]result, len(servers)), make([][]time.Duration, len(servers))
	for round := range q.times + 2 {
		q.next()
		for i, s := range servers {
			url := q.url(s)
			if url == "" {
				continue
			}
			var before time.Duration
			if s.child != nil {
				before = s.child.cpu()
			}
			begun := time.Now()
			n, err := fetch(url, encoding)
			d := time.Since(begun)
			if err != nil {
				return nil, err
			}
			if round < 2 { // warming up
				continue
			}
			if s.child != nil {
				out[i].cpu += s.child.cpu() - before
			}
			took[i], out[i].bytes = append(took[i], d), out[i].bytes+n
		}
	}
	for i := range out {
		if n := len(took[i]); n > 0 {
			slices.Sort(took[i])
			out[i].median, out[i].p99 = took[i][n/2], took[i][min(n-1, n*99/100)]
			out[i].bytes, out[i].cpu = out[i].bytes/int64(n), out[i].cpu/time.Duration(n)
		}
	}
	return out, nil
}

// rate is how many requests per second a URL answers to several clients at once.
func rate(url string, span time.Duration) (perSecond float64, err error) {
	var mu sync.Mutex
	var wait sync.WaitGroup
	count, begun := 0, time.Now()
	for range 8 {
		wait.Go(func() {
			n := 0
			for time.Since(begun) < span {
				if _, e := fetch(url, "gzip"); e != nil {
					mu.Lock()
					err = e
					mu.Unlock()
					return
				}
				n++
			}
			mu.Lock()
			count += n
			mu.Unlock()
		})
	}
	wait.Wait()
	return float64(count) / time.Since(begun).Seconds(), err
}

// staticFiles lists the scripts and styles of the planner's page.
func staticFiles(url string) (list []string, err error) {
	res, err := client.Get(url + "/")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	for _, m := range staticName.FindAllString(string(page), -1) {
		list = append(list, url+m)
	}
	return list, err
}

var staticName = regexp.MustCompile(`/static/[0-9a-f]+/[^"]+\.(js|mjs|css|json)`)
