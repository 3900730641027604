package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// photoBody announces a photo.
type photoBody struct {
	Photo      *uuid.UUID `json:"photo"`
	SHA256     string     `json:"sha256"`
	Size       int64      `json:"size"`
	MediaType  string     `json:"media_type"`
	Noun       string     `json:"noun"`
	ID         uuid.UUID  `json:"id"`
	TakenAt    *time.Time `json:"taken_at"`
	Position   []float64  `json:"position"`
	AccuracyM  *float64   `json:"accuracy_m"`
	Caption    string     `json:"caption"`
	Original   bool       `json:"original"`
	OriginalOf *uuid.UUID `json:"original_of"`
}

func (b photoBody) photo() (p assets.Photo, err error) {
	p = assets.Photo{Noun: b.Noun, Object: b.ID, SHA256: b.SHA256, Size: b.Size, MediaType: b.MediaType, AccuracyM: b.AccuracyM, Caption: b.Caption, Original: b.Original || b.OriginalOf != nil, OriginalOf: b.OriginalOf}
	if b.Photo != nil {
		p.ID = *b.Photo
	}
	if b.TakenAt != nil {
		at := b.TakenAt.UTC().Truncate(time.Microsecond)
		p.TakenAt = &at
	}
	if b.Position != nil {
		if len(b.Position) != 2 {
			return p, assets.Errorf(assets.Invalid, "position", "应为 [经度, 纬度]", "must be [longitude, latitude]")
		}
		at := orb.Point{b.Position[0], b.Position[1]}
		if geo.Validate(at) != nil {
			return p, assets.Errorf(assets.Invalid, "position", "应为 [经度, 纬度]", "must be [longitude, latitude]")
		}
		p.Position = &at
	}
	return p, p.Validate()
}

// receipt proves that the bytes of a photo are there: the server computed it.
type receipt struct {
	SHA256   string    `json:"sha256"`
	Size     int64     `json:"size"`
	StoredAt time.Time `json:"stored_at"`
}

func receiptOf(p assets.Photo) *receipt {
	if p.StoredAt == nil {
		return nil
	}
	return &receipt{p.SHA256, p.Size, p.StoredAt.UTC()}
}

// addPhoto announces a photo, and says where its bytes go and how many of them
// are there already.
func (s *Server) addPhoto(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	var in photoBody
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	p, err := in.photo()
	if err != nil {
		return said(err)
	}
	place, err := s.placeOfObject(c, in.Noun, in.ID)
	if err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	p, made, err := s.store.AddPhoto(c.Request().Context(), w, place, p)
	if err != nil {
		return said(err)
	}
	if p, err = s.haveBytes(c.Request().Context(), p); err != nil {
		return err
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
	}
	return s.answerUpload(c, status, p)
}

// placeOfObject is the jurisdiction of what a photo is of, in which its sender
// must be allowed to write. What is nowhere may still be on its way.
func (s *Server) placeOfObject(c echo.Context, noun string, id uuid.UUID) (string, error) {
	place, err := s.store.ObjectPlace(c.Request().Context(), s.view(c).Scope, noun, id)
	if assets.ErrorCode(err) == assets.NotFound {
		return "", assets.Errorf(assets.NotYet, "id", "此对象尚未到达，请稍后重发", "this object has not arrived: send it again later")
	}
	if err != nil {
		return "", err
	}
	return place, s.may(c, assets.RoleField, place)
}

// haveBytes notes that the bytes of a photo are there when another one of its
// jurisdiction brought them. A receipt whose bytes are gone, because the folder is of an older backup
// than the database, is none.
func (s *Server) haveBytes(ctx context.Context, p assets.Photo) (assets.Photo, error) {
	if p.StoredAt != nil {
		has, err := s.config.Blobs.Has(p.SHA256)
		if err == nil && !has {
			p.StoredAt = nil
		}
		return p, err
	}
	since, facts, err := s.store.BlobSince(ctx, p)
	if err != nil || since == nil {
		return p, err
	}
	has, err := s.config.Blobs.Has(p.SHA256)
	if err != nil || !has {
		return p, err
	}
	return s.store.PhotoStored(ctx, p.Jurisdiction, p.ID, facts)
}

func uploadPath(p assets.Photo) string { return "/api/v1/photos/" + p.ID.String() + "/upload" }

// answerUpload says how far an upload is.
func (s *Server) answerUpload(c echo.Context, status int, p assets.Photo) error {
	offset := p.Size
	if p.StoredAt == nil {
		var err error
		if offset, err = s.config.Blobs.PartOffset(p.ID); err != nil {
			return err
		}
	}
	h := c.Response().Header()
	h.Set("Location", s.root(c)+uploadPath(p))
	uploadHeaders(c, offset, p.Size)
	return c.JSON(status, map[string]any{"photo": p.ID, "upload": uploadPath(p), "offset": offset, "size": p.Size, "receipt": receiptOf(p)})
}

func uploadHeaders(c echo.Context, offset, size int64) {
	h := c.Response().Header()
	h.Set("Tus-Resumable", "1.0.0")
	h.Set("Upload-Offset", strconv.FormatInt(offset, 10))
	h.Set("Upload-Length", strconv.FormatInt(size, 10))
	h.Set("Cache-Control", "no-store")
}

// photoTarget is the photo in the path, for somebody who may write.
func (s *Server) photoTarget(c echo.Context) (p assets.Photo, err error) {
	if _, err = parametersOf(c); err != nil {
		return p, err
	}
	id, err := idOf(c)
	if err != nil {
		return p, err
	}
	if p, err = s.store.Photo(c.Request().Context(), s.view(c).Scope, id); err != nil {
		return p, err
	}
	return p, s.may(c, assets.RoleField, p.Jurisdiction)
}

// upload answers how many bytes of a photo have arrived.
func (s *Server) upload(c echo.Context) error {
	p, err := s.photoTarget(c)
	if err != nil {
		return err
	}
	if p, err = s.haveBytes(c.Request().Context(), p); err != nil {
		return err
	}
	return s.answerUpload(c, http.StatusOK, p)
}

// publicPhotos are the nouns whose photos visitors see: what somebody
// photographed on his way through the street is not for them.
var publicPhotos = []string{"asset", "segment", "area"}

// photos lists photos: of a jurisdiction or of an object.
func (s *Server) photos(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "noun", "id", "limit")
	if err != nil {
		return err
	}
	v := s.view(c)
	q := postgis.PhotoQuery{Scope: v.Scope, StoredOnly: v.Public}
	if v.Public {
		q.Nouns = publicPhotos
	}
	if _, ok := p.text("jurisdiction"); ok {
		if q.Jurisdiction, err = s.placeOf(c, p); err != nil {
			return err
		}
	}
	id, named := p.text("id")
	if !named && q.Jurisdiction == "" {
		return assets.Errorf(assets.Invalid, "jurisdiction", "须给出 jurisdiction 或 id", "jurisdiction or id is required")
	}
	if q.Noun, _ = p.text("noun"); named {
		if q.Object, err = uuid.Parse(id); err != nil {
			return assets.Errorf(assets.Invalid, "id", "应为 UUID", "must be a UUID")
		}
	}
	if q.Limit, err = p.limit(recordsLimit, maxRecords); err != nil {
		return err
	}
	list, err := s.store.Photos(c.Request().Context(), q)
	if err != nil {
		return err
	}
	documents, err := s.describePhotos(c.Request().Context(), v, list)
	if err != nil {
		return err
	}
	return s.private(c, map[string]any{"photos": documents})
}

// photoDocument is a photo on the wire. A visitor learns neither where exactly it
// was taken nor by whom, and nothing of originals.
type photoDocument struct {
	Photo        uuid.UUID    `json:"photo"`
	Jurisdiction string       `json:"jurisdiction"`
	Noun         string       `json:"noun"`
	ID           uuid.UUID    `json:"id"`
	SHA256       string       `json:"sha256"`
	Size         int64        `json:"size"`
	MediaType    string       `json:"media_type"`
	TakenAt      *time.Time   `json:"taken_at"`
	Caption      string       `json:"caption"`
	Original     bool         `json:"original"`
	Width        int          `json:"width"`
	Height       int          `json:"height"`
	StoredAt     *time.Time   `json:"stored_at"`
	Version      int          `json:"version"`
	Position     *orb.Point   `json:"position,omitempty"`
	AccuracyM    *float64     `json:"accuracy_m,omitempty"`
	Actor        string       `json:"actor,omitempty"`
	Larger       *largerPhoto `json:"larger,omitempty"`
}

// largerPhoto is the original that follows a photo.
type largerPhoto struct {
	Photo    uuid.UUID  `json:"photo"`
	SHA256   string     `json:"sha256"`
	Size     int64      `json:"size"`
	Width    int        `json:"width"`
	Height   int        `json:"height"`
	StoredAt *time.Time `json:"stored_at"`
}

func (s *Server) describePhotos(ctx context.Context, v assets.View, list []assets.Photo) ([]photoDocument, error) {
	documents, ids := make([]photoDocument, len(list)), make([]uuid.UUID, len(list))
	for i, p := range list {
		documents[i], ids[i] = describePhoto(p, v.Public), p.ID
	}
	if v.Public || len(list) == 0 {
		return documents, nil
	}
	originals, err := s.store.OriginalsOf(ctx, v.Scope, ids)
	for i, p := range list {
		if o, ok := originals[p.ID]; ok {
			documents[i].Larger = &largerPhoto{o.ID, o.SHA256, o.Size, o.Width, o.Height, o.StoredAt}
		}
	}
	return documents, err
}

func describePhoto(p assets.Photo, public bool) photoDocument {
	d := photoDocument{Photo: p.ID, Jurisdiction: p.Jurisdiction, Noun: p.Noun, ID: p.Object, SHA256: p.SHA256, Size: p.Size, MediaType: p.MediaType, TakenAt: p.TakenAt,
		Caption: p.Caption, Original: p.Original, Width: p.Width, Height: p.Height, StoredAt: p.StoredAt, Version: p.Version}
	if !public {
		d.Position, d.AccuracyM, d.Actor = p.Position, p.AccuracyM, p.Actor
	}
	return d
}
