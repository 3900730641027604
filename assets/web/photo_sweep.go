package web

import (
	"context"
	"errors"
	"time"

	"streetbook/assets"
	"streetbook/assets/blob"
)

// Sweeping of uploads. A phone goes on with one after days without the network;
// after this long it begins anew.
const (
	sweepEvery     = time.Hour
	abandonedAfter = 14 * 24 * time.Hour
	scrapAfter     = 24 * time.Hour
)

// sweeping sweeps at once, because the process before this one may have been
// killed, and then from time to time until ctx ends.
func (s *Server) sweeping(ctx context.Context) {
	if s.config.Blobs == nil {
		return
	}
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := s.Sweep(ctx, time.Now()); err != nil && ctx.Err() == nil {
			s.config.Log.Warn("uploads cannot be swept", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Sweep finishes uploads that are whole but for their receipt, because the server
// was killed in between, and forgets those that nobody has gone on with.
func (s *Server) Sweep(ctx context.Context, now time.Time) error {
	err := s.config.Blobs.Sweep(now.Add(-scrapAfter))
	list, listErr := s.config.Blobs.Resting()
	err = errors.Join(err, listErr)
	for _, u := range list {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err = errors.Join(err, s.sweepUpload(ctx, u, now.Sub(u.Since) > abandonedAfter))
	}
	return err
}

func (s *Server) sweepUpload(ctx context.Context, u blob.Resting, abandoned bool) error {
	p, err := s.store.Photo(ctx, assets.Everything, u.ID)
	unknown := assets.ErrorCode(err) == assets.NotFound
	if err != nil && !unknown {
		return err
	}
	part, err := s.config.Blobs.Part(u.ID, p.Size)
	if assets.ErrorCode(err) == assets.Conflict {
		return nil // it is being sent
	}
	if err != nil {
		return err
	}
	defer part.Close()
	offset, err := part.Offset()
	switch {
	case err != nil:
		return err
	case !unknown && offset == p.Size:
		_, err = s.finish(ctx, p, part)
		if assets.ErrorCode(err) != "" {
			return nil // it is no image, and forgotten
		}
		return err
	case abandoned:
		return part.Discard()
	}
	return nil
}
