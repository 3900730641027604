package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

// Write says who writes, and under which operation of the client's. Actor is
// the name of an account, or of a part of the program itself.
type Write struct {
	Op    uuid.UUID
	Actor string
	// Body identifies what the client sent under Op. Where it is nil, the store's
	// own view of the input does.
	Body []byte
}

// Receipt is one change that a write made.
type Receipt struct {
	Seq     int64
	Noun    string
	ID      uuid.UUID
	Version int
	Kind    string
	At      time.Time
}

// NewWrite is a write by actor under an operation of its own.
func NewWrite(actor string) (Write, error) {
	op, err := uuid.NewV7()
	return Write{Op: op, Actor: actor}, err
}

// ledger is one write to one jurisdiction in progress: it holds the head of the
// chain, which is locked until the transaction ends, and the changes so far.
type ledger struct {
	tx           pgx.Tx
	write        Write
	jurisdiction string
	first, seq   int64
	hash         []byte
	at           time.Time
	chain        *assets.Chain
	changes      []assets.Change
	pending      *pgx.Batch // statements that wait to be sent together
	classes      map[string]assets.Class
	answer       []byte      // what is to be answered when the operation comes again; nil if that follows from its changes
	recarried    []uuid.UUID // segments whose lineage moved, and those that are no more on which money did
	around       *orb.Bound  // where objects went or were brought back: what stands there may have to be placed anew
}

// record runs fn as the one transaction of a write: whatever rows fn saves, the
// changes it notes in the ledger and the operation stand or fall together. body
// is what the client sent: the same op with the same body again does nothing
// and is no error; with another body it is refused.
func (s *Store) record(ctx context.Context, w Write, jurisdiction string, body any, fn func(*ledger) error) error {
	_, err := s.write(ctx, w, jurisdiction, body, fn)
	return err
}

// write is record for those who answer with what the write did: fn is not run
// again for an op that is known, and the receipts are those of the first time.
func (s *Store) write(ctx context.Context, w Write, jurisdiction string, body any, fn func(*ledger) error) (receipts []Receipt, err error) {
	sum, err := bodySum(body)
	if w.Body != nil {
		sum, err = bodySum(w.Body)
	}
	if err != nil {
		return nil, err
	}
	var l *ledger
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if l, err = openLedger(ctx, tx, w, jurisdiction); err != nil {
			return err
		}
		done, err := l.alreadyDone(ctx, sum)
		if err == nil && !done {
			if err = fn(l); err == nil {
				err = l.close(ctx, sum)
			}
		}
		if err != nil {
			return err
		}
		receipts, err = l.receipts(ctx)
		return err
	})
	if err == nil {
		s.commits.note(jurisdiction, l.seq)
	}
	return receipts, explain(err)
}

// receipts lists what the operation changed, in order. Its span of the log is
// read first: joined to it, the planner would go through the whole log.
func (l *ledger) receipts(ctx context.Context) ([]Receipt, error) {
	var first, last int64
	err := l.tx.QueryRow(ctx, `select first_seq, last_seq from operation where jurisdiction = $1 and op = $2`, l.jurisdiction, l.write.Op).Scan(&first, &last)
	if none(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return collect[Receipt](ctx, l.tx, `select seq, noun, id, version, kind, at from change
		where jurisdiction = $1 and seq between $2 and $3 order by seq limit 1000`, l.jurisdiction, first, last)
}

func bodySum(body any) ([]byte, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}

// openLedger locks the jurisdiction's head of the chain. The clock is the
// database's, so that it is one for every program that writes to it, and it
// never stands still: no two writes to a jurisdiction have the same time, and
// what was a moment ago is always before now.
func openLedger(ctx context.Context, tx pgx.Tx, w Write, jurisdiction string) (*ledger, error) {
	l := &ledger{tx: tx, write: w, jurisdiction: jurisdiction, chain: assets.NewChain(), pending: &pgx.Batch{}, classes: map[string]assets.Class{}}
	err := tx.QueryRow(ctx, `select seq, hash from jurisdiction where code = $1 for update`, jurisdiction).Scan(&l.seq, &l.hash)
	if none(err) {
		return nil, assets.Errorf(assets.NotFound, "jurisdiction", "没有辖区 %s", "there is no jurisdiction %s", jurisdiction)
	}
	if err != nil {
		return nil, err
	}
	const now = `select greatest(clock_timestamp(), (select at + interval '1 microsecond' from change where jurisdiction = $1 and seq = $2))`
	if err := tx.QueryRow(ctx, now, jurisdiction, l.seq).Scan(&l.at); err != nil {
		return nil, err
	}
	l.first = l.seq
	l.at = l.at.UTC()
	return l, nil
}

func (l *ledger) alreadyDone(ctx context.Context, sum []byte) (bool, error) {
	var had []byte
	err := l.tx.QueryRow(ctx, `select body_sha256 from operation where jurisdiction = $1 and op = $2`, l.jurisdiction, l.write.Op).Scan(&had)
	if none(err) {
		return false, nil
	}
	if err == nil && string(had) != string(sum) {
		err = assets.Errorf(assets.Reused, "op", "此操作号已用于另一内容", "this op was used for another body")
	}
	return err == nil, err
}

// sendAt is how many statements are held before they are sent together.
const sendAt = 200

// queue adds a statement whose answer nobody waits for.
func (l *ledger) queue(ctx context.Context, sql string, args ...any) error {
	l.pending.Queue(sql, args...)
	if l.pending.Len() < sendAt {
		return nil
	}
	return l.send(ctx)
}

// send sends the statements that wait. Whoever reads what they wrote calls it first.
func (l *ledger) send(ctx context.Context) error {
	if l.pending.Len() == 0 {
		return nil
	}
	batch := l.pending
	l.pending = &pgx.Batch{}
	return l.tx.SendBatch(ctx, batch).Close()
}

// flushAt is how many changes are held before they are sent to the database.
const flushAt = 5000

// note adds the change of one object. before and after are its JSON.
func (l *ledger) note(ctx context.Context, kind, noun string, id uuid.UUID, version int, before, after []byte) error {
	l.seq++
	c := assets.Change{Jurisdiction: l.jurisdiction, Seq: l.seq, At: l.at, Actor: l.write.Actor, Op: l.write.Op,
		Noun: noun, ID: id, Version: version, Kind: kind, Before: before, After: after}
	c.Hash = l.chain.Hash(l.hash, &c)
	l.hash = c.Hash
	l.changes = append(l.changes, c)
	if len(l.changes) < flushAt {
		return nil
	}
	return l.flush(ctx)
}

var changeColumns = []string{"jurisdiction", "seq", "at", "actor", "op", "noun", "id", "version", "kind", "before", "after", "hash"}

func (l *ledger) flush(ctx context.Context) error {
	if len(l.changes) == 0 {
		return nil
	}
	_, err := l.tx.CopyFrom(ctx, pgx.Identifier{"change"}, changeColumns, &rowSource[assets.Change]{items: l.changes, row: changeRow})
	l.changes = l.changes[:0]
	return err
}

func changeRow(c *assets.Change) []any {
	return []any{c.Jurisdiction, c.Seq, c.At, c.Actor, c.Op, c.Noun, c.ID, int32(c.Version), c.Kind, rawJSON(c.Before), rawJSON(c.After), c.Hash}
}

// rawJSON passes JSON bytes through pgx unchanged, and nil as NULL.
func rawJSON(b []byte) any {
	if b == nil {
		return nil
	}
	return json.RawMessage(b)
}

// close sends what is left, moves the head of the chain, remembers the
// operation and tells whoever listens.
func (l *ledger) close(ctx context.Context, sum []byte) error {
	if err := l.send(ctx); err != nil {
		return err
	}
	if err := l.flush(ctx); err != nil {
		return err
	}
	if err := l.recarry(ctx); err != nil {
		return err
	}
	if l.seq == l.first && l.answer == nil { // nothing changed: no trace
		return nil
	}
	var b pgx.Batch
	b.Queue(`update jurisdiction set seq = $2, hash = $3 where code = $1`, l.jurisdiction, l.seq, l.hash)
	b.Queue(`insert into operation (jurisdiction, op, at, actor, body_sha256, first_seq, last_seq, answer) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		l.jurisdiction, l.write.Op, l.at, l.write.Actor, sum, l.first+1, l.seq, rawJSON(l.answer))
	b.Queue(`select pg_notify('change', $1)`, fmt.Sprintf("%s:%d", l.jurisdiction, l.seq))
	return l.tx.SendBatch(ctx, &b).Close()
}

// newID returns id, or a new UUIDv7 if it is the nil UUID.
func newID(id uuid.UUID) (uuid.UUID, error) {
	if id != uuid.Nil {
		return id, nil
	}
	return uuid.NewV7()
}
