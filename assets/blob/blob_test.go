package blob_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"streetbook/assets"
	"streetbook/assets/blob"
)

func open(t *testing.T) (*blob.Store, string) {
	t.Helper()
	dir := t.TempDir()
	return blob.In(dir), dir
}

func TestSameBytesAreStoredOnce(t *testing.T) {
	s, dir := open(t)
	body := bytes.Repeat([]byte("路灯"), 10000)
	for range 3 {
		ref, err := s.Put(bytes.NewReader(body), 1<<20)
		if err != nil || ref.Size != int64(len(body)) {
			t.Fatalf("%v, %v", ref, err)
		}
		f, err := s.Get(ref.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, body) {
			t.Errorf("read %d bytes, %v", len(got), err)
		}
	}
	if n := files(t, dir); n != 1 {
		t.Errorf("%d files, want one", n)
	}
}

func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	s, dir := open(t)
	if _, err := s.Put(strings.NewReader("12345"), 4); assets.ErrorCode(err) != assets.TooLarge {
		t.Errorf("too large: %v", err)
	}
	cut := errors.New("cut")
	if _, err := s.Put(io.MultiReader(strings.NewReader("123"), iotest.ErrReader(cut)), 100); !errors.Is(err, cut) {
		t.Errorf("cut: %v", err)
	}
	if n := files(t, dir); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

func TestNoNameReachesAnotherFile(t *testing.T) {
	s, dir := open(t)
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "secret", "../secret", strings.Repeat("a", 63), strings.Repeat("A", 64), "../" + strings.Repeat("a", 61), strings.Repeat("a", 64)} {
		if _, err := s.Get(name); assets.ErrorCode(err) != assets.NotFound {
			t.Errorf("%q: %v", name, err)
		}
		if has, err := s.Has(name); has || err != nil {
			t.Errorf("%q: %v, %v", name, has, err)
		}
	}
}

// files counts the files below a folder.
func files(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
