package blob

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Each calls fn with every whole blob that is there, in the order of their sums.
// Blobs that come meanwhile may be among them or not.
func (s *Store) Each(fn func(Ref, *os.File) error) error {
	if _, err := os.Stat(s.dir); errors.Is(err, fs.ErrNotExist) { // no blob came yet
		return nil
	}
	return filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != s.dir && (name == scraps || name == copies || name == parts) {
				return fs.SkipDir
			}
			return nil
		}
		if !isSum(d.Name()) {
			return nil
		}
		return s.visit(d.Name(), fn)
	})
}

func (s *Store) visit(sum string, fn func(Ref, *os.File) error) error {
	f, err := s.Get(sum)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return fn(Ref{SHA256: sum, Size: info.Size()}, f)
}
