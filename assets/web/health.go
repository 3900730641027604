package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// healthz says that the process lives, whatever the database does.
func (s *Server) healthz(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	return s.json(c, map[string]string{"status": "ok"})
}

// readyTimeout is how long the database may take to answer.
const readyTimeout = 2 * time.Second

// readyz says that the database answers and has this program's schema. It uses
// connections of its own, so that load does not make the program look dead.
func (s *Server) readyz(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTimeout)
	defer cancel()
	if err := s.store.Ready(ctx); err != nil {
		s.config.Log.Warn("not ready", "error", err)
		p := newProblem(http.StatusServiceUnavailable, "not-ready", languageOf(c.Request()))
		c.Response().Header().Set(echo.HeaderContentType, "application/problem+json")
		c.Response().Header().Set("Retry-After", "1")
		return c.JSON(http.StatusServiceUnavailable, p)
	}
	return s.json(c, map[string]string{"status": "ready"})
}

// version says what is running.
func (s *Server) version(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	return s.json(c, map[string]string{"version": s.config.Version, "commit": s.config.Commit})
}
