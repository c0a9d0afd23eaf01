package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

const wordAddress, wordsAddress = "chat_sensitive_word.w", "chat_sensitive_words.all"

// oneWord declares a sensitive word under a name.
func oneWord(name, word string) string {
	return fmt.Sprintf(`
resource "chat_sensitive_word" %q {
  word = %q
}
`, name, word)
}

// allWords declares all sensitive words.
func allWords(words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = fmt.Sprintf("%q", word)
	}
	return fmt.Sprintf(`
resource "chat_sensitive_words" "all" {
  words = [%s]
}
`, strings.Join(quoted, ", "))
}

func TestAccSensitiveWord_isAddedRenamedRepairedAndRemoved(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.addWords("else's", "there")
	config := func(word string) string { return w.config(oneWord("w", word)) }
	step := func(word string, action plancheck.ResourceActionType, words ...string) resource.TestStep {
		return resource.TestStep{
			Config: config(word), ConfigPlanChecks: expectAction(wordAddress, action), Check: all(w.hasWords(words...)),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(wordAddress, tfjsonpath.New("id"), knownvalue.StringExact(word)),
			},
		}
	}
	gone := step("敏感词", plancheck.ResourceActionCreate, "else's", "there", "敏感词")
	gone.PreConfig = func() { w.removeWords("敏感词") }
	w.run(
		step("spam", plancheck.ResourceActionCreate, "else's", "there", "spam"),
		resource.TestStep{Config: config("spam"), ConfigPlanChecks: expectNothing},
		step("SPAM", plancheck.ResourceActionUpdate, "else's", "there", "SPAM"),
		step("敏感词", plancheck.ResourceActionUpdate, "else's", "there", "敏感词"),
		resource.TestStep{Config: config("敏感词"), ResourceName: wordAddress, ImportState: true, ImportStateId: "敏感词", ImportStateVerify: true},
		resource.TestStep{Config: config("敏感词"), ResourceName: wordAddress, ImportState: true, ImportStateId: "nothing", ExpectError: regexp.MustCompile("non-existent")},
		gone,
		// A word that is there already is taken over, also by a rename.
		step("there", plancheck.ResourceActionUpdate, "else's", "there"),
		resource.TestStep{Config: config("there"), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: w.config(""), Check: all(w.hasWords("else's"))},
		resource.TestStep{Config: config("else's"), Check: all(w.hasWords("else's"))},
	)
	if err := w.hasWords()(); err != nil {
		t.Error(err)
	}
}

// In one run, a rename or a destroy never removes what another resource declares.
func TestAccSensitiveWord_everyDeclaredWordExistsAfterwards(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.run(
		resource.TestStep{Config: w.config(oneWord("a", "one") + oneWord("b", "two"))},
		resource.TestStep{Config: w.config(oneWord("a", "two") + oneWord("b", "one")), Check: all(w.hasWords("one", "two"))},
		resource.TestStep{Config: w.config(oneWord("a", "two") + oneWord("b", "one")), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: w.config(oneWord("c", "two")), Check: all(w.hasWords("two"))},
		// From single words to all of them, and back.
		resource.TestStep{Config: w.config(allWords("two", "three")), Check: all(w.hasWords("two", "three"))},
		resource.TestStep{Config: w.config(allWords("two", "three")), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: w.config(oneWord("c", "two") + oneWord("d", "three")), Check: all(w.hasWords("two", "three"))},
		resource.TestStep{Config: w.config(oneWord("c", "two") + oneWord("d", "three")), ConfigPlanChecks: expectNothing},
	)
}

// A rename changes the identity with the word, also if the word is gone by then.
func TestSensitiveWord_renameChangesTheIdentity(t *testing.T) {
	t.Parallel()
	w := emulated(t, "jmessage")
	r := w.wire()
	word, problems := r.apply("chat_sensitive_word", instance{}, attrs{"word": "one"})
	for _, to := range []string{"two", "three"} {
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		word, problems = w.wire().apply("chat_sensitive_word", word, attrs{"word": to})
		expectIdentity(t, "rename", word, problems, attrs{"app_key": w.appKey, "word": to})
		w.removeWords(to)
	}
	word, problems = w.wire().apply("chat_sensitive_word", word, nil)
	if word.state != nil || len(problems) > 0 {
		t.Errorf("destroying a word that is gone: %v, %v", word.state, problems)
	}
}

// The list is read once for all words of a plan, and words are added together.
func TestAccSensitiveWord_manyTakeFewRequests(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	config := w.config(`
resource "terraform_data" "first" {}

resource "chat_sensitive_word" "w" {
  count = 30
  word  = "word ${count.index}"
}
`)
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() { w.emulator.requests() }, Config: config, ConfigPlanChecks: expectNothing,
			Check: func(*state) error {
				// The test framework plans and refreshes several times.
				if n := w.emulator.requests(); n.Total == 0 || n.Total > 10 {
					return fmt.Errorf("%v", n.Routes)
				}
				return nil
			},
		},
	)
}

func TestAccSensitiveWords_areCompleteAndRepaired(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.addWords("else's", "one")
	config := func(words ...string) string { return w.config(allWords(words...)) }
	drifted := resource.TestStep{
		PreConfig: func() { w.removeWords("one"); w.addWords("stranger") }, Config: config("one", "two"),
		ConfigPlanChecks: expectAction(wordsAddress, plancheck.ResourceActionUpdate), Check: all(w.hasWords("one", "two")),
	}
	w.run(
		resource.TestStep{
			Config: config("one", "two"), Check: all(w.hasWords("one", "two")),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(wordsAddress, tfjsonpath.New("id"), knownvalue.StringExact(w.appKey)),
			},
		},
		resource.TestStep{Config: config("two", "one"), ConfigPlanChecks: expectNothing},
		drifted,
		resource.TestStep{Config: config("one", "two"), ResourceName: wordsAddress, ImportState: true, ImportStateId: strings.ToUpper(w.appKey), ImportStateVerify: true},
		resource.TestStep{Config: config("one", "two"), ResourceName: wordsAddress, ImportState: true, ImportStateId: "other", ExpectError: regexp.MustCompile(`(?s)Invalid import id.*` + w.appKey)},
		resource.TestStep{Config: config("two", "three"), Check: all(w.hasWords("three", "two"))},
		resource.TestStep{Config: config(), Check: all(w.hasWords())},
		resource.TestStep{Config: config(), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: config("one")},
	)
	if err := w.hasWords()(); err != nil {
		t.Error(err)
	}
}

// A plan names the words that it removes, also if the resource is new.
func TestAccSensitiveWords_planShowsWhatIsRemoved(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.addWords("else's", "one")
	c := newCLI(t, "", environmentOf(w))
	c.write("main.tf", requireChat+allWords("one"))
	out := c.run("plan", "-no-color")
	if !strings.Contains(out, "Sensitive words will be removed") || !strings.Contains(out, `"else's"`) {
		t.Errorf("no warning:\n%s", out)
	}
	c.apply()
	c.write("main.tf", requireChat+allWords("two"))
	if out := c.run("plan", "-no-color"); !strings.Contains(out, `- "one"`) || !strings.Contains(out, `+ "two"`) {
		t.Errorf("no difference:\n%s", out)
	}
	c.apply()
	c.destroy()
}

func TestAccSensitiveWords_hundredTakeOneRequest(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	config := w.config(`
resource "chat_sensitive_words" "all" {
  words = [for i in range(100) : "word ${i}"]
}
`)
	w.run(resource.TestStep{PreConfig: w.forgetRequests, Config: config, Check: all(w.wrote(1))})
}

// What could be removed is not in the state any more, and the next apply does the rest.
func TestAccSensitiveWords_failuresLeaveTheTruthInTheState(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	refused := `{"error":{"code":899003,"message":"parameter invalid"}}`
	w.run(
		resource.TestStep{Config: w.config(allWords("one", "two"))},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: http.MethodDelete, Path: "/sensitiveword", Status: 400, Body: refused})
			},
			Config: w.config(allWords("three")), ExpectError: regexp.MustCompile(`(?s)Could not remove 1 of 2 sensitive words.*899003`),
		},
		resource.TestStep{Config: w.config(allWords("three")), ConfigPlanChecks: expectAction(wordsAddress, plancheck.ResourceActionUpdate), Check: all(w.hasWords("three"))},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: http.MethodPost, Path: "/sensitiveword", Status: 400, Body: refused, Times: 1})
			},
			// The call is taken apart: each word is added alone.
			Config: w.config(allWords("three", "four", "five")), Check: all(w.hasWords("five", "four", "three")),
		},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: http.MethodGet, Path: "/sensitiveword", Status: 401, Body: `{}`, Times: -1})
			},
			Config: w.config(allWords("three")), ExpectError: regexp.MustCompile(`(?s)Could not read the sensitive words.*unauthorized`),
		},
		resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: w.config(allWords("three")), Check: all(w.hasWords("three"))},
	)
}

// Whatever becomes of calls whose answers are lost, the next apply ends where the
// configuration says, and no word is forgotten.
func TestAccLostAnswers_sensitiveWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method string
		// before is applied, after fails, and end is applied then.
		before, after, end, want string
		words                    []string
	}{
		"add":              {"POST", "", oneWord("w", "one"), oneWord("w", "one"), "Could not add the sensitive word", []string{"one"}},
		"add and drop":     {"POST", "", oneWord("w", "one"), "", "Could not add the sensitive word", nil},
		"rename":           {"PUT", oneWord("w", "one"), oneWord("w", "two"), oneWord("w", "two"), "Could not rename the sensitive word", []string{"two"}},
		"rename back":      {"PUT", oneWord("w", "one"), oneWord("w", "two"), oneWord("w", "one"), "Could not rename the sensitive word", []string{"one"}},
		"rename and drop":  {"PUT", oneWord("w", "one"), oneWord("w", "two"), "", "Could not rename the sensitive word", nil},
		"remove":           {"DELETE", oneWord("w", "one"), "", "", "Could not remove the sensitive word", nil},
		"remove, and keep": {"DELETE", oneWord("w", "one"), "", oneWord("w", "one"), "Could not remove the sensitive word", []string{"one"}},
		"add many":         {"POST", allWords("one"), allWords("one", "two"), allWords("one"), "Could not add 1 of 1 sensitive words", []string{"one"}},
		"remove many":      {"DELETE", allWords("one", "two"), allWords("two"), allWords("two"), "Could not remove 1 of 1 sensitive words", []string{"two"}},
	} {
		for when, broken := range map[string]fault{
			"before": {Method: c.method, Path: "/sensitiveword", Drop: true, Times: -1},
			"after":  lost(c.method, "/sensitiveword"),
		} {
			if when == "before" && strings.Contains(name, " ") {
				continue // the same as without a change
			}
			t.Run(name+"/"+when, func(t *testing.T) {
				t.Parallel()
				w := emulatorWorld(t, "jmessage")
				// lose loses the answers, and fails every read from then on.
				lose := func() {
					w.emulator.faults(broken)
					w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
						if r.Method == c.method {
							w.emulator.faults(broken, fault{Method: "GET", Path: "/sensitiveword", Status: 500, Times: -1})
						}
						forward(rw)
					})
				}
				repair := func() { w.proxy.onCall(nil); w.emulator.faults() }
				w.run(
					resource.TestStep{Config: w.configFewRetries(c.before)},
					resource.TestStep{PreConfig: lose, Config: w.configFewRetries(c.after), ExpectError: regexp.MustCompile(c.want)},
					resource.TestStep{PreConfig: repair, Config: w.configFewRetries(c.end), Check: all(w.hasWords(c.words...))},
					resource.TestStep{Config: w.configFewRetries(c.end), ConfigPlanChecks: expectNothing},
				)
			})
		}
	}
}

// If only the answer is lost, a look at the list settles what became of the call.
func TestSensitiveWord_lostAnswersAreSettledByReading(t *testing.T) {
	t.Parallel()
	w := emulated(t, "jmessage")
	few := map[string]tftypes.Value{"max_retries": tftypes.NewValue(tftypes.Number, 0)}
	w.emulator.faults(lost("POST", "/sensitiveword"), lost("PUT", "/sensitiveword"))
	word, problems := w.wireWith(few).apply("chat_sensitive_word", instance{}, attrs{"word": "one"})
	expectIdentity(t, "create", word, problems, attrs{"app_key": w.appKey, "word": "one"})
	word, problems = w.wireWith(few).apply("chat_sensitive_word", word, attrs{"word": "two"})
	expectIdentity(t, "rename", word, problems, attrs{"app_key": w.appKey, "word": "two"})
	w.emulator.faults(fault{Method: "PUT", Path: "/sensitiveword", Drop: true, Times: -1})
	_, problems = w.wireWith(few).apply("chat_sensitive_word", word, attrs{"word": "three"})
	expectProblem(t, problems, "Could not rename")
	if err := w.hasWords("two")(); err != nil {
		t.Error(err)
	}

	// If the list cannot be read either, the next refresh finds out.
	w.emulator.faults(lost("PUT", "/sensitiveword"), fault{Method: "GET", Path: "/sensitiveword", Status: 500, Times: -1})
	word, problems = w.wireWith(few).apply("chat_sensitive_word", word, attrs{"word": "three"})
	expectProblem(t, problems, "Could not rename")
	w.emulator.faults()
	word, problems = w.wire().read("chat_sensitive_word", word)
	expectIdentity(t, "refresh", word, problems, attrs{"app_key": w.appKey, "word": "three"})
	if word.state["word"] != "three" {
		t.Errorf("the state is %v", word.state)
	}
}

// A word moves from one resource to the other: it is destroyed after the list was read, and
// before the words are held.
func TestSensitiveWords_wordThatIsDestroyedMeanwhileIsAdded(t *testing.T) {
	t.Parallel()
	w := emulated(t, "jmessage")
	one, problems := w.wire().apply("chat_sensitive_word", instance{}, attrs{"word": "spam"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	planning := w.wire()
	create, destroy := planning.planned("chat_sensitive_words", instance{}, attrs{"words": []any{"spam"}}), planning.planned("chat_sensitive_word", one, nil)
	run := w.wire()
	listed, destroyed := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
		forward(rw)
		if r.Method == http.MethodGet {
			once.Do(func() { close(listed); <-destroyed })
		}
	})
	go func() {
		defer close(destroyed)
		<-listed
		if _, problems := run.applyPlan("chat_sensitive_word", destroy); len(problems) > 0 {
			t.Error(problems)
		}
	}()
	all, problems := run.applyPlan("chat_sensitive_words", create)
	w.proxy.onCall(nil)
	if words := fmt.Sprint(all.state["words"]); words != "[spam]" || len(problems) > 0 {
		t.Errorf("the state holds %s: %v", words, problems)
	}
	if err := w.hasWords("spam")(); err != nil {
		t.Error(err)
	}
}

// A rename whose answer was lost is followed by another one, or taken back, without a
// refresh in between.
func TestSensitiveWord_renamesFromWhatItMayBeCalled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ when, to string }{
		"which it is": {"after", "three"}, "which it is not": {"before", "three"},
		"and back": {"after", "one"}, "and the same": {"after", "two"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emulated(t, "jmessage")
			word, problems := w.wire().apply("chat_sensitive_word", instance{}, attrs{"word": "one"})
			expectIdentity(t, "create", word, problems, attrs{"app_key": w.appKey, "word": "one"})
			w.emulator.faults(
				fault{Method: "PUT", Path: "/sensitiveword", When: c.when, Drop: true, Times: -1},
				fault{Method: "GET", Path: "/sensitiveword", Status: 500, Times: -1},
			)
			few := map[string]tftypes.Value{"max_retries": tftypes.NewValue(tftypes.Number, 0)}
			word, problems = w.wireWith(few).apply("chat_sensitive_word", word, attrs{"word": "two"})
			expectProblem(t, problems, "Could not rename")
			w.emulator.faults()
			r := w.wire()
			planned := r.planned("chat_sensitive_word", word, attrs{"word": c.to})
			if after := r.decode(r.states["chat_sensitive_word"], planned.PlannedState); c.to == "one" && after["id"] != unknown {
				t.Errorf("the plan has no update: %v", after)
			}
			word, problems = r.applyPlan("chat_sensitive_word", planned)
			expectIdentity(t, "second rename", word, problems, attrs{"app_key": w.appKey, "word": c.to})
			if err := w.hasWords(c.to)(); err != nil || word.state["word"] != c.to || word.state["id"] != c.to {
				t.Errorf("the state is %v: %v", word.state, err)
			}
			// The note is gone with the doubt.
			w.addWords("two")
			if _, problems = w.wire().apply("chat_sensitive_word", word, nil); len(problems) > 0 {
				t.Error(problems)
			}
			left := []string{"two"}
			if c.to == "two" {
				left = nil
			}
			if err := w.hasWords(left...)(); err != nil {
				t.Error(err)
			}
		})
	}
}

// If the second rename fails as well, the state says from what.
func TestSensitiveWord_failedRenameFromWhatItMayBeCalled(t *testing.T) {
	t.Parallel()
	w := emulated(t, "jmessage")
	few := map[string]tftypes.Value{"max_retries": tftypes.NewValue(tftypes.Number, 0)}
	word, _ := w.wire().apply("chat_sensitive_word", instance{}, attrs{"word": "one"})
	unreadable := fault{Method: "GET", Path: "/sensitiveword", Status: 500, Times: -1}
	w.emulator.faults(lost("PUT", "/sensitiveword"), unreadable)
	word, problems := w.wireWith(few).apply("chat_sensitive_word", word, attrs{"word": "two"})
	expectProblem(t, problems, "Could not rename")
	// Nothing is sent before it is known what the word is called.
	word, problems = w.wireWith(few).apply("chat_sensitive_word", word, attrs{"word": "three"})
	expectProblem(t, problems, `Could not read the sensitive word "one"`)
	w.emulator.faults(fault{Method: "PUT", Path: "/sensitiveword", Status: 400, Body: `{"error":{"code":899003,"message":"no"}}`})
	word, problems = w.wireWith(few).apply("chat_sensitive_word", word, attrs{"word": "three"})
	expectProblem(t, problems, `Could not rename the sensitive word "two" to "three"`)
	if word.state["word"] != "two" || word.identity["word"] != "two" {
		t.Errorf("the state is %v, the identity %v", word.state, word.identity)
	}
	word, problems = w.wire().apply("chat_sensitive_word", word, attrs{"word": "three"})
	expectIdentity(t, "rename", word, problems, attrs{"app_key": w.appKey, "word": "three"})
	if err := w.hasWords("three")(); err != nil {
		t.Error(err)
	}
}

// A call without an answer may take effect after the list was read: what it adds is in the
// state, and the next refresh finds out.
func TestSensitiveWord_callWithoutAnAnswerIsNotForgotten(t *testing.T) {
	t.Parallel()
	for name, unanswered := range map[string]fault{
		"no answer":                {Method: "POST", Path: "/sensitiveword", Drop: true, Times: -1},
		"the timeout of a gateway": {Method: "POST", Path: "/sensitiveword", Status: 504, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testLateWord(t, unanswered)
		})
	}
}

func testLateWord(t *testing.T, unanswered fault) {
	w := emulated(t, "jmessage")
	few := map[string]tftypes.Value{"max_retries": tftypes.NewValue(tftypes.Number, 0)}
	w.emulator.faults(unanswered)
	word, problems := w.wireWith(few).apply("chat_sensitive_word", instance{}, attrs{"word": "late"})
	expectProblem(t, problems, "Could not add")
	if word.state["word"] != "late" {
		t.Fatalf("the state is %v", word.state)
	}
	w.emulator.faults()
	gone, problems := w.wire().read("chat_sensitive_word", word)
	if gone.state != nil || len(problems) > 0 {
		t.Errorf("a word that is not there: %v, %v", gone.state, problems)
	}
	w.addWords("late")
	there, problems := w.wire().read("chat_sensitive_word", word)
	if there.state["word"] != "late" || len(problems) > 0 {
		t.Errorf("a word that is there by now: %v, %v", there.state, problems)
	}
}

func TestAccSensitiveWords_invalidOnesFailThePlan(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	for name, c := range map[string]struct{ config, want string }{
		"long":      {oneWord("w", "敏感词敏感词敏感词敏感"), `(?s)1\s+to\s+10\s+characters.*has\s+11`},
		"empty":     {oneWord("w", ""), `(?s)at\s+least\s+1`},
		"long many": {allWords("one", "eleven char"), `(?s)1\s+to\s+10\s+characters.*"eleven\s+char"\s+has\s+11`},
		"null":      {"resource \"chat_sensitive_words\" \"all\" {\n  words = [null]\n}\n", `(?s)null`},
		"too many": {`
resource "chat_sensitive_words" "all" {
  words = [for i in range(101) : "word ${i}"]
}
`, `(?s)at\s+most\s+100\s+sensitive\s+words;\s+101\s+are\s+declared`},
	} {
		t.Run(name, func(t *testing.T) {
			w.in(t).run(resource.TestStep{Config: w.config(c.config), ExpectError: regexp.MustCompile(c.want), PlanOnly: true})
		})
	}
	unknown := func(word string) string {
		return w.config(fmt.Sprintf(`
resource "terraform_data" "x" {
  input = %q
}

resource "chat_sensitive_words" "all" {
  words = ["one", terraform_data.x.output]
}
`, word))
	}
	w.run(resource.TestStep{Config: unknown("two"), Check: all(w.hasWords("one", "two"))})
}

func TestAccSensitiveWords_dataSourceReadsAll(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	data := w.config(`
data "chat_sensitive_words" "all" {}
`)
	has := func(words ...knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data."+wordsAddress, tfjsonpath.New("words"), knownvalue.SetExact(words)),
			statecheck.ExpectKnownValue("data."+wordsAddress, tfjsonpath.New("id"), knownvalue.StringExact(w.appKey)),
		}
	}
	w.run(
		resource.TestStep{Config: data, ConfigStateChecks: has()},
		resource.TestStep{
			PreConfig: func() { w.addWords("one", "two") }, Config: data,
			ConfigStateChecks: has(knownvalue.StringExact("one"), knownvalue.StringExact("two")),
		},
	)
}

func TestList_sensitiveWords(t *testing.T) {
	t.Parallel()
	w := emulated(t, "jmessage")
	w.addWords("one", "two")
	for _, q := range []query{{include: true}, {limit: 1}, {}} {
		q.kind = "chat_sensitive_word"
		got := w.wire().mustList(q)
		if want := 2 - int(q.limit); len(got) != want || got[0].Name != "one" || got[0].Identity["word"] != "one" || (got[0].State["word"] == "one") != q.include {
			t.Errorf("%+v: %v", q, got)
		}
	}
	_, problems := emulated(t, "easemob").wire().list(query{kind: "chat_sensitive_word"})
	expectProblem(t, problems, `does not support chat_sensitive_word\.$`)
}
