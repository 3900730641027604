package assets

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Roles, from least to most.
const (
	RoleViewer  = "viewer"
	RoleField   = "field"
	RolePlanner = "planner"
	RoleAdmin   = "admin"
)

// Account is a person who can sign in. Password is never the password, but
// its argon2id hash.
type Account struct {
	Header
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	Password    string `json:"-"`
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
	if !strings.HasPrefix(a.Password, "$argon2id$") {
		faults = append(faults, Errorf(Invalid, "password", "密码未经散列", "the password is not hashed"))
	}
	return faults.Err()
}
