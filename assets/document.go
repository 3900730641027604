package assets

// Document is a voucher whose bytes a jurisdiction sent: entries of it may name
// it, those of another may not.
type Document struct {
	Header
	SHA256    string `json:"sha256"`
	Size      int64  `json:"size"`
	MediaType string `json:"media_type"`
}
