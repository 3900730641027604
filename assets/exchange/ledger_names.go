package exchange

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"streetbook/assets"
)

// ResolvedEntry is a draft whose names were found. No targets means those of the
// project.
type ResolvedEntry struct {
	Draft   *EntryDraft
	Project uuid.UUID
	Targets []assets.TargetRef
}

// Resolve finds what the drafts name, refusing cell by cell what is not there and
// what several are called. A code counts before a name.
func (l *Ledger) Resolve(names assets.LedgerNames) (list []ResolvedEntry) {
	projects := newDirectory(assets.Text{ZH: "项目", EN: "project"}, names.Projects)
	segments := newDirectory(assets.Text{ZH: "路段", EN: "segment"}, slices.Concat(names.Segments, names.Former))
	areas := newDirectory(assets.Text{ZH: "区域", EN: "area"}, names.Areas)
	for i := range l.Drafts {
		d := &l.Drafts[i]
		faulty := l.Faulty
		e := ResolvedEntry{Draft: d}
		project, fault := projects.find(d.Project)
		if fault != nil {
			l.Refuse(d, d.projectField, *fault)
		} else if d.ProjectName != "" && alike(project.Name) != alike(d.ProjectName) {
			l.Refuse(d, ledgerProject, *because("项目 %s 登记的名称是“%s”", "project %s is registered as %q", project.Code, project.Name))
		}
		e.Project = project.ID
		for _, t := range d.Targets {
			ref, fault := target(t, segments, areas)
			if fault != nil {
				l.RefuseTarget(d, t, *fault)
			}
			e.Targets = append(e.Targets, ref)
		}
		if l.Faulty == faulty {
			list = append(list, e)
		}
	}
	return list
}

// target finds a segment or an area. A name that is both must say which.
func target(t TargetName, segments, areas *directory) (assets.TargetRef, *assets.Text) {
	switch t.Noun {
	case "segment":
		n, fault := segments.find(t.Name)
		return assets.TargetRef{Noun: "segment", ID: n.ID}, fault
	case "area":
		n, fault := areas.find(t.Name)
		return assets.TargetRef{Noun: "area", ID: n.ID}, fault
	}
	s, noSegment := segments.find(t.Name)
	a, noArea := areas.find(t.Name)
	switch {
	case noSegment == nil && noArea == nil:
		return assets.TargetRef{}, because("“%s”既是路段也是区域；请用编号", "%q is a segment and an area: use the code", shortened(t.Name))
	case noSegment == nil:
		return assets.TargetRef{Noun: "segment", ID: s.ID}, nil
	case noArea == nil:
		return assets.TargetRef{Noun: "area", ID: a.ID}, nil
	}
	return assets.TargetRef{}, because("没有路段或区域“%s”", "there is no segment or area %q", shortened(t.Name))
}

// directory finds things by code or name.
type directory struct {
	what   assets.Text
	byCode map[string]int
	byName map[string]int // -1 where several have it
	list   []assets.Named
	missed int // names that were not found
}

// maxSuggested is for how many names that are not there others are suggested.
const maxSuggested = 100

// similar are up to three that begin with a name, or else that hold it or that
// it holds.
func (d *directory) similar(key string) []string {
	if d.missed++; d.missed > maxSuggested || len([]rune(key)) < 2 {
		return nil
	}
	var first, rest []string
	for _, n := range d.list {
		name := alike(n.Name)
		switch {
		case name == "":
		case strings.HasPrefix(name, key):
			first = append(first, strings.TrimSpace(n.Code+" "+n.Name))
		case strings.Contains(name, key), strings.Contains(key, name):
			rest = append(rest, strings.TrimSpace(n.Code+" "+n.Name))
		}
	}
	list := append(first, rest...)
	return list[:min(len(list), 3)]
}

func newDirectory(what assets.Text, list []assets.Named) *directory {
	d := &directory{what: what, byCode: map[string]int{}, byName: map[string]int{}, list: list}
	put := func(m map[string]int, key string, i int) {
		if key = alike(key); key == "" {
			return
		}
		if _, taken := m[key]; taken {
			i = -1
		}
		m[key] = i
	}
	for i, n := range list {
		put(d.byCode, n.Code, i)
		put(d.byName, n.Name, i)
	}
	return d
}

// alike is a name without what people write differently: width, case and
// spaces.
func alike(s string) string {
	return strings.ToLower(strings.ReplaceAll(folded(s), " ", ""))
}

func (d *directory) find(name string) (assets.Named, *assets.Text) {
	key := alike(name)
	i, ok := d.byCode[key]
	if !ok {
		i, ok = d.byName[key]
	}
	switch {
	case !ok:
		if list := d.similar(key); len(list) > 0 {
			return assets.Named{}, because("没有%[1]s“%[3]s”；是否指：%[4]s", "there is no %[2]s %[3]q; perhaps: %[4]s", d.what.ZH, d.what.EN, shortened(name), shortList(list))
		}
		return assets.Named{}, because("没有%[1]s“%[3]s”", "there is no %[2]s %[3]q", d.what.ZH, d.what.EN, shortened(name))
	case i < 0:
		return assets.Named{}, because("有几个%[1]s叫“%[3]s”；请用编号", "several of the kind %[2]s are called %[3]q: use the code", d.what.ZH, d.what.EN, shortened(name))
	}
	return d.list[i], nil
}

// RefuseTwins refuses drafts that have the same key as one above, such as the
// same voucher. The key "" is no key.
func (l *Ledger) RefuseTwins(key func(*EntryDraft) string) {
	seen := map[string]*EntryDraft{}
	for i := range l.Drafts {
		d := &l.Drafts[i]
		k := key(d)
		if k == "" {
			continue
		}
		if before, ok := seen[k]; ok {
			l.Refuse(d, ledgerVoucher, *because("凭证“%s”与 %s 重复", "voucher %q is that of %s too", shortened(d.Voucher), l.At(before, ledgerVoucher)))
			continue
		}
		seen[k] = d
	}
}
