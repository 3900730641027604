package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"streetbook/assets"
)

// TestALargeBatchIsBookedAndUndone books a finance sheet's worth of entries as one
// operation, and takes it back. ENTRIES sets another size.
func TestALargeBatchIsBookedAndUndone(t *testing.T) {
	t.Parallel()
	n := 21_000
	if v := os.Getenv("ENTRIES"); v != "" {
		var err error
		if n, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	ctx, store := context.Background(), newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west, north, community)
	before := invested(t, store, assets.BasisPaid)
	list := make([]assets.Entry, n)
	for i := range list {
		list[i] = entry(p, assets.EntryPayment, assets.Fen(1+i%99999), fmt.Sprint("V", i))
	}
	w := write(t)
	began := time.Now()
	if _, err := store.BookEntries(ctx, w, place, list, false); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d entries booked in %s", n, time.Since(began))
	began = time.Now()
	undone, err := store.Undo(ctx, write(t), place, w.Op)
	if err != nil || undone != n {
		t.Fatalf("%d undone: %v", undone, err)
	}
	t.Logf("undone in %s", time.Since(began))
	for k, v := range invested(t, store, assets.BasisPaid) {
		if v != before[k] {
			t.Errorf("%q has %s after the undo", k, v)
		}
	}
	if check := sound(t, store); !check.OK {
		t.Errorf("the ledger does not add up: %+v", check)
	}
	var moved *assets.MovedOn
	if _, err := store.Undo(ctx, write(t), place, w.Op); !errors.As(err, &moved) || len(moved.Objects) != n {
		t.Errorf("undone twice: %v", err)
	}
}
