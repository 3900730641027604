package assets

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Kinds of conflicts.
const (
	ClashFields     = "fields"
	ClashDeleteEdit = "delete_edit" // mine deletes what they changed
	ClashEditDelete = "edit_delete" // mine changes what they deleted
)

// Choices that resolve a conflict.
const (
	ChoiceMine   = "mine"
	ChoiceTheirs = "theirs"
	ChoiceFields = "fields"
)

// Dispute (冲突) keeps both values of what two people changed, until somebody
// chooses. Nothing of it is ever discarded.
type Dispute struct {
	Header
	Noun       string          `json:"noun"`
	Object     uuid.UUID       `json:"object"`
	Kind       string          `json:"kind"`
	Op         uuid.UUID       `json:"op"`
	Device     uuid.UUID       `json:"device"`
	Actor      string          `json:"actor"`
	At         time.Time       `json:"at"` // as the phone said it
	ReceivedAt time.Time       `json:"received_at"`
	Base       int             `json:"base"` // the version that mine was made from; 0 where that went away with a restore
	Fields     json.RawMessage `json:"fields"`
	Choice     string          `json:"choice"` // "" while it is open
	ResolvedBy string          `json:"resolved_by"`
	ResolvedAt *time.Time      `json:"resolved_at"`
}

// Clashes lists the fields of a conflict.
func (c Dispute) Clashes() (list []Clash, err error) {
	err = json.Unmarshal(c.Fields, &list)
	return list, err
}

// Chosen says for each field whether mine is to stand.
func (c Dispute) Chosen(choice string, by map[string]string) ([]Clash, error) {
	list, err := c.Clashes()
	if err != nil || choice == ChoiceMine {
		return list, err
	}
	if choice == ChoiceTheirs {
		return nil, nil
	}
	if choice != ChoiceFields || c.Kind != ClashFields {
		return nil, Errorf(Invalid, "choice", "应为 mine、theirs，或对字段冲突为 fields", "must be mine, theirs or, where fields clash, fields")
	}
	var mine []Clash
	for _, clash := range list {
		switch by[clash.Field] {
		case ChoiceMine:
			mine = append(mine, clash)
		case ChoiceTheirs:
		default:
			return nil, Errorf(Invalid, "fields."+clash.Field, "应为 mine 或 theirs", "must be mine or theirs")
		}
	}
	for name := range by {
		if !slices.ContainsFunc(list, func(x Clash) bool { return x.Field == name }) {
			return nil, Errorf(Invalid, "fields."+name, "此字段没有冲突", "does not clash")
		}
	}
	return mine, nil
}
