package userfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// mostLine is how long a line of JSON Lines may be, in bytes.
const mostLine = 1 << 20

// jsonLines is a file with a JSON object in every line.
type jsonLines struct {
	from  io.Reader
	lines *bufio.Scanner
	line  int
}

func newJSONLines(from io.Reader) decoder { return &jsonLines{from: from} }

func (j *jsonLines) next(report func(Fault)) (row, bool, error) {
	if j.lines == nil {
		text, err := withoutMark(j.from)
		if err != nil {
			return row{}, false, err
		}
		j.lines = bufio.NewScanner(text)
		j.lines.Buffer(nil, mostLine)
	}
	for j.lines.Scan() {
		j.line++
		if line := j.lines.Bytes(); len(bytes.TrimSpace(line)) > 0 {
			r, fault := object(line)
			if fault != nil {
				report(Fault{Line: j.line, Column: fault.column, Text: fault.text})
				return row{}, false, nil
			}
			r.Line = j.line
			return r, true, nil
		}
	}
	if errors.Is(j.lines.Err(), bufio.ErrTooLong) {
		report(Fault{Line: j.line + 1, Column: 1, Text: fmt.Sprintf("The line is longer than %d bytes.", mostLine)})
	} else if err := j.lines.Err(); err != nil {
		return row{}, false, err
	}
	return row{}, false, io.EOF
}

// objectFault is why a line is not a user.
type objectFault struct {
	column int
	text   string
}

// object reads the object of a line. What a fault says quotes nothing of the line.
func object(line []byte) (row, *objectFault) {
	var r row
	if !utf8.Valid(line) {
		return r, &objectFault{1, "The line is not UTF-8 text."}
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	position := func() int {
		// What follows the last token begins after blanks, a colon or a comma.
		rest := line[decoder.InputOffset():]
		return int(decoder.InputOffset()) + len(rest) - len(bytes.TrimLeft(rest, " \t\r\n:,")) + 1
	}
	// token returns the next token and where it begins.
	token := func() (json.Token, int, *objectFault) {
		at := position()
		token, err := decoder.Token()
		if err != nil {
			return nil, at, &objectFault{at, "The line is not valid JSON."}
		}
		return token, at, nil
	}
	begin, at, fault := token()
	if fault != nil {
		return r, fault
	}
	if begin != json.Delim('{') {
		return r, &objectFault{at, "The line is not a JSON object."}
	}
	for decoder.More() {
		key, at, fault := token()
		if fault != nil {
			return r, fault
		}
		name, _ := key.(string)
		column := slices.Index(columns, name)
		if column < 0 {
			return r, &objectFault{at, "The object may have the keys " + strings.Join(columns, ", ") + "; this key is unknown."}
		}
		if r.at[column] != 0 {
			return r, &objectFault{at, "The object has the key " + name + " twice."}
		}
		value, at, fault := token()
		if fault != nil {
			return r, fault
		}
		r.at[column] = at
		if text := r.set(column, value); text != "" {
			return r, &objectFault{at, text}
		}
	}
	if _, _, fault := token(); fault != nil { // the end of the object
		return r, fault
	}
	if after := bytes.TrimSpace(line[decoder.InputOffset():]); len(after) > 0 {
		return r, &objectFault{position(), "A line must contain one object, and nothing after it."}
	}
	if r.at[colUsername] == 0 {
		return r, &objectFault{1, "The object must have the key " + columns[colUsername] + "."}
	}
	return r, nil
}

// set takes in the value of a key, and says what is wrong with it. Null is as if the key
// were left out.
func (r *row) set(column int, value json.Token) (fault string) {
	if value == nil && column != colUsername {
		return ""
	}
	if column == colActivated {
		activated, ok := value.(bool)
		if !ok {
			return "The value of activated must be true or false, or be left out."
		}
		r.Activated = &activated
		return ""
	}
	text, ok := value.(string)
	if !ok {
		return "The value of " + columns[column] + " must be a string."
	}
	switch column {
	case colUsername:
		r.Name = text
	case colNickname:
		r.Nickname = &text
	case colPassword:
		r.Password = text
	}
	return ""
}
