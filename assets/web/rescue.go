package web

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

const typeZip = "application/zip"

// Limits of a rescue file: what a phone could gather in a season, and no bomb.
const (
	maxRescue        = 64 << 20
	maxRescueEntries = 5000
	maxRescueOps     = 20000
	maxRescueBytes   = 256 << 20 // unpacked
)

// rescuedPhoto is what became of one photo of a rescue file.
type rescuedPhoto struct {
	SHA256  string   `json:"sha256"`
	Receipt *receipt `json:"receipt,omitempty"`
	Problem *problem `json:"problem,omitempty"`
}

// rescueBody is ops.json: what the phone would have sent itself.
type rescueBody struct {
	batch
	Photos []photoBody `json:"photos"`
}

// rescue takes what a phone that can no longer send wrote into a file. It goes
// the way of sync: what the phone did send before is known, and answered so.
func (s *Server) rescue(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	body, err := readBody(c, typeZip)
	if err != nil {
		return err
	}
	in, pictures, err := openRescue(body)
	if err != nil {
		return said(err)
	}
	home, err := s.homeOf(c, in.Jurisdiction)
	if err != nil {
		return err
	}
	if home == "" {
		return said(assets.Errorf(assets.Invalid, "jurisdiction", "必须给出 9 位区划代码", "is required: a 9-digit division code"))
	}
	if err := s.may(c, assets.RolePlanner, home); err != nil {
		return err
	}
	in.Seen, in.Unsent = nil, nil
	answer, err := s.syncBatch(c, in.batch)
	if err != nil {
		return err
	}
	photos := s.rescuePhotos(c, home, in.Photos, pictures)
	return s.private(c, struct {
		syncAnswer
		Photos []rescuedPhoto `json:"photos"`
	}{answer, photos})
}

// openRescue reads a rescue file. Names in it never become paths: they are
// hashes or nothing.
func openRescue(body []byte) (in rescueBody, pictures map[string]*zip.File, err error) {
	broken := assets.Errorf(assets.Invalid, "body", "不是救援文件（含 ops.json 的 zip）", "is no rescue file: a zip with ops.json")
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return in, nil, broken
	}
	if len(z.File) > maxRescueEntries {
		return in, nil, assets.Errorf(assets.TooLarge, "body", "最多 %d 个文件", "at most %d files", maxRescueEntries)
	}
	total := uint64(0)
	pictures = map[string]*zip.File{}
	var ops *zip.File
	for _, f := range z.File {
		if total += f.UncompressedSize64; total > maxRescueBytes || f.UncompressedSize64 > assets.MaxPhoto {
			return in, nil, assets.Errorf(assets.TooLarge, "body", "解压后过大", "is too large when unpacked")
		}
		if sum, ok := strings.CutPrefix(f.Name, "photos/"); ok {
			pictures[sum] = f
		} else if f.Name == "ops.json" {
			ops = f
		}
	}
	if ops == nil {
		return in, nil, broken
	}
	text, err := unpack(ops)
	if err != nil {
		return in, nil, broken
	}
	if err := parseJSON(text, &in); err != nil {
		return in, nil, err
	}
	if len(in.Ops) > maxRescueOps {
		return in, nil, assets.Errorf(assets.TooLarge, "ops", "最多 %d 个操作", "at most %d operations", maxRescueOps)
	}
	return in, pictures, nil
}

// unpack reads an entry, no more of it than it says.
func unpack(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, int64(f.UncompressedSize64)))
}

func (s *Server) rescuePhotos(c echo.Context, home string, announced []photoBody, pictures map[string]*zip.File) []rescuedPhoto {
	results := []rescuedPhoto{}
	note := func(sum string, r *receipt, err error) {
		done := rescuedPhoto{SHA256: sum, Receipt: r}
		if err != nil {
			p := s.problemOf(said(err), c)
			explain(&p, said(err))
			done.Problem = &p
		}
		results = append(results, done)
	}
	for _, in := range announced {
		p, err := in.photo()
		if err == nil {
			var w postgis.Write
			if w, err = postgis.NewWrite(callerOf(c).name()); err == nil {
				_, _, err = s.store.AddPhoto(c.Request().Context(), w, home, p)
			}
		}
		if err != nil {
			note(in.SHA256, nil, err)
		}
	}
	for sum, f := range pictures {
		r, err := s.rescuePhoto(c, home, sum, f)
		note(sum, r, err)
	}
	return results
}

// rescuePhoto stores the bytes of one photo for all that were announced with them.
func (s *Server) rescuePhoto(c echo.Context, home, sum string, f *zip.File) (r *receipt, err error) {
	list, err := s.store.Photos(c.Request().Context(), postgis.PhotoQuery{Scope: assets.Only(home), Jurisdiction: home, SHA256: sum, Originals: true, Limit: maxRecords})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, assets.Errorf(assets.NotFound, "sha256", "没有操作提到这张照片", "no operation speaks of this photo")
	}
	for _, p := range list {
		if p, err = s.haveBytes(c.Request().Context(), p); err == nil && p.StoredAt == nil {
			p, err = s.rescueBytes(c, p, f)
		}
		if err != nil {
			return nil, err
		}
		r = receiptOf(p)
	}
	return r, nil
}

func (s *Server) rescueBytes(c echo.Context, p assets.Photo, f *zip.File) (assets.Photo, error) {
	b, err := unpack(f)
	if err != nil {
		return p, assets.Errorf(assets.Invalid, "sha256", "压缩包中的照片已损坏", "the photo is broken in the file")
	}
	part, err := s.config.Blobs.Part(p.ID, p.Size)
	if err != nil {
		return p, err
	}
	defer part.Close()
	offset, err := part.Offset()
	if err != nil {
		return p, err
	}
	if _, err := part.Append(c.Request().Context(), bytes.NewReader(b[min(int(offset), len(b)):])); err != nil {
		return p, err
	}
	return s.finish(c.Request().Context(), p, part)
}
