package blob

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// copies is the folder of what can be made again: smaller images of blobs.
const copies = "copies"

func (s *Store) copyPath(sum string, side int) string {
	return filepath.Join(s.dir, copies, sum[:2], sum+"-"+strconv.Itoa(side))
}

// Copy reads a smaller image of a blob; assets.NotFound if there is none yet.
func (s *Store) Copy(sum string, side int) ([]byte, error) {
	if !isSum(sum) {
		return nil, none()
	}
	b, err := os.ReadFile(s.copyPath(sum, side))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, none()
	}
	return b, err
}

// KeepCopy keeps a smaller image of a blob for the next who asks.
func (s *Store) KeepCopy(sum string, side int, body []byte) error {
	path := s.copyPath(sum, side)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.MkdirAll(filepath.Join(s.dir, scraps), 0o700)); err != nil {
		return full(err)
	}
	f, err := os.CreateTemp(filepath.Join(s.dir, scraps), "copy-*")
	if err != nil {
		return full(err)
	}
	defer os.Remove(f.Name()) // gone already when it was renamed
	_, err = f.Write(body)
	if err := errors.Join(err, f.Close()); err != nil {
		return full(err)
	}
	return os.Rename(f.Name(), path)
}
