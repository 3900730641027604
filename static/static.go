// Package static is the only place for web files: the pages, scripts, styles
// and symbols of the front end, and the libraries it stands on. To serve
// index.html, replace the prefix HASH in it by the path the files are served
// under, and allow its inline import map in the content security policy.
package static

import "embed"

// HASH is the literal path prefix in index.html that the server replaces by
// the content-hashed one.
const HASH = "/static/HASH/"

// Files holds every web file, under its path below this folder. Type
// declarations and licences come along: they belong to the libraries.
//
//go:embed index.html base i18n icons map planner style vendor
var Files embed.FS
