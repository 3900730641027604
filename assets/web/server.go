// Package web is the HTTP interface, and the only package that knows Echo.
package web

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"streetbook/assets"
	"streetbook/assets/blob"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
)

// Config is what the server must know beyond the registry.
type Config struct {
	// PublicURL is the address people use, when a proxy stands before the program.
	// Links are built from it; without it, from the host of the request.
	PublicURL string
	// Anonymous lets visitors see the map, without what is about persons.
	Anonymous bool
	// Secure says that people come over TLS, whoever ends it.
	Secure bool
	// Authority is the certificate of the program's own certificate authority, in
	// PEM, for phones to trust; nil where there is none.
	Authority []byte
	// Live holds the registry in memory; nil leaves every answer to PostGIS.
	Live *live.Live
	// Blobs keeps documents and photos.
	Blobs   *blob.Store
	Log     *slog.Logger
	Version string
	Commit  string
}

// Server answers requests from the registry.
type Server struct {
	store  *postgis.Store
	config Config
	echo   *echo.Echo
	pages  *pages
	sheet  sheet
	// costly limits how many questions that may keep the database busy run at
	// once, so that short ones, and health, never wait for a connection.
	costly    chan struct{}
	queueTime time.Duration // how long one waits for its turn

	definition  *definition
	extents     extents
	sessions    *scs.SessionManager
	crossOrigin *http.CrossOriginProtection
	writes      *middleware.RateLimiterMemoryStore
	listeners   chan struct{} // limits how many streams of events there are
	hashing     chan struct{} // limits how many passwords are hashed at once
	metrics     *metrics
	stopping    chan struct{} // closed when the server ends: streams that would not are to end
}

// maxHashing passwords at once take 19 MiB each.
const maxHashing = 4

// maxCostly leaves a quarter of the pool of connections to everything else.
const maxCostly = 12

// New returns a server for the registry in store and the web files in files.
func New(store *postgis.Store, files fs.FS, c Config) (*Server, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	p, err := newPages(files)
	if err != nil {
		return nil, err
	}
	d, err := newDefinition(c.Version)
	if err != nil {
		return nil, err
	}
	sheet, err := newSheet()
	if err != nil {
		return nil, err
	}
	s := &Server{store: store, config: c, pages: p, sheet: sheet, definition: d, echo: echo.New(), costly: make(chan struct{}, maxCostly), queueTime: queueTime,
		sessions: newSessions(store, c.Secure), crossOrigin: http.NewCrossOriginProtection(), hashing: make(chan struct{}, maxHashing), writes: newWriteLimit(), listeners: make(chan struct{}, maxListeners), stopping: make(chan struct{})}
	if c.PublicURL != "" {
		if origin, err := url.Parse(c.PublicURL); err != nil || s.crossOrigin.AddTrustedOrigin(origin.Scheme+"://"+origin.Host) != nil {
			return nil, assets.Errorf(assets.Invalid, "public-url", "应为 https://主机/ 这样的地址", "must be an address such as https://host/")
		}
	}
	s.metrics = s.newMetrics()
	e := s.echo
	e.HideBanner, e.HidePort = true, true
	// Whoever is in front may write what he likes into X-Forwarded-For.
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = s.answerError
	e.Pre(s.logRequests, s.recoverPanics)
	e.Use(s.secure, s.deadline)
	s.addRoutes()
	return s, nil
}

// Handler is the whole interface, for tests.
func (s *Server) Handler() http.Handler { return s.echo }

// Limits of a connection. A header that takes longer, or a reader that does not
// read, is cut off: slow clients must not pile up.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 60 * time.Second
	writeTimeout  = 5 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
	drainTimeout  = 10 * time.Second
)

// Serve answers requests until ctx ends, and then lets those under way finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{Handler: s.echo, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(s.config.Log.Handler(), slog.LevelWarn)}
	go s.sweeping(ctx)
	failed := make(chan error, 1)
	go func() { failed <- h.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.config.Log.Info("stopping: requests under way are finished first")
	close(s.stopping)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := h.Shutdown(drain); err != nil {
		if !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return h.Close() // the rest is cut off
	}
	return nil
}

// secure sets the headers that every answer has.
func (s *Server) secure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(self)")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if s.config.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(c)
	}
}
