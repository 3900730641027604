package blob_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/blob"
)

// cutAfter gives the first n bytes of a text and then fails, as a connection does.
func cutAfter(text string, n int) io.Reader {
	return io.MultiReader(strings.NewReader(text[:n]), failing{})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

// TestPartCountsWhatArrived: at whatever byte it is cut, what came before counts
// and nothing is a blob before it is whole.
func TestPartCountsWhatArrived(t *testing.T) {
	t.Parallel()
	const text = "the quick brown fox jumps over the lazy dog"
	s := blob.In(t.TempDir())
	for first := range len(text) {
		id := uuid.New()
		offset := 0
		for _, cut := range []int{first, min(first+1, len(text)), len(text)} {
			p, err := s.Part(id, int64(len(text)))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Part(id, int64(len(text))); assets.ErrorCode(err) != assets.Conflict {
				t.Fatalf("two hold one part: %v", err)
			}
			if n, err := p.Offset(); err != nil || n != int64(offset) {
				t.Fatalf("offset %d, want %d: %v", n, offset, err)
			}
			n, err := p.Append(t.Context(), cutAfter(text[offset:], cut-offset))
			if cut < len(text) && assets.ErrorCode(err) != assets.Invalid || n != int64(cut) {
				t.Fatalf("cut at %d: %d, %v", cut, n, err)
			}
			offset = cut
			if there, err := s.PartOffset(id); err != nil || there != n {
				t.Fatalf("%d, %v", there, err)
			}
			if cut == len(text) {
				keep(t, s, p, text)
			}
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
			if cut == len(text) {
				break
			}
		}
	}
}

func keep(t *testing.T, s *blob.Store, p *blob.Part, text string) {
	t.Helper()
	ref, err := p.Sum()
	if err != nil || ref.Size != int64(len(text)) {
		t.Fatalf("%+v, %v", ref, err)
	}
	if err := p.Keep(ref); err != nil {
		t.Fatal(err)
	}
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
	f, err := s.Get(ref.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || string(b) != text {
		t.Fatalf("%q, %v", b, err)
	}
}

func TestPartRefusesMoreThanTheWhole(t *testing.T) {
	t.Parallel()
	p, err := blob.In(t.TempDir()).Part(uuid.New(), 3)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if n, err := p.Append(t.Context(), strings.NewReader("abcd")); assets.ErrorCode(err) != assets.TooLarge || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestCopiesAreMadeOnce(t *testing.T) {
	t.Parallel()
	s, sum := blob.In(t.TempDir()), strings.Repeat("a", 64)
	if _, err := s.Copy(sum, 400); assets.ErrorCode(err) != assets.NotFound {
		t.Error(err)
	}
	if _, err := s.Copy("../../etc/passwd", 400); assets.ErrorCode(err) != assets.NotFound {
		t.Error(err)
	}
	if err := s.KeepCopy(sum, 400, []byte("small")); err != nil {
		t.Fatal(err)
	}
	if b, err := s.Copy(sum, 400); err != nil || !bytes.Equal(b, []byte("small")) {
		t.Errorf("%q, %v", b, err)
	}
}
