// Package assets holds what is embedded in the program.
package assets

import "embed"

// Demo holds what the demo is made from.
//
//go:embed demo
var Demo embed.FS

// Mail holds the templates of messages: a file each, whose first line is the subject, and the layout around them.
//
//go:embed mail
var Mail embed.FS

// Pages holds the pages that people without an account are sent to.
//
//go:embed pages
var Pages embed.FS
