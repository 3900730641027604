package web

import (
	"context"
	"fmt"
	"math"
	"net"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// What a session remembers.
const (
	sessionAccount = "account" // id
	sessionEpoch   = "epoch"   // of the account, when it signed in
	sessionSeen    = "seen"    // when it was written last, Unix seconds
)

// Sessions end after this much time without a request, and in any case after
// that much.
const (
	sessionIdle = 12 * time.Hour
	sessionLife = 30 * 24 * time.Hour
)

// newSessions keeps sessions in the database. Behind TLS the cookie is bound to
// this very host by its name.
func newSessions(store *postgis.Store, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = store.Sessions()
	m.Lifetime, m.IdleTimeout = sessionLife, sessionIdle
	m.HashTokenInStore = true
	m.Cookie.Name, m.Cookie.Path, m.Cookie.HttpOnly, m.Cookie.SameSite = "streetbook", "/", true, http.SameSiteLaxMode
	if m.Cookie.Secure = secure; secure {
		m.Cookie.Name = "__Host-streetbook"
	}
	return m
}

// sessionDocument says who the caller is.
type sessionDocument struct {
	Account   *sessionPerson    `json:"account"`
	Roles     map[string]string `json:"roles"`
	Anonymous string            `json:"anonymous"`
	Via       string            `json:"via"`
}

type sessionPerson struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
}

func (s *Server) describeCaller(w caller) sessionDocument {
	d := sessionDocument{Roles: map[string]string{}, Anonymous: "off"}
	if s.config.Anonymous {
		d.Anonymous = "map"
	}
	if w.account == nil {
		return d
	}
	d.Account = &sessionPerson{w.account.ID.String(), w.account.Name, w.account.DisplayName}
	d.Via = "session"
	for jurisdiction, role := range w.account.Roles {
		if w.token != nil {
			if w.token.Place != "" && jurisdiction != w.token.Place && jurisdiction != assets.SystemJurisdiction {
				continue
			}
			role = assets.LesserRole(role, w.token.Role)
		}
		d.Roles[jurisdiction] = role
	}
	if w.token != nil {
		d.Via = "token"
	}
	return d
}

// whoami answers who is signed in; also that nobody is.
func (s *Server) whoami(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	w, err := s.identify(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, s.describeCaller(w))
}

// login signs a person in. Every answer to a wrong name, a wrong password and a
// disabled account is the same, and takes the same work.
func (s *Server) login(c echo.Context) error {
	var in struct{ Name, Password string }
	if _, err := readJSON(c, &in); err != nil {
		return err
	}
	if err := s.crossOrigin.Check(c.Request()); err != nil {
		return assets.Errorf(assets.Forbidden, "", "请求来自别的网站", "the request comes from another site")
	}
	ctx, name, address := c.Request().Context(), assets.NormalizeName(in.Name), addressOf(c)
	if len(name) > 200 || len(in.Password) > 1000 {
		return wrongLogin()
	}
	wait, err := s.store.AttemptLogin(ctx, name, address)
	if err != nil {
		return err
	}
	if wait > 0 {
		c.Response().Header().Set("Retry-After", fmt.Sprint(int(math.Ceil(wait.Seconds()))))
		s.config.Log.Warn("login throttled", "name", name, "from", address)
		return assets.Errorf(assets.Throttled, "", "尝试次数过多，请 %d 秒后再试", "too many attempts: try again in %d seconds", int(math.Ceil(wait.Seconds())))
	}
	a, err := s.checkPassword(ctx, name, in.Password)
	if err != nil {
		if assets.ErrorCode(err) == assets.Unauthenticated {
			s.config.Log.Warn("login refused", "name", name, "from", address)
		}
		return err
	}
	if err := s.store.LoggedIn(ctx, a, address); err != nil {
		return err
	}
	s.config.Log.Info("login", "name", name, "from", address)
	if err := s.begin(c, a); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.describeCaller(caller{account: &a}))
}

func wrongLogin() error {
	return assets.Errorf(assets.Unauthenticated, "password", "账号或密码不对", "the name or the password is wrong")
}

// nobody is the hash of a password that nobody has: checking it for a name that
// nobody has takes as long as checking a real one.
var nobody = assets.HashPassword(assets.GeneratePassword())

// checkPassword finds the account with a name and password. Only so many hashes
// are computed at once: each takes 19 MiB.
func (s *Server) checkPassword(ctx context.Context, name, password string) (assets.Account, error) {
	a, err := s.store.AccountNamed(ctx, name)
	known := err == nil
	if err != nil && assets.ErrorCode(err) != assets.NotFound {
		return a, err
	}
	hash := nobody
	if known {
		hash = a.Password
	}
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return a, ctx.Err()
	}
	if right := assets.CheckPassword(hash, password); !right || !known || a.Disabled {
		return a, wrongLogin()
	}
	return a, nil
}

// begin starts a session under a new token, whatever the browser brought.
func (s *Server) begin(c echo.Context, a assets.Account) error {
	ctx, err := s.sessions.Load(c.Request().Context(), "")
	if err != nil {
		return err
	}
	s.sessions.Put(ctx, sessionAccount, a.ID.String())
	s.sessions.Put(ctx, sessionEpoch, a.Epoch)
	s.sessions.Put(ctx, sessionSeen, time.Now().Unix())
	token, expiry, err := s.sessions.Commit(ctx)
	if err != nil {
		return err
	}
	s.sessions.WriteSessionCookie(ctx, c.Response(), token, expiry)
	c.Response().Header().Set("Cache-Control", "no-store")
	return nil
}

// logout ends this session, or with everywhere=true every one of the account.
func (s *Server) logout(c echo.Context) error {
	p, err := parametersOf(c, "everywhere")
	if err != nil {
		return err
	}
	w := callerOf(c)
	if v, _ := p.text("everywhere"); v == "true" {
		if err := s.store.EndSessions(c.Request().Context(), w.account.ID); err != nil {
			return err
		}
	}
	if err := s.end(c, w); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) end(c echo.Context, w caller) error {
	ctx, err := s.sessions.Load(c.Request().Context(), w.session)
	if err != nil {
		return err
	}
	if err := s.sessions.Destroy(ctx); err != nil {
		return err
	}
	s.sessions.WriteSessionCookie(ctx, c.Response(), "", time.Time{})
	return nil
}

// changePassword sets a new password of the caller's own, ends every session
// and begins this one anew.
func (s *Server) changePassword(c echo.Context) error {
	var in struct{ Current, New string }
	if _, err := readJSON(c, &in); err != nil {
		return err
	}
	if err := assets.CheckNewPassword(in.New); err != nil {
		return err
	}
	ctx, who := c.Request().Context(), callerOf(c)
	wait, err := s.store.AttemptLogin(ctx, who.account.Name, addressOf(c))
	if err != nil {
		return err
	}
	if wait > 0 {
		c.Response().Header().Set("Retry-After", fmt.Sprint(int(math.Ceil(wait.Seconds()))))
		return assets.Errorf(assets.Throttled, "", "尝试次数过多，请稍后再试", "too many attempts: try again later")
	}
	if _, err := s.checkPassword(ctx, who.account.Name, in.Current); err != nil {
		if assets.ErrorCode(err) == assets.Unauthenticated {
			err = assets.Errorf(assets.Forbidden, "current", "当前密码不对", "the current password is wrong")
		}
		return err
	}
	if err := s.store.LoggedIn(ctx, *who.account, addressOf(c)); err != nil {
		return err
	}
	w, err := opOf(c)
	if err != nil {
		return err
	}
	a, err := s.store.ReviseAccount(ctx, w, who.account.ID, assets.AnyVersion, func(a *assets.Account) error {
		a.Password = assets.HashPassword(in.New)
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.begin(c, a); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// addressOf is where a request comes from, as throttling counts: a network of
// IPv6 is one place, because its owner has all the addresses in it.
func addressOf(c echo.Context) string {
	ip := net.ParseIP(c.RealIP())
	if ip == nil {
		return c.RealIP()
	}
	if ip.To4() == nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return ip.String()
}
