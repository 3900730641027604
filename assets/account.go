package assets

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Roles, from least to most.
const (
	RoleViewer  = "viewer"
	RoleField   = "field"
	RolePlanner = "planner"
	RoleAdmin   = "admin"
)

// Roles lists every role, from least to most. Each may do all that the ones
// before it may.
var Roles = []string{RoleViewer, RoleField, RolePlanner, RoleAdmin}

// Covers reports whether a role may do what another may. No role covers nothing.
func Covers(role, other string) bool {
	return slices.Index(Roles, role) >= max(slices.Index(Roles, other), 0)
}

// LesserRole is the one of two roles that may do less.
func LesserRole(a, b string) string {
	if Covers(a, b) {
		return b
	}
	return a
}

// Account is a person who can sign in. Password is never the password, but
// its argon2id hash.
type Account struct {
	Header
	Name        string            `json:"name"` // as NormalizeName writes it
	DisplayName string            `json:"display_name"`
	Disabled    bool              `json:"disabled"`
	Roles       map[string]string `json:"roles"` // by jurisdiction; under SystemJurisdiction it counts everywhere
	Password    string            `json:"-"`
	PasswordAt  time.Time         `json:"password_at"` // when it was set last

	Epoch       int        `json:"-"` // sessions of an earlier one are over
	LastLoginAt *time.Time `json:"-"`
}

// NormalizeName is the form in which names of accounts are kept and compared:
// Admin, ＡＤＭＩＮ and admin are one name.
func NormalizeName(name string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(name)))
}

// RoleIn is the role of the account in a jurisdiction, "" for none.
func (a Account) RoleIn(jurisdiction string) string {
	here, everywhere := a.Roles[jurisdiction], a.Roles[SystemJurisdiction]
	if Covers(here, everywhere) && here != "" {
		return here
	}
	return everywhere
}

// Scope holds the jurisdictions in which the account may do what a role may.
func (a Account) Scope(role string) Scope {
	if everywhere := a.Roles[SystemJurisdiction]; everywhere != "" && Covers(everywhere, role) {
		return Everything
	}
	var list []string
	for jurisdiction, held := range a.Roles {
		if jurisdiction != SystemJurisdiction && Covers(held, role) {
			list = append(list, jurisdiction)
		}
	}
	return Only(list...)
}

// CheckNewPassword says what is wrong with a password that somebody chose:
// length alone and a list of the most common ones, as NIST SP 800-63B has it.
func CheckNewPassword(password string) error {
	n := utf8.RuneCountInString(password)
	if !utf8.ValidString(password) || n < 8 || n > 128 {
		return Errorf(Invalid, "password", "应为 8 到 128 个字符", "must be 8 to 128 characters")
	}
	if common(password) {
		return Errorf(Invalid, "password", "这个密码太常见", "this password is too common")
	}
	return nil
}

// common reports whether a password is one of those that are tried first, also
// with digits behind it, or has fewer than four different characters.
func common(password string) bool {
	p := strings.ToLower(password)
	different := map[rune]bool{}
	for _, r := range p {
		different[r] = true
	}
	if len(different) < 4 {
		return true
	}
	if strings.Contains("01234567890123456789 98765432109876543210 qwertyuiopasdfghjklzxcvbnm abcdefghijklmnopqrstuvwxyz 1qaz2wsx3edc4rfv", p) {
		return true
	}
	switch strings.TrimRight(p, "0123456789!@#.") {
	case "", "password", "passwd", "p@ssw0rd", "passw0rd", "admin", "administrator", "root", "qwerty", "qwertyuiop", "letmein", "welcome", "iloveyou",
		"woaini", "streetbook", "zhengzhou", "changeme", "abc", "abcd", "a", "aa", "aaa", "q", "qq", "qaz", "qazwsx", "test", "user", "guest", "monkey", "dragon":
		return true
	}
	return false
}

// argon2id at 19 MiB, 2 passes, 1 lane: the least that OWASP's Password
// Storage Cheat Sheet names for it.
const (
	argonMemory = 19 * 1024
	argonTime   = 2
	argonLanes  = 1
)

// HashPassword returns the argon2id hash of a password in PHC string format.
func HashPassword(password string) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, 32)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// CheckPassword reports whether password has the given hash. A hash that
// cannot be read matches nothing.
func CheckPassword(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var memory, time uint32
	var lanes uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &lanes); err != nil || time < 1 || lanes < 1 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false
	}
	return subtle.ConstantTimeCompare(want, argon2.IDKey([]byte(password), salt, time, memory, lanes, uint32(len(want)))) == 1
}

// GeneratePassword makes a password of 100 random bits that can be read aloud:
// four groups of five letters and digits without the ones that look alike.
func GeneratePassword() string {
	const letters = "abcdefghijkmnpqrstuvwxyz23456789"
	b := make([]byte, 20)
	rand.Read(b)
	var s strings.Builder
	for i, x := range b {
		if i > 0 && i%5 == 0 {
			s.WriteByte('-')
		}
		s.WriteByte(letters[x%32])
	}
	return s.String()
}

// Validate reports every wrong member at once.
func (a Account) Validate() error {
	faults := textFaults(bounded{"name", a.Name, 1, 60}, bounded{"display_name", a.DisplayName, 0, 60})
	if a.Name != NormalizeName(a.Name) {
		faults = append(faults, Errorf(Invalid, "name", "账号名应为小写：%s", "the name of an account must be in lower case: %s", NormalizeName(a.Name)))
	}
	for jurisdiction, role := range a.Roles {
		if !digits(jurisdiction, 9) || !slices.Contains(Roles, role) {
			faults = append(faults, Errorf(Invalid, "roles", "应为 {9 位区划代码: %s}", "must be {9-digit division code: %s}", strings.Join(Roles, "|")))
			break
		}
	}
	if !strings.HasPrefix(a.Password, "$argon2id$") {
		faults = append(faults, Errorf(Invalid, "password", "密码未经散列", "the password is not hashed"))
	}
	return faults.Err()
}
