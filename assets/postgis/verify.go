package postgis

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// Verification is what Verify found in one jurisdiction.
type Verification struct {
	Jurisdiction string
	Changes      int64
	// Broken is the first entry that does not follow from the one before, 0 if
	// the history is whole; Reason says what is wrong with it.
	Broken int64
	Reason string
	// Investment is what a proof of the ledger of money found.
	Investment assets.InvestmentCheck
}

// Verify recomputes the chain of changes of every jurisdiction. An entry that
// was edited, removed or slipped in breaks the chain at that place.
func (s *Store) Verify(ctx context.Context) ([]Verification, error) {
	type head struct {
		Code string
		Seq  int64
		Hash []byte
	}
	var list []Verification
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set local statement_timeout = 0`); err != nil {
			return err
		}
		heads, err := collect[head](ctx, tx, `select code, seq, hash from jurisdiction order by code`)
		if err != nil {
			return err
		}
		for _, h := range heads {
			v, err := verify(ctx, tx, h.Code, h.Seq, h.Hash)
			if err != nil {
				return err
			}
			if v.Investment, err = checkInvestment(ctx, tx, h.Code); err != nil {
				return err
			}
			list = append(list, v)
		}
		return nil
	})
	return list, err
}

func verify(ctx context.Context, tx pgx.Tx, code string, seq int64, hash []byte) (Verification, error) {
	v := Verification{Jurisdiction: code}
	rows, err := tx.Query(ctx, `select seq, at, actor, op, noun, id, version, kind, before::text, after::text, hash
		from change where jurisdiction = $1 order by seq`, code)
	if err != nil {
		return v, err
	}
	defer rows.Close()
	chain, last := assets.NewChain(), []byte{}
	for rows.Next() {
		c := assets.Change{Jurisdiction: code}
		if err := scanChange(rows, &c); err != nil {
			return v, err
		}
		v.Changes++
		if c.Seq != v.Changes {
			v.Broken, v.Reason = v.Changes, fmt.Sprintf("entry %d is missing", v.Changes)
			return v, nil
		}
		if !bytes.Equal(chain.Hash(last, &c), c.Hash) {
			v.Broken, v.Reason = c.Seq, fmt.Sprintf("entry %d does not follow from the one before", c.Seq)
			return v, nil
		}
		last = c.Hash
	}
	if err := rows.Err(); err != nil {
		return v, err
	}
	if v.Changes != seq || !bytes.Equal(last, hash) {
		v.Broken, v.Reason = v.Changes+1, fmt.Sprintf("the chain ends at entry %d, its head says %d", v.Changes, seq)
	}
	return v, nil
}
