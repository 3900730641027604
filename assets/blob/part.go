package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/uuid"

	"streetbook/assets"
)

// parts is the folder of blobs that arrive piece by piece, each under the id of
// its upload.
const parts = "parts"

// reserve is how much room is left alone: the database may be on the same disk.
const reserve = 64 << 20

// Part is a blob that has not arrived whole. One process at a time holds it.
type Part struct {
	store *Store
	f     *os.File
	size  int64 // of the whole
}

// held says that a part is being written by another request.
func held() error {
	return assets.Errorf(assets.Conflict, "Upload-Offset", "此上传正在另一连接中进行", "another connection is sending this upload")
}

// Part opens the part of an upload of size bytes; what is there already counts.
// The kernel gives it free when the process that holds it ends.
func (s *Store) Part(id uuid.UUID, size int64) (*Part, error) {
	if err := os.MkdirAll(filepath.Join(s.dir, parts), 0o700); err != nil {
		return nil, full(err)
	}
	f, err := os.OpenFile(filepath.Join(s.dir, parts, id.String()), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, full(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, held()
	}
	p := &Part{s, f, size}
	if !p.current() { // it became a blob, or was forgotten, between opening and holding it
		f.Close()
		return nil, held()
	}
	return p, nil
}

// current reports whether the part's name still leads to it.
func (p *Part) current() bool {
	mine, err := p.f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(p.f.Name())
	return err == nil && os.SameFile(mine, there)
}

// PartOffset is how many bytes of an upload are there.
func (s *Store) PartOffset(id uuid.UUID) (int64, error) {
	info, err := os.Stat(filepath.Join(s.dir, parts, id.String()))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Offset is how many bytes are there.
func (p *Part) Offset() (int64, error) { return p.f.Seek(0, io.SeekEnd) }

// Append adds what r gives, as far as it comes: what arrived before a cut is
// flushed to the disk and counts. It returns the offset behind it. More than the
// whole is refused.
func (p *Part) Append(ctx context.Context, r io.Reader) (offset int64, err error) {
	if offset, err = p.Offset(); err != nil {
		return offset, err
	}
	if err := p.room(p.size - offset); err != nil {
		return offset, err
	}
	n, err := io.Copy(p.f, io.LimitReader(r, p.size-offset))
	offset += n
	if err == nil && ctx.Err() == nil {
		if extra, _ := r.Read(make([]byte, 1)); extra > 0 {
			err = assets.Errorf(assets.TooLarge, "body", "多于声明的 %d 字节", "more than the %d bytes that were announced", p.size)
		}
	}
	if err := full(p.f.Sync()); err != nil {
		return offset, err
	}
	return offset, cutOff(full(err))
}

// cutOff makes a reader that ends too early, which is the sender's matter, an
// error of the domain. What the disk says is the server's.
func cutOff(err error) error {
	var disk *fs.PathError
	if err == nil || assets.ErrorCode(err) != "" || errors.As(err, &disk) {
		return err
	}
	return errors.Join(assets.Errorf(assets.Invalid, "body", "传输中断，请从 Upload-Offset 继续", "the connection was cut: go on from Upload-Offset"), err)
}

// room refuses to fill a disk to the brim.
func (p *Part) room(more int64) error {
	var disk syscall.Statfs_t
	if err := syscall.Fstatfs(int(p.f.Fd()), &disk); err != nil {
		return err
	}
	if int64(disk.Bavail)*disk.Bsize < more+reserve {
		return noRoom()
	}
	return nil
}

func noRoom() error {
	return assets.Errorf(assets.Full, "", "服务器存储空间不足，照片请保留在手机上", "the server has no room left: keep the photo on the phone")
}

// full makes errors of a disk or quota without room those of the domain.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return noRoom()
	}
	return err
}

// Sum is the reference of what is there.
func (p *Part) Sum() (Ref, error) {
	if _, err := p.f.Seek(0, io.SeekStart); err != nil {
		return Ref{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(sum, p.f)
	return Ref{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}, err
}

// File is what is there, from its beginning.
func (p *Part) File() (*os.File, error) {
	_, err := p.f.Seek(0, io.SeekStart)
	return p.f, err
}

// Keep makes the part a blob under its sum as well. It stays a part, held by its
// process, until it is discarded: whoever notes that the blob is there does so in
// between, and nobody begins the upload anew meanwhile.
func (p *Part) Keep(ref Ref) error {
	path := p.store.path(ref.SHA256)
	if err := errors.Join(p.f.Sync(), os.MkdirAll(filepath.Dir(path), 0o700)); err != nil {
		return full(err)
	}
	if err := os.Link(p.f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return full(err)
	}
	return errors.Join(flush(filepath.Dir(path)), flush(p.store.dir))
}

// Discard forgets what has arrived.
func (p *Part) Discard() error { return os.Remove(p.f.Name()) }

// Close gives the part free for the next request.
func (p *Part) Close() error { return p.f.Close() }
