package exchange

import (
	"embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"streetbook/assets"
)

// The catalogue as files: components.csv holds the two published sets with
// what is known of their numbers, local.csv the extensions, kinds.csv how things
// of a kind look and how exactly they are wanted, fields.csv their attributes.
//
//go:embed catalogue/*.csv
var catalogueFiles embed.FS

// Catalogue returns the asset classes of both code profiles, in the order of
// profile and code, as classes of the SystemJurisdiction. The ids are left for
// the store to give.
//
// The profiles use the same numbers for different things and are never mixed.
// Each is followed by the same local extensions, for things that a street has
// and neither set knows. Where a set has a word for a thing there is no
// extension: a small sculpture is 0406, a leisure seat 0407, a shop-front
// signboard 0307 in both.
//
// No field is required: an asset is tagged in the street with two taps and
// completed at the desk. RadiusM and AccuracyM say what telling two things of
// the class apart takes; they are not the survey classes A, B and C of the
// standards, which a phone meets only now and then.
func Catalogue() ([]assets.Class, error) {
	kinds, err := catalogueKinds()
	if err != nil {
		return nil, err
	}
	components, err := readCatalogue("components.csv")
	if err != nil {
		return nil, err
	}
	extensions, err := readCatalogue("local.csv")
	if err != nil {
		return nil, err
	}
	var classes []assets.Class
	for _, profile := range []string{assets.ProfileCJT, assets.ProfileGBT} {
		majors := map[string]assets.Class{}
		for _, row := range components {
			if row["profile"] != profile {
				continue
			}
			c := assets.Class{Profile: profile, MajorName: row["major"], MajorNameEN: row["major_en"]}
			if err := fillClass(&c, row, kinds); err != nil {
				return nil, err
			}
			majors[c.Code[:2]] = c
			classes = append(classes, c)
		}
		for _, row := range extensions {
			major, ok := majors[row["code"][:2]]
			if !ok {
				return nil, fmt.Errorf("catalogue: %s has no major class for %s", profile, row["code"])
			}
			c := assets.Class{Profile: profile, MajorName: major.MajorName, MajorNameEN: major.MajorNameEN, Local: true}
			if err := fillClass(&c, row, kinds); err != nil {
				return nil, err
			}
			classes = append(classes, c)
		}
	}
	return classes, nil
}

// fillClass sets what a row says itself and what it says through its kind.
func fillClass(c *assets.Class, row map[string]string, kinds map[string]assets.Class) error {
	kind, ok := kinds[row["kind"]]
	if !ok {
		return fmt.Errorf("catalogue: class %s has the unknown kind %q", row["code"], row["kind"])
	}
	c.Jurisdiction = assets.SystemJurisdiction
	c.Code, c.Name, c.NameEN, c.Geometry = row["code"], row["name"], row["name_en"], row["geometry"]
	c.Icon, c.Color, c.RadiusM, c.AccuracyM, c.Fields = kind.Icon, kind.Color, kind.RadiusM, kind.AccuracyM, kind.Fields
	return nil
}

// catalogueKinds reads the kinds, each as a class without names.
func catalogueKinds() (map[string]assets.Class, error) {
	sets, err := catalogueFields()
	if err != nil {
		return nil, err
	}
	rows, err := readCatalogue("kinds.csv")
	if err != nil {
		return nil, err
	}
	kinds := make(map[string]assets.Class, len(rows))
	for _, row := range rows {
		k := assets.Class{Icon: row["icon"], Color: row["color"]}
		if k.RadiusM, err = strconv.ParseFloat(row["radius_m"], 64); err != nil {
			return nil, fmt.Errorf("catalogue: radius of %s: %w", row["kind"], err)
		}
		if k.AccuracyM, err = strconv.ParseFloat(row["accuracy_m"], 64); err != nil {
			return nil, fmt.Errorf("catalogue: accuracy of %s: %w", row["kind"], err)
		}
		for _, name := range strings.Fields(row["fields"]) {
			set, ok := sets[name]
			if !ok {
				return nil, fmt.Errorf("catalogue: kind %s has the unknown fields %q", row["kind"], name)
			}
			k.Fields = append(k.Fields, set...)
		}
		kinds[row["kind"]] = k
	}
	return kinds, nil
}

// catalogueFields reads the sets of fields that kinds are put together from.
func catalogueFields() (map[string][]assets.Field, error) {
	rows, err := readCatalogue("fields.csv")
	if err != nil {
		return nil, err
	}
	sets := map[string][]assets.Field{}
	for _, row := range rows {
		f := assets.Field{Key: row["key"], Name: row["name"], NameEN: row["name_en"], Kind: row["kind"], Unit: row["unit"]}
		if f.Min, err = fieldLimit(row["min"]); err != nil {
			return nil, fmt.Errorf("catalogue: least %s: %w", f.Key, err)
		}
		if f.Max, err = fieldLimit(row["max"]); err != nil {
			return nil, fmt.Errorf("catalogue: most %s: %w", f.Key, err)
		}
		if row["choices"] != "" {
			f.Choices = strings.Split(row["choices"], "|")
		}
		sets[row["set"]] = append(sets[row["set"]], f)
	}
	return sets, nil
}

// fieldLimit reads a limit; an empty one is no limit.
func fieldLimit(s string) (*float64, error) {
	if s == "" {
		return nil, nil
	}
	v, err := strconv.ParseFloat(s, 64)
	return &v, err
}

// readCatalogue reads an embedded file, each row by the names in the first.
func readCatalogue(name string) ([]map[string]string, error) {
	file, err := catalogueFiles.Open("catalogue/" + name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("catalogue: %s: %w", name, err)
	}
	rows := make([]map[string]string, 0, len(records)-1)
	for _, record := range records[1:] {
		row := make(map[string]string, len(record))
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}
