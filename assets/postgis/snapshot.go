package postgis

import (
	"context"
	"maps"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// Snapshot reads the registry as it is at one instant, however long the reading
// takes and whatever is written meanwhile. It is not for concurrent use.
type Snapshot struct {
	store *Store
	tx    pgx.Tx
}

// Head is where the chain of a jurisdiction ends.
type Head struct {
	Jurisdiction string
	Seq          int64
	Hash         []byte
}

// Touch says that a change was about an object.
type Touch struct {
	Seq  int64
	Noun string
	ID   uuid.UUID
	Hash []byte
}

// Snapshot runs fn on a snapshot of this moment.
func (s *Store) Snapshot(ctx context.Context, fn func(*Snapshot) error) error {
	return s.snapshot(ctx, "", fn)
}

// snapshot runs fn on a snapshot that another transaction exported under a name, or
// on one of this moment.
func (s *Store) snapshot(ctx context.Context, name string, fn func(*Snapshot) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if name != "" { // the database's own, of digits and dashes; the statement takes no argument
			if _, err := tx.Exec(ctx, `set transaction snapshot '`+name+`'`); err != nil {
				return err
			}
		}
		// The limits of an interactive statement are not those of reading everything.
		if _, err := tx.Exec(ctx, `set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0`); err != nil {
			return err
		}
		return fn(&Snapshot{s, tx})
	})
}

const selectHeads = `select code as jurisdiction, seq, hash from jurisdiction order by code`

// Heads lists the heads of every jurisdiction, the program's own among them.
func (s *Store) Heads(ctx context.Context) ([]Head, error) {
	return collect[Head](ctx, s.pool, selectHeads)
}

// Heads lists the heads as the snapshot sees them.
func (s *Snapshot) Heads(ctx context.Context) ([]Head, error) {
	return collect[Head](ctx, s.tx, selectHeads)
}

// Touched lists what was changed in a jurisdiction from seq on, seq itself
// included, in order and at most limit of it.
func (s *Snapshot) Touched(ctx context.Context, jurisdiction string, seq int64, limit int) ([]Touch, error) {
	return collect[Touch](ctx, s.tx, `select seq, noun, id, hash from change where jurisdiction = $1 and seq >= $2 order by seq limit $3`, jurisdiction, seq, limit)
}

// EachAsset is Store.EachAsset without the names of classes.
func (s *Snapshot) EachAsset(ctx context.Context, q assets.Query, each func(*assets.Asset) error) error {
	return stream(ctx, s.tx, assetNoun, assets.CollectionAssets, q, each)
}

// EachSegment is Store.EachSegment.
func (s *Snapshot) EachSegment(ctx context.Context, q assets.Query, each func(*assets.Segment) error) error {
	return stream(ctx, s.tx, shownSegment, assets.CollectionSegments, q, each)
}

// EachArea is Store.EachArea.
func (s *Snapshot) EachArea(ctx context.Context, q assets.Query, each func(*assets.Area) error) error {
	return stream(ctx, s.tx, areaNoun, assets.CollectionAreas, q, each)
}

// ClassNames are what an asset is dressed with when it is read: the name of its
// class, and which of its attributes are about persons.
type ClassNames struct{ names classNames }

// ClassNames reads the names of all classes.
func (s *Snapshot) ClassNames(ctx context.Context) (ClassNames, error) {
	n, err := readClassNames(ctx, s.tx)
	return ClassNames{n}, err
}

// Dress fills what an asset is shown with; the public sees nothing of persons.
func (n ClassNames) Dress(a *assets.Asset, public bool) { n.names.dress(a, public) }

// commits remembers how far this program has written, so that what is held in
// memory is never shown to somebody who wrote something newer.
type commits struct {
	mu  sync.RWMutex
	seq map[string]int64
}

func (c *commits) note(jurisdiction string, seq int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seq == nil {
		c.seq = map[string]int64{}
	}
	c.seq[jurisdiction] = max(c.seq[jurisdiction], seq)
}

// Reached reports whether positions, by jurisdiction, hold every write that this
// program has committed.
func (s *Store) Reached(positions map[string]int64) bool {
	s.commits.mu.RLock()
	defer s.commits.mu.RUnlock()
	for jurisdiction, seq := range s.commits.seq {
		if positions[jurisdiction] < seq {
			return false
		}
	}
	return true
}

// Lost lets go of commits that are not in a database any more, restored or swapped:
// those noted before its heads were read, and beyond them. Otherwise what is held in
// memory could never reach them.
func (s *Store) Lost(before map[string]int64, heads []Head) {
	s.commits.mu.Lock()
	defer s.commits.mu.Unlock()
	have := make(map[string]int64, len(heads))
	for _, h := range heads {
		have[h.Jurisdiction] = h.Seq
	}
	for jurisdiction, seq := range before {
		if have[jurisdiction] < seq && s.commits.seq[jurisdiction] == seq {
			s.commits.seq[jurisdiction] = have[jurisdiction]
		}
	}
}

// Commits are the last changes that this program has written, by jurisdiction.
func (s *Store) Commits() map[string]int64 {
	s.commits.mu.RLock()
	defer s.commits.mu.RUnlock()
	return maps.Clone(s.commits.seq)
}
