package userfile

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// withoutMark skips a byte order mark. A file that is not in UTF-8, by its mark, is an error.
func withoutMark(from io.Reader) (*bufio.Reader, error) {
	reader := bufio.NewReaderSize(from, 1<<16)
	begin, err := reader.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(begin, []byte{0xEF, 0xBB, 0xBF}):
		_, err = reader.Discard(3)
		return reader, err
	case bytes.HasPrefix(begin, []byte{0xFE, 0xFF}), bytes.HasPrefix(begin, []byte{0xFF, 0xFE}):
		return nil, errors.New("the file is in UTF-16; save it in UTF-8")
	}
	return reader, nil
}

// csvFile is a CSV file with a header.
type csvFile struct {
	from   io.Reader
	reader *csv.Reader
	// header are the columns in the order of the file.
	header []int
}

func newCSV(from io.Reader) decoder { return &csvFile{from: from} }

// errHeader ends a file whose header has faults.
var errHeader = errors.New("the header is not valid")

func (c *csvFile) next(report func(Fault)) (row, bool, error) {
	if c.reader == nil {
		if err := c.begin(report); err != nil {
			return row{}, false, err
		}
	}
	record, err := c.reader.Read()
	if err != nil {
		return row{}, false, reported(err, report)
	}
	line, _ := c.reader.FieldPos(0)
	if len(record) != len(c.header) {
		report(Fault{Line: line, Column: 1, Text: fmt.Sprintf("The row has %d fields and the header %d.", len(record), len(c.header))})
		return row{}, false, nil
	}
	r := row{User: User{Line: line}}
	for i, value := range record {
		_, r.at[c.header[i]] = c.reader.FieldPos(i)
		if value == "" {
			continue
		}
		switch c.header[i] {
		case colUsername:
			r.Name = value
		case colNickname:
			r.Nickname = &value
		case colActivated:
			if r.Activated = boolean(value); r.Activated == nil {
				report(Fault{Line: line, Column: r.at[colActivated], Text: "The value of activated must be true or false, or be left out."})
			}
		case colPassword:
			r.Password = value
		}
	}
	return r, true, nil
}

// begin reads the header.
func (c *csvFile) begin(report func(Fault)) error {
	text, err := withoutMark(c.from)
	if err != nil {
		return err
	}
	c.reader = csv.NewReader(text)
	c.reader.FieldsPerRecord = -1
	header, err := c.reader.Read()
	if err != nil {
		if err := reported(err, report); err != nil {
			return err
		}
		return errHeader
	}
	valid := true
	fault := func(i int, text string) {
		line, column := c.reader.FieldPos(i)
		report(Fault{Line: line, Column: column, Text: text})
		valid = false
	}
	for i, name := range header {
		switch {
		case !slices.Contains(columns, name):
			// Without a header, this may be anybody's password: it is not quoted.
			fault(i, "The header may have the columns "+strings.Join(columns, ", ")+", separated by commas; this column is unknown.")
		case slices.Contains(header[:i], name):
			fault(i, "The header has the column "+name+" twice.")
		}
	}
	if !slices.Contains(header, columns[colUsername]) {
		fault(0, "The header must have the column "+columns[colUsername]+".")
	}
	if !valid {
		return errHeader
	}
	for _, name := range header {
		c.header = append(c.header, slices.Index(columns, name))
	}
	c.reader.ReuseRecord = true
	return nil
}

// reported reports an error that is the file's fault, after which reading goes on.
func reported(err error, report func(Fault)) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	text := "The row is not valid CSV."
	if errors.Is(parse.Err, csv.ErrQuote) || errors.Is(parse.Err, csv.ErrBareQuote) {
		text = `A quotation mark is out of place: a field that has one must be quoted, and each one inside doubled ("").`
	}
	report(Fault{Line: parse.Line, Column: parse.Column, Text: text})
	return nil
}

func boolean(text string) *bool {
	value := strings.EqualFold(text, "true")
	if !value && !strings.EqualFold(text, "false") {
		return nil
	}
	return &value
}
