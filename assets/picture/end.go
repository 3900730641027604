package picture

import (
	"bufio"
	"encoding/binary"
	"io"
)

// endOf is the offset at which an image is over, so that a file that is an image
// and something else as well can be told.
func endOf(r io.ReadSeeker, format string) (int64, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	c := &counter{r: bufio.NewReader(r)}
	var err error
	switch format {
	case "jpeg":
		err = c.jpeg()
	case "png":
		err = c.png()
	case "webp":
		err = c.riff()
	}
	if err != nil {
		return 0, broken()
	}
	return c.n, nil
}

// counter reads forward and counts.
type counter struct {
	r *bufio.Reader
	n int64
}

func (c *counter) byte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

func (c *counter) take(b []byte) error {
	n, err := io.ReadFull(c.r, b)
	c.n += int64(n)
	return err
}

func (c *counter) skip(n int64) error {
	m, err := io.CopyN(io.Discard, c.r, n)
	c.n += m
	return err
}

// Markers of a JPEG.
const (
	markerStart, markerEnd = 0xd8, 0xd9
	markerRestart          = 0xd0 // to 0xd7
)

// jpeg goes from marker to marker; in the data of a scan a marker is whatever
// 0xff is not stuffed and no restart.
func (c *counter) jpeg() error {
	for {
		b, err := c.byte()
		if err != nil {
			return err
		}
		if b != 0xff {
			continue // data of a scan: segments were skipped whole
		}
		for b == 0xff {
			if b, err = c.byte(); err != nil {
				return err
			}
		}
		switch {
		case b == markerEnd:
			return nil
		case b == 0 || b == 1 || b == markerStart || b >= markerRestart && b < markerStart:
			continue
		}
		var length [2]byte
		if err := c.take(length[:]); err != nil {
			return err
		}
		if err := c.skip(int64(binary.BigEndian.Uint16(length[:])) - 2); err != nil {
			return err
		}
	}
}

func (c *counter) png() error {
	if err := c.skip(8); err != nil {
		return err
	}
	for {
		var head [8]byte // length and type
		if err := c.take(head[:]); err != nil {
			return err
		}
		if err := c.skip(int64(binary.BigEndian.Uint32(head[:])) + 4); err != nil {
			return err
		}
		if string(head[4:]) == "IEND" {
			return nil
		}
	}
}

func (c *counter) riff() error {
	var head [8]byte
	if err := c.take(head[:]); err != nil {
		return err
	}
	size := int64(binary.LittleEndian.Uint32(head[4:]))
	return c.skip(size + size%2)
}
