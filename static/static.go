// Package static is the only place for web files: the pages, scripts, styles
// and symbols of the front end, and the libraries it stands on. To serve
// index.html, field.html or sw.js, replace the prefix HASH in them by the path the files are served
// under, and allow their inline import maps in the content security policy.
package static

import "embed"

// HASH is the literal path prefix in index.html that the server replaces by
// the content-hashed one.
const HASH = "/static/HASH/"

// Files holds every web file, under its path below this folder. Type
// declarations and licences come along: they belong to the libraries.
//
//go:embed index.html field.html field.webmanifest sw.js base field i18n icons map planner style vendor
var Files embed.FS
