package postgis_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// TestRandomLedgersThroughSplitsAndMerges: whatever becomes of the segments, the
// figures that were booked stay as they are, both views add up to the ledger, and
// every grouping of today's view is the same money.
func TestRandomLedgersThroughSplitsAndMerges(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := &randomLedger{T: t, Rand: rand.New(rand.NewPCG(seed, 1)), store: newLedger(t)}
			even := assets.Rule{Kind: assets.RuleManual, Amounts: []assets.Amount{{TargetRef: west, Amount: 900}, {TargetRef: north, Amount: 77}}}
			r.projects = []assets.Project{project(t, r.store, "L", assets.Rule{Kind: assets.RuleLength}, west, north, community), project(t, r.store, "C", assets.Rule{Kind: assets.RuleCount}, west, north),
				project(t, r.store, "S", assets.Rule{Kind: assets.RuleShares, Shares: []assets.Share{{TargetRef: west, Weight: 3}, {TargetRef: north, Weight: 4}}}, west, north), project(t, r.store, "M", even, west, north)}
			for i := range 24 {
				r.step(i)
			}
			for _, v := range verified(t, r.store) {
				if v.Broken != 0 || !v.Investment.OK {
					t.Errorf("%+v", v)
				}
			}
		})
	}
}

type randomLedger struct {
	*testing.T
	*rand.Rand
	store    *postgis.Store
	projects []assets.Project
	booked   []assets.Entry
}

func (r *randomLedger) living() (list []assets.Segment) {
	if err := r.store.EachSegment(context.Background(), assets.In(place), func(g *assets.Segment) error { list = append(list, *g); return nil }); err != nil {
		r.Fatal(err)
	}
	return list
}

// step books or reshapes something, and demands that it changed nothing else.
func (r *randomLedger) step(i int) {
	r.Helper()
	before, list := shown(r.T, r.store, assets.LineageBooked), r.living()
	g := list[r.IntN(len(list))]
	switch what := r.IntN(6); {
	case what == 0 && g.LengthM > 20:
		split(r.T, r.store, write(r.T), g.ID, g.LengthM*(0.1+0.8*r.Float64()))
	case what == 1 && g.LengthM > 20:
		split(r.T, r.store, write(r.T), g.ID, g.LengthM*0.2, g.LengthM*(0.3+0.6*r.Float64()))
	case what == 2:
		k := slices.IndexFunc(list, func(o assets.Segment) bool { return o.Geometry[0] == g.Geometry[len(g.Geometry)-1] })
		if k < 0 {
			return
		}
		merge(r.T, r.store, g.ID, list[k].ID)
	case what == 3:
		r.reshape(g)
	case what == 4 && len(r.booked) > 0:
		e := r.booked[len(r.booked)-1]
		r.booked = r.booked[:len(r.booked)-1]
		if _, err := r.store.Reverse(context.Background(), write(r.T), place, e.ID, "2025-01-01", "记错"); err != nil {
			r.Fatal(err)
		}
		r.views()
		return
	default:
		e := entry(r.projects[r.IntN(len(r.projects))], []string{assets.EntryPayment, assets.EntryRefund}[r.IntN(2)], assets.Fen(r.Int64N(1_000_000)+1), fmt.Sprint("V", i))
		e.On = fmt.Sprintf("20%d-03-01", 20+r.IntN(5))
		r.booked = append(r.booked, book(r.T, r.store, e)...)
		r.views()
		return
	}
	if after := shown(r.T, r.store, assets.LineageBooked); fmt.Sprint(after) != fmt.Sprint(before) {
		r.Errorf("step %d rewrote what was booked: %v, was %v", i, after, before)
	}
	r.views()
}

// reshape moves the middle of a segment aside: its ends stay.
func (r *randomLedger) reshape(g assets.Segment) {
	a, b := g.Geometry[0], g.Geometry[len(g.Geometry)-1]
	_, err := r.store.ReviseSegment(context.Background(), write(r.T), postgis.Target{Collection: assets.CollectionSegments, Jurisdiction: place, ID: g.ID, Match: assets.AnyVersion}, func(g *assets.Segment) error {
		g.Geometry = orb.LineString{a, {(a[0] + b[0]) / 2, (a[1]+b[1])/2 + 0.0002*r.Float64()}, b}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
}

// views demands that today's view is the booked one, carried on, in every grouping.
func (r *randomLedger) views() {
	r.Helper()
	ctx := context.Background()
	ask := func(q assets.InvestmentQuery) assets.Investment {
		q.Jurisdiction, q.Basis = place, assets.BasisPaid
		found, err := r.store.Investment(ctx, q)
		if err != nil {
			r.Fatal(err)
		}
		return found
	}
	booked, current := ask(assets.InvestmentQuery{By: []string{"segment"}}), ask(assets.InvestmentQuery{By: []string{"segment"}, Lineage: assets.LineageCurrent})
	if booked.Total != current.Total || booked.Elsewhere != current.Elsewhere || booked.Unallocated != current.Unallocated {
		r.Errorf("booked %s, current %s", booked.Total, current.Total)
	}
	for view, kept := range map[string]assets.Investment{"": booked, assets.LineageCurrent: current} {
		counted := ask(assets.InvestmentQuery{By: []string{"segment"}, Lineage: view, From: "1900-01-01"})
		if !reflect.DeepEqual(kept, counted) {
			r.Errorf("view %q: the sums that are kept say %+v, the shares %+v", view, kept, counted)
		}
		places := ask(assets.InvestmentQuery{By: []string{"area"}, Lineage: view, Segments: []uuid.UUID{west.ID}})
		if counted := ask(assets.InvestmentQuery{By: []string{"area"}, Lineage: view, Segments: []uuid.UUID{west.ID}, From: "1900-01-01"}); !reflect.DeepEqual(places, counted) {
			r.Errorf("view %q: the sums that are kept say %+v, the shares %+v", view, places, counted)
		}
	}
	years := map[string]assets.Fen{}
	for _, row := range ask(assets.InvestmentQuery{By: []string{"segment", "year"}, Lineage: assets.LineageCurrent}).Rows {
		years[row.Keys[0]] += row.Amount
	}
	for _, row := range current.Rows {
		if row.Retired {
			r.Errorf("%s is of today and gone", row.Names[0])
		}
		id := uuid.MustParse(row.Keys[0])
		alone := ask(assets.InvestmentQuery{By: []string{"kind"}, Segments: []uuid.UUID{id}, Lineage: assets.LineageCurrent})
		list, err := r.store.Entries(ctx, postgis.EntryQuery{InvestmentQuery: assets.InvestmentQuery{Jurisdiction: place, Basis: assets.BasisPaid, Segments: []uuid.UUID{id}, Lineage: assets.LineageCurrent}, Limit: 1000})
		if err != nil {
			r.Fatal(err)
		}
		var behind assets.Fen
		for _, e := range list {
			for _, a := range e.Shown(assets.LineageCurrent) {
				if a.Target.ID == id {
					behind += a.Amount
				}
			}
		}
		if int64(len(list)) != row.Entries {
			r.Errorf("%s counts %d entries, there are %d", row.Names[0], row.Entries, len(list))
		}
		if years[row.Keys[0]] != row.Amount || alone.Total != row.Amount || behind != row.Amount {
			r.Errorf("%s: %s, by year %s, alone %s, its entries %s", row.Names[0], row.Amount, years[row.Keys[0]], alone.Total, behind)
		}
	}
}
