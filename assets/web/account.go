package web

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// accountDocument is an account as its admin sees it.
type accountDocument struct {
	ID          uuid.UUID         `json:"id"`
	Name        string            `json:"name"`
	DisplayName string            `json:"display_name"`
	Version     int               `json:"version"`
	Disabled    bool              `json:"disabled"`
	Roles       map[string]string `json:"roles"`
	UpdatedAt   time.Time         `json:"updated_at"`
	LastLoginAt *time.Time        `json:"last_login_at"`
	Password    string            `json:"password,omitempty"` // a new one, shown once
}

// describeAccount leaves out the roles that the asker does not administer.
func describeAccount(a assets.Account, scope assets.Scope, password string) accountDocument {
	d := accountDocument{a.ID, a.Name, a.DisplayName, a.Version, a.Disabled, map[string]string{}, a.UpdatedAt, a.LastLoginAt, password}
	for jurisdiction, role := range a.Roles {
		if scope.Has(jurisdiction) {
			d.Roles[jurisdiction] = role
		}
	}
	return d
}

// accounts lists the accounts that the caller administers: those with a role in
// one of his jurisdictions, or all.
func (s *Server) accounts(c echo.Context) error {
	p, err := ask(c, documentFormats, "jurisdiction")
	if err != nil {
		return err
	}
	jurisdiction, scope := "", callerOf(c).scope(assets.RoleAdmin)
	if _, ok := p.text("jurisdiction"); ok || !scope.All() {
		if jurisdiction, err = p.jurisdiction(); err != nil {
			return err
		}
		if err := s.may(c, assets.RoleAdmin, jurisdiction); err != nil {
			return err
		}
	}
	list, err := s.store.Accounts(c.Request().Context(), jurisdiction)
	if err != nil {
		return err
	}
	documents := make([]accountDocument, len(list))
	for i, a := range list {
		documents[i] = describeAccount(a, scope, "")
	}
	return s.listed(c, p, listing{title: assets.Text{ZH: "账号", EN: "Accounts"}, member: "accounts", document: map[string]any{"accounts": documents}, private: true})
}

// private answers what is for the caller alone.
func (s *Server) private(c echo.Context, v any) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, v)
}

// addAccount makes an account; without a password it gets one, shown once.
func (s *Server) addAccount(c echo.Context) error {
	var in struct {
		Name        string            `json:"name"`
		DisplayName string            `json:"display_name"`
		Password    string            `json:"password"`
		Roles       map[string]string `json:"roles"`
	}
	if _, err := readJSON(c, &in); err != nil {
		return err
	}
	for jurisdiction := range in.Roles {
		if err := s.may(c, assets.RoleAdmin, jurisdiction); err != nil {
			return err
		}
	}
	shown := ""
	if in.Password == "" {
		in.Password = assets.GeneratePassword()
		shown = in.Password
	} else if err := assets.CheckNewPassword(in.Password); err != nil {
		return said(err)
	}
	a := assets.Account{Name: assets.NormalizeName(in.Name), DisplayName: in.DisplayName, Roles: in.Roles, Password: assets.HashPassword(in.Password)}
	w, err := opOf(c)
	if err != nil {
		return err
	}
	w.Body = nil
	if err := s.store.AddAccount(c.Request().Context(), w, &a); err != nil {
		return said(err)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	c.Response().Header().Set("ETag", etagOf(a.Version))
	return c.JSON(http.StatusCreated, describeAccount(a, callerOf(c).scope(assets.RoleAdmin), shown))
}

// reviseAccount changes an account. Roles are changed one by one, null takes one
// away; what the caller does not administer he cannot change, and an account
// that has roles elsewhere keeps its password, name and state.
func (s *Server) reviseAccount(c echo.Context) error {
	var in struct {
		DisplayName   *string            `json:"display_name"`
		Disabled      *bool              `json:"disabled"`
		Roles         map[string]*string `json:"roles"`
		Password      *string            `json:"password"`
		ResetPassword bool               `json:"reset_password"`
	}
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if _, err := readJSON(c, &in); err != nil {
		return err
	}
	shown := ""
	if in.ResetPassword {
		shown = assets.GeneratePassword()
		in.Password = &shown
	} else if in.Password != nil {
		if err := assets.CheckNewPassword(*in.Password); err != nil {
			return said(err)
		}
	}
	w, err := opOf(c)
	if err != nil {
		return err
	}
	w.Body = nil
	scope := callerOf(c).scope(assets.RoleAdmin)
	a, err := s.store.ReviseAccount(c.Request().Context(), w, id, matchOf(c), func(a *assets.Account) error {
		if err := administers(scope, *a, in.DisplayName != nil || in.Disabled != nil || in.Password != nil); err != nil {
			return err
		}
		roles := map[string]string{}
		for jurisdiction, role := range a.Roles {
			roles[jurisdiction] = role
		}
		for jurisdiction, role := range in.Roles {
			if !scope.Has(jurisdiction) {
				return forbidden(assets.RoleAdmin)
			}
			if delete(roles, jurisdiction); role != nil {
				roles[jurisdiction] = *role
			}
		}
		a.Roles = roles
		if in.DisplayName != nil {
			a.DisplayName = *in.DisplayName
		}
		if in.Disabled != nil {
			a.Disabled = *in.Disabled
		}
		if in.Password != nil {
			a.Password = assets.HashPassword(*in.Password)
		}
		return nil
	})
	if err != nil {
		return said(err)
	}
	c.Response().Header().Set("ETag", etagOf(a.Version))
	return s.private(c, describeAccount(a, scope, shown))
}

// administers demands that an admin may change an account: one with a role in a
// place of his, or without any; and for more than roles, with roles nowhere else.
func administers(scope assets.Scope, a assets.Account, more bool) error {
	if scope.All() {
		return nil
	}
	here, elsewhere := len(a.Roles) == 0, false
	for jurisdiction := range a.Roles {
		if scope.Has(jurisdiction) {
			here = true
		} else {
			elsewhere = true
		}
	}
	switch {
	case !here:
		return assets.Errorf(assets.NotFound, "id", "没有这个账号", "no such account")
	case more && elsewhere:
		return forbidden(assets.RoleAdmin)
	}
	return nil
}

// people lists whom attributes of a jurisdiction may name.
func (s *Server) people(c echo.Context) error {
	p, err := ask(c, documentFormats, "jurisdiction")
	if err != nil {
		return err
	}
	jurisdiction, err := p.jurisdiction()
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RoleViewer, jurisdiction); err != nil {
		return err
	}
	list, err := s.store.People(c.Request().Context(), jurisdiction)
	if err != nil {
		return err
	}
	documents := make([]sessionPerson, len(list))
	for i, a := range list {
		documents[i] = sessionPerson{a.ID.String(), a.Name, a.DisplayName}
	}
	return s.listed(c, p, listing{title: assets.Text{ZH: "人员", EN: "People"}, member: "people", document: map[string]any{"people": documents}, private: true})
}
