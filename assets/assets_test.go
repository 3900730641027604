package assets_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"streetbook/assets"
)

func TestCodeFormat(t *testing.T) {
	local := assets.CodeLengths{Division: 6, Major: 2, Minor: 3, Serial: 5}
	cases := []struct {
		lengths assets.CodeLengths
		serial  int64
		want    string
		ok      bool
	}{
		{assets.StandardCode, 42, "4101050118000042", true},
		{assets.StandardCode, 999999, "4101050118999999", true},
		{assets.StandardCode, 1000000, "", false},
		{assets.StandardCode, 0, "", false},
		{local, 42, "4101050101800042", true},
	}
	for _, c := range cases {
		if got, ok := c.lengths.Format("410105", "0118", c.serial); got != c.want || ok != c.ok {
			t.Errorf("serial %d of %v is %q (%v), want %q", c.serial, c.lengths, got, ok, c.want)
		}
	}
}

func TestFormatChainage(t *testing.T) {
	for metres, want := range map[float64]string{0: "K0+000", 123.4: "K0+123", 999.6: "K1+000", 12345: "K12+345"} {
		if got := assets.FormatChainage(metres); got != want {
			t.Errorf("%v m is %s, want %s", metres, got, want)
		}
	}
}

func TestKeyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := assets.Key{Jurisdiction: rapid.StringMatching(`[0-9]{9}`).Draw(t, "jurisdiction")}
		copy(k.ID[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		got, err := assets.ParseKey(k.String())
		if err != nil || got != k {
			t.Fatalf("%v comes back as %v (%v)", k, got, err)
		}
	})
	for _, s := range []string{"", "410105015", "410105015.", "x10105015." + uuid.NewString(), "410105015." + strings.ToUpper("{"+uuid.NewString()+"}")} {
		if _, err := assets.ParseKey(s); assets.ErrorCode(err) != assets.Invalid {
			t.Errorf("%q is taken as a key", s)
		}
	}
}

// TestChainCoversEveryMember changes each member of a change in turn: none may
// leave the hash as it was.
func TestChainCoversEveryMember(t *testing.T) {
	base := assets.Change{Jurisdiction: "410105015", Seq: 7, At: time.Unix(1, 2000), Actor: "a", Op: uuid.New(), Noun: "asset", ID: uuid.New(),
		Version: 1, Kind: assets.KindUpdate, Before: []byte(`{}`), After: []byte(`{"a":1}`)}
	chain := assets.NewChain()
	want := chain.Hash([]byte("before"), &base)
	if !bytes.Equal(chain.Hash([]byte("before"), &base), want) {
		t.Fatal("the same change has two hashes")
	}
	edits := map[string]func(*assets.Change){
		"jurisdiction": func(c *assets.Change) { c.Jurisdiction = "410105016" }, "seq": func(c *assets.Change) { c.Seq++ },
		"at": func(c *assets.Change) { c.At = c.At.Add(time.Microsecond) }, "actor": func(c *assets.Change) { c.Actor = "b" },
		"op": func(c *assets.Change) { c.Op[0]++ }, "noun": func(c *assets.Change) { c.Noun = "area" }, "id": func(c *assets.Change) { c.ID[15]++ },
		"version": func(c *assets.Change) { c.Version++ }, "kind": func(c *assets.Change) { c.Kind = assets.KindCreate },
		"before": func(c *assets.Change) { c.Before = nil }, "after": func(c *assets.Change) { c.After = []byte(`{"a":2}`) },
		"parts that run together": func(c *assets.Change) { c.Actor, c.Noun = "", "aasset" },
	}
	for name, edit := range edits {
		c := base
		edit(&c)
		if bytes.Equal(chain.Hash([]byte("before"), &c), want) {
			t.Errorf("%s is not covered", name)
		}
	}
	if bytes.Equal(chain.Hash([]byte("other"), &base), want) {
		t.Error("the change before is not covered")
	}
}

func TestPasswords(t *testing.T) {
	password := assets.GeneratePassword()
	if len(password) != 23 || password == assets.GeneratePassword() {
		t.Errorf("generated %q", password)
	}
	hash := assets.HashPassword(password)
	if !assets.CheckPassword(hash, password) || assets.CheckPassword(hash, password+" ") || assets.CheckPassword(hash, "") {
		t.Error("the hash does not tell passwords apart")
	}
	for _, broken := range []string{"", "x", "$argon2id$v=19$m=1,t=1,p=1$$", strings.Replace(hash, "argon2id", "argon2i", 1)} {
		if assets.CheckPassword(broken, password) || assets.CheckPassword(broken, "") {
			t.Errorf("the broken hash %q lets somebody in", broken)
		}
	}
}

func TestValidateNamesEveryFault(t *testing.T) {
	negative := -1
	accuracy := -0.5
	cases := map[string]struct {
		err  error
		want []string
	}{
		"area":         {assets.Area{Level: "moon", Residents: &negative}.Validate(), []string{"level", "residents", "name"}},
		"segment":      {assets.Segment{Status: "x", Name: "a\x00b"}.Validate(), []string{"status", "name"}},
		"asset":        {assets.Asset{Class: "1", Status: "x", Condition: "y", AccuracyM: &accuracy, InstalledOn: "2024-13-01", Name: strings.Repeat("街", 201)}.Validate(), []string{"class", "status", "condition", "accuracy_m", "installed_on", "name"}},
		"jurisdiction": {assets.Jurisdiction{Code: "000000000", Name: "\xff"}.Validate(), []string{"code", "name", "profile", "code_lengths"}},
		"class":        {assets.Class{Code: "a", Geometry: "x", Color: "red", RadiusM: -1, Fields: []assets.Field{{Key: "A", Kind: "text"}}}.Validate(), []string{"code", "geometry", "color", "radius_m", "fields", "fields.A", "name", "icon"}},
	}
	for name, c := range cases {
		list, ok := c.err.(assets.Errors)
		if !ok {
			t.Errorf("%s: %v", name, c.err)
			continue
		}
		var fields []string
		for _, e := range list {
			fields = append(fields, e.Field)
			if e.Text.ZH == "" || e.Text.EN == "" {
				t.Errorf("%s.%s: a sentence is missing", name, e.Field)
			}
		}
		if strings.Join(fields, " ") != strings.Join(c.want, " ") {
			t.Errorf("%s: faults in %v, want %v", name, fields, c.want)
		}
	}
}
