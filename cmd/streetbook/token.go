package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// tokenCmd makes and revokes keys for programs.
type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token of an account and print it, once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token."`
}

type tokenCreateCmd struct {
	databaseFlags
	User         string        `help:"Account in whose name the program acts." required:""`
	Name         string        `help:"What it is for." required:""`
	Role         string        `help:"The most it may do." enum:"viewer,field,planner,admin" default:"admin"`
	Jurisdiction string        `help:"Division code of the only place it is for; all of the account's without it."`
	Expires      time.Duration `help:"How long it lasts, such as 8760h; for ever without it."`
	Lenient      bool          `help:"Its writes need not say which version they saw (QGIS cannot)."`
}

func (c tokenCreateCmd) Run(r *run) error {
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		a, err := store.AccountNamed(ctx, assets.NormalizeName(c.User))
		if err != nil {
			return err
		}
		text := assets.NewTokenText()
		t := assets.Token{Account: a.ID, Name: c.Name, Role: c.Role, Place: c.Jurisdiction, Lenient: c.Lenient, Secret: assets.HashToken(text)}
		if c.Expires > 0 {
			over := time.Now().Add(c.Expires)
			t.ExpiresAt = &over
		}
		w, err := postgis.NewWrite("streetbook token")
		if err != nil {
			return err
		}
		if err := store.AddToken(ctx, w, &t); err != nil {
			return err
		}
		fmt.Fprintln(r.stdout, text)
		return nil
	})
}

type tokenListCmd struct {
	databaseFlags
}

// Run prints id, account, name, role, place, end and last use of each token.
func (c tokenListCmd) Run(r *run) error {
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		list, err := store.Tokens(ctx, uuid.Nil)
		if err != nil {
			return err
		}
		at := func(t *time.Time, never string) string {
			if t == nil {
				return never
			}
			return t.UTC().Format(time.RFC3339)
		}
		for _, t := range list {
			fmt.Fprintf(r.stdout, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.AccountName, t.Name, t.Role, everywhereOr(t.Place), at(t.ExpiresAt, "no end"), at(t.LastUsedAt, "never used"))
		}
		return nil
	})
}

type tokenRevokeCmd struct {
	databaseFlags
	ID string `arg:"" help:"Id of the token, from token list."`
}

func (c tokenRevokeCmd) Run(r *run) error {
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		w, err := postgis.NewWrite("streetbook token")
		if err != nil {
			return err
		}
		id, err := uuid.Parse(c.ID)
		if err != nil {
			return assets.Errorf(assets.Invalid, "id", "应为 UUID", "must be a UUID")
		}
		return store.RevokeToken(ctx, w, uuid.Nil, id)
	})
}
