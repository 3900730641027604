package live

import (
	"context"
	"fmt"
	"testing"

	"streetbook/assets"
)

// TestRewrittenRecordsAreLetGo changes every asset again and again: what is held of
// earlier versions does not grow with each, and all are what they became.
func TestRewrittenRecordsAreLetGo(t *testing.T) {
	t.Parallel()
	const n = 5000
	m := cityOf(t, n)
	for round := range 6 {
		name := fmt.Sprint("第", round)
		var entries []*entry
		for row := range uint32(n) {
			a := *m.base.read(row, new(scratch))
			a.Name = name
			entries = append(entries, &entry{m.base.key(row), &a})
		}
		m = m.with(entries)
		m = m.on(m.compacted(), m.delta)
		if records := m.base.words.records; records > 2*n {
			t.Fatalf("%d records of %d assets after %d rounds", records, n, round)
		}
		found := 0
		answer, ok := m.Ask(assets.CollectionAssets, assets.Query{View: assets.Whole})
		if !ok {
			t.Fatal("memory does not answer")
		}
		err := answer.EachAsset(context.Background(), assets.Query{View: assets.Whole}, func(a *assets.Asset) error {
			if found++; a.Name != name || a.Place.Segment == nil || len(a.Attributes) == 0 {
				t.Errorf("%+v", a)
			}
			return nil
		})
		if err != nil || found != n {
			t.Fatal(found, err)
		}
	}
}
