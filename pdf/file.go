package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
)

// file is a PDF being written: a list of numbered objects, in any order, and a table that says where each begins. The
// package writes it itself because no library at hand writes the same bytes twice for the same photos, shares a parsed
// font between documents, or can leave out the dates, which would tell when somebody worked on a report.
type file struct {
	bytes.Buffer
	offsets []int // of object i + 1
	deflate *zlib.Writer
}

// ref is the number of an object.
type ref int

func (r ref) String() string { return strconv.Itoa(int(r)) + " 0 R" }

func newFile() *file {
	f := &file{deflate: zlib.NewWriter(io.Discard)}
	// The second line tells that the file is not text.
	f.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return f
}

// reserve gives an object its number before it is written.
func (f *file) reserve() ref {
	f.offsets = append(f.offsets, 0)
	return ref(len(f.offsets))
}

func (f *file) begin(r ref) {
	f.offsets[r-1] = f.Len()
	fmt.Fprintf(f, "%d 0 obj\n", int(r))
}

func (f *file) object(r ref, format string, values ...any) {
	f.begin(r)
	fmt.Fprintf(f, format, values...)
	f.WriteString("\nendobj\n")
}

// stream writes an object that carries bytes, as they are.
func (f *file) stream(r ref, dictionary string, data []byte) {
	f.begin(r)
	fmt.Fprintf(f, "<<%s/Length %d>>\nstream\n", dictionary, len(data))
	f.Write(data)
	f.WriteString("\nendstream\nendobj\n")
}

// packed writes an object that carries bytes, compressed.
func (f *file) packed(r ref, dictionary string, data []byte) {
	f.stream(r, dictionary+"/Filter/FlateDecode", f.compressed(data))
}

func (f *file) compressed(data []byte) []byte {
	var packed bytes.Buffer
	f.deflate.Reset(&packed)
	_, _ = f.deflate.Write(data) // a Buffer gives no error
	_ = f.deflate.Close()
	return packed.Bytes()
}

// end writes the table of the objects.
func (f *file) end(catalogue, info ref) {
	at := f.Len()
	fmt.Fprintf(f, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets)+1)
	for _, offset := range f.offsets {
		fmt.Fprintf(f, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(f, "trailer\n<</Size %d/Root %v/Info %v>>\nstartxref\n%d\n%%%%EOF\n", len(f.offsets)+1, catalogue, info, at)
}

// hexadecimal is a text as an object: UTF-16 in hexadecimal, so that no character of it means anything to a reader.
func hexadecimal(text string) string {
	hex := []byte("<FEFF")
	for _, unit := range utf16.Encode([]rune(text)) {
		hex = fmt.Appendf(hex, "%04X", unit)
	}
	return string(append(hex, '>'))
}
