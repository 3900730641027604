package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"streetbook/assets/postgis/postgistest"
)

// TestVisit counts what the pages take over the wire: the planner's the first time
// and again, and the phone's until it works without the network.
func TestVisit(t *testing.T) {
	t.Parallel()
	w := before(t, start(t, "serve", "--database", postgistest.URL(t), "--listen", "127.0.0.1:0").url(t))
	browser := openBrowser(t, true)
	planner := func(p tab) {
		p.rest()
		p.until(`window.__listening === true`)
	}
	phone := func(p tab) {
		p.until(`document.querySelector('.field-login') && navigator.serviceWorker.controller !== null`)
	}
	for _, c := range []struct {
		name, path           string
		maxRequests, maxSent int
		loaded               func(tab)
		more                 []chromedp.ContextOption
	}{
		{"first visit", "/", 22, 700_000, planner, nil},
		{"second visit", "/", 22, 30_000, planner, nil},
		{"phone's first visit", "/field", 75, 700_000, phone, []chromedp.ContextOption{chromedp.WithNewBrowserContext()}},
	} {
		p, leave := w.visit(t, browser, c.path, c.more...)
		c.loaded(p)
		leave()
		requests, sent := w.take()
		t.Logf("the %s: %d requests, %d bytes, asked for twice: %v", c.name, len(requests), sent, twice(requests))
		if len(requests) > c.maxRequests || sent > c.maxSent {
			t.Errorf("the %s takes %d requests and %d bytes, more than %d and %d:\n%s", c.name, len(requests), sent, c.maxRequests, c.maxSent, strings.Join(requests, "\n"))
		}
	}
}

// twice lists the requests that came more than once.
func twice(requests []string) (list []string) {
	sorted := slices.Sorted(slices.Values(requests))
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			list = append(list, sorted[i])
		}
	}
	return list
}

// wire stands before a server and counts what goes over it.
type wire struct {
	url      string
	sent     atomic.Int64 // bytes to the browser, headers and all
	mu       sync.Mutex
	requests []string
}

func before(t *testing.T, site string) *wire {
	t.Helper()
	target, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{url: "http://" + listener.Addr().String()}
	through := httputil.NewSingleHostReverseProxy(target)
	through.FlushInterval = -1 // events are sent as they come
	server := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.requests = append(w.requests, r.Method+" "+r.URL.RequestURI())
		w.mu.Unlock()
		through.ServeHTTP(rw, r)
	})}
	go server.Serve(counted{listener, &w.sent})
	t.Cleanup(func() { server.Close() })
	return w
}

// visit opens a page in a new tab of the browser's own context, which keeps what
// it was sent, unless more says otherwise.
func (w *wire) visit(t *testing.T, browser context.Context, path string, more ...chromedp.ContextOption) (tab, context.CancelFunc) {
	t.Helper()
	ctx, leave := chromedp.NewContext(browser, more...)
	p := tab{t, ctx}
	p.do(chromedp.EmulateViewport(1440, 900), chromedp.Navigate(w.url+path))
	return p, leave
}

// take returns what was counted since the last time.
func (w *wire) take() (requests []string, sent int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	requests, w.requests = slices.Clone(w.requests), nil
	return requests, int(w.sent.Swap(0))
}

// counted counts what is written to the connections of a listener.
type counted struct {
	net.Listener
	sent *atomic.Int64
}

func (l counted) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return countedConn{conn, l.sent}, err
}

type countedConn struct {
	net.Conn
	sent *atomic.Int64
}

func (c countedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent.Add(int64(n))
	return n, err
}
