// Package migrations holds the steps that bring a database to the schema of
// this program: NNNN_noun.sql, applied in order, each once, each whole. A step
// that has been released is never edited; a change is a new step.
package migrations

import "embed"

// FS holds the steps.
//
//go:embed *.sql
var FS embed.FS
