package web

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

type tokenDocument struct {
	ID           uuid.UUID  `json:"id"`
	Name         string     `json:"name"`
	Account      uuid.UUID  `json:"account"`
	AccountName  string     `json:"account_name"`
	Role         string     `json:"role"`
	Jurisdiction *string    `json:"jurisdiction"`
	ExpiresAt    *time.Time `json:"expires_at"`
	LastUsedAt   *time.Time `json:"last_used_at"`
	CreatedAt    time.Time  `json:"created_at"`
	Lenient      bool       `json:"lenient"`
	Token        string     `json:"token,omitempty"` // shown once
}

func describeToken(t assets.Token, text string) tokenDocument {
	d := tokenDocument{t.ID, t.Name, t.Account, t.AccountName, t.Role, nil, t.ExpiresAt, t.LastUsedAt, t.UpdatedAt, t.Lenient, text}
	if t.Place != "" {
		d.Jurisdiction = &t.Place
	}
	return d
}

// tokens lists the caller's own; an admin of everything may ask for another's.
func (s *Server) tokens(c echo.Context) error {
	p, err := ask(c, documentFormats, "account")
	if err != nil {
		return err
	}
	account := callerOf(c).account.ID
	if v, ok := p.text("account"); ok {
		other, err := uuid.Parse(v)
		if err != nil {
			return assets.Errorf(assets.Invalid, "account", "应为 UUID", "must be a UUID")
		}
		if other != account && !callerOf(c).scope(assets.RoleAdmin).All() {
			return forbidden(assets.RoleAdmin)
		}
		account = other
	}
	list, err := s.store.Tokens(c.Request().Context(), account)
	if err != nil {
		return err
	}
	documents := make([]tokenDocument, len(list))
	for i, t := range list {
		documents[i] = describeToken(t, "")
	}
	return s.listed(c, p, listing{title: assets.Text{ZH: "令牌", EN: "API tokens"}, member: "tokens", document: map[string]any{"tokens": documents}, private: true})
}

// addToken makes a token of the caller's own. Its role is bounded by what the
// caller may, at every use.
func (s *Server) addToken(c echo.Context) error {
	var in struct {
		Name         string     `json:"name"`
		Role         string     `json:"role"`
		Jurisdiction string     `json:"jurisdiction"`
		ExpiresAt    *time.Time `json:"expires_at"`
		Lenient      bool       `json:"lenient"`
	}
	if _, err := readJSON(c, &in); err != nil {
		return err
	}
	if in.ExpiresAt != nil && in.ExpiresAt.Before(time.Now()) {
		return said(assets.Errorf(assets.Invalid, "expires_at", "已经过去", "is in the past"))
	}
	if in.Jurisdiction != "" {
		if err := s.visible(c, in.Jurisdiction); err != nil {
			return err
		}
	}
	who := callerOf(c)
	text := assets.NewTokenText()
	t := assets.Token{Account: who.account.ID, AccountName: who.account.Name, Name: in.Name, Role: in.Role, Place: in.Jurisdiction, Lenient: in.Lenient,
		ExpiresAt: in.ExpiresAt, Secret: assets.HashToken(text)}
	w, err := opOf(c)
	if err != nil {
		return err
	}
	w.Body = nil
	if err := s.store.AddToken(c.Request().Context(), w, &t); err != nil {
		return said(err)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusCreated, describeToken(t, text))
}

// revokeToken ends a token of the caller's own; an admin of everything, anybody's.
func (s *Server) revokeToken(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	id, err := idOf(c)
	if err != nil {
		return err
	}
	w, err := opOf(c)
	if err != nil {
		return err
	}
	who := callerOf(c)
	account := who.account.ID
	if who.scope(assets.RoleAdmin).All() {
		account = uuid.Nil
	}
	if err := s.store.RevokeToken(c.Request().Context(), w, account, id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
