package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// userCmd makes and changes accounts without the web pages: whoever may run the
// program on its data is the admin of everything.
type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Make an account; prints its password, unless STREETBOOK_PASSWORD gives one."`
	List     userListCmd     `cmd:"" help:"List the accounts and their roles."`
	Role     userRoleCmd     `cmd:"" help:"Give an account a role in a jurisdiction, or everywhere; role none takes it away."`
	Password userPasswordCmd `cmd:"" help:"Set a new password; prints it, unless STREETBOOK_PASSWORD gives one."`
	Disable  userDisableCmd  `cmd:"" help:"Shut an account out, sessions and tokens included."`
	Enable   userEnableCmd   `cmd:"" help:"Let a disabled account in again."`
}

type userAddCmd struct {
	databaseFlags
	Name         string `arg:"" help:"Name to sign in with."`
	DisplayName  string `help:"Name to show." name:"display-name"`
	Role         string `help:"viewer, field, planner or admin." enum:"viewer,field,planner,admin" default:"viewer"`
	Jurisdiction string `help:"Division code of the place where the role is held; all places without it."`
}

// newPassword is the one in the environment, or a generated one that is printed.
func newPassword() (password string, generated bool, err error) {
	if password = os.Getenv("STREETBOOK_PASSWORD"); password != "" {
		return password, false, assets.CheckNewPassword(password)
	}
	return assets.GeneratePassword(), true, nil
}

func (c userAddCmd) Run(r *run) error {
	password, generated, err := newPassword()
	if err != nil {
		return err
	}
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		w, err := postgis.NewWrite("streetbook user")
		if err != nil {
			return err
		}
		a := assets.Account{Name: assets.NormalizeName(c.Name), DisplayName: c.DisplayName, Password: assets.HashPassword(password),
			Roles: map[string]string{everywhereOr(c.Jurisdiction): c.Role}}
		if err := store.AddAccount(ctx, w, &a); err != nil {
			return err
		}
		if generated {
			fmt.Fprintln(r.stdout, password)
		}
		return nil
	})
}

// everywhereOr is the key of a role: a jurisdiction, or the program's own for all.
func everywhereOr(jurisdiction string) string {
	if jurisdiction == "" {
		return assets.SystemJurisdiction
	}
	return jurisdiction
}

type userListCmd struct {
	databaseFlags
}

// Run prints name, state and roles of each account, separated by tabs.
func (c userListCmd) Run(r *run) error {
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		list, err := store.Accounts(ctx, "")
		if err != nil {
			return err
		}
		for _, a := range list {
			state := "active"
			if a.Disabled {
				state = "disabled"
			}
			var roles []string
			for _, jurisdiction := range slices.Sorted(maps.Keys(a.Roles)) {
				place := jurisdiction
				if place == assets.SystemJurisdiction {
					place = "*"
				}
				roles = append(roles, place+":"+a.Roles[jurisdiction])
			}
			fmt.Fprintf(r.stdout, "%s\t%s\t%s\t%s\n", a.Name, a.DisplayName, state, strings.Join(roles, " "))
		}
		return nil
	})
}

// reviseUser changes the account with a name.
func reviseUser(r *run, f databaseFlags, name string, fn func(*assets.Account) error) error {
	return f.with(r, func(ctx context.Context, store *postgis.Store) error {
		a, err := store.AccountNamed(ctx, assets.NormalizeName(name))
		if err != nil {
			return err
		}
		w, err := postgis.NewWrite("streetbook user")
		if err != nil {
			return err
		}
		_, err = store.ReviseAccount(ctx, w, a.ID, assets.AnyVersion, fn)
		return err
	})
}

type userRoleCmd struct {
	databaseFlags
	Name         string `arg:""`
	Role         string `arg:"" enum:"viewer,field,planner,admin,none"`
	Jurisdiction string `help:"Division code; all places without it."`
}

func (c userRoleCmd) Run(r *run) error {
	return reviseUser(r, c.databaseFlags, c.Name, func(a *assets.Account) error {
		roles := maps.Clone(a.Roles)
		if roles == nil {
			roles = map[string]string{}
		}
		if roles[everywhereOr(c.Jurisdiction)] = c.Role; c.Role == "none" {
			delete(roles, everywhereOr(c.Jurisdiction))
		}
		a.Roles = roles
		return nil
	})
}

type userPasswordCmd struct {
	databaseFlags
	Name string `arg:""`
}

func (c userPasswordCmd) Run(r *run) error {
	password, generated, err := newPassword()
	if err != nil {
		return err
	}
	err = reviseUser(r, c.databaseFlags, c.Name, func(a *assets.Account) error {
		a.Password = assets.HashPassword(password)
		return nil
	})
	if err == nil && generated {
		fmt.Fprintln(r.stdout, password)
	}
	return err
}

type userDisableCmd struct {
	databaseFlags
	Name string `arg:""`
}

func (c userDisableCmd) Run(r *run) error {
	return reviseUser(r, c.databaseFlags, c.Name, func(a *assets.Account) error { a.Disabled = true; return nil })
}

type userEnableCmd struct {
	databaseFlags
	Name string `arg:""`
}

func (c userEnableCmd) Run(r *run) error {
	return reviseUser(r, c.databaseFlags, c.Name, func(a *assets.Account) error { a.Disabled = false; return nil })
}
