// Package assets holds what is embedded in the program.
package assets

import (
	"embed"
)

// Demo holds what the demo is made from.
//
//go:embed demo
var Demo embed.FS
