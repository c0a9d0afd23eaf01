package chat

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

const (
	// maxDerived is the length that every platform takes.
	maxDerived = 64
	// digestLength is how many characters of the digest a derived name ends with: 80
	// bits, so that finding an account with the name of another is out of reach.
	digestLength = 16
)

// derivedDigits are lower case, because platforms may compare names without case.
var derivedDigits = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// UsernameFrom derives a user name from an account of any form, such as an e-mail
// address: what of it is readable, a hyphen and a digest of the whole. The name is
// legal on every platform, at most 64 bytes, and the same in every version.
//
// Accounts are compared byte by byte: those that differ only in case or by a space
// get different names. An empty account is an ErrInvalid.
func UsernameFrom(account string) (string, error) {
	if account == "" {
		return "", Refuse("An account must have at least one character.")
	}
	digest := sha256.Sum256([]byte(account))
	return readable(account, maxDerived-1-digestLength) + "-" + derivedDigits.EncodeToString(digest[:])[:digestLength], nil
}

// readable keeps the ASCII letters and digits of an account and the single dots,
// hyphens and underscores among them. Beyond ASCII, what is a letter and what its
// lower case changes from one version of Unicode to the next, and names must not.
func readable(account string, length int) string {
	var b strings.Builder
	separated := true
	for i := 0; i < len(account) && b.Len() < length; i++ {
		c := account[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			b.WriteByte(c)
			separated = false
		case !separated:
			if c != '.' && c != '_' {
				c = '-'
			}
			b.WriteByte(c)
			separated = true
		}
	}
	kept := strings.TrimRight(b.String(), "-._")
	if kept == "" {
		return "user"
	}
	return kept
}
