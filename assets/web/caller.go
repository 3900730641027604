package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// caller is who asks: an account, in person or through one of its tokens, or a
// visitor.
type caller struct {
	account *assets.Account // nil for a visitor
	token   *assets.Token   // nil for a person
	session string          // the session's own token; "" for programs and visitors
}

// scope holds the jurisdictions in which the caller may do what a role may. A
// token never may more than its account may at this moment.
func (w caller) scope(role string) assets.Scope {
	if w.account == nil || w.token != nil && !assets.Covers(w.token.Role, role) {
		return assets.Scope{}
	}
	s := w.account.Scope(role)
	if w.token != nil && w.token.Place != "" {
		if !s.Has(w.token.Place) {
			return assets.Scope{}
		}
		return assets.Only(w.token.Place)
	}
	return s
}

// name is what the change log calls the caller.
func (w caller) name() string {
	switch {
	case w.account == nil:
		return ""
	case w.token != nil:
		return w.account.Name + " (" + w.token.Name + ")"
	}
	return w.account.Name
}

const callerKey = "caller"

// callerOf is who asks; routes open to everybody did not look.
func callerOf(c echo.Context) caller {
	w, _ := c.Get(callerKey).(caller)
	return w
}

// view is what the caller may see.
func (s *Server) view(c echo.Context) assets.View {
	w := callerOf(c)
	if w.account == nil && s.config.Anonymous {
		return assets.View{Scope: assets.Everything, Public: true}
	}
	return assets.View{Scope: w.scope(assets.RoleViewer)}
}

// visible demands that the caller may see a jurisdiction. One that is hidden
// from him and one that does not exist answer alike.
func (s *Server) visible(c echo.Context, jurisdiction string) error {
	if !s.view(c).Scope.Has(jurisdiction) {
		return assets.Errorf(assets.NotFound, "jurisdiction", "没有辖区 %s", "there is no jurisdiction %s", jurisdiction)
	}
	return nil
}

// placeOf is the jurisdiction that is asked about, which the caller may see.
func (s *Server) placeOf(c echo.Context, p parameters) (jurisdiction string, err error) {
	if jurisdiction, err = p.jurisdiction(); err != nil {
		return "", err
	}
	return jurisdiction, s.visible(c, jurisdiction)
}

// may demands a role in a jurisdiction: NotFound where the caller may not even
// look, Forbidden where he may look and no more.
func (s *Server) may(c echo.Context, role, jurisdiction string) error {
	if err := s.visible(c, jurisdiction); err != nil {
		return err
	}
	if !callerOf(c).scope(role).Has(jurisdiction) {
		return forbidden(role)
	}
	return nil
}

// placeAsked reads the jurisdiction that a request is about, its only parameter,
// and demands a role there.
func (s *Server) placeAsked(c echo.Context, role string) (string, error) {
	p, err := parametersOf(c, "jurisdiction")
	if err != nil {
		return "", err
	}
	jurisdiction, err := p.jurisdiction()
	if err != nil {
		return "", err
	}
	return jurisdiction, s.may(c, role, jurisdiction)
}

func forbidden(role string) error {
	return assets.Errorf(assets.Forbidden, "", "需要角色“%s”", "the role %q is needed for this", role)
}

func unauthenticated() error {
	return assets.Errorf(assets.Unauthenticated, "", "请先登录", "please sign in")
}

// guard is the one rule for every route: it finds out who asks and whether his
// role is enough anywhere. In which jurisdiction it must be is known when the
// object is, and asked by the handler through may.
func (s *Server) guard(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r.may == open {
			return r.handler(c)
		}
		w, err := s.identify(c)
		if err != nil {
			return err
		}
		c.Set(callerKey, w)
		if err := s.permit(r.may, w); err != nil {
			return err
		}
		if err := s.pacedWrites(c, r.method, w); err != nil {
			return err
		}
		if err := s.checkBody(c, r); err != nil {
			return err
		}
		if r.method != get {
			s.tellPosition(c)
		}
		return r.handler(c)
	}
}

func (s *Server) permit(p permission, w caller) error {
	if w.account == nil {
		if p == visitors && s.config.Anonymous {
			return nil
		}
		return unauthenticated()
	}
	role, needed := roleOf[p]
	switch {
	case p == person && w.token != nil:
		return assets.Errorf(assets.Forbidden, "", "令牌不能做这件事，请以账号登录", "a token cannot do this: sign in as a person")
	case needed && len(w.scope(role).List()) == 0 && !w.scope(role).All():
		return forbidden(role)
	}
	return nil
}

// still asks again who asks and whether he may, for an answer that takes long:
// an account that is disabled or loses its role meanwhile does no more.
func (s *Server) still(c echo.Context, role string) error {
	w, err := s.identify(c)
	if err != nil {
		return err
	}
	c.Set(callerKey, w)
	if w.account == nil {
		return unauthenticated()
	}
	if scope := w.scope(role); !scope.All() && len(scope.List()) == 0 {
		return forbidden(role)
	}
	return nil
}

// identify reads the token or the session of a request. A token that is wrong is
// refused; a session that is over makes a visitor. A page of another site can
// make a browser send its cookie, but not a token: requests that change
// something in a session must come from our own pages.
func (s *Server) identify(c echo.Context) (caller, error) {
	r := c.Request()
	if header := r.Header.Get("Authorization"); header != "" {
		return s.byToken(c, header)
	}
	cookie, err := r.Cookie(s.sessions.Cookie.Name)
	if errors.Is(err, http.ErrNoCookie) {
		return caller{}, nil
	}
	if err := s.crossOrigin.Check(r); err != nil {
		return caller{}, assets.Errorf(assets.Forbidden, "", "请求来自别的网站", "the request comes from another site")
	}
	return s.bySession(c, cookie.Value)
}

func (s *Server) byToken(c echo.Context, header string) (caller, error) {
	wrong := assets.Errorf(assets.Unauthenticated, "Authorization", "令牌无效、过期或已被吊销", "the token is wrong, over or revoked")
	scheme, text, _ := strings.Cut(header, " ")
	if scheme = strings.ToLower(scheme); scheme == "basic" { // QGIS has no other way: the token is the password
		if _, password, ok := c.Request().BasicAuth(); ok {
			text = password
		}
	} else if scheme != "bearer" {
		return caller{}, wrong
	}
	ctx := c.Request().Context()
	t, err := s.store.UseToken(ctx, assets.HashToken(strings.TrimSpace(text)))
	if assets.ErrorCode(err) == assets.NotFound {
		return caller{}, wrong
	}
	if err != nil {
		return caller{}, err
	}
	a, err := s.store.Account(ctx, t.Account)
	if assets.ErrorCode(err) == assets.NotFound || err == nil && a.Disabled {
		return caller{}, wrong
	}
	return caller{account: &a, token: &t}, err
}

func (s *Server) bySession(c echo.Context, token string) (caller, error) {
	r := c.Request()
	ctx, err := s.sessions.Load(r.Context(), token)
	if err != nil {
		return caller{}, err
	}
	id, err := uuid.Parse(s.sessions.GetString(ctx, sessionAccount))
	if err != nil {
		return caller{}, nil
	}
	a, err := s.store.Account(r.Context(), id)
	if assets.ErrorCode(err) == assets.NotFound || err == nil && (a.Disabled || a.Epoch != s.sessions.GetInt(ctx, sessionEpoch)) {
		return caller{}, nil
	}
	if err != nil {
		return caller{}, err
	}
	return caller{account: &a, session: token}, s.keepAlive(ctx, c)
}

// sessionTouch is how often a session in use is written anew: its idle time
// begins again, and so does that of the cookie.
const sessionTouch = 30 * time.Minute

func (s *Server) keepAlive(ctx context.Context, c echo.Context) error {
	if time.Since(time.Unix(s.sessions.GetInt64(ctx, sessionSeen), 0)) < sessionTouch {
		return nil
	}
	s.sessions.Put(ctx, sessionSeen, time.Now().Unix())
	token, expiry, err := s.sessions.Commit(ctx)
	if err == nil {
		s.sessions.WriteSessionCookie(ctx, c.Response(), token, expiry)
	}
	return err
}

// opOf reads the operation under which a client writes: Idempotency-Key, or a
// new one. what identifies the request, so that the same key with another is
// refused.
func opOf(c echo.Context, what ...[]byte) (postgis.Write, error) {
	w, err := postgis.NewWrite(callerOf(c).name())
	if err != nil {
		return w, err
	}
	if key := c.Request().Header.Get("Idempotency-Key"); key != "" {
		if w.Op, err = uuid.Parse(strings.Trim(key, `"`)); err != nil {
			return w, assets.Errorf(assets.Invalid, "Idempotency-Key", "应为 UUID", "must be a UUID")
		}
	}
	r := c.Request()
	w.Body = slices.Concat([]byte(r.Method+" "+r.URL.Path+"\n"), slices.Concat(what...))
	return w, nil
}

// matchOf reads If-Match. A lenient token writes to whatever is there.
func matchOf(c echo.Context) assets.Match {
	m := assets.ParseMatch(c.Request().Header.Values("If-Match"))
	if t := callerOf(c).token; !m.Given() && t != nil && t.Lenient {
		return assets.AnyVersion
	}
	return m
}
