package web_test

import (
	"net/http"
	"testing"

	"streetbook/assets/exchange"
	"streetbook/assets/web"
)

// TestInvestmentTemplate reads the workbook as the importer does: it has a header
// and no entry.
func TestInvestmentTemplate(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true})
	a := tw.as(t, "planner", http.MethodGet, "/api/v1/investment/template?jurisdiction="+place, nil).want(t, 200)
	l, err := exchange.ReadLedger("investment.xlsx", a.body, exchange.LedgerOptions{})
	if err != nil || l.Faulty != 1 || l.Faults[0].Reason.EN != "the sheet has no entry" {
		t.Errorf("%+v, %v", l, err)
	}
	tw.as(t, "planner", http.MethodGet, "/api/v1/investment/template?jurisdiction="+place+"&x=1", nil).want(t, 400)
}
