// Package blob keeps the bytes that belong to the registry, photos and
// documents, as files named by their content. It is the only package that
// writes files of people's making, and it never uses a name of theirs.
package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"streetbook/assets"
)

// Store is a folder of blobs. A blob that is there is whole: it is written under
// another name, flushed to the disk and renamed, so that a process killed at any
// moment leaves whole blobs and scraps, never half a blob.
type Store struct{ dir string }

// Ref names a blob: the SHA-256 of its bytes in lower-case hexadecimal, and
// their number.
type Ref struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// scraps is the folder of what is being written.
const scraps = "incoming"

// In is the store in a folder, which is made when the first blob comes.
func In(dir string) *Store { return &Store{dir: dir} }

// Put stores what r gives. The same bytes twice are stored once. More than limit
// bytes are refused with assets.TooLarge and leave nothing.
func (s *Store) Put(r io.Reader, limit int64) (ref Ref, err error) {
	if err := os.MkdirAll(filepath.Join(s.dir, scraps), 0o700); err != nil {
		return Ref{}, err
	}
	f, err := os.CreateTemp(filepath.Join(s.dir, scraps), "put-*")
	if err != nil {
		return Ref{}, err
	}
	defer os.Remove(f.Name()) // gone already when it was renamed
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(r, limit+1))
	if err != nil {
		return Ref{}, err
	}
	if n > limit {
		return Ref{}, assets.Errorf(assets.TooLarge, "", "文件不得超过 %d 字节", "a file may have at most %d bytes", limit)
	}
	ref = Ref{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}
	return ref, s.keep(f, ref.SHA256)
}

// keep flushes a written file and gives it the name of its content.
func (s *Store) keep(f *os.File, sum string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	path := s.path(sum)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return errors.Join(flush(filepath.Dir(path)), flush(s.dir))
}

// flush makes the names in a folder survive a loss of power.
func flush(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Get opens a blob for reading; assets.NotFound where there is none of that
// name, whatever the name.
func (s *Store) Get(sum string) (*os.File, error) {
	if !isSum(sum) {
		return nil, none()
	}
	f, err := os.Open(s.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, none()
	}
	return f, err
}

// Has reports whether a blob is there.
func (s *Store) Has(sum string) (bool, error) {
	f, err := s.Get(sum)
	if assets.ErrorCode(err) == assets.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, f.Close()
}

func none() error {
	return assets.Errorf(assets.NotFound, "sha256", "没有此文件", "there is no such file")
}

func (s *Store) path(sum string) string { return filepath.Join(s.dir, sum[:2], sum) }

// isSum reports whether a text is a SHA-256 in lower-case hexadecimal; nothing
// else ever becomes a path.
func isSum(sum string) bool {
	if len(sum) != 2*sha256.Size {
		return false
	}
	for _, c := range sum {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return true
}
