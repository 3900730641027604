package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// modelled is an asset as the operations in the order of their receipts make it,
// by rules written down here a second time.
type modelled struct {
	versions []map[string]string // fields by version, from 1
	seqs     []int64             // where each stands in the log
	deleted  bool
}

func (m *modelled) add(o *fleetOp, fields map[string]string) {
	m.versions, m.seqs = append(m.versions, fields), append(m.seqs, o.receipt.Seq)
}

// unseen are the fields of an asset that the model does not speak of: class, code
// and status.
const unseen = 3

// apply does one operation and says what the server should have answered. lost
// says that what it was made from went away with a restore: then only what it saw
// counts.
func (m *modelled) apply(o *fleetOp, lost bool) (outcome string, clashes int) {
	if o.Kind == "create" {
		m.add(o, maps.Clone(o.sets))
		return "applied", 0
	}
	now := m.versions[len(m.versions)-1]
	base := maps.Clone(now)
	if !lost {
		base = maps.Clone(m.versions[o.Base-1])
	}
	maps.Copy(base, o.was)
	if o.Kind == "delete" {
		switch {
		case m.deleted:
			return "applied", 0
		case lost:
			return "conflict", len(now) + unseen
		case !maps.Equal(base, now):
			return "conflict", differing(base, now)
		}
		m.add(o, now)
		m.deleted = true
		return "applied", 0
	}
	after, taken := maps.Clone(now), 0
	changed := 0
	for name, mine := range o.sets {
		if base[name] == mine {
			continue
		}
		changed++
		_, seen := o.was[name]
		switch {
		case now[name] == mine:
		case lost && !seen:
			clashes++
		case now[name] == base[name]:
			after[name] = mine
			taken++
		default:
			clashes++
		}
	}
	if m.deleted {
		if changed == 0 {
			return "applied", 0
		}
		return "conflict", changed
	}
	if taken > 0 {
		m.add(o, after)
	}
	if clashes > 0 {
		return "conflict", clashes
	}
	return "", 0 // applied or merged
}

func differing(a, b map[string]string) (n int) {
	all := maps.Clone(a)
	maps.Copy(all, b)
	for name := range all {
		if a[name] != b[name] {
			n++
		}
	}
	return n
}

// feedEntry is a change as the feed tells it.
type feedEntry struct {
	Seq          int64
	Op, Noun, ID string
	Version      int
	Kind         string
	After        json.RawMessage
}

// check compares everything that was sent with everything that is there.
func (f *fleet) check() {
	f.t.Helper()
	feed := f.wholeFeed()
	owner := map[int64]string{} // which operation made a change
	perOp := map[string]int{}
	for _, c := range feed {
		owner[c.Seq] = c.Op
		if c.Noun == "asset" || c.Noun == "conflict" {
			perOp[c.Op+" "+c.Noun]++
		}
	}
	var ops []*fleetOp
	for _, p := range f.phones {
		for _, o := range p.journal {
			if o.receipt == nil && f.backup != "" {
				f.left++
				continue
			}
			if o.receipt == nil {
				f.t.Errorf("%+v has no receipt", o)
				continue
			}
			if perOp[o.Op+" asset"] > 1 || perOp[o.Op+" conflict"] > 1 {
				f.t.Errorf("%+v was done twice", o)
			}
			ops = append(ops, o)
		}
	}
	slices.SortFunc(ops, func(a, b *fleetOp) int {
		if a.receipt.Seq != b.receipt.Seq {
			return int(a.receipt.Seq - b.receipt.Seq)
		}
		if owner[a.receipt.Seq] == a.Op { // the other changed nothing, after it
			return -1
		}
		if owner[a.receipt.Seq] == b.Op {
			return 1
		}
		return 0
	})
	f.compare(f.replay(ops), feed)
	f.checkPhotos()
	if out, err := f.command("verify", "--data", f.data).CombinedOutput(); err != nil {
		f.t.Errorf("verify: %v %s", err, out)
	}
	f.checkDisk()
}

// checkDisk has PostgreSQL look at every page of every table and index that
// survived the kills.
func (f *fleet) checkDisk() {
	_, socket := f.postmaster()
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_amcheck")
	if err != nil || len(programs) == 0 {
		f.t.Fatalf("pg_amcheck is not there: %v", err)
	}
	out, err := exec.Command(programs[len(programs)-1], "--host", socket, "--username", "postgres", "--install-missing", "--heapallindexed", "streetbook").CombinedOutput()
	if err != nil || len(out) > 0 {
		f.t.Errorf("pg_amcheck: %v %s", err, out)
	}
}

// replay runs the model and holds every receipt against it.
func (f *fleet) replay(ops []*fleetOp) map[string]*modelled {
	model, disputed := map[string]*modelled{}, map[string]int{}
	for _, o := range ops {
		m := model[o.ID]
		if m == nil {
			m = &modelled{}
			model[o.ID] = m
		}
		made := len(m.versions) >= o.Base
		lost := o.Epoch != "" && o.Epoch != f.phones[0].epoch && o.Base > 1 && (!made || m.seqs[o.Base-1] > f.began)
		if o.Kind != "create" && (len(m.versions) == 0 || !made && !lost) {
			f.t.Errorf("%+v was applied before what it is based on", o)
			continue
		}
		if lost {
			f.based++
		}
		outcome, clashes := m.apply(o, lost)
		if got := o.receipt; outcome == "conflict" {
			f.conflicts.Add(1)
			if got.Conflict == nil || len(got.Conflict.Fields) != clashes {
				f.t.Errorf("%+v: %+v, the model says a conflict of %d fields", o, got, clashes)
				continue
			}
			disputed[got.Conflict.ID] = clashes
		} else if got.Conflict != nil || outcome != "" && got.Outcome != outcome && got.Outcome != "already" {
			f.t.Errorf("%+v: %+v, the model says %q", o, got, outcome)
		}
		if o.receipt.Version != len(m.versions) {
			f.t.Errorf("%+v: version %d, the model says %d", o, o.receipt.Version, len(m.versions))
		}
	}
	f.checkConflicts(disputed)
	return model
}

func (f *fleet) checkConflicts(disputed map[string]int) {
	var list struct {
		Conflicts []struct {
			ID     string
			Fields []struct{ Field string }
		}
	}
	f.must("/api/v1/conflicts?open=true&limit=5000&jurisdiction="+fleetPlace, &list)
	if len(list.Conflicts) != len(disputed) {
		f.t.Errorf("%d conflicts are listed, %d were reported to phones", len(list.Conflicts), len(disputed))
	}
	for _, c := range list.Conflicts {
		if disputed[c.ID] != len(c.Fields) {
			f.t.Errorf("conflict %s: %d fields, %d reported", c.ID, len(c.Fields), disputed[c.ID])
		}
	}
}

func (f *fleet) wholeFeed() (feed []feedEntry) {
	since := int64(0)
	for {
		var page struct {
			Changes []feedEntry
			Next    int64
		}
		f.must(fmt.Sprintf("/api/v1/changes?jurisdiction=%s&limit=5000&since=%d", fleetPlace, since), &page)
		if len(page.Changes) == 0 {
			return feed
		}
		feed, since = append(feed, page.Changes...), page.Next
	}
}

// compare holds the model against the feed and every phone's copy against both.
func (f *fleet) compare(model map[string]*modelled, feed []feedEntry) {
	last := map[string]feedEntry{}
	for _, c := range feed {
		if c.Noun != "asset" {
			continue
		}
		if had := last[c.ID].Version; model[c.ID] != nil && c.Version != had+1 {
			f.t.Errorf("%s goes from version %d to %d", c.ID, had, c.Version)
		}
		last[c.ID] = c
	}
	for id, m := range model {
		c := last[id]
		if c.Version != len(m.versions) || (c.Kind == "delete") != m.deleted {
			f.t.Errorf("%s: version %d %s, the model has %d, deleted %v", id, c.Version, c.Kind, len(m.versions), m.deleted)
			continue
		}
		if m.deleted {
			continue
		}
		if want, got := m.versions[len(m.versions)-1], flat(c.After); !maps.Equal(want, got) {
			f.t.Errorf("%s is %v, the model says %v", id, got, want)
		}
	}
	for n, p := range f.phones {
		for range 100 {
			if p.follow() {
				break
			}
		}
		for id := range model {
			have := p.copies[id]
			if have == nil || have.version != last[id].Version || string(have.after) != string(last[id].After) {
				f.t.Errorf("phone %d has another copy of %s: %+v", n, id, have)
			}
		}
	}
}

// flat is a stored asset as the model has it.
func flat(after json.RawMessage) map[string]string {
	var a struct {
		Name, Condition string
		Attributes      map[string]string
		Geometry        struct{ Coordinates []json.Number }
	}
	if json.Unmarshal(after, &a) != nil || len(a.Geometry.Coordinates) != 2 {
		return nil
	}
	fields := map[string]string{"name": a.Name, "condition": a.Condition, "geometry": a.Geometry.Coordinates[0].String()}
	for key, value := range a.Attributes {
		fields["attributes."+key] = value
	}
	return fields
}

// checkPhotos demands each photo once, under its own hash, as it was sent.
func (f *fleet) checkPhotos() {
	var list struct {
		Photos []struct {
			Photo, SHA256 string
			StoredAt      *string `json:"stored_at"`
		}
	}
	f.must("/api/v1/photos?limit=5000&jurisdiction="+fleetPlace, &list)
	stored := map[string]string{}
	for _, p := range list.Photos {
		if p.StoredAt != nil && stored[p.SHA256] != "" {
			f.t.Errorf("photo %s is there twice", p.SHA256)
		}
		if p.StoredAt != nil {
			stored[p.SHA256] = p.Photo
		}
	}
	for _, p := range f.phones {
		for hash, sent := range p.photos {
			if stored[hash] == "" {
				f.t.Errorf("photo %s is lost", hash)
				continue
			}
			for range 100 {
				status, _, body, err := f.request(f.t.Context(), "GET", "/api/v1/photos/"+stored[hash]+"/original", nil)
				if err != nil || status != 200 {
					continue
				}
				if string(body) != string(sent) {
					f.t.Errorf("photo %s is not as it was sent", hash)
				}
				break
			}
		}
	}
	if len(stored) != f.photoCount() {
		f.t.Errorf("%d photos are stored, %d were sent: %s", len(stored), f.photoCount(), strings.Join(slices.Sorted(maps.Keys(stored)), " "))
	}
}
