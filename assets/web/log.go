package web

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// logRequests writes a line for every request that changes something, fails or
// is slow; the rest, which are thousands of tiles, only at level debug.
func (s *Server) logRequests(next echo.HandlerFunc) echo.HandlerFunc {
	const slow = 2 * time.Second
	return func(c echo.Context) error {
		start, whole := time.Now(), false
		defer func() { s.metrics.count(c, time.Since(start), whole) }() // an answer that is cut off ends in a panic
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		whole = true
		r, took := c.Request(), time.Since(start)
		level := slog.LevelDebug
		if took > slow || c.Response().Status >= http.StatusInternalServerError {
			level = slog.LevelWarn
		} else if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions {
			level = slog.LevelInfo
		}
		s.config.Log.Log(r.Context(), level, "request", "method", r.Method, "path", r.URL.Path,
			"status", c.Response().Status, "bytes", c.Response().Size, "ms", took.Milliseconds(), "from", c.RealIP())
		return nil
	}
}
