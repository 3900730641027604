package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

var collectionTitles = map[string][2]assets.Text{
	assets.CollectionAreas: {{ZH: "区域", EN: "Areas"},
		{ZH: "辖区边界、社区、安置区、楼院、单元网格", EN: "Boundaries, communities, resettlement areas, compounds, unit grids"}},
	assets.CollectionSegments: {{ZH: "路段", EN: "Segments"},
		{ZH: "有方向的路段，含重点整治路段", EN: "Named stretches of road with a direction, key ones among them"}},
	assets.CollectionAssets: {{ZH: "设施", EN: "Assets"},
		{ZH: "街道上的设施部件：路灯、井盖、座椅、门头牌匾等", EN: "The things in the street: lamps, manhole covers, seats, signboards and so on"}},
}

type collectionDocument struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	ItemType    string   `json:"itemType"`
	Extent      *extent  `json:"extent,omitempty"`
	CRS         []string `json:"crs"`
	StorageCRS  string   `json:"storageCrs"`
	Links       []link   `json:"links"`
}

type extent struct {
	Spatial  spatial  `json:"spatial"`
	Temporal temporal `json:"temporal"`
}

// temporal is since when datetime has an answer: the record is open at its end.
type temporal struct {
	Interval [1][2]*time.Time `json:"interval"`
	TRS      string           `json:"trs"`
}

const gregorian = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"

type spatial struct {
	BBox [][4]float64 `json:"bbox"`
	CRS  string       `json:"crs"`
}

// describe makes the document of a collection, the same in the list and alone
// but for the links to itself.
func (s *Server) describe(ctx context.Context, c echo.Context, q question, name string) (collectionDocument, error) {
	here := s.root(c) + "/ogc/collections/" + name
	title := collectionTitles[name][0].In(q.language)
	say := func(zh, en string) string { return assets.Text{ZH: zh, EN: en}.In(q.language) }
	self := link{Href: here, Rel: "self", Type: typeJSON, Title: title}
	html := link{Href: here + "?f=html", Rel: "alternate", Type: "text/html", Title: say(title+"（网页）", title+" (page)")}
	if q.format == formatHTML {
		self.Rel, html.Rel = html.Rel, self.Rel
	}
	d := collectionDocument{ID: name, Title: title, Description: collectionTitles[name][1].In(q.language), ItemType: "feature",
		StorageCRS: crs84,
		Links: []link{self, html,
			{Href: here + "/items", Rel: "items", Type: typeGeoJSON, Title: say("要素（GeoJSON）", "Features (GeoJSON)")},
			{Href: here + "/items?f=html", Rel: "items", Type: "text/html", Title: say("要素（网页）", "Features (pages)")},
			{Href: here + "/queryables", Rel: relQueryables, Type: typeSchema, Title: say("可查询属性", "Queryables")},
			{Href: here + "/schema", Rel: relSchema, Type: typeSchema, Title: say("属性结构", "Schema")},
			{Href: here + "/tiles", Rel: relTilesets, Type: typeJSON, Title: say("矢量瓦片", "Vector tiles")},
		}}
	systems, err := s.systems(c, name)
	if err != nil {
		return d, err
	}
	d.CRS = systemURIs(systems)
	b, ok, err := s.extent(ctx, name, s.view(c))
	if err != nil || !ok {
		return d, err
	}
	first, err := s.store.Since(ctx, s.view(c))
	d.Extent = &extent{spatial{BBox: [][4]float64{{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}}, CRS: crs84}, temporal{[1][2]*time.Time{{&first, nil}}, gregorian}}
	return d, err
}

func (s *Server) collections(c echo.Context) error {
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	v := view{Title: assets.Text{ZH: "集合", EN: "Collections"}.In(q.language), Trail: s.trail(c), Links: s.selfAndAlternate(c, q, typeJSON)}
	list := make([]collectionDocument, 0, len(assets.Collections))
	for _, name := range assets.Collections {
		d, err := s.describe(c.Request().Context(), c, q, name)
		if err != nil {
			return err
		}
		list = append(list, d)
		v.Facts = append(v.Facts, cell{Name: d.Title, Value: d.Description, Href: s.root(c) + "/ogc/collections/" + name + "?f=html"})
	}
	return s.answer(c, q, typeJSON, struct {
		Links       []link               `json:"links"`
		Collections []collectionDocument `json:"collections"`
	}{v.Links, list}, v)
}

func (s *Server) collection(c echo.Context) error {
	name, err := collectionOf(c)
	if err != nil {
		return err
	}
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	d, err := s.describe(c.Request().Context(), c, q, name)
	if err != nil {
		return err
	}
	v := view{Title: d.Title, Text: d.Description, Links: d.Links, Trail: s.trail(c, "/collections", assets.Text{ZH: "集合", EN: "Collections"}.In(q.language))}
	v.Facts = []cell{{Name: "id", Value: d.ID}, {Name: "storageCrs", Value: d.StorageCRS}}
	if d.Extent != nil {
		v.Facts = append(v.Facts, cell{Name: "bbox", Value: strings.Trim(fmt.Sprint(d.Extent.Spatial.BBox[0]), "[]")})
	}
	return s.answer(c, q, typeJSON, d, v)
}
