package easemob

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// What the attributes of a user may hold.
const (
	maxUserAttributes = 2 << 10 // bytes, keys and values
	mostUserTargets   = 100
)

func attributeFailure(status int, code, description string) error {
	return &failure{status: status, code: code, description: description}
}

// refuseAttributes is the answer to a call about user attributes without a valid token.
func (c *call) refuseAttributes() error {
	return attributeFailure(http.StatusUnauthorized, "unauthorized", "unauthorized")
}

// setAttributes implements "Set user attributes". Other keys stay, and an empty value
// removes its key.
func (c *call) setAttributes() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, attributeFailure(http.StatusNotFound, "metadata_error", "Not Found")
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil || len(form) == 0 {
		return nil, attributeFailure(http.StatusBadRequest, "BAD_REQUEST", "metadata is null")
	}
	changed := map[string]string{}
	maps.Copy(changed, u.attributes)
	data := map[string]string{}
	for key, values := range form {
		value := values[len(values)-1]
		data[key] = value
		if value == "" {
			delete(changed, key)
		} else {
			changed[key] = value
		}
	}
	if sizeOf(changed) > maxUserAttributes {
		return nil, attributeFailure(http.StatusForbidden, "FORBIDDEN",
			"size of metadata for this single user exceeds the user defined limit, "+strconv.Itoa(maxUserAttributes)+"Bytes")
	}
	u.attributes = changed
	return &reply{Data: data}, nil
}

// sizeOf returns how many bytes keys and values take.
func sizeOf(attributes map[string]string) int {
	size := 0
	for key, value := range attributes {
		size += len(key) + len(value)
	}
	return size
}

// getAttributes implements "Get the attributes of a user". A missing user has none.
func (c *call) getAttributes() (*reply, error) {
	var attributes map[string]string
	if u := c.user(); u != nil {
		attributes = u.attributes
	}
	return &reply{Data: chosen(attributes, nil)}, nil
}

// getAttributesOfUsers implements "Get attributes of several users". Every name that is
// asked for is in the answer.
func (c *call) getAttributesOfUsers() (*reply, error) {
	var request struct {
		Targets    []string `json:"targets"`
		Properties []string `json:"properties"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	switch {
	case len(request.Targets) == 0:
		return nil, attributeFailure(http.StatusBadRequest, "BAD_REQUEST", "targets is null")
	case len(request.Properties) == 0:
		return nil, attributeFailure(http.StatusBadRequest, "BAD_REQUEST", "properties is null")
	case len(request.Targets) > mostUserTargets && c.server.era.metadataErrors:
		return nil, attributeFailure(http.StatusBadRequest, "BAD_REQUEST", "exceed allowed batch size 100")
	case len(request.Targets) > mostUserTargets:
		return nil, attributeFailure(http.StatusForbidden, "FORBIDDEN", "exceed allowed batch size 100")
	}
	data := map[string]map[string]string{}
	for _, name := range request.Targets {
		data[fold(name)] = map[string]string{}
		if u := c.app.users.find(name); u != nil {
			data[fold(name)] = chosen(u.attributes, request.Properties)
		}
	}
	return &reply{Data: data}, nil
}

// deleteAttributes implements "Delete the attributes of a user", who need not exist.
func (c *call) deleteAttributes() (*reply, error) {
	if u := c.user(); u != nil {
		u.attributes = nil
	}
	return &reply{Data: true}, nil
}

// attributeCapacity implements "Get the size of all user attributes".
func (c *call) attributeCapacity() (*reply, error) {
	size := 0
	for u := range c.app.users.order.From(0, c.app.users.order.Len()) {
		size += sizeOf(u.attributes)
	}
	return &reply{Data: size}, nil
}
