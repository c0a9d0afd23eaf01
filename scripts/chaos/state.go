package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// state is Terraform's state.
type state struct {
	Resources []struct {
		Mode      string           `json:"mode"`
		Type      string           `json:"type"`
		Name      string           `json:"name"`
		Instances []*stateInstance `json:"instances"`
	} `json:"resources"`
}

// stateInstance is one resource instance, a deposed one included.
type stateInstance struct {
	Key        any            `json:"index_key"`
	Status     string         `json:"status"`
	Deposed    string         `json:"deposed"`
	Attributes map[string]any `json:"attributes"`
	// Private is what the provider keeps beside the state, as Terraform keeps it.
	Private []byte `json:"private"`
}

func parseState(data []byte) (*state, error) {
	s := &state{}
	if len(data) == 0 {
		return s, nil
	}
	if err := decode(data, s); err != nil {
		return nil, fmt.Errorf("the state is not readable: %w", err)
	}
	return s, nil
}

// instances are those of a managed resource type.
func (s *state) instances(resourceType string) []*stateInstance {
	var all []*stateInstance
	for _, r := range s.Resources {
		if r.Mode == "managed" && r.Type == resourceType {
			all = append(all, r.Instances...)
		}
	}
	return all
}

// id is the id of a managed resource instance, empty if there is none.
func (s *state) id(address string) string {
	for _, r := range s.Resources {
		for _, i := range r.Instances {
			at := r.Type + "." + r.Name
			if i.Key != nil {
				at += "[" + encode(i.Key) + "]"
			}
			if r.Mode == "managed" && i.Deposed == "" && at == address {
				return text(i.Attributes["id"])
			}
		}
	}
	return ""
}

// private is what the provider keeps, with every layer of encoding taken off.
func (i *stateInstance) private() string {
	var keys map[string][]byte
	if json.Unmarshal(i.Private, &keys) != nil {
		return string(i.Private)
	}
	var all strings.Builder
	for key, value := range keys {
		fmt.Fprintf(&all, "%s=%s\n", key, value)
	}
	return all.String()
}

// split returns all text of a state, private state included, and apart from it what
// is in the attributes that may hold passwords.
func (s *state) split(data []byte) (open, passwords string, err error) {
	var document map[string]any
	if len(data) == 0 {
		return "", "", nil
	}
	if err := decode(data, &document); err != nil {
		return "", "", err
	}
	var kept []any
	for _, resource := range list(document["resources"]) {
		for _, instance := range list(object(resource)["instances"]) {
			attributes := object(object(instance)["attributes"])
			for _, name := range []string{"password", "passwords"} {
				kept = append(kept, attributes[name])
				delete(attributes, name)
			}
		}
	}
	var all strings.Builder
	all.WriteString(encode(document))
	for _, r := range s.Resources {
		for _, i := range r.Instances {
			all.WriteString(i.private())
		}
	}
	return all.String(), encode(kept), nil
}
