package postgis_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"streetbook/assets"
)

// TestConditionOverTheYears lets a lamp become worse, long ago and later.
func TestConditionOverTheYears(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	const lamp = `(select id from asset where segment = '0195b2a0-0000-7000-8000-00000000000b' order by id limit 1)`
	for _, sql := range []string{
		`update asset set updated_at = '2020-12-31 23:59:59+08', condition = 'fair' where id = ` + lamp,
		`insert into asset_history select a.*, timestamptz '2022-06-01' from asset a where id = ` + lamp,
		`update asset set updated_at = '2022-06-01', version = 2, condition = 'dangerous' where id = ` + lamp,
	} {
		if err := store.Tamper(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	d, err := store.Dossier(ctx, place, north, "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, year := range d.Years[:4] {
		if year.ConditionMean == nil {
			got += year.Year + " nobody knows "
			continue
		}
		got += fmt.Sprint(year.Year, " ", *year.AssetCount, " ", *year.ConditionMean, " ")
	}
	if want := "2020 1 2 2021 1 2 2022 1 4 2023 1 4 "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if last := d.Years[len(d.Years)-1]; last.AssetCount == nil || *last.AssetCount != 5 || d.AssetCount != 5 || d.Paid.Rank != nil {
		t.Errorf("%+v", d)
	}
	if a, err := store.Dossier(ctx, place, assets.TargetRef{Noun: assets.TargetArea, ID: community.ID}, "", time.Now()); err != nil || a.AssetCount == 0 || a.Paid.Of != 1 {
		t.Errorf("%+v: %v", a, err)
	}
}
