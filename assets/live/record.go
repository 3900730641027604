package live

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

// blockSize is that of the pieces in which records are kept. A record lies in
// one of them, and its offset tells which.
const blockSize = 1 << 20

// What a record holds beyond what each has.
const (
	hasChainage = 1 << iota
	hasOffset
	hasAccuracy
	hasCommunity
	hasReplaces
	hasReplacedBy
)

// words gives each of the texts and ids that occur again and again a number.
type words struct {
	texts   []string
	textOf  map[string]uint32
	ids     []uuid.UUID // 0 stands for none
	idOf    map[uuid.UUID]uint32
	blocks  []string
	writing []byte // the block that comes next
	next    []byte // the record that comes next
	records int    // written so far, of rows that are there and others
}

func newWords() *words {
	return &words{textOf: map[string]uint32{}, ids: make([]uuid.UUID, 1), idOf: map[uuid.UUID]uint32{}}
}

func (w *words) text(s string) uint32 {
	n, ok := w.textOf[s]
	if !ok {
		n = uint32(len(w.texts))
		w.texts = append(w.texts, s)
		w.textOf[s] = n
	}
	return n
}

func (w *words) id(id *uuid.UUID) uint32 {
	if id == nil {
		return 0
	}
	n, ok := w.idOf[*id]
	if !ok {
		n = uint32(len(w.ids))
		w.ids = append(w.ids, *id)
		w.idOf[*id] = n
	}
	return n
}

// write keeps what the columns do not hold of an asset and returns where.
func (w *words) write(a *assets.Asset) uint32 {
	w.next = w.encode(w.next[:0], a)
	return keep(w, w.next)
}

func keep[T string | []byte](w *words, record T) (at uint32) {
	w.records++
	if len(w.writing)+len(record) > blockSize && len(w.writing) > 0 {
		w.seal()
	}
	at = uint32(len(w.blocks))*blockSize + uint32(len(w.writing))
	if w.writing = append(w.writing, record...); len(w.writing) >= blockSize {
		w.seal()
	}
	return at
}

// seal ends the block that is being written.
func (w *words) seal() {
	w.blocks = append(w.blocks, string(w.writing))
	w.writing = w.writing[:0]
}

// encode appends the record of an asset. What a map writes beside it stands first.
func (w *words) encode(b []byte, a *assets.Asset) []byte {
	p, flags := a.Place, byte(0)
	for i, there := range []bool{p.ChainageM != nil, p.OffsetM != nil, a.AccuracyM != nil, p.Community != nil, a.Replaces != nil, a.ReplacedBy != nil} {
		if there {
			flags |= 1 << i
		}
	}
	for _, s := range []string{a.Code, a.Name} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	b = append(b, flags)
	for _, v := range []*float64{p.ChainageM, p.OffsetM, a.AccuracyM} {
		if v != nil {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(*v))
		}
	}
	if p.Community != nil {
		b = binary.AppendUvarint(b, uint64(w.id(p.Community)))
	}
	for _, id := range []*uuid.UUID{a.Replaces, a.ReplacedBy} {
		if id != nil {
			b = append(b, id[:]...)
		}
	}
	b = binary.AppendUvarint(b, uint64(a.Version))
	b = binary.LittleEndian.AppendUint64(b, uint64(a.UpdatedAt.UnixMicro()))
	for _, s := range []string{p.Side, a.Source, a.SourceCRS, a.InstalledOn, a.RemovedOn} {
		b = binary.AppendUvarint(b, uint64(w.text(s)))
	}
	for _, s := range []string{a.SourceID, string(a.Attributes)} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

// scratch is an asset that is read again and again into the same place.
type scratch struct {
	asset                      assets.Asset
	chainage, offset, accuracy float64
	replaces, replacedBy       uuid.UUID
	attributes                 []byte
	record                     string // as it is kept
}

// record reads what write kept.
type record struct {
	rest string
	base *base
}

func (r *record) uvarint() (v uint64) {
	for i, shift := 0, 0; ; i, shift = i+1, shift+7 {
		c := r.rest[i]
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return v
		}
	}
}

func (r *record) fixed() (v uint64) {
	for i := range 8 {
		v |= uint64(r.rest[i]) << (8 * i)
	}
	r.rest = r.rest[8:]
	return v
}

func (r *record) float(there byte, into *float64) *float64 {
	if there == 0 {
		return nil
	}
	*into = math.Float64frombits(r.fixed())
	return into
}

func (r *record) id(there byte, into *uuid.UUID) *uuid.UUID {
	if there == 0 {
		return nil
	}
	copy(into[:], r.rest)
	r.rest = r.rest[16:]
	return into
}

func (r *record) text() string {
	n := int(r.uvarint())
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *record) word() string { return r.base.texts[r.uvarint()] }

// read fills s with a row of the base.
func (b *base) read(row uint32, s *scratch) *assets.Asset {
	r := b.open(row)
	whole, a := r.rest, &s.asset
	a.Code, a.Name = r.text(), r.text()
	flags := r.rest[0]
	r.rest = r.rest[1:]
	a.Jurisdiction, a.ID = b.texts[b.jurisdiction[row]], b.id[row]
	a.Class, a.Status, a.Condition = b.texts[b.class[row]], b.texts[b.status[row]], b.texts[b.condition[row]]
	a.Place.Segment = nil
	if n := b.segment[row]; n != 0 {
		a.Place.Segment = &b.ids[n]
	}
	a.Place.ChainageM = r.float(flags&hasChainage, &s.chainage)
	a.Place.OffsetM = r.float(flags&hasOffset, &s.offset)
	a.AccuracyM = r.float(flags&hasAccuracy, &s.accuracy)
	a.Place.Community = nil
	if flags&hasCommunity != 0 {
		a.Place.Community = &b.ids[r.uvarint()]
	}
	a.Replaces, a.ReplacedBy = r.id(flags&hasReplaces, &s.replaces), r.id(flags&hasReplacedBy, &s.replacedBy)
	a.Version = int(r.uvarint())
	a.UpdatedAt = time.UnixMicro(int64(r.fixed()))
	a.Place.Side, a.Source, a.SourceCRS, a.InstalledOn, a.RemovedOn = r.word(), r.word(), r.word(), r.word(), r.word()
	a.SourceID = r.text()
	s.attributes = append(s.attributes[:0], r.text()...)
	a.Attributes = s.attributes
	a.Geometry = b.geometry(row)
	s.record = whole[:len(whole)-len(r.rest)]
	return a
}

// label reads only what a map writes beside a row.
func (b *base) label(row uint32) (code, name string) {
	r := b.open(row)
	return r.text(), r.text()
}

// touch reads the first bytes of a row's record. Reads that do not wait for one
// another, in the order in which records lie, bring them near in a tenth of the
// time that they take later one by one in the order of keys.
func (b *base) touch(row uint32) int {
	at := b.record[row]
	return int(b.blocks[at/blockSize][at%blockSize])
}

func (b *base) open(row uint32) record {
	at := b.record[row]
	return record{rest: b.blocks[at/blockSize][at%blockSize:], base: b}
}

// geometry is the point of a row, or its other shape.
func (b *base) geometry(row uint32) orb.Geometry {
	if p := b.point[row]; !math.IsNaN(p[0]) {
		return p
	}
	return b.shapes[row]
}
