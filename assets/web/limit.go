package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

// Limits of what a request may send. Features and selections may be large: a
// polygon of 100,000 positions fits.
const (
	maxBody      = 256 << 10
	maxLargeBody = 8 << 20
	maxBatch     = 2 << 20 // of operations of a phone
)

// Limits of how long an answer may be in the making, and of how many listeners
// there may be, each of whom asks the database at every change.
const (
	requestTimeout = 30 * time.Second
	awayTimeout    = time.Second // while there is no database: nothing comes of waiting
	maxListeners   = 1000
)

// longer are the requests that may take more time: a season's work of a phone,
// each operation of it a transaction, and a finance sheet and undoing it.
var longer = map[string]time.Duration{
	"/api/v1/rescue":              4 * time.Minute,
	"/api/v1/investment/import":   2 * time.Minute,
	"/api/v1/operations/:op/undo": 2 * time.Minute,
}

// Limits of writing: what a person or program that works hard reaches never, and
// one that runs wild at once.
const (
	writesPerSecond = 200
	writesAtOnce    = 2000
)

func newWriteLimit() *middleware.RateLimiterMemoryStore {
	return middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{Rate: writesPerSecond, Burst: writesAtOnce, ExpiresIn: 5 * time.Minute})
}

// pacedWrites limits the writes of one account, whatever addresses they come from.
func (s *Server) pacedWrites(c echo.Context, method string, w caller) error {
	if method == http.MethodGet || w.account == nil {
		return nil
	}
	ok, err := s.writes.Allow(w.account.ID.String())
	if err != nil || ok {
		return err
	}
	c.Response().Header().Set("Retry-After", "1")
	return assets.Errorf(assets.Throttled, "", "写入过快，请稍候", "too many writes at once: slow down")
}

// deadline ends the work for a request that takes too long, and bounds its body.
func (s *Server) deadline(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if c.Path() != "/api/v1/events" { // a listener stays as long as he likes
			patience, long := longer[c.Path()]
			if !long {
				patience = requestTimeout
			}
			if s.config.Live.Away() {
				patience = awayTimeout
			}
			ctx, cancel := context.WithTimeout(r.Context(), patience)
			defer cancel()
			r = r.WithContext(ctx)
		}
		limit := int64(maxBody)
		switch c.Path() {
		case "/api/v1/sync":
			limit = maxBatch
		case "/api/v1/photos/:id/upload":
			limit = maxPiece
		case "/api/v1/rescue":
			limit = maxRescue
		}
		if strings.HasPrefix(c.Path(), "/ogc/") || c.Path() == "/api/v1/bulk" || strings.HasSuffix(c.Path(), "/move") {
			limit = maxLargeBody
		}
		if c.Path() == "/api/v1/investment/import" {
			limit = exchange.MaxWorkbook
		}
		if c.Path() == "/api/v1/documents" {
			limit = maxDocument
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		c.SetRequest(r)
		return next(c)
	}
}

// errBusy is answered 503: too many costly questions at once.
var errBusy = errors.New("too many costly requests at once")

// queueTime is how long a costly question waits for its turn.
const queueTime = 5 * time.Second

// turn waits for the right to ask a costly question.
func (s *Server) turn(ctx context.Context) (done func(), err error) {
	timer := time.NewTimer(s.queueTime)
	defer timer.Stop()
	select {
	case s.costly <- struct{}{}:
		return func() { <-s.costly }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, errBusy
	}
}

// seat is a place among the listeners, if one is free.
func (s *Server) seat() (leave func(), err error) {
	select {
	case s.listeners <- struct{}{}:
		return func() { <-s.listeners }, nil
	default:
		return nil, errBusy
	}
}
