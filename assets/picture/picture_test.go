package picture_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"streetbook/assets"
	"streetbook/assets/picture"
)

func encoded(t testing.TB, width, height int, format string) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width {
		img.Set(i, i%height, color.RGBA{byte(i), 90, 200, 255})
	}
	var b bytes.Buffer
	var err error
	if format == "image/png" {
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestCheckTakesWholeImagesAlone: an image cut or lengthened anywhere is none.
func TestCheckTakesWholeImagesAlone(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"image/jpeg", "image/png"} {
		whole := encoded(t, 31, 17, kind)
		f, err := picture.Check(bytes.NewReader(whole), int64(len(whole)), kind)
		if err != nil || f != (assets.PhotoFacts{Width: 31, Height: 17}) {
			t.Fatalf("%s: %+v, %v", kind, f, err)
		}
		for n := range whole {
			if _, err := picture.Check(bytes.NewReader(whole[:n]), int64(n), kind); assets.ErrorCode(err) != assets.Invalid {
				t.Fatalf("%s of %d bytes cut at %d: %v", kind, len(whole), n, err)
			}
		}
		for _, tail := range []string{"x", "\x00", "PK\x03\x04", string(whole)} {
			longer := append(append([]byte{}, whole...), tail...)
			if _, err := picture.Check(bytes.NewReader(longer), int64(len(longer)), kind); assets.ErrorCode(err) != assets.Invalid {
				t.Errorf("%s and %q: %v", kind, tail, err)
			}
		}
	}
}

// FuzzCheck: whatever the bytes, an answer and no panic.
func FuzzCheck(f *testing.F) {
	for _, kind := range []string{"image/jpeg", "image/png"} {
		f.Add(encoded(f, 9, 5, kind))
	}
	f.Add([]byte("RIFF\x04\x00\x00\x00WEBPVP8 "))
	f.Add([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, kind := range assets.PhotoTypes {
			_, err := picture.Check(bytes.NewReader(b), int64(len(b)), kind)
			if err != nil && assets.ErrorCode(err) == "" {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestShrinkKeepsTheShape(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := picture.Shrink(&b, bytes.NewReader(encoded(t, 800, 200, "image/jpeg")), 400); err != nil {
		t.Fatal(err)
	}
	if c, err := jpeg.DecodeConfig(&b); err != nil || c.Width != 400 || c.Height != 100 {
		t.Errorf("%+v, %v", c, err)
	}
}
