package web

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// projects lists the projects of a jurisdiction.
func (s *Server) projects(c echo.Context) error {
	jurisdiction, err := s.placeAsked(c, assets.RoleViewer)
	if err != nil {
		return err
	}
	list, err := s.store.Projects(c.Request().Context(), jurisdiction)
	if err != nil {
		return err
	}
	if list == nil {
		list = []assets.Project{}
	}
	return s.private(c, map[string]any{"projects": list})
}

// projectBody is a project as a client says it.
type projectBody struct {
	Jurisdiction string             `json:"jurisdiction"`
	ID           uuid.UUID          `json:"id"`
	Code         string             `json:"code"`
	Name         string             `json:"name"`
	Kind         string             `json:"kind"`
	Fund         string             `json:"fund"`
	Department   *uuid.UUID         `json:"department"`
	Contractor   string             `json:"contractor"`
	PlannedStart string             `json:"planned_start"`
	PlannedEnd   string             `json:"planned_end"`
	ActualStart  string             `json:"actual_start"`
	ActualEnd    string             `json:"actual_end"`
	Status       string             `json:"status"`
	Budget       *assets.Fen        `json:"budget"`
	Targets      []assets.TargetRef `json:"targets"`
	Rule         *assets.Rule       `json:"rule"`
}

// fill gives a project what the body says of it.
func (b projectBody) fill(p *assets.Project) {
	p.Code, p.Name, p.Kind, p.Fund, p.Department, p.Contractor = b.Code, b.Name, b.Kind, b.Fund, b.Department, b.Contractor
	p.PlannedStart, p.PlannedEnd, p.ActualStart, p.ActualEnd, p.Status, p.Budget = b.PlannedStart, b.PlannedEnd, b.ActualStart, b.ActualEnd, b.Status, b.Budget
	p.Targets, p.Rule = b.Targets, assets.Rule{Kind: assets.RuleLength}
	if b.Rule != nil {
		p.Rule = *b.Rule
	}
}

func (s *Server) addProject(c echo.Context) error {
	var in projectBody
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RolePlanner, in.Jurisdiction); err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	p := assets.Project{Header: assets.Header{ID: in.ID}}
	in.fill(&p)
	if err := s.store.AddProject(c.Request().Context(), w, in.Jurisdiction, &p); err != nil {
		return said(err)
	}
	c.Response().Header().Set("ETag", etagOf(p.Version))
	return c.JSON(http.StatusCreated, p)
}

// projectIn is the project in the path, for somebody of a role.
func (s *Server) projectIn(c echo.Context, role string) (id uuid.UUID, place string, err error) {
	return s.placed(c, role, s.store.ProjectPlace)
}

func (s *Server) project(c echo.Context) error {
	id, place, err := s.projectIn(c, assets.RoleViewer)
	if err != nil {
		return err
	}
	p, err := s.store.Project(c.Request().Context(), place, id)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", etagOf(p.Version))
	return s.private(c, p)
}

// reviseProject changes what a project says of itself. Its targets and rule stay:
// they are changed with a reason, by apportion.
func (s *Server) reviseProject(c echo.Context) error {
	id, place, err := s.projectIn(c, assets.RolePlanner)
	if err != nil {
		return err
	}
	var in projectBody
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	p, err := s.store.ReviseProject(c.Request().Context(), w, place, id, matchOf(c), func(p *assets.Project) error { in.fill(p); return nil })
	if err != nil {
		return said(err)
	}
	c.Response().Header().Set("ETag", etagOf(p.Version))
	return c.JSON(http.StatusOK, p)
}

func (s *Server) deleteProject(c echo.Context) error {
	id, place, err := s.projectIn(c, assets.RolePlanner)
	if err != nil {
		return err
	}
	w, err := opOf(c)
	if err != nil {
		return err
	}
	if err := s.store.DeleteProject(c.Request().Context(), w, place, id, matchOf(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// movedDocument is what a target has before and after a change of rule.
type movedDocument struct {
	Target assets.TargetRef `json:"target"`
	Basis  string           `json:"basis"`
	Before assets.Fen       `json:"before"`
	After  assets.Fen       `json:"after"`
}

// apportion gives a project other targets or another rule, for a reason, or
// shows what that would move.
func (s *Server) apportion(c echo.Context) error {
	id, place, err := s.projectIn(c, assets.RolePlanner)
	if err != nil {
		return err
	}
	var in struct {
		Targets []assets.TargetRef `json:"targets"`
		Rule    assets.Rule        `json:"rule"`
		Reason  string             `json:"reason"`
		Preview bool               `json:"preview"`
	}
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	if !in.Preview && in.Reason == "" {
		return said(assets.Errorf(assets.Invalid, "reason", "请写明更改原因", "say why it is changed"))
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	p, moved, err := s.store.Reapportion(c.Request().Context(), w, place, id, matchOf(c), in.Targets, in.Rule, in.Reason, in.Preview)
	if err != nil {
		return said(err)
	}
	documents := make([]movedDocument, len(moved))
	for i, m := range moved {
		documents[i] = movedDocument(m)
	}
	if !in.Preview {
		c.Response().Header().Set("ETag", etagOf(p.Version))
	}
	return s.private(c, map[string]any{"project": p, "preview": in.Preview, "moved": documents})
}
