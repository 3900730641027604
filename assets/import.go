package assets

// Incoming is one row of a file, converted and checked on its own, on its way
// into the registry. Row is its number in the file, for the report.
type Incoming struct {
	Row   int
	Asset Asset
}

// ImportOutcome says what became of the rows that reached the store. Rows it
// refused are reported one by one as they are met.
type ImportOutcome struct {
	Added       int64
	Unchanged   int64 // there already under the same source id, with the same values
	WithoutCode int64 // added, but the serials of the class are used up
}
