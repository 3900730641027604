package web

import (
	"math"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

const (
	webMercatorQuad = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
	webMercator     = "http://www.opengis.net/def/crs/EPSG/0/3857"
)

type tilesetDocument struct {
	Title            string `json:"title"`
	DataType         string `json:"dataType"`
	CRS              string `json:"crs"`
	TileMatrixSetURI string `json:"tileMatrixSetURI"`
	Links            []link `json:"links"`
}

// tilesetPlace is the address of a set of tiles below the root, and what is in
// it: those of one collection, or of all.
func tilesetPlace(c echo.Context) (path string, collections []string, err error) {
	if c.Param("collection") == "" {
		return "/ogc" + matrix, assets.Collections, nil
	}
	name, err := collectionOf(c)
	return "/ogc/collections/" + name + matrix, []string{name}, err
}

func tilesetTitle(collections []string, language string) string {
	titles := make([]string, len(collections))
	for i, name := range collections {
		titles[i] = collectionTitles[name][0].In(language)
	}
	return strings.Join(titles, assets.Text{ZH: "、", EN: ", "}.In(language)) + " WebMercatorQuad"
}

// tilesets lists the sets of tiles: there is one, in the matrix set that every
// map on the web uses.
func (s *Server) tilesets(c echo.Context) error {
	path, collections, err := tilesetPlace(c)
	if err != nil {
		return err
	}
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	d := tilesetDocument{Title: tilesetTitle(collections, q.language), DataType: "vector", CRS: webMercator, TileMatrixSetURI: webMercatorQuad,
		Links: []link{{Href: s.root(c) + path, Rel: "self", Type: typeJSON, Title: "WebMercatorQuad"},
			{Href: s.root(c) + "/ogc/tileMatrixSets/WebMercatorQuad", Rel: relTilingScheme, Type: typeJSON}}}
	v := view{Title: assets.Text{ZH: "矢量瓦片", EN: "Vector tiles"}.In(q.language), Text: d.Title, Trail: s.trail(c),
		Links: append(s.selfAndAlternate(c, q, typeJSON), d.Links[0])}
	v.Links[len(v.Links)-1].Rel = "item"
	return s.answer(c, q, typeJSON, struct {
		Links    []link            `json:"links"`
		Tilesets []tilesetDocument `json:"tilesets"`
	}{v.Links, []tilesetDocument{d}}, v)
}

// tileset describes the set of tiles, also as TileJSON.
func (s *Server) tileset(c echo.Context) error {
	path, collections, err := tilesetPlace(c)
	if err != nil {
		return err
	}
	q, err := ask(c, []string{formatJSON, formatHTML, formatTileJSON})
	if err != nil {
		return err
	}
	if q.format == formatTileJSON {
		return s.tileJSON(c, q, path, collections)
	}
	d := tilesetDocument{Title: tilesetTitle(collections, q.language), DataType: "vector", CRS: webMercator, TileMatrixSetURI: webMercatorQuad,
		Links: append(s.selfAndAlternate(c, q, typeJSON),
			link{Href: s.root(c) + path + "?f=tilejson", Rel: "describedby", Type: typeTileJSON, Title: "TileJSON"},
			link{Href: s.root(c) + "/ogc/tileMatrixSets/WebMercatorQuad", Rel: relTilingScheme, Type: typeJSON, Title: "WebMercatorQuad"},
			link{Href: s.root(c) + path + "/{tileMatrix}/{tileRow}/{tileCol}", Rel: "item", Type: typeMVT, Templated: true})}
	v := view{Title: d.Title, Trail: s.trail(c), Links: d.Links, Facts: []cell{{Name: "crs", Value: d.CRS},
		{Name: "item", Value: s.root(c) + path + "/{tileMatrix}/{tileRow}/{tileCol}"}}}
	return s.answer(c, q, typeJSON, d, v)
}

type vectorLayer struct {
	ID     string            `json:"id"`
	Fields map[string]string `json:"fields"`
}

// tileFields are the properties of each layer, with the names of their types in
// TileJSON.
var tileFields = map[string]map[string]string{
	assets.CollectionAreas: {"id": "String", "code": "String", "name": "String", "level": "String", "residents": "Number"},
	assets.CollectionSegments: {"id": "String", "code": "String", "name": "String", "road": "String", "key": "Boolean",
		"length_m": "Number", "status": "String", "invested": "Number", "invested_per_m": "Number", "asset_count": "Number", "condition_mean": "Number"},
	assets.CollectionAssets: {"id": "String", "code": "String", "class": "String", "name": "String", "status": "String",
		"condition": "String", "segment": "String", "count": "Number"},
}

func (s *Server) tileJSON(c echo.Context, q question, path string, collections []string) error {
	d := struct {
		TileJSON     string        `json:"tilejson"`
		Name         string        `json:"name"`
		Tiles        []string      `json:"tiles"`
		MinZoom      int           `json:"minzoom"`
		MaxZoom      int           `json:"maxzoom"`
		Bounds       *[4]float64   `json:"bounds,omitempty"`
		VectorLayers []vectorLayer `json:"vector_layers"`
	}{TileJSON: "3.0.0", Name: tilesetTitle(collections, q.language), Tiles: []string{s.root(c) + path + "/{z}/{y}/{x}"}, MaxZoom: geo.MaxZoom}
	var around *orb.Bound
	for _, name := range collections {
		d.VectorLayers = append(d.VectorLayers, vectorLayer{name, tileFields[name]})
		b, ok, err := s.extent(c.Request().Context(), name, s.view(c))
		if err != nil {
			return err
		}
		if ok && around != nil {
			b = around.Union(b)
		}
		if ok {
			around = &b
		}
	}
	if around != nil {
		d.Bounds = &[4]float64{around.Min[0], around.Min[1], around.Max[0], around.Max[1]}
	}
	c.Response().Header().Add("Vary", "Accept-Language")
	return s.document(c, typeTileJSON, d)
}

type tileMatrix struct {
	ID               string     `json:"id"`
	ScaleDenominator float64    `json:"scaleDenominator"`
	CellSize         float64    `json:"cellSize"` // metres
	PointOfOrigin    [2]float64 `json:"pointOfOrigin"`
	TileWidth        int        `json:"tileWidth"`
	TileHeight       int        `json:"tileHeight"`
	MatrixWidth      int        `json:"matrixWidth"`
	MatrixHeight     int        `json:"matrixHeight"`
}

// Of OGC 17-083r4, annex D.1: the scale of matrix 0, and half the width of the
// world in metres.
const (
	scaleOfMatrix0 = 559082264.0287178
	halfWorld      = 20037508.342789244
)

// matrixSets lists the tile matrix sets that are used here.
func (s *Server) matrixSets(c echo.Context) error {
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	set := link{Href: s.root(c) + "/ogc/tileMatrixSets/WebMercatorQuad", Rel: "self", Type: typeJSON, Title: "WebMercatorQuad"}
	type entry struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		URI   string `json:"uri"`
		Links []link `json:"links"`
	}
	v := view{Title: "Tile matrix sets", Trail: s.trail(c), Links: append(s.selfAndAlternate(c, q, typeJSON), set)}
	return s.answer(c, q, typeJSON, map[string][]entry{"tileMatrixSets": {{"WebMercatorQuad", "WebMercatorQuad", webMercatorQuad, []link{set}}}}, v)
}

// matrixSet describes WebMercatorQuad as far down as tiles are served.
func (s *Server) matrixSet(c echo.Context) error {
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	list, rows := make([]tileMatrix, geo.MaxZoom+1), &table{Head: []string{"id", "scaleDenominator", "matrixWidth"}}
	for z := range list {
		n := 1 << z
		list[z] = tileMatrix{strconv.Itoa(z), scaleOfMatrix0 / math.Exp2(float64(z)), 2 * halfWorld / 256 / float64(n),
			[2]float64{-halfWorld, halfWorld}, 256, 256, n, n}
		rows.Rows = append(rows.Rows, []cell{{Value: list[z].ID}, {Value: strconv.FormatFloat(list[z].ScaleDenominator, 'f', -1, 64)}, {Value: strconv.Itoa(n)}})
	}
	links := s.selfAndAlternate(c, q, typeJSON)
	return s.answer(c, q, typeJSON, struct {
		ID                string       `json:"id"`
		Title             string       `json:"title"`
		URI               string       `json:"uri"`
		CRS               string       `json:"crs"`
		OrderedAxes       []string     `json:"orderedAxes"`
		WellKnownScaleSet string       `json:"wellKnownScaleSet"`
		TileMatrices      []tileMatrix `json:"tileMatrices"`
		Links             []link       `json:"links"`
	}{"WebMercatorQuad", "WebMercatorQuad", webMercatorQuad, webMercator, []string{"X", "Y"},
		"http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible", list, links},
		view{Title: "WebMercatorQuad", Trail: s.trail(c), Table: rows, Links: links})
}
