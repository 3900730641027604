package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
)

// versionDocument is one version of an object and what made it.
type versionDocument struct {
	Version int                    `json:"version"`
	Seq     int64                  `json:"seq"`
	At      time.Time              `json:"at"`
	Actor   string                 `json:"actor"`
	Op      uuid.UUID              `json:"op"`
	Kind    string                 `json:"kind"`
	Fields  []exchange.FieldChange `json:"fields"`
	Feature json.RawMessage        `json:"feature"` // null when it was deleted
	// Lineage says what of a split or a merge this version is; absent of others.
	Lineage []postgis.Descent `json:"lineage,omitempty"`
}

func describeVersion(ch assets.Change) (versionDocument, error) {
	d := versionDocument{Version: ch.Version, Seq: ch.Seq, At: ch.At.UTC(), Actor: ch.Actor, Op: ch.Op, Kind: ch.Kind}
	before, err := exchange.RecordedFeature(ch.Noun, ch.Before)
	if err != nil {
		return d, err
	}
	if d.Feature, err = exchange.RecordedFeature(ch.Noun, ch.After); err != nil {
		return d, err
	}
	if ch.Kind == assets.KindUpdate {
		d.Fields, err = exchange.Compare(before, d.Feature)
	}
	if d.Fields == nil {
		d.Fields = []exchange.FieldChange{}
	}
	return d, err
}

// versionOf reads the version in the path.
func versionOf(c echo.Context) (int, error) {
	n, err := strconv.Atoi(c.Param("version"))
	if err != nil || n < 1 {
		return 0, assets.Errorf(assets.NotFound, "version", "没有这个版本", "there is no such version")
	}
	return n, nil
}

// history answers the history of an object, the latest first.
func (s *Server) history(c echo.Context) error {
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	collection, err := collectionOf(c)
	if err != nil {
		return err
	}
	id, err := idOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	jurisdiction, err := s.store.Where(ctx, s.view(c).Scope, collection, id)
	if err != nil {
		return err
	}
	changes, err := s.store.ChangesOf(ctx, jurisdiction, id)
	if err != nil {
		return err
	}
	versions := make([]versionDocument, len(changes))
	for i, ch := range changes {
		if versions[i], err = describeVersion(ch); err != nil {
			return err
		}
	}
	if collection == assets.CollectionSegments {
		if err := s.addLineage(ctx, jurisdiction, id, versions); err != nil {
			return err
		}
	}
	return s.listed(c, q, listing{title: assets.Text{ZH: "历史", EN: "History"}, member: "versions", document: map[string]any{"versions": versions}, private: true})
}

// restoreVersion makes an object what it was in an earlier version.
func (s *Server) restoreVersion(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	t, err := s.target(c)
	if err != nil {
		return err
	}
	n, err := versionOf(c)
	if err != nil {
		return err
	}
	w, err := opOf(c)
	if err != nil {
		return err
	}
	version, err := s.store.Return(c.Request().Context(), w, t, n)
	if err != nil {
		return s.stale(c, t, err)
	}
	return s.answerVersion(c, http.StatusOK, t.Collection, t.Jurisdiction, t.ID, version)
}
