package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// What is measured. All of it is seen from outside: resources of Terraform.
const (
	// each is chat_user with for_each.
	each = "user"
	// many is one chat_users.
	many = "users"
	// file is one chat_users that takes its users from a file.
	file = "file"
	// contacts is chat_contact with for_each, in lists of contactsPerOwner.
	contacts = "contacts"
	// members is chat_group_member with for_each, in chat_group of membersPerGroup.
	members = "members"
	// team is one chat_group with one chat_group_members.
	team = "team"
	// crowd is chat_user with for_each in an application of crowdSize other users.
	crowd = "crowd"
	// floor is terraform_data with for_each: what Terraform itself needs.
	floor = "terraform_data"
)

const (
	contactsPerOwner = 30
	membersPerGroup  = 10
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

// what is the name of the kind in the table.
func (s scenario) what() string {
	switch s.Kind {
	case each:
		return "`chat_user`"
	case many:
		return "`chat_users`"
	case file:
		return "`chat_users` from a file"
	case contacts:
		return "`chat_contact`"
	case members:
		return "`chat_group_member`"
	case team:
		return "`chat_group_members`"
	case crowd:
		return "`chat_user` among 100,000"
	}
	return "`" + s.Kind + "`"
}

// heads are the resources; what is declared of each instance is in a file beside.
var heads = map[string]string{
	each: `resource "chat_user" "each" {
  for_each    = local.declared
  username    = each.key
  nickname    = each.value.nickname
  password_wo = "benchmark-password"
}
`,
	many: `resource "chat_users" "all" {
  users       = local.declared
  password_wo = "benchmark-password"
}
`,
	file: `resource "chat_users" "all" {
  source      = "users.csv"
  password_wo = "bench-pass"
}
`,
	contacts: `resource "chat_contact" "each" {
  for_each = local.declared
  owner    = each.value.owner
  contact  = each.value.contact
}
`,
	members: `resource "chat_group" "each" {
  for_each = toset([for member in local.declared : member.group])
  name     = each.key
  owner    = "owner"
}

resource "chat_group_member" "each" {
  for_each = local.declared
  group    = chat_group.each[each.value.group].id
  username = each.value.username
}
`,
	team: `resource "chat_group" "team" {
  name  = "team"
  owner = "owner"
}

resource "chat_group_members" "team" {
  group   = chat_group.team.id
  members = local.declared
}
`,
	floor: `resource "terraform_data" "each" {
  for_each = local.declared
  input    = { username = each.key, nickname = each.value.nickname }
}
`,
}

// files are what Terraform applies, by their names.
func (s scenario) files() (map[string][]byte, error) {
	kind := s.Kind
	if kind == crowd {
		kind = each
	}
	// Terraform's own range function ends at 1,024.
	text := "locals {\n  declared = jsondecode(file(\"${path.module}/declared.json\"))\n}\n\n" + heads[kind]
	if kind != floor {
		text = "terraform {\n  required_providers {\n    chat = {\n      source = \"chat/chat\"\n    }\n  }\n}\n\n" + text
	}
	if kind == file {
		text = strings.Replace(text, "locals {\n  declared = jsondecode(file(\"${path.module}/declared.json\"))\n}\n\n", "", 1)
		return map[string][]byte{"main.tf": []byte(text), "users.csv": s.csv()}, nil
	}
	declared := map[string]map[string]string{}
	for i := range s.N {
		switch kind {
		case contacts:
			declared[fmt.Sprintf("%05d", i)] = map[string]string{"owner": owner(i), "contact": contact(i)}
		case members:
			declared[fmt.Sprintf("%05d", i)] = map[string]string{"group": fmt.Sprintf("group-%03d", i/membersPerGroup), "username": member(i % membersPerGroup)}
		case team:
			declared[member(i)] = map[string]string{}
		default:
			declared[fmt.Sprintf("user-%05d", i)] = map[string]string{"nickname": fmt.Sprintf("User %d", i)}
		}
	}
	data, err := json.Marshal(declared)
	return map[string][]byte{"main.tf": []byte(text), "declared.json": data}, err
}

// csv is the file of users.
func (s scenario) csv() []byte {
	text := []byte("username,nickname\n")
	for i := range s.N {
		text = fmt.Appendf(text, "user-%06d,User %d\n", i, i)
	}
	return text
}

func owner(i int) string { return fmt.Sprintf("owner-%04d", i/contactsPerOwner) }

func contact(i int) string { return fmt.Sprintf("contact-%02d", i%contactsPerOwner) }

func member(i int) string { return fmt.Sprintf("member-%05d", i) }

// residents are the users who must be there before Terraform comes.
func (s scenario) residents() []string {
	var names []string
	switch s.Kind {
	case contacts:
		for i := 0; i < s.N; i += contactsPerOwner {
			names = append(names, owner(i))
		}
		for i := range contactsPerOwner {
			names = append(names, contact(i))
		}
	case members, team:
		names = append(names, "owner")
		for i := range s.N {
			names = append(names, member(i))
		}
	case crowd:
		for i := range crowdSize {
			names = append(names, fmt.Sprintf("resident-%06d", i))
		}
	}
	return names
}
