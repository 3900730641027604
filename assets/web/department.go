package web

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// departments lists the departments of a jurisdiction.
func (s *Server) departments(c echo.Context) error {
	p, err := ask(c, documentFormats, "jurisdiction")
	if err != nil {
		return err
	}
	jurisdiction, err := s.placeOf(c, p.parameters)
	if err != nil {
		return err
	}
	found, err := s.store.Departments(c.Request().Context(), jurisdiction)
	if found == nil {
		found = []assets.Department{}
	}
	if err != nil {
		return err
	}
	return s.listed(c, p, listing{title: assets.Text{ZH: "部门", EN: "Departments"}, member: "departments", document: map[string]any{"departments": found}})
}

type departmentBody struct {
	Jurisdiction string `json:"jurisdiction"`
	Code         string `json:"code"`
	Name         string `json:"name"`
}

func (s *Server) addDepartment(c echo.Context) error {
	var in departmentBody
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RoleAdmin, in.Jurisdiction); err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	d := assets.Department{Code: in.Code, Name: in.Name}
	if err := s.store.AddDepartment(c.Request().Context(), w, in.Jurisdiction, &d); err != nil {
		return said(err)
	}
	c.Response().Header().Set("ETag", etagOf(d.Version))
	return c.JSON(http.StatusCreated, d)
}

// departmentTarget is the department in the path, for its admin.
func (s *Server) departmentTarget(c echo.Context) (id uuid.UUID, place string, err error) {
	if _, err = parametersOf(c); err != nil {
		return id, "", err
	}
	if id, err = idOf(c); err != nil {
		return id, "", err
	}
	if place, err = s.store.DepartmentPlace(c.Request().Context(), s.view(c).Scope, id); err != nil {
		return id, "", err
	}
	if err = s.may(c, assets.RoleAdmin, place); err != nil {
		return id, "", err
	}
	return id, place, nil
}

func (s *Server) reviseDepartment(c echo.Context) error {
	id, place, err := s.departmentTarget(c)
	if err != nil {
		return err
	}
	var in departmentBody
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	d, err := s.store.ReviseDepartment(c.Request().Context(), w, place, id, matchOf(c), func(d *assets.Department) error {
		d.Code, d.Name = in.Code, in.Name
		return nil
	})
	if err != nil {
		return said(err)
	}
	c.Response().Header().Set("ETag", etagOf(d.Version))
	return c.JSON(http.StatusOK, d)
}

func (s *Server) deleteDepartment(c echo.Context) error {
	id, place, err := s.departmentTarget(c)
	if err != nil {
		return err
	}
	w, err := opOf(c)
	if err != nil {
		return err
	}
	if err := s.store.DeleteDepartment(c.Request().Context(), w, place, id, matchOf(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
