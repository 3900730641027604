package live

import (
	"context"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// standing is what an asset adds to the figures of segments: which of them it is
// on, and how it is. One that is not there, or was removed, adds nothing.
type standing struct {
	segment   uuid.UUID
	condition string
}

func standingOf(a *assets.Asset) standing {
	if a == nil || a.Place.Segment == nil || a.Status == assets.StatusRemoved {
		return standing{}
	}
	return standing{*a.Place.Segment, a.Condition}
}

// refigured lists the segments whose figures differ after assets became what
// entries say.
func (m *Moment) refigured(entries []*entry) (ids []uuid.UUID) {
	for _, e := range entries {
		before, after := standingOf(m.assetAt(e.key)), standingOf(e.asset)
		if before == after {
			continue
		}
		for _, s := range []standing{before, after} {
			if s.segment != uuid.Nil {
				ids = append(ids, s.segment)
			}
		}
	}
	return ids
}

// fewEntries are those whose shares are looked up one by one.
const fewEntries = 1000

// repaid lists the segments for which something else is paid now. What a project
// touched may have been divided anew, and what a lineage touched carried on
// elsewhere: then every sum is compared.
func (m *Moment) repaid(ctx context.Context, s *postgis.Snapshot, touched map[string][]uuid.UUID) ([]uuid.UUID, error) {
	entries := touched["entry"]
	if len(touched["project"])+len(touched["lineage"]) > 0 || len(entries) > fewEntries {
		return m.repaidAnywhere(ctx, s)
	}
	if len(entries) == 0 {
		return nil, nil
	}
	ids, err := s.PaidOn(ctx, entries)
	for _, id := range ids {
		if _, ok := m.segments.byID[id]; !ok { // it was split or merged: others take over
			return m.repaidAnywhere(ctx, s)
		}
	}
	return ids, err
}

func (m *Moment) repaidAnywhere(ctx context.Context, s *postgis.Snapshot) (ids []uuid.UUID, err error) {
	paid, err := s.Paid(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range m.segments.list {
		if *g.Figures.Invested != paid[m.segments.key(g)] {
			ids = append(ids, g.ID)
		}
	}
	return ids, nil
}
