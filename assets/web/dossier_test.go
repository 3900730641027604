package web_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets"
)

// dossier is an answer of GET /investment/segments/:id.
type dossier struct {
	assets.Dossier
	Entries []struct{ Share assets.Fen }
}

func (y *treasury) dossier(t testing.TB, who, path string) dossier {
	t.Helper()
	return decode[dossier](t, y.as(t, who, http.MethodGet, "/api/v1/investment/"+path, nil).want(t, 200).body)
}

// TestADossierSaysWhatTheLedgerSays compares every figure of a dossier with what
// stands behind it and with the answer to the question.
func TestADossierSaysWhatTheLedgerSays(t *testing.T) {
	t.Parallel()
	y := newTreasury(t, 60)
	sure := assets.Entry{Project: y.projects[0].ID, On: "2021-05-01", Kind: assets.EntryPayment, Amount: 9_000_000_00, Targets: y.targets[1:2], Rule: &assets.Rule{Kind: assets.RuleLength}}
	_, err := y.store.BookEntries(context.Background(), y.write(t), place, []assets.Entry{sure}, false)
	y.must(t, err)
	for _, path := range []string{"segments/" + segmentID.String(), "segments/" + y.targets[1].ID.String(), "areas/" + y.targets[4].ID.String()} {
		d := y.dossier(t, "viewer", path)
		of := "&" + d.Noun + "=" + d.ID.String()
		var paid, committed, funds assets.Fen
		for _, year := range d.Years {
			paid, committed = paid+year.Paid, committed+year.Committed
			if got, _ := y.behind(t, year.Href); got != year.Paid {
				t.Errorf("%s in %s: %s, behind it %s", path, year.Year, year.Paid, got)
			}
		}
		for _, f := range append(d.Kinds, d.Funds...) {
			if funds += f.Paid; f.Kind == "" {
				funds -= 2 * f.Paid // each is there once by kind and once by fund
			}
			if got, _ := y.behind(t, f.Href); got != f.Paid {
				t.Errorf("%s %s%s: %s, behind it %s", path, f.Kind, f.Fund, f.Paid, got)
			}
		}
		for basis, total := range map[string]assets.DossierTotal{"paid": d.Paid, "committed": d.Committed} {
			r := y.ask(t, "by="+d.Noun+"&basis="+basis+of)
			if got, n := y.behind(t, total.Href); got != total.Total || int64(n) != total.Entries || amountOf(t, r.Rows[0]) != total.Total {
				t.Errorf("%s %s: %s of %d, behind it %s of %d, asked %v", path, basis, total.Total, total.Entries, got, n, r.Rows)
			}
			if per := r.Rows[0]["amount_per_m"]; total.PerM != nil && per != total.PerM.String() {
				t.Errorf("%s: %s per metre, asked %v", path, total.PerM, per)
			}
		}
		if paid != d.Paid.Total || committed != d.Committed.Total || funds != 0 {
			t.Errorf("%s: years come to %s and %s, totals are %s and %s; kinds and funds differ by %s", path, paid, committed, d.Paid.Total, d.Committed.Total, funds)
		}
		var living int64
		for _, c := range d.Classes {
			living += c.Total
			if c.ClassName == "" || c.Good+c.Fair+c.Poor+c.Dangerous != c.Total {
				t.Errorf("%s: %+v", path, c)
			}
		}
		if living != d.AssetCount {
			t.Errorf("%s: classes have %d assets, the dossier %d", path, living, d.AssetCount)
		}
		if v := y.dossier(t, "", path); len(v.Entries) != 0 || len(v.Bought) != len(d.Bought) || len(v.Bought) > 0 && (v.Bought[0].Entry != nil || v.Bought[0].On != "") {
			t.Errorf("a visitor sees %+v", v)
		}
		y.as(t, "outsider", http.MethodGet, "/api/v1/investment/"+path, nil).want(t, 404)
	}
	if d := y.dossier(t, "viewer", "segments/"+segmentID.String()); d.Paid.Of != 2 || d.Paid.Rank == nil || !*d.Key || d.AssetCount < 6 {
		t.Errorf("%+v", d.Paid)
	}
	if d := y.dossier(t, "viewer", "segments/"+y.targets[1].ID.String()); d.Paid.Rank != nil {
		t.Errorf("no key segment, and yet %+v", d.Paid)
	}
	part := y.split(t)
	before, after := y.dossier(t, "viewer", "segments/"+y.targets[1].ID.String()), y.dossier(t, "viewer", "segments/"+part+"?lineage=current")
	if !before.Retired || after.Paid.Total == 0 || after.Paid.Total == before.Paid.Total {
		t.Errorf("before the split %s, of the part %s", before.Paid.Total, after.Paid.Total)
	}
	if got, _ := y.behind(t, after.Paid.Href); got != after.Paid.Total {
		t.Errorf("of the part %s, behind it %s", after.Paid.Total, got)
	}
	y.as(t, "viewer", http.MethodGet, "/api/v1/investment/segments/"+uuid.NewString(), nil).want(t, 404)
}
