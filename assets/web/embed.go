// Package web holds the web app as `make web` built it, embedded in the program.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// App gives the files of the web app by their names below its address, such as index.html. Where the app was not built
// before the program was, it gives placeholder.html alone, a page that says how to build it.
func App() fs.FS {
	app, err := fs.Sub(dist, "dist/app")
	if err == nil {
		if _, err = fs.Stat(app, "index.html"); err == nil {
			return app
		}
	}
	placeholder, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is valid
	}
	return placeholder
}
