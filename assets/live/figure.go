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
// touched may have been divided anew: then every sum is compared.
func (m *Moment) repaid(ctx context.Context, s *postgis.Snapshot, touched map[string][]uuid.UUID) (ids []uuid.UUID, err error) {
	entries := touched["entry"]
	if len(touched["project"]) == 0 && len(entries) <= fewEntries {
		if len(entries) == 0 {
			return nil, nil
		}
		return s.PaidOn(ctx, entries)
	}
	err = s.EachPaid(ctx, func(k assets.Key, paid assets.Fen) {
		i, ok := m.segments.byID[k.ID]
		if !ok || i != ambiguous && m.segments.key(m.segments.list[i]) == k && *m.segments.list[i].Figures.Invested == paid {
			return
		}
		ids = append(ids, k.ID)
	})
	return ids, err
}
