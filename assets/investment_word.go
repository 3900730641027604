package assets

// ProjectKindWords are what people call the kinds of projects.
var ProjectKindWords = map[string]Text{
	ProjectRoad: {"道路整治", "Road improvement"}, ProjectPavement: {"白改黑", "Concrete to asphalt"}, ProjectCable: {"上改下", "Cables underground"}, ProjectRoof: {"屋面防水", "Roof waterproofing"},
	ProjectFurniture: {"城市家具", "City furniture"}, ProjectSignboard: {"门头牌匾", "Shop signs"}, ProjectLighting: {"照明", "Lighting"}, ProjectGreenery: {"绿化", "Greenery"},
	ProjectDrainage: {"排水管网", "Drainage"}, ProjectFacade: {"立面整治", "Façades"}, ProjectOther: {"其他", "Other"},
}

// FundWords are what people call the sources of funds.
var FundWords = map[string]Text{"municipal": {"市级", "City"}, "district": {"区级", "District"}, "subdistrict": {"街道", "Subdistrict"}, "special": {"专项资金", "Earmarked"}, "social": {"社会资金", "Private"}, "other": {"其他", "Other"}}

// EntryKindWords are what people call the kinds of entries.
var EntryKindWords = map[string]Text{EntryContract: {"合同", "Contract"}, EntryChangeOrder: {"变更", "Change order"}, EntryPayment: {"付款", "Payment"}, EntryRefund: {"退款", "Refund"}, EntryGrant: {"拨款", "Grant"}}

// BasisWords are what people call the bases.
var BasisWords = map[string]Text{BasisPaid: {"已付", "Paid"}, BasisCommitted: {"已签", "Committed"}}

// DimensionWords head the columns of an answer.
var DimensionWords = map[string]Text{"segment": {"路段", "Segment"}, "area": {"区域", "Area"}, "asset-class": {"设施类别", "Class of assets"}, "year": {"年份", "Year"}, "month": {"月份", "Month"},
	"kind": {"项目类别", "Kind of project"}, "fund": {"资金来源", "Source of funds"}, "project": {"项目", "Project"}, "department": {"部门", "Department"}}
