package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"streetbook/assets"
)

// investmentLinks lead from figures to the entries behind them: the sum of what
// of those entries falls into the question of the link is the figure.
type investmentLinks struct {
	by    []string
	asked url.Values
	on    []string // the nouns that are asked for
	other bool     // whether money of no class is
}

func (a *investmentAnswer) links() investmentLinks {
	l := investmentLinks{by: a.query.By, asked: url.Values{}, on: a.query.On, other: len(a.query.Classes) == 0 || slices.Contains(a.query.Classes, assets.NoClass)}
	for name, list := range a.asked {
		if slices.Contains(investmentFilters, name) {
			l.asked[name] = list
		}
	}
	if funds, ok := l.asked["source"]; ok {
		l.asked["fund"] = funds
		delete(l.asked, "source")
	}
	l.asked.Set("basis", a.query.Basis)
	if l.on == nil {
		l.on = append(slices.Clone(assets.TargetNouns), assets.OnNothing)
	}
	return l
}

// href is the question with some of its parameters set otherwise.
func (l investmentLinks) href(set map[string]string) string {
	q := url.Values{}
	for name, list := range l.asked {
		q.Set(name, list[0])
	}
	for name, value := range set {
		q.Set(name, value)
	}
	return "/api/v1/entries?" + q.Encode()
}

// row leads to what stands under keys.
func (l investmentLinks) row(keys []string) string {
	set := map[string]string{}
	if !l.targeted() {
		set["target"] = l.targets(assets.TargetNouns)
	}
	for i, name := range l.by {
		switch key := keys[i]; name {
		case "year", "month":
			l.within(set, key)
		case "asset-class":
			set["asset_class"] = key
		case "department":
			set["department"] = orElse(key, "none")
		default:
			set[name] = key
		}
	}
	return l.href(set)
}

// targeted reports whether a dimension is of targets: rows are then of those that
// have it, otherwise of all but what falls nowhere.
func (l investmentLinks) targeted() bool {
	return l.has(assets.TargetSegment) || l.has(assets.TargetArea) || l.has("asset-class")
}

func (l investmentLinks) has(dimension string) bool { return slices.Contains(l.by, dimension) }

// within limits to a year or month; one that is asked for already may be shorter.
func (l investmentLinks) within(set map[string]string, key string) {
	first, err := time.Parse("2006-01", key)
	last := first.AddDate(0, 1, -1)
	if err != nil {
		first, last = yearOf(key)
	}
	from, to := orElse(set["from"], l.asked.Get("from")), orElse(set["to"], l.asked.Get("to"))
	set["from"] = max(from, first.Format(time.DateOnly))
	set["to"] = last.Format(time.DateOnly)
	if to != "" {
		set["to"] = min(to, set["to"])
	}
}

// yearOf is the first and last day of a year that the store named.
func yearOf(key string) (first, last time.Time) {
	first, err := time.Parse("2006", key)
	if err != nil {
		return first, first
	}
	return first, first.AddDate(1, 0, -1)
}

// targets are those of nouns that are asked for.
func (l investmentLinks) targets(nouns []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(nouns), func(noun string) bool { return !slices.Contains(l.on, noun) }), ",")
}

// elsewhere leads to what falls on targets without the dimension; null where two
// of them leave it to no one question.
func (l investmentLinks) elsewhere() any {
	set := map[string]string{}
	others := slices.Clone(assets.TargetNouns)
	switch {
	case l.has("asset-class") && (l.has(assets.TargetSegment) || l.has(assets.TargetArea) || !l.other):
		return nil
	case l.has("asset-class"):
		set["asset_class"] = assets.NoClass
	case l.has(assets.TargetSegment) && l.has(assets.TargetArea):
	case l.targeted():
		others = slices.DeleteFunc(others, func(noun string) bool { return l.has(noun) })
	default:
		return nil
	}
	if set["target"] = l.targets(others); set["target"] == "" {
		return nil
	}
	return l.href(set)
}

// unallocated leads to what falls nowhere.
func (l investmentLinks) unallocated() any {
	classed := l.has("asset-class")
	if !slices.Contains(l.on, assets.OnNothing) || classed && !l.other {
		return nil
	}
	set := map[string]string{"target": assets.OnNothing}
	if classed && !l.has(assets.TargetSegment) && !l.has(assets.TargetArea) { // what bought assets has a row though it falls nowhere
		set["asset_class"] = assets.NoClass
	}
	return l.href(set)
}
