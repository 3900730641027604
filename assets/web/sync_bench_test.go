package web_test

import (
	"testing"

	"streetbook/assets/web"
)

// BenchmarkSync sends batches of 200 operations, of which a quarter edit what the
// others made: five of them are what a phone gathers on a busy day.
func BenchmarkSync(b *testing.B) {
	tw := newTown(b, 0, web.Config{})
	for b.Loop() {
		var ops []opBody
		for i := range 200 {
			if i%4 == 3 {
				ops = append(ops, newOp("asset", "update", ops[i-1]["id"].(string), 1, map[string]any{"condition": "poor"}))
				continue
			}
			ops = append(ops, newOp("asset", "create", newUUID(), 0, newLamp(113.72+float64(i)/4000, nil)))
		}
		for _, r := range tw.sync(b, "field", ops...) {
			if r.Outcome != "applied" {
				b.Fatalf("%+v", r)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(200*b.N), "ms/op")
}
