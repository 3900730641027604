package assets

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"

	"github.com/google/uuid"
)

// Kinds of changes.
const (
	KindCreate  = "create"
	KindUpdate  = "update"
	KindDelete  = "delete"
	KindRestore = "restore"
)

// Change is one entry of the only log there is. Seq counts without a gap
// within the jurisdiction, in the order of commits.
type Change struct {
	Jurisdiction string
	Seq          int64
	At           time.Time // to the microsecond
	Actor        string
	Op           uuid.UUID
	Noun         string
	ID           uuid.UUID
	Version      int
	Kind         string
	Before       []byte // JSON of the object before, nil on create
	After        []byte // JSON of the object after, nil on delete
	Hash         []byte
}

// Chain computes the hashes that tie each change to the one before it. One
// Chain may serve many changes; it is not for concurrent use.
type Chain struct {
	h   hash.Hash
	buf []byte
}

// NewChain returns a Chain.
func NewChain() *Chain { return &Chain{h: sha256.New()} }

// Hash returns SHA-256 over the hash of the change before (empty for the
// first) and every member of c but Hash. Members are length-prefixed, so that
// no two changes can be written as the same bytes; an absent JSON has length
// 2^32-1.
func (c *Chain) Hash(before []byte, x *Change) []byte {
	b := binary.BigEndian.AppendUint32(c.buf[:0], uint32(len(before)))
	b = append(b, before...)
	b = appendPart(b, []byte(x.Jurisdiction))
	b = binary.BigEndian.AppendUint64(b, uint64(x.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(x.At.UnixMicro()))
	b = appendPart(b, []byte(x.Actor))
	b = append(b, x.Op[:]...)
	b = appendPart(b, []byte(x.Noun))
	b = append(b, x.ID[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(x.Version))
	b = appendPart(b, []byte(x.Kind))
	b = appendPart(b, x.Before)
	b = appendPart(b, x.After)
	c.buf = b
	c.h.Reset()
	c.h.Write(b)
	return c.h.Sum(nil)
}

func appendPart(b, part []byte) []byte {
	if part == nil {
		return binary.BigEndian.AppendUint32(b, 1<<32-1)
	}
	return append(binary.BigEndian.AppendUint32(b, uint32(len(part))), part...)
}

// Difference is what became of one feature between two times. Before is nil for
// one that was not there yet, After for one that is gone.
type Difference struct {
	Noun          string
	ID            uuid.UUID
	Before, After []byte // JSON as the change log keeps it
}

// Day is how much was changed on one.
type Day struct {
	Day     string `json:"day"` // 2006-01-02
	Changes int64  `json:"changes"`
}

// ObjectRef names an object.
type ObjectRef struct {
	Noun string    `json:"noun"`
	ID   uuid.UUID `json:"id"`
}

// MovedOn says which objects were changed since somebody saw them.
type MovedOn struct{ Objects []ObjectRef }

func (m *MovedOn) Error() string { return m.Unwrap().Error() }

// Unwrap gives the error of code Conflict that people see.
func (m *MovedOn) Unwrap() error {
	return Errorf(Conflict, "op", "有 %d 个对象之后又被改动", "%d objects were changed since", len(m.Objects))
}
