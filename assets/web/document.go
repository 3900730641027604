package web

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// documentTypes are what a voucher may be, and how its bytes begin.
var documentTypes = map[string][]byte{
	"application/pdf": []byte("%PDF-"),
	"image/jpeg":      {0xff, 0xd8, 0xff},
	"image/png":       []byte("\x89PNG\r\n\x1a\n"),
}

// maxDocument is the most bytes of a document.
const maxDocument = 20 << 20

// addDocument keeps the bytes of a voucher; an entry then names them.
func (s *Server) addDocument(c echo.Context) error {
	place, err := s.placeAsked(c, assets.RolePlanner)
	if err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	begins, ok := documentTypes[kind]
	if err != nil || !ok {
		return echo.NewHTTPError(http.StatusUnsupportedMediaType)
	}
	head := make([]byte, len(begins))
	if _, err := io.ReadFull(c.Request().Body, head); err != nil || !bytes.Equal(head, begins) {
		return said(assets.Errorf(assets.Invalid, "body", "内容不是 %s", "the content is no %s", kind))
	}
	ref, err := s.config.Blobs.Put(io.MultiReader(bytes.NewReader(head), c.Request().Body), maxDocument)
	if err != nil {
		return err
	}
	w, err := opOf(c, []byte(ref.SHA256))
	if err != nil {
		return err
	}
	if err := s.store.AddDocument(c.Request().Context(), w, place, assets.Document{SHA256: ref.SHA256, Size: ref.Size, MediaType: kind}); err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, ref)
}

// hasDocument demands that a document which an entry names was sent before, to
// the same jurisdiction: knowing the hash of another's opens nothing.
func (s *Server) hasDocument(ctx context.Context, place, sum string) error {
	if sum == "" {
		return nil
	}
	has, err := s.store.HasDocument(ctx, place, sum)
	if err == nil && has {
		has, err = s.config.Blobs.Has(sum)
	}
	if err == nil && !has {
		err = said(assets.Errorf(assets.Invalid, "document", "没有此文件，请先上传", "there is no such file: send it first"))
	}
	return err
}

// entryDocument answers the document of an entry: never in the page, always as a
// file, whatever it holds.
func (s *Server) entryDocument(c echo.Context) error {
	id, place, err := s.entryIn(c, assets.RolePlanner)
	if err != nil {
		return err
	}
	b, err := s.store.Entry(c.Request().Context(), place, id)
	if err != nil {
		return err
	}
	f, err := s.config.Blobs.Get(b.Document)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 8)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	mediaType, ending := "application/octet-stream", ""
	for kind, begins := range documentTypes {
		if bytes.HasPrefix(head[:n], begins) {
			mediaType, ending = kind, map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[kind]
		}
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", `attachment; filename="`+b.ID.String()+ending+`"`)
	h.Set("Cache-Control", "no-store")
	return c.Stream(http.StatusOK, mediaType, f)
}
