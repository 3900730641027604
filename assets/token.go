package assets

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Token is the key of a program that asks in the name of an account. It can do
// no more than its Role, and no more than its account may at that moment.
type Token struct {
	Header
	Account   uuid.UUID  `json:"account"`
	Name      string     `json:"name"`
	Role      string     `json:"role"`
	Place     string     `json:"place"`   // the only jurisdiction it is for; "" for all of the account's
	Lenient   bool       `json:"lenient"` // its writes need not say which version they saw: QGIS cannot
	ExpiresAt *time.Time `json:"expires_at"`

	AccountName string     `json:"-"` // filled when a token is read
	LastUsedAt  *time.Time `json:"-"` // to the minute
	Secret      []byte     `json:"-"` // SHA-256 of what the program shows
}

// TokenPrefix begins every token, so that one in a log or a repository is found.
const TokenPrefix = "sbk_"

// NewTokenText makes the text of a token of 256 random bits.
func NewTokenText() string {
	b := make([]byte, 32)
	rand.Read(b)
	return TokenPrefix + base64.RawURLEncoding.EncodeToString(b)
}

// HashToken is what is kept of a token. It needs no salt and no slowness: there
// is nothing to guess in 256 random bits.
func HashToken(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// Validate reports every wrong member at once.
func (t Token) Validate() error {
	var faults Errors
	if !slices.Contains(Roles, t.Role) {
		faults = append(faults, Errorf(Invalid, "role", "应为其中之一：%s", "must be one of: %s", strings.Join(Roles, ", ")))
	}
	if t.Place != "" && !digits(t.Place, 9) {
		faults = append(faults, Errorf(Invalid, "jurisdiction", "应为 9 位数字的区划代码", "must be a 9-digit division code"))
	}
	return append(faults, textFaults(bounded{"name", t.Name, 1, 60})...).Err()
}
