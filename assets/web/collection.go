package web

import (
	"context"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

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
	Spatial spatial `json:"spatial"`
}

type spatial struct {
	BBox [][4]float64 `json:"bbox"`
	CRS  string       `json:"crs"`
}

func (s *Server) describe(ctx context.Context, c echo.Context, name string) (collectionDocument, error) {
	here := s.root(c) + "/ogc/collections/" + name
	text, language := collectionTitles[name], languageOf(c.Request())
	d := collectionDocument{ID: name, Title: text[0].In(language), Description: text[1].In(language), ItemType: "feature",
		CRS: []string{crs84}, StorageCRS: crs84,
		Links: []link{
			{Href: here, Rel: "self", Type: typeJSON},
			{Href: here + "/items", Rel: "items", Type: typeGeoJSON, Title: text[0].In(language)},
			{Href: here + matrix + "/{tileMatrix}/{tileRow}/{tileCol}", Rel: "item", Type: typeMVT, Templated: true},
		}}
	b, ok, err := s.store.Extent(ctx, name)
	if ok {
		d.Extent = &extent{spatial{BBox: [][4]float64{{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}}, CRS: crs84}}
	}
	return d, err
}

func (s *Server) collections(c echo.Context) error {
	if _, err := document(c); err != nil {
		return err
	}
	list := make([]collectionDocument, 0, len(assets.Collections))
	for _, name := range assets.Collections {
		d, err := s.describe(c.Request().Context(), c, name)
		if err != nil {
			return err
		}
		list = append(list, d)
	}
	return s.json(c, struct {
		Links       []link               `json:"links"`
		Collections []collectionDocument `json:"collections"`
	}{[]link{{Href: s.root(c) + "/ogc/collections", Rel: "self", Type: typeJSON}}, list})
}

func (s *Server) collection(c echo.Context) error {
	name, err := collectionOf(c)
	if err != nil {
		return err
	}
	if _, err := document(c); err != nil {
		return err
	}
	d, err := s.describe(c.Request().Context(), c, name)
	if err != nil {
		return err
	}
	return s.json(c, d)
}
