package emulator

import (
	"bytes"
	"embed"
	"net/http"
	"time"
)

// console is a page without outside parts.
//
//go:embed console
var console embed.FS

// consolePolicy lets the page load its own parts, talk to its own origin, and nothing
// else. Texts cannot become markup: the browser refuses what would turn one into it.
const consolePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// consoleRoutes serves the page and its parts.
func consoleRoutes(mux *http.ServeMux) {
	mux.Handle("GET /_emulator", http.RedirectHandler("/_emulator/", http.StatusPermanentRedirect))
	for _, part := range []struct{ path, name, contentType string }{
		{"{$}", "console.html", "text/html; charset=utf-8"},
		{"console.css", "console.css", "text/css; charset=utf-8"},
		{"console.js", "console.js", "text/javascript; charset=utf-8"},
	} {
		content, err := console.ReadFile("console/" + part.name)
		if err != nil {
			panic(err) // the build has them
		}
		mux.HandleFunc("GET /_emulator/"+part.path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", consolePolicy)
			w.Header().Set("Referrer-Policy", "no-referrer")
			w.Header().Set("Content-Type", part.contentType)
			http.ServeContent(w, r, part.name, time.Time{}, bytes.NewReader(content))
		})
	}
}
