package web

import (
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// previewShares divides an amount among targets by a rule as booking it would,
// and books nothing. Every target has a share, also one of 0.00.
func (s *Server) previewShares(c echo.Context) error {
	var in struct {
		Jurisdiction string             `json:"jurisdiction"`
		Amount       assets.Fen         `json:"amount"`
		Targets      []assets.TargetRef `json:"targets"`
		Rule         assets.Rule        `json:"rule"`
		Proportional bool               `json:"proportional"`
	}
	if _, err := readJSON(c, &in); err != nil {
		return err
	}
	if err := s.may(c, assets.RolePlanner, in.Jurisdiction); err != nil {
		return err
	}
	if in.Proportional { // amounts given to a project divide entries of any size
		in.Rule = in.Rule.Proportional()
	}
	shares, rest, err := s.store.PreviewShares(c.Request().Context(), in.Jurisdiction, in.Amount, in.Targets, in.Rule)
	if err != nil {
		return said(err)
	}
	documents := make([]allocationDocument, len(shares))
	for i, a := range shares {
		documents[i] = allocationDocument{Allocation: a, Words: a.Words()}
	}
	return s.private(c, map[string]any{"shares": documents, "unallocated": rest})
}
