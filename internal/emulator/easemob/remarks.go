package easemob

import (
	"unicode/utf8"
)

// What the newer calls about contacts take.
const (
	maxRemark       = 100 // characters
	mostContactPage = 50
	mostImported    = 10
)

// setRemark implements "Set the remark of a contact", in one direction. An empty one
// takes it back.
func (c *call) setRemark() (*reply, error) {
	owner, contact, err := c.pair("contact")
	if err != nil {
		return nil, err
	}
	var request struct {
		Remark *string `json:"remark"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	switch {
	case !owner.contacts.Has(contact):
		return nil, illegal("updateRemark they are not friends, please add as a friend first.")
	case request.Remark == nil:
		return nil, illegal("remark is required")
	case utf8.RuneCountInString(*request.Remark) > maxRemark:
		return nil, illegal("remark must not exceed 100 characters")
	}
	owner.contacts.Set(contact, *request.Remark)
	return &reply{Action: "put", Status: "ok", URI: "http://" + c.r.Host + c.r.URL.EscapedPath()}, nil
}

// contactItem is a contact in the paged list.
type contactItem struct {
	Username string `json:"username"`
	// Remark is there if the call asks for it, and null if there is none.
	Remark **string `json:"remark,omitempty"`
}

// listContactPage implements "Get contacts by page", the newest first.
func (c *call) listContactPage() (*reply, error) {
	owner := c.user()
	if owner == nil {
		return nil, userNotFound()
	}
	query := c.r.URL.Query()
	limit, err := c.pageSize("limit", mostContactPage+1)
	if err != nil {
		return nil, err
	}
	if limit > mostContactPage {
		return nil, illegal("getContacts | page size more than max limit : 50")
	}
	position, err := c.position(contactCursor)
	if err != nil {
		return nil, err
	}
	items := []contactItem{}
	next := ""
	for contact, remark := range owner.contacts.Before(position, limit+1) {
		if len(items) == limit {
			next = contactCursor.at(owner.contacts.Position(contact))
			break
		}
		item := contactItem{Username: contact.name}
		if query.Get("needReturnRemark") == "true" {
			var shown *string
			if remark != "" {
				shown = &remark
			}
			item.Remark = &shown
		}
		items = append(items, item)
	}
	reply := c.read(map[string]any{"contacts": items}, len(items))
	reply.URI = c.base() + "/users/" + owner.name + "/rostersByPage"
	reply.Cursor = next
	return reply, nil
}

// importContacts implements "Import contacts": those that can be added.
func (c *call) importContacts() (*reply, error) {
	owner := c.user()
	if owner == nil {
		return nil, userNotFound()
	}
	usernames, err := c.requiredUsernames()
	if err != nil {
		return nil, err
	}
	if len(usernames) > mostImported {
		return nil, illegal("usernames size is more than max limit : 10")
	}
	done := struct {
		Success  []string `json:"success"`
		NotExist []string `json:"NotExistFailed"`
		MaxLimit []string `json:"maxLimitFailed"`
		Unknown  []string `json:"UnKnowFailed"`
	}{[]string{}, []string{}, []string{}, []string{}}
	for _, name := range usernames {
		contact := c.app.users.find(name)
		switch {
		case contact == nil:
			done.NotExist = append(done.NotExist, name)
		case !owner.mayAdd(contact):
			done.MaxLimit = append(done.MaxLimit, name)
		default:
			owner.connect(contact)
			done.Success = append(done.Success, contact.name)
		}
	}
	return &reply{Action: "post", Status: "ok", Data: done}, nil
}
