package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"

	"streetbook/assets"
)

// SampleSource is the source of everything in the sample: nobody shall take it
// for the real place.
const SampleSource = "sample (schematic) 示意数据"

// Sample draws the registry that ships with the program: 祭城路街道 as a
// schematic. Its figures (the 12.8 km², 22 communities, 8 resettlement areas
// with 37 compounds, 17 key segments) and its road names are from published
// reports, roads lie within 150 m of their places, and everything between is
// drawn by rule. The same bytes come out every time: the only randomness is
// seeded by names. Headers hold the jurisdiction and the id; versions, times,
// measures, codes and places are the store's to give.
func Sample() (*assets.Registry, error) {
	const division = "410105015"
	town, err := newTown()
	if err != nil {
		return nil, err
	}
	r := &assets.Registry{Jurisdiction: assets.Jurisdiction{
		Header: sampleHeader(division, "jurisdiction", division),
		Code:   division, Name: "祭城路街道", Profile: assets.ProfileCJT, Source: SampleSource, CodeOf: assets.StandardCode,
	}}
	r.Areas = town.areas(division, town.boundary())
	segments, ends, err := town.segments(division)
	if err != nil {
		return nil, err
	}
	r.Segments = segments
	if r.Assets, err = furnish(division, segments, ends, r.Areas); err != nil {
		return nil, err
	}
	r.Basemap = town.basemap(division)
	invest(r)
	return r, nil
}

// sampleTime is in every id of the sample.
var sampleTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// sampleHeader names an object. Its id has the shape of a UUIDv7 of sampleTime,
// whose random bits are taken from the SHA-256 of what it is and its key, so
// that an object keeps its id when others come or go.
func sampleHeader(jurisdiction, noun, key string) assets.Header {
	sum := sha256.Sum256([]byte(jurisdiction + "/" + noun + "/" + key))
	var id uuid.UUID
	copy(id[:], sum[:])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(sampleTime.UnixMilli()))
	copy(id[:6], ms[2:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return assets.Header{Jurisdiction: jurisdiction, ID: id}
}

// dice is SplitMix64 (Steele, Lea and Flood 2014): a generator whose sequence no
// release of Go can change.
type dice uint64

// newDice starts a sequence that depends on nothing but the name.
func newDice(name string) *dice {
	sum := sha256.Sum256([]byte(name))
	d := dice(binary.BigEndian.Uint64(sum[:]))
	return &d
}

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// between returns a number from a to b.
func (d *dice) between(a, b float64) float64 {
	return a + (b-a)*float64(d.next()>>11)/(1<<53)
}

// chance is true with probability p.
func (d *dice) chance(p float64) bool { return d.between(0, 1) < p }

// pick returns one of the values.
func pick[T any](d *dice, values ...T) T { return values[d.below(len(values))] }

// date returns a day of the years from first to last, as YYYY-MM-DD.
func (d *dice) date(first, last int) string {
	return fmt.Sprintf("%04d-%02d-%02d", first+d.below(last-first+1), 1+d.below(12), 1+d.below(28))
}
