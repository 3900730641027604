package assets

import (
	"slices"
	"strconv"
	"strings"
)

// Match is what a writer says he saw (RFC 9110, If-Match). The zero Match says
// nothing, and is refused.
type Match struct {
	any      bool
	versions []int
}

// AnyVersion matches whatever is there.
var AnyVersion = Match{any: true}

// Version matches one version.
func Version(n int) Match { return Match{versions: []int{n}} }

// ParseMatch reads the values of If-Match: * or a list of entity tags. A tag
// begins with the version; what stands behind a hyphen is the representation.
// Weak tags and others that no object has match nothing.
func ParseMatch(values []string) Match {
	var m Match
	for _, value := range values {
		for _, tag := range strings.Split(value, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" {
				return AnyVersion
			}
			text, _, _ := strings.Cut(strings.Trim(tag, `"`), "-")
			n, err := strconv.Atoi(text)
			if err != nil || !strings.HasPrefix(tag, `"`) {
				n = -1
			}
			m.versions = append(m.versions, n)
		}
	}
	return m
}

// Given reports whether the writer said anything.
func (m Match) Given() bool { return m.any || len(m.versions) > 0 }

// Check returns an error of code Unmatched when the writer said nothing, and of
// code Stale when the object is in another version than he saw.
func (m Match) Check(version int) error {
	switch {
	case m.any || slices.Contains(m.versions, version):
		return nil
	case !m.Given():
		return Errorf(Unmatched, "If-Match", "须用 If-Match 给出所见的版本，例如 \"%d\"", "the version that was seen must be given in If-Match, such as \"%d\"", version)
	}
	return Errorf(Stale, "If-Match", "对象已被他人改动，现为第 %d 版", "somebody changed the object: it is in version %d now", version)
}
