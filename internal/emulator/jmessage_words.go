package emulator

import (
	"net/http"
	"slices"
	"unicode/utf8"
)

// The rules of sensitive words.
const (
	jmMaxWord     = 10 // characters
	jmMaxWords    = 100
	jmMaxWordPage = 2000
)

// jmWord is a sensitive word and when it was added.
type jmWord struct {
	Name  string `json:"name"`
	Itime string `json:"itime"`
}

func jmValidWord(word string) bool {
	return word != "" && utf8.RuneCountInString(word) <= jmMaxWord
}

// word returns where a word stands, or -1.
func (a *jmApplication) word(name string) int {
	return slices.IndexFunc(a.words, func(word jmWord) bool { return word.Name == name })
}

// jmAddWords implements "添加敏感词". Words that are there already are passed over.
func jmAddWords(c *jmCall) (jmReply, error) {
	var names []string
	if err := c.decode(&names); err != nil {
		return jmReply{}, err
	}
	if len(names) == 0 {
		return jmReply{}, jmFail(jmInvalid)
	}
	var added []jmWord
	for _, name := range names {
		if !jmValidWord(name) {
			return jmReply{}, jmFail(jmInvalid)
		}
		word := jmWord{Name: name, Itime: c.timestamp()}
		if c.app.word(name) < 0 && !slices.Contains(added, word) {
			added = append(added, word)
		}
	}
	if len(c.app.words)+len(added) > jmMaxWords {
		return jmReply{}, &jmError{status: http.StatusForbidden, Code: jmInvalid, Message: "too many sensitive words"}
	}
	c.app.words = append(c.app.words, added...)
	return jmNoContent()
}

// jmRenameWord implements "修改敏感词".
func jmRenameWord(c *jmCall) (jmReply, error) {
	var asked struct {
		New string `json:"new_word"`
		Old string `json:"old_word"`
	}
	if err := c.decode(&asked); err != nil {
		return jmReply{}, err
	}
	at := c.app.word(asked.Old)
	taken := c.app.word(asked.New)
	if at < 0 || !jmValidWord(asked.New) || (taken >= 0 && taken != at) {
		return jmReply{}, jmFail(jmInvalid)
	}
	c.app.words[at].Name = asked.New
	return jmNoContent()
}

// jmDeleteWord implements "删除敏感词".
func jmDeleteWord(c *jmCall) (jmReply, error) {
	var asked struct {
		Word string `json:"word"`
	}
	if err := c.decode(&asked); err != nil {
		return jmReply{}, err
	}
	at := c.app.word(asked.Word)
	if at < 0 {
		return jmReply{}, jmFail(jmInvalid)
	}
	c.app.words = slices.Delete(c.app.words, at, at+1)
	return jmNoContent()
}

// jmListWords implements "获取敏感词列表".
func jmListWords(c *jmCall) (jmReply, error) {
	start, count, err := c.page(jmMaxWordPage)
	if err != nil {
		return jmReply{}, err
	}
	first := min(start, len(c.app.words))
	last := first + min(count, len(c.app.words)-first)
	words := append([]jmWord{}, c.app.words[first:last]...)
	return jmOK(struct {
		Start int      `json:"start"`
		Count int      `json:"count"`
		Words []jmWord `json:"words"`
		Total int      `json:"total"`
	}{start, len(words), words, len(c.app.words)})
}

// jmSwitchBody is the state of a switch, 0 or 1.
type jmSwitchBody struct {
	Status int `json:"status"`
}

// jmSetWordFilter implements "更新敏感词功能状态".
func jmSetWordFilter(c *jmCall) (jmReply, error) {
	return jmSetSwitch(c, &c.app.filterWords)
}

// jmGetWordFilter implements "获取敏感词功能状态".
func jmGetWordFilter(c *jmCall) (jmReply, error) {
	return jmOK(jmSwitchBody{Status: jmBit(c.app.filterWords)})
}

// jmSetRegistration implements "设置 SDK-API 用户注册开关".
func jmSetRegistration(c *jmCall) (jmReply, error) {
	return jmSetSwitch(c, &c.app.registration)
}

// jmGetRegistration implements "获得 SDK-API 用户注册开关".
func jmGetRegistration(c *jmCall) (jmReply, error) {
	return jmOK(jmSwitchBody{Status: jmBit(c.app.registration)})
}

func jmSetSwitch(c *jmCall, at *bool) (jmReply, error) {
	on, err := c.status()
	if err != nil {
		return jmReply{}, err
	}
	*at = on
	return jmNoContent()
}
