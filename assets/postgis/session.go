package postgis

import (
	"context"
	"time"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/google/uuid"

	"streetbook/assets"
)

// Sessions keeps the sessions of package scs. Its own cleaning is off: whoever
// signs in sweeps up what is over.
func (s *Store) Sessions() *pgxstore.PostgresStore { return pgxstore.NewWithCleanupInterval(s.pool, 0) }

// Limits of signing in. An account can be tried from one address, and from
// everywhere together, so often in a window; the owner's own addresses are
// counted for themselves, so that nobody can lock him out.
const (
	LoginWindow     = 15 * time.Minute
	loginsPerPair   = 5  // an account from one address
	loginsPerName   = 10 // an account from all addresses it never signed in from
	loginsPerSource = 60 // an address, whatever the account: a whole office sits behind one
)

// AttemptLogin counts an attempt to sign in before the password is looked at, so
// that many at once do not slip through together. It returns how long to wait,
// 0 if the attempt may go on. A name that no account has is treated alike.
func (s *Store) AttemptLogin(ctx context.Context, name, address string) (wait time.Duration, err error) {
	var known bool
	err = s.pool.QueryRow(ctx, `select exists (select from login_address l join account a on a.jurisdiction = l.jurisdiction and a.id = l.account
		where l.jurisdiction = $1 and a.name = $2 and l.address = $3)`, assets.SystemJurisdiction, name, address).Scan(&known)
	if err != nil {
		return 0, err
	}
	limits := map[string]int{"pair " + name + " " + address: loginsPerPair, "from " + address: loginsPerSource}
	if !known {
		limits["name "+name] = loginsPerName
	}
	for key, most := range limits {
		var n int
		var since, now time.Time
		err := s.pool.QueryRow(ctx, `insert into login_failure as f (jurisdiction, key, failures, since) values ($1, $2, 1, now())
			on conflict (jurisdiction, key) do update set
				failures = case when f.since < now() - $3::interval then 1 else f.failures + 1 end,
				since = case when f.since < now() - $3::interval then now() else f.since end
			returning failures, since, now()`, assets.SystemJurisdiction, key, LoginWindow).Scan(&n, &since, &now)
		if err != nil {
			return 0, err
		}
		if n > most {
			wait = max(wait, since.Add(LoginWindow).Sub(now), time.Second)
		}
	}
	return wait, nil
}

// LoggedIn forgets the failures of an account from an address and remembers the
// address as one of its own.
func (s *Store) LoggedIn(ctx context.Context, a assets.Account, address string) error {
	_, err := s.pool.Exec(ctx, `with forgotten as (
			delete from login_failure where jurisdiction = $1 and (key = any($2) or since < now() - interval '1 day')),
		swept as (delete from sessions where expiry < now()),
		attempt as (update login_failure set failures = greatest(failures - 1, 0) where jurisdiction = $1 and key = $5)
		insert into login_address (jurisdiction, account, address, at) values ($1, $3, $4, now())
		on conflict (jurisdiction, account, address) do update set at = now()`,
		assets.SystemJurisdiction, []string{"pair " + a.Name + " " + address}, a.ID, address, "from "+address)
	return err
}

// EndSessions ends every session of an account.
func (s *Store) EndSessions(ctx context.Context, account uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `update account set epoch = epoch + 1 where jurisdiction = $1 and id = $2`, assets.SystemJurisdiction, account)
	return err
}
