package jmessage

import (
	"net/http"
	"slices"
	"unicode/utf8"
)

// The rules of sensitive words.
const (
	maxWord     = 10 // characters
	maxWords    = 100
	maxWordPage = 2000
)

// word is a sensitive word and when it was added.
type word struct {
	Name  string `json:"name"`
	Itime string `json:"itime"`
}

func validWord(word string) bool {
	return word != "" && utf8.RuneCountInString(word) <= maxWord
}

// word returns where a word stands, or -1.
func (a *application) word(name string) int {
	return slices.IndexFunc(a.words, func(word word) bool { return word.Name == name })
}

// addWords implements "添加敏感词". Words that are there already are passed over.
func (c *call) addWords() (*reply, error) {
	var names []string
	if err := c.decode(&names); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, refusal(codeInvalid)
	}
	var added []word
	for _, name := range names {
		if !validWord(name) {
			return nil, refusal(codeInvalid)
		}
		word := word{Name: name, Itime: c.timestamp()}
		if c.app.word(name) < 0 && !slices.Contains(added, word) {
			added = append(added, word)
		}
	}
	if len(c.app.words)+len(added) > maxWords {
		return nil, &failure{status: http.StatusForbidden, Code: codeInvalid, Message: "too many sensitive words"}
	}
	c.app.words = append(c.app.words, added...)
	return noContent()
}

// renameWord implements "修改敏感词".
func (c *call) renameWord() (*reply, error) {
	var asked struct {
		New string `json:"new_word"`
		Old string `json:"old_word"`
	}
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	at := c.app.word(asked.Old)
	taken := c.app.word(asked.New)
	if at < 0 || !validWord(asked.New) || (taken >= 0 && taken != at) {
		return nil, refusal(codeInvalid)
	}
	c.app.words[at].Name = asked.New
	return noContent()
}

// deleteWord implements "删除敏感词".
func (c *call) deleteWord() (*reply, error) {
	var asked struct {
		Word string `json:"word"`
	}
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	at := c.app.word(asked.Word)
	if at < 0 {
		return nil, refusal(codeInvalid)
	}
	c.app.words = slices.Delete(c.app.words, at, at+1)
	return noContent()
}

// listWords implements "获取敏感词列表".
func (c *call) listWords() (*reply, error) {
	start, count, err := c.page(maxWordPage)
	if err != nil {
		return nil, err
	}
	first := min(start, len(c.app.words))
	last := first + min(count, len(c.app.words)-first)
	words := append([]word{}, c.app.words[first:last]...)
	return answered(struct {
		Start int    `json:"start"`
		Count int    `json:"count"`
		Words []word `json:"words"`
		Total int    `json:"total"`
	}{start, len(words), words, len(c.app.words)})
}

// switchBody is the state of a switch, 0 or 1.
type switchBody struct {
	Status int `json:"status"`
}

// setWordFilter implements "更新敏感词功能状态".
func (c *call) setWordFilter() (*reply, error) {
	return setSwitch(c, &c.app.filterWords)
}

// getWordFilter implements "获取敏感词功能状态".
func (c *call) getWordFilter() (*reply, error) {
	return answered(switchBody{Status: bit(c.app.filterWords)})
}

// setRegistration implements "设置 SDK-API 用户注册开关".
func (c *call) setRegistration() (*reply, error) {
	return setSwitch(c, &c.app.registration)
}

// getRegistration implements "获得 SDK-API 用户注册开关".
func (c *call) getRegistration() (*reply, error) {
	return answered(switchBody{Status: bit(c.app.registration)})
}

func setSwitch(c *call, at *bool) (*reply, error) {
	on, err := c.status()
	if err != nil {
		return nil, err
	}
	*at = on
	return noContent()
}
