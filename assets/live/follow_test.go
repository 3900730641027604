package live_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
	"streetbook/geo"
)

// TestManyChangesAreCompacted writes more than a delta holds, in steps.
func TestManyChangesAreCompacted(t *testing.T) {
	t.Parallel()
	w := newTown(t, 100)
	l := start(t, w.store)
	for range 4 {
		w.add(places[0], 900)
		for range 5 {
			w.change()
		}
		m := present(t, l)
		for range 20 {
			w.compare(m)
		}
	}
}

// TestABulkImportIsLoadedAnew imports more than is followed change by change, and
// reads in the middle of it: memory answers all the time, without what is not
// committed.
func TestABulkImportIsLoadedAnew(t *testing.T) {
	t.Parallel()
	w := newTown(t, 50)
	l := start(t, w.store)
	before := present(t, l)
	const n = 21000
	rows := func(yield func(assets.Incoming, error) bool) {
		for i := range n {
			a := w.asset()
			a.Class, a.Source, a.Geometry = "0118", "file", w.point()
			if !yield(assets.Incoming{Row: i, Asset: a}, nil) {
				return
			}
			if i%(n/20) != 0 {
				continue
			}
			if present(t, l) != before {
				t.Error("what is not committed is seen")
			}
			w.compare(before)
			w.compareTile(before, w.tile())
		}
	}
	job := postgis.ImportJob{Jurisdiction: places[0], Class: "0118", Source: "file", Refuse: func(int, *assets.Error) {}}
	out, err := w.store.Import(t.Context(), w.write(), job, rows)
	if err != nil || out.Added == 0 {
		t.Fatal(out, err)
	}
	m := present(t, l)
	for range 20 {
		w.compare(m)
	}
	w.compareCounts(m)
}

// TestAnotherProgramsWritesAreSeen reads what another program wrote: by the
// position its answer named, and without it soon.
func TestAnotherProgramsWritesAreSeen(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	open := func() *postgis.Store {
		s, err := postgis.Open(t.Context(), url, postgis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	store, other := open(), open()
	w := furnished(t, other, 10)
	l := start(t, store)
	present(t, l)
	for range 20 {
		w.add(places[0], 1)
		needed := other.Commits()
		for m := (*live.Moment)(nil); m == nil; {
			if m = l.Moment(t.Context(), needed); m == nil {
				continue // late: PostGIS would answer
			}
			id := w.ids[places[0]][len(w.ids[places[0]])-1]
			if _, ok := m.Asset(assets.Whole, id); !ok {
				t.Fatal("the moment that was named does not hold the write")
			}
		}
	}
}

// TestARestoredDatabaseIsLoadedAnew puts an older state under a program that
// runs, and goes on differently from there.
func TestARestoredDatabaseIsLoadedAnew(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	store, err := postgis.Open(t.Context(), url, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	furnished(t, store, 30)
	l := start(t, store)
	before := present(t, l)
	for _, sql := range []string{ // the last changes are gone, and another stands in their place
		`delete from change where jurisdiction = '990000001' and seq > 30`,
		`update jurisdiction set seq = 30, hash = (select hash from change where jurisdiction = '990000001' and seq = 30) where code = '990000001'`,
		`delete from asset where jurisdiction = '990000001' and id not in (select id from change where jurisdiction = '990000001')`,
	} {
		if err := postgistest.Exec(t.Context(), url, sql); err != nil {
			t.Fatal(err)
		}
	}
	w := &town{t: t, store: store, rand: rand.New(rand.NewPCG(1, 2)), ids: map[string][]uuid.UUID{}}
	w.add(places[0], 2) // not as far as it was
	deadline := time.Now().Add(time.Minute)
	for m := before; ; m = l.Moment(t.Context(), nil) {
		if m != nil && m != before {
			if n, err := store.Position(t.Context()); err != nil || n != m.Position() {
				t.Fatal(n, err)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("memory stayed with the old database")
		}
	}
	w.ids[places[1]] = w.ids[places[0]]
	m := present(t, l)
	for range 30 {
		w.compare(m)
	}
}

// TestTooLargeIsLeftToPostGIS bounds the memory below what the registry needs.
func TestTooLargeIsLeftToPostGIS(t *testing.T) {
	t.Parallel()
	w := newTown(t, 500)
	l := live.Start(w.store, live.Options{Memory: 1000})
	l.Stop() // returns when it has given up, or at once
	if m := l.Moment(t.Context(), nil); m != nil {
		t.Error("it answers from more memory than it may take")
	}
}

// TestGrownTooLargeIsLeftToPostGIS lets a registry grow beyond its bound while it is
// followed.
func TestGrownTooLargeIsLeftToPostGIS(t *testing.T) {
	t.Parallel()
	w := newTown(t, 100)
	l := live.Start(w.store, live.Options{Memory: 4 << 20})
	t.Cleanup(l.Stop)
	present(t, l)
	for deadline := time.Now().Add(time.Minute); ; {
		w.add(places[0], 1000)
		if l.Moment(t.Context(), w.store.Commits()) == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it takes more memory than it may")
		}
	}
}

// TestTilesAreForgottenWhereSomethingChanged draws tiles, moves an asset and
// draws them again: those it left and came to differ, others are the same ones.
func TestTilesAreForgottenWhereSomethingChanged(t *testing.T) {
	t.Parallel()
	w := newTown(t, 0)
	ids := []uuid.UUID{uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())}
	at := []orb.Point{{113.701, 34.701}, {113.799, 34.799}}
	var list []assets.Asset
	for i, id := range ids {
		list = append(list, assets.Asset{Header: assets.Header{ID: id}, Class: "0118", Status: assets.StatusInService, Condition: assets.ConditionGood, Geometry: at[i]})
	}
	if err := w.store.AddAssets(t.Context(), w.write(), places[0], list); err != nil {
		t.Fatal(err)
	}
	l := start(t, w.store)
	drawn := func(p orb.Point, z int) *live.Drawn {
		x, y := geo.Mercator(p)
		tile := geo.Tile{Z: z, X: int(x * float64(int(1)<<z)), Y: int(y * float64(int(1)<<z))}
		d, err := l.Draw(t.Context(), present(t, l), tile, false, []string{assets.CollectionAssets}, []assets.Query{{View: assets.Whole}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	near, far, world := drawn(at[0], 16), drawn(at[1], 16), drawn(at[0], 3)
	if drawn(at[0], 16) != near {
		t.Error("the tile was drawn twice")
	}
	target := postgis.Target{Collection: assets.CollectionAssets, Jurisdiction: places[0], ID: ids[0], Match: assets.AnyVersion}
	if err := w.store.Delete(t.Context(), w.write(), target); err != nil {
		t.Fatal(err)
	}
	if drawn(at[0], 16) == near || drawn(at[0], 3) == world {
		t.Error("a tile still shows what was deleted")
	}
	if drawn(at[1], 16) != far {
		t.Error("a tile far from the change was forgotten")
	}
}
