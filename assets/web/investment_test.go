package web_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/assets/web"
)

// treasury is a town with a ledger of everything: targets of every noun, bought
// assets of several classes, refunds, reversals, projects with and without a
// department, money that falls nowhere.
type treasury struct {
	*town
	dice     *rand.Rand
	targets  []assets.TargetRef
	bought   []uuid.UUID
	projects []assets.Project
	entries  []assets.Entry
}

func newTreasury(t testing.TB, n int) *treasury {
	t.Helper()
	y := &treasury{town: newTown(t, 6, web.Config{Anonymous: true}), dice: rand.New(rand.NewPCG(uint64(n), 1))}
	ctx := context.Background()
	segments := []assets.Segment{
		{Header: assets.Header{ID: uuid.Must(uuid.NewV7())}, Code: "LD-002", Name: "南北路", Status: assets.StatusInService, Geometry: orb.LineString{{113.73, 34.71}, {113.73, 34.74}}},
		{Header: assets.Header{ID: uuid.Must(uuid.NewV7())}, Code: "LD-003", Name: "无钱路", Key: true, Status: assets.StatusInService, Geometry: orb.LineString{{113.74, 34.71}, {113.74, 34.74}}},
		{Header: assets.Header{ID: uuid.Must(uuid.NewV7())}, Code: "LD-004", Name: "小路", Status: assets.StatusInService, Geometry: orb.LineString{{113.76, 34.71}, {113.76, 34.74}}}}
	y.must(t, y.store.AddSegments(ctx, y.write(t), place, segments))
	list := lamps(9)
	for i := range list {
		list[i].ID, list[i].Class, list[i].Source = uuid.Must(uuid.NewV7()), []string{"0118", "0101", "0303"}[i%3], ""
		y.bought = append(y.bought, list[i].ID)
	}
	y.must(t, y.store.AddAssets(ctx, y.write(t), place, list))
	y.targets = []assets.TargetRef{{Noun: assets.TargetSegment, ID: segmentID}, {Noun: assets.TargetSegment, ID: segments[0].ID}, {Noun: assets.TargetAsset, ID: y.bought[0]}, {Noun: assets.TargetAsset, ID: y.bought[1]}}
	y.must(t, y.store.EachArea(ctx, assets.In(place), func(a *assets.Area) error {
		y.targets = append(y.targets, assets.TargetRef{Noun: assets.TargetArea, ID: a.ID})
		return nil
	}))
	d := assets.Department{Code: "C1", Name: "城管科"}
	y.must(t, y.store.AddDepartment(ctx, y.write(t), place, &d))
	for i := range 5 {
		p := assets.Project{Code: fmt.Sprint("P-", i), Name: fmt.Sprint("项目", i), Kind: assets.ProjectKinds[i%3], Fund: assets.Funds[i%2], Status: assets.ProjectStatuses[i%4], Targets: y.some(),
			Rule: assets.Rule{Kind: assets.RuleLength}}
		if i%2 == 0 {
			p.Department = &d.ID
		}
		y.must(t, y.store.AddProject(ctx, y.write(t), place, &p))
		y.projects = append(y.projects, p)
	}
	y.book(t, n)
	return y
}

func (y *treasury) must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// some targets, each once, maybe none.
func (y *treasury) some() (list []assets.TargetRef) {
	for _, i := range y.dice.Perm(len(y.targets))[:y.dice.IntN(4)] {
		list = append(list, y.targets[i])
	}
	return list
}

// split divides the second segment in two and returns the id of one of them.
func (y *treasury) split(t testing.TB) string {
	t.Helper()
	metres := 1000.0
	target := postgis.Target{Collection: assets.CollectionSegments, Jurisdiction: place, ID: y.targets[1].ID, Match: assets.AnyVersion}
	done, err := y.store.SplitSegment(context.Background(), y.write(t), target, []assets.Cut{{ChainageM: &metres}}, nil)
	y.must(t, err)
	return done.Made[0].ID.String()
}

func (y *treasury) book(t testing.TB, n int) {
	t.Helper()
	ctx := context.Background()
	for range n {
		e := assets.Entry{Project: y.projects[y.dice.IntN(len(y.projects))].ID, On: fmt.Sprintf("202%d-%02d-1%d", y.dice.IntN(3), 1+y.dice.IntN(3), y.dice.IntN(10)),
			Kind: assets.EntryKinds[y.dice.IntN(len(assets.EntryKinds))], Amount: 1 + assets.Fen(y.dice.Int64N(100_000_00))}
		if y.dice.IntN(2) == 0 {
			e.Targets, e.Rule = y.some(), &assets.Rule{Kind: []string{assets.RuleLength, assets.RuleCount, assets.RuleArea}[y.dice.IntN(3)]}
		}
		for _, i := range y.dice.Perm(len(y.bought))[:max(0, y.dice.IntN(7)-2)] {
			e.Assets = append(e.Assets, y.bought[i])
		}
		made, err := y.store.BookEntries(ctx, y.write(t), place, []assets.Entry{e}, false)
		y.must(t, err)
		y.entries = append(y.entries, made[0])
		if y.dice.IntN(8) == 0 {
			_, err := y.store.Reverse(ctx, y.write(t), place, made[0].ID, "2022-12-31", "记错")
			y.must(t, err)
		}
	}
}

// reply is an answer of GET /investment.
type reply struct {
	Rows                          []map[string]any
	Elsewhere, Unallocated, Total assets.Fen
	OK                            bool
	ElsewhereHref                 *string `json:"elsewhere_href"`
	UnallocatedHref               *string `json:"unallocated_href"`
	TotalHref                     string  `json:"total_href"`
}

func (y *treasury) ask(t testing.TB, query string) reply {
	t.Helper()
	return decode[reply](t, y.as(t, "viewer", http.MethodGet, "/api/v1/investment?jurisdiction="+place+"&"+query, nil).want(t, 200).body)
}

// behind follows the link of a figure over all its pages and adds up the shares.
func (y *treasury) behind(t testing.TB, href string) (sum assets.Fen, n int) {
	t.Helper()
	seen := map[string]bool{}
	for after := ""; ; {
		page := decode[struct {
			Entries []struct {
				ID    string
				Share assets.Fen
			}
			Next *string
		}](t, y.as(t, "viewer", http.MethodGet, href+"&limit=20"+after, nil).want(t, 200).body)
		for _, e := range page.Entries {
			if seen[e.ID] {
				t.Fatalf("%s lists %s twice", href, e.ID)
			}
			seen[e.ID], sum = true, sum+e.Share
		}
		if page.Next == nil {
			return sum, len(seen)
		}
		after = "&after=" + *page.Next
	}
}

func amountOf(t testing.TB, row map[string]any) assets.Fen {
	t.Helper()
	f, err := assets.ParseFen(fmt.Sprint(row["amount"]))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// proven checks that an answer adds up, and that every figure is what stands
// behind its link.
func (y *treasury) proven(t testing.TB, query string) {
	t.Helper()
	r := y.ask(t, query)
	sum := r.Elsewhere + r.Unallocated
	for _, row := range r.Rows {
		amount, href := amountOf(t, row), fmt.Sprint(row["href"])
		sum += amount
		if got, n := y.behind(t, href); got != amount || float64(n) != row["entries"] {
			t.Errorf("%s: the row %v is %s of %v entries, behind %s are %s of %d", query, row, amount, row["entries"], href, got, n)
		}
	}
	if !r.OK || sum != r.Total {
		t.Errorf("%s: rows, elsewhere and unallocated are %s, the total %s (%v)", query, sum, r.Total, r.OK)
	}
	for href, want := range map[*string]assets.Fen{r.ElsewhereHref: r.Elsewhere, r.UnallocatedHref: r.Unallocated, &r.TotalHref: r.Total} {
		if href == nil {
			continue
		}
		if got, _ := y.behind(t, *href); got != want {
			t.Errorf("%s: the figure is %s, behind %s are %s", query, want, *href, got)
		}
	}
}

// TestEveryFigureIsWhatStandsBehindIt asks by every dimension and every two of
// them, and follows every link.
func TestEveryFigureIsWhatStandsBehindIt(t *testing.T) {
	t.Parallel()
	y := newTreasury(t, 60)
	for i, a := range assets.Dimensions {
		y.proven(t, "by="+a)
		for _, b := range assets.Dimensions[i+1:] {
			y.proven(t, "basis=committed&by="+a+","+b)
			y.proven(t, "by="+b+","+a)
		}
	}
}

// TestFiguresUnderEveryFilter asks under each filter, alone and with others.
func TestFiguresUnderEveryFilter(t *testing.T) {
	t.Parallel()
	y := newTreasury(t, 60)
	filters := []string{"from=2020-02-15&to=2021-02-12", "to=2020-12-31", "kind=road,cable", "source=municipal", "project=" + y.projects[1].ID.String(), "department=none", "department=none," + y.projects[0].Department.String(),
		"segment=" + segmentID.String(), "area=" + y.targets[4].ID.String(), "key=true", "key=false", "status=active,planned", "target=area,none", "target=segment", "asset_class=0118", "asset_class=none,0101",
		"lineage=current", "lineage=current&segment=" + y.split(t), "filter=" + url.QueryEscape("length_m > 5000"), "filter=" + url.QueryEscape("level = 'community'"), "filter=" + url.QueryEscape("class = '0118'"), "filter=" + url.QueryEscape("invested > 10"),
		"filter=" + url.QueryEscape("name like '%路%' or name like '%区'"), "filter-lang=cql2-json&filter=" + url.QueryEscape(`{"op":"=","args":[{"property":"key"},true]}`)}
	groupings := []string{"segment", "area", "asset-class", "year", "month,source", "segment,asset-class", "department,project", "year,month"}
	for i, f := range filters {
		for k, by := range groupings {
			if (i+k)%2 == 1 {
				continue
			}
			y.proven(t, "by="+by+"&"+f)
			more := filters[(i+k+1)%len(filters)]
			names := strings.NewReplacer("=", "&").Replace(f + "&" + more)
			if words := strings.Split(names, "&"); !slices.ContainsFunc(words, func(w string) bool { return strings.Count("&"+names+"&", "&"+w+"&") > 1 }) {
				y.proven(t, "by="+by+"&"+f+"&"+more)
			}
		}
	}
}

// TestMoneyByClass divides what bought assets among their classes, by number.
func TestMoneyByClass(t *testing.T) {
	t.Parallel()
	y := newTreasury(t, 0)
	e := assets.Entry{Project: y.projects[0].ID, On: "2024-05-01", Kind: assets.EntryPayment, Amount: 100_00, Targets: y.targets[:1], Rule: &assets.Rule{Kind: assets.RuleLength}, Assets: []uuid.UUID{y.bought[0], y.bought[3], y.bought[1]}}
	on := e
	on.Targets, on.Rule = y.targets[2:3], &assets.Rule{Kind: assets.RuleCount}
	none := e
	none.Assets = nil
	_, err := y.store.BookEntries(context.Background(), y.write(t), place, []assets.Entry{e, on, none}, false)
	y.must(t, err)
	r := y.ask(t, "by=asset-class")
	got := map[any]any{}
	for _, row := range r.Rows {
		got[row["asset-class"]] = row["amount"]
	}
	if got["0118"] != "166.67" || got["0101"] != "33.33" || r.Elsewhere != 100_00 || len(got) != 2 {
		t.Errorf("%v, elsewhere %s", got, r.Elsewhere)
	}
}

// TestWhichSegmentsAreListed: the key ones always, others with money or if asked.
func TestWhichSegmentsAreListed(t *testing.T) {
	t.Parallel()
	y := newTreasury(t, 0)
	small := ""
	y.must(t, y.store.EachSegment(context.Background(), assets.In(place), func(s *assets.Segment) error {
		if s.Name == "小路" {
			small = s.ID.String()
		}
		return nil
	}))
	for query, want := range map[string]string{"": "东西路 无钱路", "&segment=" + small: "小路", "&key=true": "东西路 无钱路", "&key=false": "", "&target=area": "", "&filter=" + url.QueryEscape("code = 'LD-003'"): "无钱路",
		"&filter=" + url.QueryEscape("level = 'community'"): ""} {
		var names []string
		for _, row := range y.ask(t, "by=segment"+query).Rows {
			names = append(names, fmt.Sprint(row["name"]))
			if row["amount"] != "0.00" {
				t.Errorf("%s: %v", query, row)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
}

func TestMeasuresAreThoseAsked(t *testing.T) {
	t.Parallel()
	y := newTreasury(t, 20)
	row := y.ask(t, "by=segment&measures=per_m").Rows[0]
	if row["amount_per_m"] == nil || row["amount"] != nil || row["amount_per_asset"] != nil {
		t.Errorf("%v", row)
	}
	row = y.ask(t, "by=asset-class").Rows[0]
	if row["amount_per_asset"] == nil || row["amount"] == nil {
		t.Errorf("%v", row)
	}
	for query, field := range map[string]string{"by=segment&measures=per_mile": "measures", "by=segment&filter=nonsense%20%3D%201": "filter", "by=segment&status=gone": "status", "by=segment&asset_class=12": "asset_class",
		"by=segment&target=moon": "target", "by=segment&f=geojson": "f", "by=segment&department=x": "department"} {
		a := y.as(t, "viewer", http.MethodGet, "/api/v1/investment?jurisdiction="+place+"&"+query, nil).want(t, 400)
		if !strings.Contains(string(a.body), `"`+field+`"`) {
			t.Errorf("%s: %s", query, a.body)
		}
	}
}
