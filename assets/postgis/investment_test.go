package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

var (
	west      = assets.TargetRef{Noun: assets.TargetSegment, ID: uuid.MustParse("0195b2a0-0000-7000-8000-00000000000a")}
	north     = assets.TargetRef{Noun: assets.TargetSegment, ID: uuid.MustParse("0195b2a0-0000-7000-8000-00000000000b")}
	community = assets.TargetRef{Noun: assets.TargetArea, ID: uuid.MustParse("0195b2a0-0000-7000-8000-00000000000c")}
)

// newLedger is newPlace with a second segment, half as long, ten lamps by the
// first and five by the second.
func newLedger(t *testing.T) *postgis.Store {
	t.Helper()
	ctx, store := context.Background(), newPlace(t)
	g := assets.Segment{Header: assets.Header{ID: north.ID}, Code: "LD-002", Name: "南北路", Road: "南北路", Status: assets.StatusInService, Geometry: orb.LineString{{113.73, 34.71}, {113.73, 34.74}}}
	if err := store.AddSegments(ctx, write(t), place, []assets.Segment{g}); err != nil {
		t.Fatal(err)
	}
	var lamps []assets.Asset
	for i := range 10 {
		lamps = append(lamps, lamp(113.75+float64(i)*0.001, 34.7501))
	}
	for i := range 5 {
		lamps = append(lamps, lamp(113.7301, 34.712+float64(i)*0.001))
	}
	if err := store.AddAssets(ctx, write(t), place, lamps); err != nil {
		t.Fatal(err)
	}
	return store
}

func project(t *testing.T, store *postgis.Store, code string, rule assets.Rule, targets ...assets.TargetRef) assets.Project {
	t.Helper()
	p := assets.Project{Code: code, Name: "项目 " + code, Kind: assets.ProjectRoad, Fund: "district", Status: "active", Targets: targets, Rule: rule}
	if err := store.AddProject(context.Background(), write(t), place, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func entry(p assets.Project, kind string, amount assets.Fen, voucher string) assets.Entry {
	return assets.Entry{Project: p.ID, On: "2024-05-01", Kind: kind, Amount: amount, Voucher: voucher, Counterparty: "某公司"}
}

func book(t *testing.T, store *postgis.Store, list ...assets.Entry) []assets.Entry {
	t.Helper()
	made, err := store.BookEntries(context.Background(), write(t), place, list, false)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// invested is what fell on each target, under "" what fell on none.
func invested(t *testing.T, store *postgis.Store, basis string) map[string]assets.Fen {
	t.Helper()
	found := map[string]assets.Fen{}
	for _, by := range []string{"segment", "area"} {
		f, err := store.Investment(context.Background(), assets.InvestmentQuery{Jurisdiction: place, Basis: basis, By: []string{by}})
		if err != nil {
			t.Fatal(err)
		}
		sum := f.Elsewhere + f.Unallocated
		for _, r := range f.Rows {
			found[r.Keys[0]] = r.Amount
			sum += r.Amount
		}
		if sum != f.Total {
			t.Errorf("by %s: rows, elsewhere and unallocated are %s, the total %s", by, sum, f.Total)
		}
		found[""] = f.Unallocated
	}
	return found
}

func sound(t *testing.T, store *postgis.Store) assets.InvestmentCheck {
	t.Helper()
	check, err := store.CheckInvestment(context.Background(), place)
	if err != nil {
		t.Fatal(err)
	}
	return check
}

func TestEveryRuleDividesToTheFen(t *testing.T) {
	t.Parallel()
	store := newLedger(t)
	const amount = 100_000_01
	rules := map[string]struct {
		rule    assets.Rule
		targets []assets.TargetRef
		west    assets.Fen // the least and most of it
		most    assets.Fen
		nowhere assets.Fen
	}{
		"length": {assets.Rule{Kind: assets.RuleLength}, []assets.TargetRef{west, north}, 68_000_00, 72_000_00, 0},
		"count":  {assets.Rule{Kind: assets.RuleCount, Classes: []string{"0118"}}, []assets.TargetRef{west, north}, 66_666_67, 66_666_67, 0},
		"none":   {assets.Rule{Kind: assets.RuleCount, Classes: []string{"0101"}}, []assets.TargetRef{west, north}, 0, 0, amount},
		"area":   {assets.Rule{Kind: assets.RuleArea}, []assets.TargetRef{community}, 0, 0, 0},
		"shares": {assets.Rule{Kind: assets.RuleShares, Shares: []assets.Share{{TargetRef: west, Weight: 1}, {TargetRef: north, Weight: 2}}}, []assets.TargetRef{west, north}, 33_333_34, 33_333_34, 0},
		"manual": {assets.Rule{Kind: assets.RuleManual, Amounts: []assets.Amount{{TargetRef: west, Amount: 7}}}, []assets.TargetRef{west, north}, 7, 7, amount - 7},
	}
	for name, c := range rules {
		p := project(t, store, name, assets.Rule{Kind: assets.RuleLength})
		e := entry(p, assets.EntryPayment, amount, name)
		e.Targets, e.Rule = c.targets, &c.rule
		made := book(t, store, e)
		booked, err := store.Entry(context.Background(), place, made[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		var sum, fell, nowhere assets.Fen
		for _, a := range booked.Allocations {
			sum += a.Amount
			switch a.Target {
			case west:
				fell = a.Amount
			case assets.TargetRef{}:
				nowhere = a.Amount
			}
		}
		if sum != amount || fell < c.west || fell > c.most || nowhere != c.nowhere {
			t.Errorf("%s: sum %s, on the segment %s, nowhere %s", name, sum, fell, nowhere)
		}
	}
	if check := sound(t, store); !check.OK {
		t.Errorf("the ledger does not add up: %+v", check)
	}
}

func TestReversalRestoresEveryTotal(t *testing.T) {
	t.Parallel()
	store := newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west, north)
	book(t, store, entry(p, assets.EntryPayment, 1_000_00, "A"))
	before := invested(t, store, assets.BasisPaid)
	made := book(t, store, entry(p, assets.EntryPayment, 333_33, "B"), entry(p, assets.EntryRefund, 11, "C"))
	for _, e := range made {
		if _, err := store.Reverse(context.Background(), write(t), place, e.ID, "2024-06-01", "记错"); err != nil {
			t.Fatal(err)
		}
	}
	if after := invested(t, store, assets.BasisPaid); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("before %v, after %v", before, after)
	}
	_, err := store.Reverse(context.Background(), write(t), place, made[0].ID, "2024-06-01", "再来")
	if assets.ErrorCode(err) != assets.Conflict {
		t.Errorf("reversed twice: %v", err)
	}
	book(t, store, entry(p, assets.EntryPayment, 333_33, "B")) // its voucher is free again
	if check := sound(t, store); !check.OK {
		t.Errorf("the ledger does not add up: %+v", check)
	}
}

func TestEntriesAreLimitedByWhatIsAsked(t *testing.T) {
	t.Parallel()
	store := newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west)
	o := project(t, store, "O", assets.Rule{Kind: assets.RuleLength}, north)
	book(t, store, entry(p, assets.EntryPayment, 300, "1"), entry(p, assets.EntryContract, 500, "2"), entry(o, assets.EntryPayment, 700, "3"))
	in := assets.InvestmentQuery{Jurisdiction: place}
	for name, c := range map[string]struct {
		change func(*assets.InvestmentQuery)
		want   int
	}{
		"all":              {func(*assets.InvestmentQuery) {}, 3},
		"a segment":        {func(q *assets.InvestmentQuery) { q.Segments = []uuid.UUID{west.ID} }, 2},
		"paid":             {func(q *assets.InvestmentQuery) { q.Basis = assets.BasisPaid }, 2},
		"paid, a segment":  {func(q *assets.InvestmentQuery) { q.Basis, q.Segments = assets.BasisPaid, []uuid.UUID{west.ID} }, 1},
		"after a day":      {func(q *assets.InvestmentQuery) { q.From = "2025-01-01" }, 0},
		"a project":        {func(q *assets.InvestmentQuery) { q.Projects = []uuid.UUID{o.ID} }, 1},
		"on no key street": {func(q *assets.InvestmentQuery) { no := false; q.Key = &no }, 1},
	} {
		q := in
		c.change(&q)
		list, err := store.Entries(context.Background(), postgis.EntryQuery{InvestmentQuery: q, Limit: 10})
		if err != nil || len(list) != c.want {
			t.Errorf("%s: %d entries, want %d: %v", name, len(list), c.want, err)
		}
	}
}

func TestBasesAreNeverAdded(t *testing.T) {
	t.Parallel()
	store := newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west)
	book(t, store, entry(p, assets.EntryContract, 500, "1"), entry(p, assets.EntryChangeOrder, 50, "2"), entry(p, assets.EntryPayment, 300, "3"),
		entry(p, assets.EntryRefund, 30, "4"), entry(p, assets.EntryGrant, 9000, "5"))
	id := west.ID.String()
	if paid, committed := invested(t, store, assets.BasisPaid)[id], invested(t, store, assets.BasisCommitted)[id]; paid != 270 || committed != 550 {
		t.Errorf("paid %s, committed %s", paid, committed)
	}
}

func TestOneOfTwoWithTheSameVoucher(t *testing.T) {
	t.Parallel()
	store := newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west)
	errs := make([]error, 2)
	writes := []postgis.Write{write(t), write(t)}
	writes[0].Actor, writes[1].Actor = "王会计", "李会计"
	var both sync.WaitGroup
	for i := range errs {
		both.Go(func() {
			_, errs[i] = store.BookEntries(context.Background(), writes[i], place, []assets.Entry{entry(p, assets.EntryPayment, 100, "V-1")}, false)
		})
	}
	both.Wait()
	loser := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	if loser < 0 || errs[1-loser] != nil {
		t.Fatalf("errors %v", errs)
	}
	var faults assets.Errors
	if !errors.As(errs[loser], &faults) || len(faults) != 1 || faults[0].Code != assets.Conflict || faults[0].Field != "voucher" {
		t.Fatalf("the loser is told %v", errs[loser])
	}
	fault := faults[0]
	if winner := writes[1-loser].Actor; !strings.Contains(fault.Text.ZH, winner) || !strings.Contains(fault.Text.EN, winner) {
		t.Errorf("the loser is not told who: %+v", fault.Text)
	}
}

func TestAFenTooManyNamesTheEntry(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west, north)
	made := book(t, store, entry(p, assets.EntryPayment, 1_000_00, "A"), entry(p, assets.EntryPayment, 2_000_00, "B"))
	if check := sound(t, store); !check.OK || check.Difference != 0 {
		t.Fatalf("a sound ledger: %+v", check)
	}
	id := made[1].ID.String()
	for what, sql := range map[string][2]string{
		"a share":   {`update allocation set amount = amount + 1 where noun = 'segment' and target = '` + west.ID.String() + `' and entry = '` + id + `'`, `update allocation set amount = amount - 1 where noun = 'segment' and target = '` + west.ID.String() + `' and entry = '` + id + `'`},
		"an amount": {`update entry set amount = amount + 1, counted = counted + 1 where id = '` + id + `'`, `update entry set amount = amount - 1, counted = counted - 1 where id = '` + id + `'`},
	} {
		if err := store.Tamper(ctx, sql[0]); err != nil {
			t.Fatal(err)
		}
		if check := sound(t, store); check.OK || check.Difference != 1 || check.Entry == nil || check.Entry.String() != id {
			t.Errorf("%s: %+v", what, check)
		}
		if err := store.Tamper(ctx, sql[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Tamper(ctx, `update rollup set amount = amount - 1 where noun = 'segment' and target = '`+north.ID.String()+`'`); err != nil {
		t.Fatal(err)
	}
	if check := sound(t, store); check.OK || check.Difference != -1 {
		t.Errorf("a sum: %+v", check)
	}
}

func TestARuleChangeShowsWhatMoves(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleShares, Shares: []assets.Share{{TargetRef: west, Weight: 1}}}, west)
	book(t, store, entry(p, assets.EntryPayment, 900, "A"), entry(p, assets.EntryPayment, 100, "B"))
	before := invested(t, store, assets.BasisPaid)
	even := assets.Rule{Kind: assets.RuleShares, Shares: []assets.Share{{TargetRef: west, Weight: 1}, {TargetRef: north, Weight: 1}}}
	change := func(preview bool) []postgis.Moved {
		t.Helper()
		_, moved, err := store.Reapportion(ctx, write(t), place, p.ID, assets.AnyVersion, []assets.TargetRef{west, north}, even, "按实际", preview)
		if err != nil {
			t.Fatal(err)
		}
		return moved
	}
	shown := change(true)
	if after := invested(t, store, assets.BasisPaid); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("a preview changed %v to %v", before, after)
	}
	if len(shown) != 2 || shown[0].Before-shown[0].After != 500 || shown[1].After-shown[1].Before != 500 {
		t.Errorf("moved %+v", shown)
	}
	if done := change(false); fmt.Sprint(done) != fmt.Sprint(shown) {
		t.Errorf("shown %+v, done %+v", shown, done)
	}
	if after := invested(t, store, assets.BasisPaid); after[west.ID.String()] != 500 || after[north.ID.String()] != 500 {
		t.Errorf("after %v", after)
	}
	if check := sound(t, store); !check.OK {
		t.Errorf("the ledger does not add up: %+v", check)
	}
}

func TestABatchIsUndoneByReversal(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west, north)
	before := invested(t, store, assets.BasisPaid)
	w := write(t)
	if _, err := store.BookEntries(ctx, w, place, []assets.Entry{entry(p, assets.EntryPayment, 700, "A"), entry(p, assets.EntryPayment, 11, "B")}, false); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Undo(ctx, write(t), place, w.Op); err != nil {
		t.Fatal(err)
	}
	after := invested(t, store, assets.BasisPaid)
	for k, v := range after {
		if v != before[k] {
			t.Errorf("%q has %s after the undo", k, v)
		}
	}
	if check := sound(t, store); !check.OK {
		t.Errorf("the ledger does not add up: %+v", check)
	}
}

func TestABatchIsBookedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west)
	bad := entry(p, assets.EntryPayment, 0, "B")
	_, err := store.BookEntries(ctx, write(t), place, []assets.Entry{entry(p, assets.EntryPayment, 5, "A"), bad, entry(p, assets.EntryPayment, 5, "A")}, false)
	var faults assets.Errors
	if !errors.As(err, &faults) || len(faults) != 2 || faults[0].Field != "1.amount" || faults[1].Field != "2.voucher" {
		t.Fatalf("faults %v", err)
	}
	if _, err := store.BookEntries(ctx, write(t), place, []assets.Entry{entry(p, assets.EntryPayment, 5, "A")}, true); err != nil {
		t.Fatal(err)
	}
	if found := invested(t, store, assets.BasisPaid); found[west.ID.String()] != 0 {
		t.Errorf("something was booked: %v", found)
	}
}
