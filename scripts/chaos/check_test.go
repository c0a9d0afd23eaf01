package main

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// stateOf is a state with a chat_user and a chat_users, which has a user in its
// private state only.
func stateOf(userAttributes, teamAttributes, private string) []byte {
	inner := base64.StdEncoding.EncodeToString([]byte(private))
	outer := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `{"memory":%q}`, inner))
	return fmt.Appendf(nil, `{"version":4,"resources":[
{"mode":"managed","type":"chat_user","name":"each","instances":[{"index_key":"a","attributes":{"username":"Anna"%s}}]},
{"mode":"managed","type":"chat_users","name":"team","instances":[{"attributes":{"users":{"bert":{}}%s},"private":%q}]}]}`,
		userAttributes, teamAttributes, outer)
}

func TestOrphans(t *testing.T) {
	s := newScene(easemob, newDraw(1, easemob))
	s.strangers["user stranger"] = true
	d := application(easemob)
	for _, name := range []string{"anna", "bert", "clara", "dora", "emil", "stranger"} {
		d.register(name, "x")
	}
	st, err := parseState(stateOf("", "", `{"unfinished":{"clara":{}}}`))
	if err != nil {
		t.Fatal(err)
	}
	r := &run{scene: s, excused: map[string]bool{"user emil": true}, passage: &passage{was: d, is: d, before: s}}
	if got := strings.Join(r.orphans(d, st), "; "); got != "user dora exists and the state does not know of it" {
		t.Errorf("the orphans are %s", got)
	}
}

// inFolder is a Terraform that is never run, in a folder of its own.
func inFolder(t *testing.T) *terraform {
	t.Helper()
	tf, err := newTerraform("", "", t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tf.close(); err != nil {
			t.Error(err)
		}
	})
	return tf
}

func TestStateLeaks(t *testing.T) {
	tests := map[string]struct {
		user, team, private string
		leak                bool
	}{
		"none":                             {`,"password":null`, `,"passwords":null`, `{}`, false},
		"a password that may be there":     {`,"password":"canary-kept-1"`, `,"passwords":{"bert":"canary-kept-2"}`, `{}`, false},
		"a write-only password":            {`,"password":"canary-written-1"`, ``, `{}`, true},
		"write-only passwords":             {``, `,"passwords":{"bert":"canary-written-1"}`, `{}`, true},
		"a password elsewhere":             {`,"nickname":"canary-kept-1"`, ``, `{}`, true},
		"a password in the private state":  {``, ``, `{"bert":"canary-kept-1"}`, true},
		"the secret of the application":    {`,"note":"demo-client-secret"`, ``, `{}`, true},
		"a token as if it were a password": {`,"password":"token-1"`, ``, `{}`, true},
	}
	for name, test := range tests {
		for _, file := range []string{stateFile, backupFile} {
			t.Run(name+" in "+file, func(t *testing.T) {
				r := &run{terraform: inFolder(t)}
				if err := r.terraform.write(file, string(stateOf(test.user, test.team, test.private))); err != nil {
					t.Fatal(err)
				}
				found, err := r.stateLeaks([]string{"demo-client-secret", "token-1"}, false)
				if err != nil || len(found) > 0 != test.leak {
					t.Errorf("the leaks are %q, %v", found, err)
				}
			})
		}
	}
}

func TestBlunders(t *testing.T) {
	for text, blunder := range map[string]bool{
		"Error: Provider produced inconsistent result after apply":      true,
		"Error: Provider produced inconsistent final plan":              true,
		"Error: Provider produced invalid plan":                         true,
		"This is a bug in the\nprovider, which should be reported":      true,
		"panic: runtime error: index out of range":                      true,
		"Error: Plugin did not respond":                                 true,
		"Error: Could not create user \"anna\"":                         false,
		"chat_users.team: Creation complete after 0s [id=b92f1f00b466]": false,
	} {
		if blunders.MatchString(text) != blunder {
			t.Errorf("%q: want a blunder: %t", text, blunder)
		}
	}
}

// A state that Terraform was killed in the middle of writing is put back, any other is not.
func TestRepair(t *testing.T) {
	before := string(stateOf("", "", "{}"))
	for name, test := range map[string]struct{ saved, found, want string }{
		"whole":          {before, `{"version":4,"resources":[]}`, `{"version":4,"resources":[]}`},
		"cut":            {before, before[:40], before},
		"emptied":        {before, "", before},
		"never there":    {"", "", ""},
		"cut from birth": {"", before[:40], ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := &run{terraform: inFolder(t)}
			if err := r.terraform.write(stateFile, test.found); err != nil {
				t.Fatal(err)
			}
			if err := r.repair([]byte(test.saved)); err != nil {
				t.Fatal(err)
			}
			if got, err := r.terraform.read(stateFile); err != nil || string(got) != test.want {
				t.Errorf("the state is %q, %v", got, err)
			}
		})
	}
}

func TestParse(t *testing.T) {
	o, err := parse([]string{"-seed", "7", "-steps", "3", "-platform", "jmessage", "-faults", "0.5"})
	if err != nil || o.seed != 7 || o.steps != 3 || o.duration != 0 || o.faults != 0.5 || !slices.Equal(o.platforms, []*platform{jmessage}) {
		t.Errorf("%+v, %v", o, err)
	}
	if o, err := parse(nil); err != nil || o.seed == 0 || o.duration == 0 || len(o.platforms) != 2 {
		t.Errorf("%+v, %v", o, err)
	}
	for _, args := range []string{"-platform x", "-steps -1", "-duration -1s", "-faults 2", "-address chat", "more"} {
		if _, err := parse(strings.Fields(args)); err == nil {
			t.Errorf("%s was accepted", args)
		}
	}
}
