package chat

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Rules are the rules of a platform for values, by field. Every value of a field without
// a rule is accepted.
type Rules map[Field]Rule

// Rule checks the value of a field: a string, an int64, a bool, or a map[string]any of those
// attributes of an object that are declared. Its error is an
// ErrInvalid that says the rule in a sentence and never quotes a secret. A value of nil
// is one that is declared but not known yet; only a rule that refuses every value
// refuses it.
type Rule func(value any) error

// Field names an input: the noun, and the attribute as the vocabulary spells it.
// Nested attributes have dots: "user.push.display_style".
type Field string

// The fields that every platform has a rule for.
const (
	FieldUsername Field = "user.username"
	FieldPassword Field = "user.password"
	FieldNickname Field = "user.nickname"
	// FieldGroupID is the id of a group or room.
	FieldGroupID Field = "group.id"
)

// Check returns nil, or an ErrInvalid or ErrUnsupported with the reason why the platform
// refuses the value of a field.
func (r Rules) Check(field Field, value any) error {
	if rule, ok := r[field]; ok {
		return rule(value)
	}
	return nil
}

// Text is a Rule for strings.
func Text(check func(text string) error) Rule {
	return func(value any) error {
		if text, ok := value.(string); ok {
			return check(text)
		}
		return nil
	}
}

// Characters is a Rule for strings of at most that many characters. what names the
// value in a sentence, with its article.
func Characters(what string, most int) Rule {
	return Text(func(text string) error {
		if n := utf8.RuneCountInString(text); n > most {
			return Refuse("%s must have at most %d characters; this one has %d.", what, most, n)
		}
		return nil
	})
}

// Whole is a Rule for whole numbers from least to most.
func Whole(what string, least, most int64) Rule {
	return func(value any) error {
		if n, ok := value.(int64); ok && (n < least || n > most) {
			return Refuse("%s must be a whole number from %d to %d; it is %d.", what, least, most, n)
		}
		return nil
	}
}

// Lacking is a Rule that refuses every value, because the platform does not have this
// attribute.
func Lacking(platform, what string) Rule {
	return func(any) error { return Unsupported(platform, what) }
}

// Refuse returns the error of an input that breaks a rule. Its text is a sentence for the
// person who wrote the input. It is ErrInvalid.
func Refuse(format string, args ...any) error {
	return &ruleError{kind: ErrInvalid, text: fmt.Sprintf(format, args...)}
}

// Unsupported is a field or feature that a platform does not have: a sentence that
// names both. platform is its Title. It is ErrUnsupported.
func Unsupported(platform, what string) error {
	text := fmt.Sprintf("%s does not support %s.", platform, what)
	return &ruleError{kind: ErrUnsupported, text: strings.ToUpper(text[:1]) + text[1:]}
}

type ruleError struct {
	kind error
	text string
}

func (e *ruleError) Error() string        { return e.text }
func (e *ruleError) Is(target error) bool { return target == e.kind }
