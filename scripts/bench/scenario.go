package main

import (
	"fmt"
	"strings"
)

// What is measured. All of it is seen from outside: resources of Terraform.
const (
	// each is chat_user with for_each.
	each = "user"
	// many is one chat_users.
	many = "users"
	// contacts is chat_contact with for_each, in lists of contactsPerOwner.
	contacts = "contacts"
	// crowd is chat_user with for_each in an application of crowdSize other users.
	crowd = "crowd"
	// floor is terraform_data with for_each: what Terraform itself needs.
	floor = "terraform_data"
)

const (
	contactsPerOwner = 30
	crowdSize        = 100_000
)

// scenario is one thing to measure, in an application of its own.
type scenario struct {
	// Platform is empty for floor, as is everything else but N.
	Platform string `json:"platform,omitempty"`
	Kind     string `json:"kind"`
	// N is how many users, contacts or instances there are.
	N int `json:"n"`
	// LatencyMS is what the platform adds to every answer, in milliseconds.
	LatencyMS int `json:"latency_ms"`
	// Limit is how many calls a second the platform takes, 0 any number.
	Limit int `json:"limit"`
	// Single turns bulk calls and read-ahead off.
	Single bool `json:"single"`
}

// title is the scenario's name among the others that are measured.
func (s scenario) title() string {
	if s.Kind == floor {
		return fmt.Sprintf("%d %s", s.N, floor)
	}
	text := fmt.Sprintf("%d %s on %s, %d ms", s.N, strings.ReplaceAll(s.what(), "`", ""), s.Platform, s.LatencyMS)
	if s.Limit > 0 {
		text += fmt.Sprintf(", %d calls a second", s.Limit)
	}
	if s.Single {
		text += ", bulk off"
	}
	return text
}

// what is the kind as the reader of the table knows it.
func (s scenario) what() string {
	switch s.Kind {
	case each:
		return "`chat_user`"
	case many:
		return "`chat_users`"
	case contacts:
		return "`chat_contact`"
	case crowd:
		return "`chat_user` among 100,000"
	}
	return "`" + s.Kind + "`"
}

// configuration is what Terraform applies.
func (s scenario) configuration() string {
	const (
		provider  = "terraform {\n  required_providers {\n    chat = {\n      source = \"chat/chat\"\n    }\n  }\n}\n\n"
		instances = "for_each = { for i in range(%d) : format(\"user-%%05d\", i) => \"User ${i}\" }"
		password  = "benchmark-password"
	)
	switch s.Kind {
	case many:
		return provider + fmt.Sprintf(`resource "chat_users" "all" {
  users       = { for i in range(%d) : format("user-%%05d", i) => { nickname = "User ${i}" } }
  password_wo = %q
}
`, s.N, password)
	case contacts:
		return provider + fmt.Sprintf(`resource "chat_contact" "each" {
  for_each = { for i in range(%d) : format("%%05d", i) => i }
  owner    = format("owner-%%04d", floor(each.value / %d))
  contact  = format("contact-%%02d", each.value %% %d)
}
`, s.N, contactsPerOwner, contactsPerOwner)
	case floor:
		return fmt.Sprintf(`resource "terraform_data" "each" {
  `+instances+`
  input    = { username = each.key, nickname = each.value }
}
`, s.N)
	}
	return provider + fmt.Sprintf(`resource "chat_user" "each" {
  `+instances+`
  username    = each.key
  nickname    = each.value
  password_wo = %q
}
`, s.N, password)
}

// residents are the users who must be there before Terraform comes.
func (s scenario) residents() []string {
	var names []string
	switch s.Kind {
	case contacts:
		for i := range (s.N + contactsPerOwner - 1) / contactsPerOwner {
			names = append(names, fmt.Sprintf("owner-%04d", i))
		}
		for i := range contactsPerOwner {
			names = append(names, fmt.Sprintf("contact-%02d", i))
		}
	case crowd:
		for i := range crowdSize {
			names = append(names, fmt.Sprintf("resident-%06d", i))
		}
	}
	return names
}
