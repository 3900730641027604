package postgis_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets/postgis/postgistest"
)

// TestEpochOfAClockThatIsBehind: a life that begins on a machine whose clock is
// before the beginning of the last one is the present one all the same.
func TestEpochOfAClockThatIsBehind(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), postgistest.New(t)
	if err := store.Tamper(ctx, `update epoch set since = now() + interval '400 days'`); err != nil {
		t.Fatal(err)
	}
	was, err := store.Epoch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, begin := range []func(context.Context, uuid.UUID, string) (uuid.UUID, error){store.NewEpoch, store.ContinueEpoch} {
		next, err := begin(ctx, was, "restored")
		if err != nil || next == was {
			t.Fatalf("after %s comes %s: %v", was, next, err)
		}
		was = next
	}
}
