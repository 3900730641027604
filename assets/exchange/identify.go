package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"streetbook/assets"
	"streetbook/geo"
)

// maxID is how many bytes a source id may have that is kept as it is.
const maxID = 120

// identify gives the asset the id that names it in its source: what a person
// mapped, the format's own id, a column that looks like one, the component code,
// otherwise a hash of the row's content, so that the same file twice adds
// nothing. A mapped id that comes twice is refused. One that was only guessed
// is made unique by the content instead: files that were merged, and files that
// say 0 in every row, must not lose all but the first.
func (c *Converter) identify(row *Row, a *assets.Asset) *assets.Error {
	id, column := c.value(row, c.layout.sourceID)
	mapped := column != "" && c.mapping.explicit[normal(column)] == toSourceID
	if !mapped && row.ID != "" {
		id = row.ID
	}
	if id == "" {
		id = a.Code
	}
	if id != "" && len(id) <= maxID && !unreadable(id) {
		before, again := c.remember(id, row.Number)
		if !again {
			a.SourceID = id
			return nil
		}
		if mapped {
			return assets.Errorf(assets.Conflict, column, "与第 %[2]d 行的编号“%[1]s”重复", "the source id %[1]q is that of row %[2]d too", shortened(id), before)
		}
		c.repeated++
		id += "/"
	} else {
		id = ""
	}
	id += contentHash(row)
	// Rows that say the same are different things in the same place, or a slip: the
	// registry keeps them, in order.
	for n, candidate := 2, id; ; n++ {
		if _, again := c.remember(candidate, row.Number); !again {
			a.SourceID = candidate
			return nil
		}
		candidate = id + "/" + strconv.Itoa(n)
	}
}

// remember notes a source id, and tells the row that had it before.
func (c *Converter) remember(id string, row int) (int32, bool) {
	sum := sha256.Sum256([]byte(id))
	key := [16]byte(sum[:16])
	if before, ok := c.seen[key]; ok {
		return before, true
	}
	c.seen[key] = int32(row)
	return 0, false
}

// contentHash names a row by what it says.
func contentHash(row *Row) string {
	h := sha256.New()
	var n [4]byte
	for i, v := range row.Values {
		for _, s := range [2]string{row.Columns[i], v} {
			binary.BigEndian.PutUint32(n[:], uint32(len(s)))
			h.Write(n[:])
			h.Write([]byte(s))
		}
	}
	h.Write(geo.AppendGeometry(nil, row.Geometry))
	return hex.EncodeToString(h.Sum(nil)[:12])
}
