package assets

import "streetbook/assets/cql2"

// Kinds of members that features have besides those of attributes.
const (
	KindID      = "id"      // a UUID
	KindInteger = "integer" // a whole number
	KindTime    = "time"    // an instant of RFC 3339
	KindObject  = "object"  // the attributes of an asset
)

// Member is a property of a feature: its name on the wire, what kind of value it
// holds, and what people call it.
type Member struct {
	Name   string
	Kind   string
	Values []string // of a KindChoice
	Title  Text
}

// Queryable reports whether features can be asked for by the member. What
// follows from the catalogue, and the attributes of a class, cannot.
func (m Member) Queryable() bool { return m.Kind != KindObject && m.Name != "class_name" }

// Members lists the properties of a collection's features in wire order. Names
// on the wire come from here and from nowhere else.
func Members(collection string) []Member {
	switch collection {
	case CollectionAreas:
		return []Member{
			{"jurisdiction", KindText, nil, Text{"辖区", "Jurisdiction"}},
			{"code", KindText, nil, Text{"编码", "Code"}},
			{"name", KindText, nil, Text{"名称", "Name"}},
			{"level", KindChoice, Levels, Text{"级别", "Level"}},
			{"parent", KindID, nil, Text{"上级区域", "Parent area"}},
			{"area_m2", KindNumber, nil, Text{"面积（平方米）", "Area (m²)"}},
			{"residents", KindInteger, nil, Text{"居民数", "Residents"}},
			{"source", KindText, nil, Text{"来源", "Source"}},
			{"updated_at", KindTime, nil, Text{"更新时间", "Updated at"}},
			{"version", KindInteger, nil, Text{"版本", "Version"}},
		}
	case CollectionSegments:
		return []Member{
			{"jurisdiction", KindText, nil, Text{"辖区", "Jurisdiction"}},
			{"code", KindText, nil, Text{"编码", "Code"}},
			{"name", KindText, nil, Text{"名称", "Name"}},
			{"road", KindText, nil, Text{"道路", "Road"}},
			{"from", KindText, nil, Text{"起点", "From"}},
			{"to", KindText, nil, Text{"终点", "To"}},
			{"key", KindFlag, nil, Text{"重点整治路段", "Key segment"}},
			{"length_m", KindNumber, nil, Text{"长度（米）", "Length (m)"}},
			{"status", KindChoice, Statuses, Text{"状态", "Status"}},
			{"source", KindText, nil, Text{"来源", "Source"}},
			{"invested", KindNumber, nil, Text{"已付金额（元）", "Invested: paid (yuan)"}},
			{"invested_per_m", KindNumber, nil, Text{"每米已付（元）", "Invested per metre (yuan)"}},
			{"asset_count", KindInteger, nil, Text{"设施数", "Assets"}},
			{"condition_mean", KindNumber, nil, Text{"平均状况（1 完好至 4 危险）", "Mean condition (1 good to 4 dangerous)"}},
			{"updated_at", KindTime, nil, Text{"更新时间", "Updated at"}},
			{"version", KindInteger, nil, Text{"版本", "Version"}},
		}
	case CollectionAssets:
		return []Member{
			{"jurisdiction", KindText, nil, Text{"辖区", "Jurisdiction"}},
			{"code", KindText, nil, Text{"部件标识码", "Component code"}},
			{"class", KindText, nil, Text{"类别编码", "Class"}},
			{"class_name", KindText, nil, Text{"类别", "Class name"}},
			{"name", KindText, nil, Text{"名称", "Name"}},
			{"status", KindChoice, Statuses, Text{"状态", "Status"}},
			{"condition", KindChoice, Conditions, Text{"状况", "Condition"}},
			{"segment", KindID, nil, Text{"路段", "Segment"}},
			{"chainage_m", KindNumber, nil, Text{"里程（米）", "Chainage (m)"}},
			{"side", KindChoice, []string{SideLeft, SideRight}, Text{"侧", "Side"}},
			{"offset_m", KindNumber, nil, Text{"距路段线（米）", "Offset (m)"}},
			{"community", KindID, nil, Text{"社区", "Community"}},
			{"accuracy_m", KindNumber, nil, Text{"定位精度（米）", "Accuracy of position (m)"}},
			{"source", KindText, nil, Text{"来源", "Source"}},
			{"source_id", KindText, nil, Text{"来源编号", "Id at the source"}},
			{"source_crs", KindText, nil, Text{"来源坐标系", "System of the source"}},
			{"installed_on", KindDate, nil, Text{"安装日期", "Installed on"}},
			{"removed_on", KindDate, nil, Text{"拆除日期", "Removed on"}},
			{"replaces", KindID, nil, Text{"替换了", "Replaces"}},
			{"replaced_by", KindID, nil, Text{"被替换为", "Replaced by"}},
			{"updated_at", KindTime, nil, Text{"更新时间", "Updated at"}},
			{"version", KindInteger, nil, Text{"版本", "Version"}},
			{"attributes", KindObject, nil, Text{"类别属性", "Attributes of the class"}},
		}
	}
	return nil
}

// Queryables are the properties of a collection that a filter can name.
func Queryables(collection string) map[string]cql2.Type {
	types := map[string]cql2.Type{"geometry": cql2.TypeGeometry}
	kinds := map[string]cql2.Type{KindText: cql2.TypeText, KindChoice: cql2.TypeText, KindNumber: cql2.TypeNumber, KindInteger: cql2.TypeNumber,
		KindFlag: cql2.TypeBool, KindDate: cql2.TypeDate, KindTime: cql2.TypeTimestamp, KindID: cql2.TypeID}
	for _, m := range Members(collection) {
		if t, ok := kinds[m.Kind]; ok && m.Queryable() {
			types[m.Name] = t
		}
	}
	return types
}
