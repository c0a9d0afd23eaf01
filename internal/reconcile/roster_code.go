package reconcile

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// A roster of many users is stored as one compressed document in columns: names, flags and
// the rest, each user after the other. A user takes about 30 bytes.

// rosterHead is the beginning of the document, as JSON.
type rosterHead struct {
	Format     int    `json:"format"`
	ID         string `json:"id"`
	Version    *int64 `json:"version,omitempty"`
	Unfinished bool   `json:"unfinished,omitempty"`
	Partial    *int64 `json:"partial,omitempty"`
	Users      int    `json:"users"`
}

// rosterFormat is the version of the document.
const rosterFormat = 1

// Flags of a user.
const (
	flagManaged uint64 = 1 << iota
	flagMissing
	flagForeign
	flagUnset
	flagDeactivated
	flagUUID      // 16 bytes follow
	flagOtherUUID // a text follows
	flagCreated
	flagApproximate
	flagSent
	flagWrittenNickname
	flagFoundNickname
	flagSameNickname
	// Two bits each: written and found activation.
	activationShift = 13

	flagMachineTime uint64 = 1 << (activationShift + 4)
)

// Encode returns the roster as a JSON string.
func (r *Roster) Encode() ([]byte, error) {
	keys := maps.Clone(r.Account.Users)
	for key := range r.Users {
		keys[key] = r.Account.Users[key]
	}
	var names, flags, rest []byte
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		m, managed := r.Users[key]
		name := m.Name
		if !managed {
			name = key
		}
		names = binary.AppendUvarint(names, uint64(len(name)))
		names = append(names, name...)
		f, more := encodeUser(m, managed, keys[key])
		flags = binary.AppendUvarint(flags, f)
		rest = append(rest, more...)
	}
	head, err := json.Marshal(rosterHead{
		Format: rosterFormat, ID: r.ID, Version: r.Version, Unfinished: r.Unfinished, Partial: r.Account.PartialVersion, Users: len(keys),
	})
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	writer, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	for _, part := range [][]byte{head, names, flags, rest} {
		if _, err := writer.Write(append(binary.AppendUvarint(nil, uint64(len(part))), part...)); err != nil {
			return nil, err
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return json.Marshal(packed.Bytes())
}

// encodeUser returns the flags of a user and what follows them.
func encodeUser(m Managed, managed bool, note Note) (flags uint64, rest []byte) {
	set := func(flag uint64, is bool) bool {
		if is {
			flags |= flag
		}
		return is
	}
	set(flagManaged, managed)
	set(flagMissing, m.Missing)
	set(flagForeign, note.Foreign)
	set(flagUnset, note.Unset)
	set(flagDeactivated, note.Deactivated)
	set(flagMachineTime, note.MachineTime)
	uuid, err := hex.DecodeString(strings.ReplaceAll(note.UUID, "-", ""))
	if isUUID := err == nil && len(uuid) == 16 && uuidText(uuid) == note.UUID; set(flagUUID, isUUID) {
		rest = append(rest, uuid...)
	} else if set(flagOtherUUID, note.UUID != "") {
		rest = binary.AppendUvarint(rest, uint64(len(note.UUID)))
		rest = append(rest, note.UUID...)
	}
	// A registration with a UUID is known without its time.
	if set(flagCreated, note.Created != 0 && note.UUID == "") {
		rest = binary.AppendVarint(rest, note.Created)
	}
	if set(flagApproximate, note.Until != 0 && note.UUID == "") {
		rest = binary.AppendVarint(rest, note.Since)
		rest = binary.AppendVarint(rest, note.Until)
	}
	if set(flagSent, note.SentAt != 0) {
		rest = binary.AppendVarint(rest, note.SentAt)
	}
	if set(flagWrittenNickname, m.Written.Nickname != 0) {
		rest = binary.BigEndian.AppendUint64(rest, uint64(m.Written.Nickname))
	}
	same := set(flagSameNickname, m.Written.Nickname == m.Found.Nickname)
	if set(flagFoundNickname, !same && m.Found.Nickname != 0) {
		rest = binary.BigEndian.AppendUint64(rest, uint64(m.Found.Nickname))
	}
	flags |= uint64(m.Written.Activated)<<activationShift | uint64(m.Found.Activated)<<(activationShift+2)
	return flags, rest
}

// uuidText is a UUID as it is usually written.
func uuidText(b []byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// ParseRoster reads what Encode wrote. key is chat.Platform's UserKey.
func ParseRoster(document []byte, key func(username string) string) (*Roster, error) {
	r, err := parseRoster(document, key)
	if err != nil {
		return nil, fmt.Errorf("what the provider keeps beside the state of this resource cannot be read: %w", err)
	}
	return r, nil
}

func parseRoster(document []byte, key func(username string) string) (*Roster, error) {
	var packed []byte
	if err := json.Unmarshal(document, &packed); err != nil {
		return nil, err
	}
	all, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, err
	}
	in := &reader{left: all}
	var head rosterHead
	if err := json.Unmarshal(in.part(), &head); err != nil {
		return nil, err
	}
	if head.Format != rosterFormat {
		return nil, fmt.Errorf("it is in format %d, which this version of the provider does not know", head.Format)
	}
	names, flags, rest := &reader{left: in.part()}, &reader{left: in.part()}, &reader{left: in.part()}
	r := &Roster{
		ID: head.ID, Version: head.Version, Unfinished: head.Unfinished,
		Users:   make(map[string]Managed, head.Users),
		Account: &Account{Users: make(map[string]Note, head.Users), PartialVersion: head.Partial},
	}
	for range head.Users {
		name, f := string(names.part()), flags.uvarint()
		k := key(name)
		m, note := rest.user(f)
		if f&flagManaged != 0 {
			m.Name = name
			r.Users[k] = m
		}
		r.Account.put(k, note)
	}
	if err := errors.Join(in.err, names.err, flags.err, rest.err); err != nil {
		return nil, err
	}
	return r, nil
}

// reader reads a part of the document. What is cut short sets err and reads as zero.
type reader struct {
	left []byte
	err  error
}

var errCut = errors.New("it is truncated")

func (r *reader) bytes(n int) []byte {
	if n > len(r.left) {
		r.left, r.err = nil, errCut
		return make([]byte, min(n, 64))
	}
	taken := r.left[:n]
	r.left = r.left[n:]
	return taken
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.left)
	r.bytes(r.length(n))
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.left)
	r.bytes(r.length(n))
	return v
}

// length is that of a number, which is none if it is truncated.
func (r *reader) length(n int) int {
	if n <= 0 {
		return len(r.left) + 1
	}
	return n
}

func (r *reader) uint64() uint64 { return binary.BigEndian.Uint64(r.bytes(8)) }

func (r *reader) part() []byte {
	n := r.uvarint()
	if n > uint64(len(r.left)) {
		r.left, r.err = nil, errCut
		return nil
	}
	return r.bytes(int(n)) //nolint:gosec // not more than a length
}

// user is the reverse of encodeUser.
func (r *reader) user(flags uint64) (Managed, Note) {
	is := func(flag uint64) bool { return flags&flag != 0 }
	m := Managed{Missing: is(flagMissing)}
	note := Note{Foreign: is(flagForeign), Unset: is(flagUnset), Deactivated: is(flagDeactivated), MachineTime: is(flagMachineTime)}
	if is(flagUUID) {
		note.UUID = uuidText(r.bytes(16))
	}
	if is(flagOtherUUID) {
		note.UUID = string(r.part())
	}
	if is(flagCreated) {
		note.Created = r.varint()
	}
	if is(flagApproximate) {
		note.Since, note.Until = r.varint(), r.varint()
	}
	if is(flagSent) {
		note.SentAt = r.varint()
	}
	if is(flagWrittenNickname) {
		m.Written.Nickname = Digest(r.uint64())
	}
	switch {
	case is(flagSameNickname):
		m.Found.Nickname = m.Written.Nickname
	case is(flagFoundNickname):
		m.Found.Nickname = Digest(r.uint64())
	}
	m.Written.Activated = Activation(flags >> activationShift & 3)
	m.Found.Activated = Activation(flags >> (activationShift + 2) & 3)
	return m, note
}
