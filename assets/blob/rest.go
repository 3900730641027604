package blob

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
)

// Resting is an upload that has not become a blob, and since when nobody added
// to it.
type Resting struct {
	ID    uuid.UUID
	Since time.Time
}

// Resting lists uploads that have not become blobs.
func (s *Store) Resting() (list []Resting, err error) {
	err = s.each(parts, func(_ string, info fs.FileInfo) error {
		if id, err := uuid.Parse(info.Name()); err == nil {
			list = append(list, Resting{id, info.ModTime()})
		}
		return nil
	})
	return list, err
}

// Sweep removes what was being written before a time by a process that was killed.
func (s *Store) Sweep(before time.Time) error {
	return s.each(scraps, func(path string, info fs.FileInfo) error {
		if !info.ModTime().Before(before) {
			return nil
		}
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// each calls fn for every file of a folder; one that vanishes meanwhile is none.
func (s *Store) each(folder string, fn func(path string, info fs.FileInfo) error) error {
	entries, err := os.ReadDir(filepath.Join(s.dir, folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		info, infoErr := entry.Info()
		if errors.Is(infoErr, fs.ErrNotExist) {
			continue
		}
		if infoErr == nil {
			infoErr = fn(filepath.Join(s.dir, folder, entry.Name()), info)
		}
		err = errors.Join(err, infoErr)
	}
	return err
}
