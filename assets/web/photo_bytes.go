package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/blob"
	"streetbook/assets/picture"
)

// typeOffset is the media type of a piece of an upload (tus 1.0).
const typeOffset = "application/offset+octet-stream"

// maxPiece is how many bytes of a photo may come in one request.
const maxPiece = 8 << 20

// uploadPiece takes bytes of a photo from an offset on, as many as come. The
// last of them brings the receipt.
func (s *Server) uploadPiece(c echo.Context) error {
	p, err := s.photoTarget(c)
	if err != nil {
		return err
	}
	r := c.Request()
	if r.Header.Get(echo.HeaderContentType) != typeOffset {
		c.Response().Header().Set("Accept", typeOffset)
		return echo.NewHTTPError(http.StatusUnsupportedMediaType)
	}
	from, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || from < 0 {
		return assets.Errorf(assets.Invalid, "Upload-Offset", "应为非负整数", "must be a whole number of 0 or more")
	}
	if p, err = s.haveBytes(c.Request().Context(), p); err != nil {
		return err
	}
	if p.StoredAt != nil {
		return s.answerReceipt(c, p)
	}
	part, err := s.config.Blobs.Part(p.ID, p.Size)
	if err != nil {
		return err
	}
	defer part.Close()
	// Another request may have brought the rest between the question and the hold.
	if p, err = s.store.Photo(r.Context(), assets.Only(p.Jurisdiction), p.ID); err != nil {
		return err
	}
	if p, err = s.haveBytes(c.Request().Context(), p); err != nil || p.StoredAt != nil {
		return s.leave(c, p, part, err)
	}
	offset, err := part.Offset()
	if err != nil {
		return err
	}
	if from != offset {
		uploadHeaders(c, offset, p.Size)
		return assets.Errorf(assets.Conflict, "Upload-Offset", "应从 %d 继续", "go on from %d", offset)
	}
	offset, err = part.Append(r.Context(), r.Body)
	uploadHeaders(c, offset, p.Size)
	if err != nil {
		return err
	}
	if offset < p.Size {
		return c.NoContent(http.StatusNoContent)
	}
	done, err := s.finish(r.Context(), p, part)
	if err != nil {
		if offset, gone := s.config.Blobs.PartOffset(p.ID); gone == nil {
			uploadHeaders(c, offset, p.Size)
		}
		return err
	}
	return s.answerReceipt(c, done)
}

// leave forgets a part whose photo is there already.
func (s *Server) leave(c echo.Context, p assets.Photo, part *blob.Part, err error) error {
	if err := errors.Join(err, part.Discard()); err != nil {
		return err
	}
	return s.answerReceipt(c, p)
}

func (s *Server) answerReceipt(c echo.Context, p assets.Photo) error {
	uploadHeaders(c, p.Size, p.Size)
	return c.JSON(http.StatusOK, receiptOf(p))
}

// finish looks at an upload that is whole: if it is the image that was
// announced it becomes a blob, otherwise it is forgotten.
func (s *Server) finish(ctx context.Context, p assets.Photo, part *blob.Part) (assets.Photo, error) {
	ref, facts, err := inspect(p, part)
	if assets.ErrorCode(err) != "" {
		return p, errors.Join(said(err), part.Discard())
	}
	if err != nil {
		return p, err
	}
	if err := part.Keep(ref); err != nil {
		return p, err
	}
	if p, err = s.store.PhotoStored(ctx, p.Jurisdiction, p.ID, facts); err != nil {
		return p, err
	}
	return p, part.Discard()
}

func inspect(p assets.Photo, part *blob.Part) (ref blob.Ref, facts assets.PhotoFacts, err error) {
	if ref, err = part.Sum(); err != nil {
		return ref, facts, err
	}
	if ref.SHA256 != p.SHA256 {
		return ref, facts, assets.Errorf(assets.Invalid, "sha256", "收到内容的 SHA-256 是 %s", "the SHA-256 of what arrived is %s", ref.SHA256)
	}
	f, err := part.File()
	if err != nil {
		return ref, facts, err
	}
	facts, err = picture.Check(f, ref.Size, p.MediaType)
	return ref, facts, err
}

// Sides of the copies that the server makes, pixels.
const (
	thumbSide = 400
	viewSide  = 1600
)

// photoCopy answers a photo as thumb or view, written anew, or to staff as the
// original that was sent.
func (s *Server) photoCopy(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	id, err := idOf(c)
	if err != nil {
		return err
	}
	v := s.view(c)
	p, err := s.store.Photo(c.Request().Context(), v.Scope, id)
	if err != nil {
		return err
	}
	if v.Public && (!slices.Contains(publicPhotos, p.Noun) || p.OriginalOf != nil) {
		return assets.Errorf(assets.NotFound, "id", "没有这个对象（%s）", "no such %s", "photo")
	}
	side := 0
	switch kind := c.Param("copy"); {
	case kind == "thumb":
		side = thumbSide
	case kind == "view" || kind == "original" && v.Public:
		side = viewSide
	case kind != "original":
		return echo.NewHTTPError(http.StatusNotFound)
	default:
		if p, err = s.largest(c.Request().Context(), p); err != nil {
			return err
		}
	}
	if p.StoredAt == nil {
		return assets.Errorf(assets.NotFound, "id", "照片尚未送达", "the photo has not arrived")
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "private, max-age=86400")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if unchanged(c, p.SHA256[:24]+"-"+strconv.Itoa(side)) {
		return c.NoContent(http.StatusNotModified)
	}
	f, err := s.config.Blobs.Get(p.SHA256)
	if err != nil {
		return err
	}
	defer f.Close()
	if side == 0 {
		h.Set("Content-Disposition", `attachment; filename="`+p.ID.String()+`"`)
		return c.Stream(http.StatusOK, p.MediaType, f)
	}
	body, err := s.shrunk(f, p.SHA256, side)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/jpeg", body)
}

// largest is the original of a photo if its bytes are there, and otherwise itself.
func (s *Server) largest(ctx context.Context, p assets.Photo) (assets.Photo, error) {
	originals, err := s.store.OriginalsOf(ctx, assets.Only(p.Jurisdiction), []uuid.UUID{p.ID})
	if o, ok := originals[p.ID]; ok && o.StoredAt != nil {
		return o, err
	}
	return p, err
}

// shrunk is a copy of a photo, made the first time it is asked for.
func (s *Server) shrunk(f *os.File, sum string, side int) ([]byte, error) {
	if body, err := s.config.Blobs.Copy(sum, side); err == nil || assets.ErrorCode(err) != assets.NotFound {
		return body, err
	}
	var b bytes.Buffer
	if err := picture.Shrink(&b, f, side); err != nil {
		return nil, err
	}
	return b.Bytes(), s.config.Blobs.KeepCopy(sum, side, b.Bytes())
}
