package web

import (
	"cmp"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"streetbook/assets"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
)

// metrics are figures of how the program fares, for Prometheus. They name no place
// and no person: whoever is admin anywhere may read them.
type metrics struct {
	all      *prometheus.Registry
	requests *prometheus.HistogramVec
	synced   *prometheus.CounterVec
}

// durations are the bounds, in seconds, between which requests are counted: from a
// tile in the cache to what is cut off.
var durations = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

func (s *Server) newMetrics() *metrics {
	m := &metrics{all: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "streetbook_request_seconds", Help: "Time to answer a request, by route and kind of status.", Buckets: durations}, []string{"method", "route", "status"}),
		synced:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "streetbook_synced_total", Help: "Operations that phones sent, by what became of them."}, []string{"outcome"})}
	for _, outcome := range []string{assets.OutcomeApplied, assets.OutcomeAlready, assets.OutcomeMerged, assets.OutcomeConflict, assets.OutcomeRefused} {
		m.synced.WithLabelValues(outcome)
	}
	m.all.MustRegister(m.requests, m.synced, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.all.MustRegister(states{s.connectionFigures()}, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "streetbook_listeners", Help: "Open streams of events."},
		func() float64 { return float64(len(s.listeners)) }))
	if s.config.Live != nil {
		m.all.MustRegister(states{memoryFigures(s.config.Live)})
	}
	return m
}

// count takes a request: one that was answered, whose answer was cut off, or that its
// asker left before there was any. A stream of events lasts as long as its listener likes, which says
// nothing.
func (m *metrics) count(c echo.Context, took time.Duration, whole bool) {
	if c.Path() == "/api/v1/events" {
		return
	}
	status := fmt.Sprintf("%dxx", c.Response().Status/100)
	switch {
	case !whole:
		status = "cut"
	case !c.Response().Committed:
		status = "left"
	}
	m.requests.WithLabelValues(methodOf(c), cmp.Or(c.Path(), "none"), status).Observe(took.Seconds())
}

// methodOf is the method of a request; those that no route has are one, whatever a
// client makes up.
func methodOf(c echo.Context) string {
	switch m := c.Request().Method; m {
	case "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE":
		return m
	}
	return "other"
}

// showMetrics answers the figures in the text format of Prometheus.
func (s *Server) showMetrics(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	promhttp.HandlerFor(s.metrics.all, promhttp.HandlerOpts{ErrorLog: complaints{s}}).ServeHTTP(c.Response(), c.Request())
	return nil
}

// complaints are what goes wrong while figures are gathered.
type complaints struct{ server *Server }

func (c complaints) Println(v ...any) { c.server.config.Log.Warn("metrics", "error", fmt.Sprint(v...)) }

// state is one look at a part of the program.
type state struct {
	figures []figure
	look    func() []float64 // in the order of figures
}

type figure struct {
	name, help string
	kind       prometheus.ValueType
}

// states collects the figures of a state from one look.
type states struct{ state }

func (s states) Describe(to chan<- *prometheus.Desc) {
	for _, f := range s.figures {
		to <- f.describe()
	}
}

func (f figure) describe() *prometheus.Desc { return prometheus.NewDesc(f.name, f.help, nil, nil) }

func (s states) Collect(to chan<- prometheus.Metric) {
	for i, v := range s.look() {
		to <- prometheus.MustNewConstMetric(s.figures[i].describe(), s.figures[i].kind, v)
	}
}

func (s *Server) connectionFigures() state {
	return state{[]figure{
		{"streetbook_database_connections_busy", "Connections to the database at work.", prometheus.GaugeValue},
		{"streetbook_database_connections_idle", "Connections to the database that wait for work.", prometheus.GaugeValue},
		{"streetbook_database_connections_most", "How many there may be.", prometheus.GaugeValue},
		{"streetbook_database_waits_total", "How often a request waited for a connection.", prometheus.CounterValue},
		{"streetbook_database_waited_seconds_total", "How long, all together.", prometheus.CounterValue},
		{"streetbook_costly_requests", "Questions at work that may keep the database busy.", prometheus.GaugeValue},
	}, func() []float64 { return append(connectionValues(s.store.Connections()), float64(len(s.costly))) }}
}

func connectionValues(c postgis.Connections) []float64 {
	return []float64{float64(c.Busy), float64(c.Idle), float64(c.Most), float64(c.Waits), c.Waited.Seconds()}
}

func memoryFigures(l *live.Live) state {
	return state{[]figure{
		{"streetbook_live_answers", "1 while memory answers the map, 0 while PostGIS does.", prometheus.GaugeValue},
		{"streetbook_live_away", "1 while there is no database.", prometheus.GaugeValue},
		{"streetbook_live_position", "How many changes memory holds, over all places.", prometheus.GaugeValue},
		{"streetbook_live_lag_seconds", "Since what memory holds was known to be the present.", prometheus.GaugeValue},
		{"streetbook_live_assets", "Assets in memory.", prometheus.GaugeValue},
		{"streetbook_live_changed_assets", "Of them those that changed since the columns were built.", prometheus.GaugeValue},
		{"streetbook_live_bytes", "What the registry takes of the memory, roughly.", prometheus.GaugeValue},
		{"streetbook_live_tiles", "Drawn tiles in the cache.", prometheus.GaugeValue},
		{"streetbook_live_tile_bytes", "What they take of the memory.", prometheus.GaugeValue},
		{"streetbook_live_tile_hits_total", "Tiles that were in the cache.", prometheus.CounterValue},
		{"streetbook_live_tile_misses_total", "Tiles that were not.", prometheus.CounterValue},
	}, func() []float64 {
		s := l.State()
		return []float64{oneIf(s.Answers), oneIf(s.Away), float64(s.Position), s.Lag.Seconds(), float64(s.Assets), float64(s.Changed), float64(s.Bytes),
			float64(s.Tiles.Kept), float64(s.Tiles.Bytes), float64(s.Tiles.Hits), float64(s.Tiles.Misses)}
	}}
}

func oneIf(v bool) float64 {
	if v {
		return 1
	}
	return 0
}
