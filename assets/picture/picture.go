// Package picture looks at the bytes of photos: whether they are an image and
// nothing else, and how they look smaller and without what they tell of place and
// camera. It is the only package that decodes images.
package picture

import (
	"bufio"
	"errors"
	"image"
	"image/jpeg"
	_ "image/png" // known to image.Decode
	"io"

	"github.com/disintegration/imaging"
	_ "golang.org/x/image/webp"

	"streetbook/assets"
)

// decoding bounds how many images are in memory at once: one of 50 megapixels
// takes 200 MB.
var decoding = make(chan struct{}, 2)

// Check demands that r is one whole image of the type and size stated, at most
// assets.MaxPixels large, with nothing behind it.
func Check(r io.ReadSeeker, size int64, mediaType string) (f assets.PhotoFacts, err error) {
	config, format, err := image.DecodeConfig(bufio.NewReader(r))
	if err != nil {
		return f, broken()
	}
	f.Width, f.Height = config.Width, config.Height
	if "image/"+format != mediaType {
		return f, assets.Errorf(assets.Invalid, "media_type", "内容是 image/%[1]s，不是 %[2]s", "the content is image/%[1]s, not %[2]s", format, mediaType)
	}
	if int64(config.Width)*int64(config.Height) > assets.MaxPixels {
		return f, assets.Errorf(assets.TooLarge, "sha256", "图像 %d×%d，超过 %d 像素", "the image is %d×%d, more than %d pixels", config.Width, config.Height, assets.MaxPixels)
	}
	end, err := endOf(r, format)
	if err != nil {
		return f, err
	}
	if end != size {
		return f, assets.Errorf(assets.Invalid, "sha256", "图像之后还有 %d 字节其他内容", "%d bytes of something else stand behind the image", size-end)
	}
	decoding <- struct{}{}
	defer func() { <-decoding }()
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return f, err
	}
	if _, _, err := image.Decode(bufio.NewReader(r)); err != nil {
		return f, broken()
	}
	f.Place = Place(r, mediaType)
	return f, nil
}

func broken() error {
	return assets.Errorf(assets.Invalid, "sha256", "不是完整的 JPEG、PNG 或 WebP 图像", "is no whole JPEG, PNG or WebP image")
}

// quality of what is written anew.
const quality = 82

// Shrink writes an image as a JPEG whose longer side has at most side pixels,
// upright and without anything but the picture.
func Shrink(w io.Writer, r io.Reader, side int) error {
	decoding <- struct{}{}
	defer func() { <-decoding }()
	img, err := imaging.Decode(r, imaging.AutoOrientation(true))
	if err != nil {
		return errors.Join(broken(), err)
	}
	if b := img.Bounds(); b.Dx() > side || b.Dy() > side {
		img = imaging.Fit(img, side, side, imaging.Box)
	}
	return jpeg.Encode(w, img, &jpeg.Options{Quality: quality})
}
