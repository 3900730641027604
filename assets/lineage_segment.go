package assets

import (
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/geo"
)

// Bounds of splitting and merging.
const (
	MinPartM   = 1  // metres that a part must have
	JoinGapM   = 5  // metres that ends may be apart and still meet: the rim of a crossing
	MaxPieces  = 20 // segments in one merge, parts of one split
	maxNameLen = 100
	maxCodeLen = 30
)

// Naming is what people say of a segment that a split or a merge makes. What they
// leave out follows from what it is made of.
type Naming struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
	Code string    `json:"code"`
}

// Cut is where a segment is parted: metres from its start, or a point, which is
// moved onto its line.
type Cut struct {
	ChainageM *float64   `json:"chainage_m"`
	Point     *orb.Point `json:"point"` // EPSG:4326
}

// chainage of a cut on a line.
func (c Cut) chainage(line *geo.Line, field string) (float64, error) {
	if (c.ChainageM == nil) == (c.Point == nil) {
		return 0, Errorf(Invalid, field, "须给出 chainage_m 或 point 之一", "must give chainage_m or point, one of them")
	}
	if c.ChainageM != nil {
		return *c.ChainageM, nil
	}
	at := line.Locate(*c.Point)
	if math.Abs(at.Offset) > MaxOffsetM {
		return 0, Errorf(Invalid, field, "此点距路段 %.1f m，超过 %d m", "the point is %.1f m from the segment, more than %d m", math.Abs(at.Offset), MaxOffsetM)
	}
	return at.Chainage, nil
}

// Split parts a segment, in the order of its chainage. Parts keep what it says of
// itself; they are called “X（1）”, “X（2）” unless names say otherwise, and numbered
// where it has a code.
func (s Segment) Split(cuts []Cut, names []Naming) ([]Segment, error) {
	if len(cuts) == 0 || len(cuts) >= MaxPieces {
		return nil, Errorf(Invalid, "at", "须给出 1 到 %d 处拆分点", "must be 1 to %d places", MaxPieces-1)
	}
	if len(names) > len(cuts)+1 {
		return nil, Errorf(Invalid, "parts", "只有 %d 段，却给出 %d 个名称", "there are %d parts and %d names", len(cuts)+1, len(names))
	}
	line, at := geo.NewLine(s.Geometry), make([]float64, len(cuts))
	for i, c := range cuts {
		chainage, err := c.chainage(line, fmt.Sprintf("at.%d", i))
		if err != nil {
			return nil, err
		}
		at[i] = chainage
	}
	slices.Sort(at)
	start := 0.0
	for i, end := range append(slices.Clone(at), line.Length()) {
		if end-start < MinPartM {
			return nil, Errorf(Invalid, "at", "第 %d 段长 %.2f m；路段全长 %.2f m，每段至少 %d m", "part %d would be %.2f m long; the segment has %.2f m, and a part at least %d m", i+1, end-start, line.Length(), MinPartM)
		}
		start = end
	}
	return s.parts(line.Cut(at...), names), nil
}

func (s Segment) parts(lines []orb.LineString, names []Naming) []Segment {
	list := make([]Segment, len(lines))
	for i, line := range lines {
		p := s
		p.Header, p.Geometry = Header{}, line
		p.Name = fitting(s.Name, fmt.Sprintf("（%d）", i+1), maxNameLen)
		if s.Code != "" {
			p.Code = fitting(s.Code, fmt.Sprintf("-%d", i+1), maxCodeLen)
		}
		if i > 0 {
			p.From = ""
		}
		if i < len(lines)-1 {
			p.To = ""
		}
		if i < len(names) {
			names[i].name(&p)
		}
		list[i] = p
	}
	return list
}

// fitting is a text with an end, the text cut so that both have at most so many
// characters.
func fitting(text, end string, most int) string {
	r := []rune(text)
	return string(r[:min(len(r), most-len([]rune(end)))]) + end
}

func (n Naming) name(s *Segment) {
	s.ID = n.ID
	if n.Name != "" {
		s.Name = n.Name
	}
	if n.Code != "" {
		s.Code = n.Code
	}
}

// Merge makes one segment of several that meet end to end, whatever their order.
// It runs as the first of them does, and keeps what all say alike; it is called as
// the first is unless named, and key if any of them is.
func Merge(list []Segment, named Naming) (Segment, error) {
	if len(list) < 2 || len(list) > MaxPieces {
		return Segment{}, Errorf(Invalid, "ids", "须给出 2 到 %d 个路段", "must be 2 to %d segments", MaxPieces)
	}
	lines := make([]orb.LineString, len(list))
	for i, s := range list {
		lines[i] = s.Geometry
	}
	line, order, turned, ok := geo.Join(lines, JoinGapM)
	if !ok {
		return Segment{}, Errorf(Invalid, "ids", "这些路段并不首尾相接（相距须在 %d m 以内）", "these segments do not meet end to end, within %d m", JoinGapM)
	}
	made := list[0]
	made.Header, made.Code, made.Geometry = Header{}, "", line
	for _, s := range list[1:] {
		made.Key = made.Key || s.Key
		made.Road, made.Source = alike(made.Road, s.Road), alike(made.Source, s.Source)
		if s.Status != made.Status {
			made.Status = StatusInService
		}
	}
	made.From, _ = list[order[0]].ends(turned[order[0]])
	last := order[len(order)-1]
	_, made.To = list[last].ends(turned[last])
	named.name(&made)
	return made, nil
}

// ends are the names of where a segment begins and ends, seen against its
// direction if it is turned.
func (s Segment) ends(turned bool) (from, to string) {
	if turned {
		return s.To, s.From
	}
	return s.From, s.To
}

func alike(a, b string) string {
	if a == b {
		return a
	}
	return ""
}
