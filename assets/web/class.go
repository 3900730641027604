package web

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// classes lists the catalogue of a jurisdiction.
func (s *Server) classes(c echo.Context) error {
	p, err := ask(c, documentFormats, "jurisdiction")
	if err != nil {
		return err
	}
	jurisdiction, err := s.placeOf(c, p.parameters)
	if err != nil {
		return err
	}
	found, err := s.store.Classes(c.Request().Context(), jurisdiction)
	if err != nil {
		return err
	}
	return s.listed(c, p, listing{title: assets.Text{ZH: "设施目录", EN: "Classes of assets"}, member: "classes", document: map[string]any{"classes": found}})
}

// classBody is a class as an admin writes it. Members that follow from others
// may be sent back and say nothing.
type classBody struct {
	Jurisdiction string         `json:"jurisdiction"`
	Major        string         `json:"major"`
	Name         string         `json:"name"`
	NameEN       string         `json:"name_en"`
	MajorName    string         `json:"major_name"`
	MajorNameEN  string         `json:"major_name_en"`
	Geometry     string         `json:"geometry"`
	Icon         string         `json:"icon"`
	Color        string         `json:"color"`
	RadiusM      float64        `json:"radius_m"`
	AccuracyM    float64        `json:"accuracy_m"`
	Fields       []assets.Field `json:"fields"`

	ID        any `json:"id"`
	Version   any `json:"version"`
	UpdatedAt any `json:"updated_at"`
	Profile   any `json:"profile"`
	Code      any `json:"code"`
	Local     any `json:"local"`
}

func (b classBody) write(c *assets.Class) {
	c.Name, c.NameEN, c.Geometry, c.Icon, c.Color = b.Name, b.NameEN, b.Geometry, b.Icon, b.Color
	c.RadiusM, c.AccuracyM, c.Fields = b.RadiusM, b.AccuracyM, b.Fields
	if b.MajorName != "" {
		c.MajorName, c.MajorNameEN = b.MajorName, b.MajorNameEN
	}
}

// addClass adds a class of a jurisdiction's own.
func (s *Server) addClass(c echo.Context) error {
	var in classBody
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RoleAdmin, in.Jurisdiction); err != nil {
		return err
	}
	if len(in.Major) != 2 || !digitsOnly(in.Major) {
		return said(assets.Errorf(assets.Invalid, "major", "应为 2 位数字的大类", "must be the 2 digits of a major class"))
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	var class assets.Class
	in.write(&class)
	if err := s.store.AddClass(c.Request().Context(), w, in.Jurisdiction, in.Major, &class); err != nil {
		return said(err)
	}
	c.Response().Header().Set("ETag", etagOf(class.Version))
	return c.JSON(http.StatusCreated, class)
}

// classTarget is the class in the path and where it belongs; a shared one can be
// changed only by an admin of everything.
func (s *Server) classTarget(c echo.Context) (id uuid.UUID, place string, err error) {
	if _, err := parametersOf(c); err != nil {
		return id, "", err
	}
	if id, err = idOf(c); err != nil {
		return id, "", err
	}
	scope := callerOf(c).scope(assets.RoleAdmin)
	if place, err = s.store.ClassPlace(c.Request().Context(), s.view(c).Scope, id); err == nil && !scope.Has(place) {
		err = forbidden(assets.RoleAdmin)
	}
	return id, place, err
}

// reviseClass changes a class for everybody at once. What its records hold stays.
func (s *Server) reviseClass(c echo.Context) error {
	id, place, err := s.classTarget(c)
	if err != nil {
		return err
	}
	var in classBody
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	class, err := s.store.ReviseClass(c.Request().Context(), w, place, id, matchOf(c), func(class *assets.Class) error {
		in.write(class)
		return nil
	})
	if err != nil {
		return said(err)
	}
	c.Response().Header().Set("ETag", etagOf(class.Version))
	return c.JSON(http.StatusOK, class)
}

// deleteClass takes a class that no asset is of from the catalogue.
func (s *Server) deleteClass(c echo.Context) error {
	id, place, err := s.classTarget(c)
	if err != nil {
		return err
	}
	w, err := opOf(c)
	if err != nil {
		return err
	}
	if err := s.store.DeleteClass(c.Request().Context(), w, place, id, matchOf(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
