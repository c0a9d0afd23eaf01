package easemob

import "unicode/utf8"

// getAnnouncement implements "Get the announcement of a group" and the same of a chat room.
func (c *call) getAnnouncement() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	return c.groupReply(map[string]string{"announcement": g.announcement}), nil
}

// setAnnouncement implements "Modify the announcement of a group" and the same of a
// chat room.
func (c *call) setAnnouncement() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	var request struct {
		Announcement *string `json:"announcement"`
	}
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	switch {
	case request.Announcement == nil:
		return nil, illegal("announcement is null")
	case utf8.RuneCountInString(*request.Announcement) > maxAnnouncement:
		return nil, groupFailure(403, "FORBIDDEN", "announce info length exceeds limit!")
	}
	g.announcement = *request.Announcement
	return c.groupReply(map[string]any{"id": g.id, "result": true}), nil
}
