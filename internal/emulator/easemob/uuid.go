package easemob

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// uuid is a UUID of version 1, whose time is when its user was created.
type uuid [16]byte

// Times in such a UUID are counted from 15 October 1582, in ticks of 100 nanoseconds.
const (
	ticksAtUnixEpoch    = 0x01B21DD213814000
	ticksPerMillisecond = int64(time.Millisecond / 100)
)

func ticksOf(t time.Time) int64 { return t.UnixNano() / 100 }

// newUUID returns an identity for a moment in ticks since the Unix epoch.
func newUUID(ticks int64) uuid {
	count := uint64(ticks + ticksAtUnixEpoch) // #nosec G115 -- no emulated time is before 1582
	var id uuid
	copy(id[8:], randomBytes(8))
	binary.BigEndian.PutUint64(id[:], count<<32|count>>32&0xffff<<16|count>>48&0x0fff|0x1000)
	id[8] = id[8]&0x3f | 0x80
	return id
}

// timed reports whether the UUID is of the version that has a time.
func (id uuid) timed() bool { return id[6]>>4 == 1 }

// ticks is the moment in ticks since the Unix epoch.
func (id uuid) ticks() int64 {
	fields := binary.BigEndian.Uint64(id[:])
	count := fields>>32 | fields>>16&0xffff<<32 | fields&0x0fff<<48
	return int64(count) - ticksAtUnixEpoch // #nosec G115 -- 60 bits
}

func (id uuid) String() string {
	var text [36]byte
	hex.Encode(text[0:8], id[0:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:36], id[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// parseUUID reads any UUID in its usual form.
func parseUUID(text string) (id uuid, ok bool) {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return id, false
	}
	digits := text[0:8] + text[9:13] + text[14:18] + text[19:23] + text[24:36]
	_, err := hex.Decode(id[:], []byte(digits))
	return id, err == nil
}

// randomBytes returns n bytes nobody can guess.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}
