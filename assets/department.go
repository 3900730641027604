package assets

// Department (部门) is an office that attributes refer to: in charge of, owner
// of, or maintaining an asset.
type Department struct {
	Header
	Code string `json:"code"`
	Name string `json:"name"`
}

// Validate reports every wrong member at once.
func (d Department) Validate() error {
	return textFaults(bounded{"code", d.Code, 0, 30}, bounded{"name", d.Name, 1, 100}).Err()
}
