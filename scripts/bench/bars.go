package main

import (
	"errors"
	"fmt"
	"strings"
)

// bar is what the provider has to reach.
type bar struct {
	what string
	// check says what was measured and whether that is enough.
	check func(*results) (got string, met bool, err error)
}

// errNotMeasured is why a bar cannot be judged.
var errNotMeasured = errors.New("not measured in this run")

// noise is how much two measurements of the same may differ: so much of the time,
// and so many seconds.
const (
	noisePart    = 0.05
	noiseSeconds = 0.2
)

var theBars = []bar{
	planRequests("plan of 1,000 `chat_user` on Easemob: at most 25 requests", scenario{Platform: "easemob", Kind: each, N: 1000}, 25),
	planRequests("plan of 1,000 `chat_user` on JMessage: at most 12 requests", scenario{Platform: "jmessage", Kind: each, N: 1000}, 12),
	planRequests("plan of 50 `chat_user` among 100,000 on Easemob: at most 60 requests", scenario{Platform: "easemob", Kind: crowd, N: crowdUsers}, 60),
	planRequests("plan of 50 `chat_user` among 100,000 on JMessage: at most 60 requests", scenario{Platform: "jmessage", Kind: crowd, N: crowdUsers}, 60),
	kindRequests("plan", readContacts, "plan of 300 `chat_contact` of 10 owners on Easemob: at most 10 contact reads", scenario{Platform: "easemob", Kind: contacts, N: 300}, 10),
	kindRequests("plan", readContacts, "plan of 300 `chat_contact` of 10 owners on JMessage: at most 10 contact reads", scenario{Platform: "jmessage", Kind: contacts, N: 300}, 10),
	kindRequests("apply", register, "apply of `chat_users` with 1,000 on Easemob: at most 25 registering calls", scenario{Platform: "easemob", Kind: many, N: 1000}, 25),
	kindRequests("apply", register, "apply of `chat_users` with 1,000 on JMessage: at most 2 registering calls", scenario{Platform: "jmessage", Kind: many, N: 1000}, 2),
	planRequests("plan of 20 groups with 10 `chat_group_member` each on Easemob: at most 25 requests", scenario{Platform: "easemob", Kind: members, N: 200}, 25),
	planRequests("plan of 20 groups with 10 `chat_group_member` each on JMessage: at most 60 requests", scenario{Platform: "jmessage", Kind: members, N: 200}, 60),
	kindRequests("apply", writeMembers, "apply of `chat_group_members` with 150 on Easemob: at most 6 writing calls for members", scenario{Platform: "easemob", Kind: team, N: 150}, 6),
	kindRequests("apply", writeMembers, "apply of `chat_group_members` with 150 on JMessage: at most 5 writing calls for members", scenario{Platform: "jmessage", Kind: team, N: 150}, 5),
	{
		what: "apply of 500 `chat_user` at 10 calls a second: at most 1.5 times as long as without a limit, and no throttling reaches the user",
		check: func(r *results) (string, bool, error) {
			s := scenario{Platform: "easemob", Kind: each, N: 500, LatencyMS: usual}
			unlimited := r.find(s)
			s.Limit = limited
			held := r.find(s)
			if unlimited == nil || held == nil {
				return "", false, errNotMeasured
			}
			if held.Failure != "" || unlimited.Failure != "" {
				return "failed", false, nil
			}
			ratio := held.Operations["apply"].Seconds / unlimited.Operations["apply"].Seconds
			return fmt.Sprintf("%.2f times, %d throttled calls tried again", ratio, held.Operations["apply"].Throttled), ratio <= 1.5, nil
		},
	},
	{what: "never slower than with bulk off", check: neverSlower},
	against("apply", "apply of 1,000 `chat_user`: at most 1.2 times as long as `terraform_data`", scenario{Platform: "easemob", Kind: each, N: 1000}, 1.2),
	against("plan", "plan of 1,000 `chat_user`: at most 1.5 times as long as `terraform_data`", scenario{Platform: "easemob", Kind: each, N: 1000}, 1.5),
	against("apply", "apply of `chat_users` with 1,000: at least 6 times faster than `terraform_data`", scenario{Platform: "easemob", Kind: many, N: 1000}, 1.0/6),
	against("plan", "plan of `chat_users` with 1,000: at least 3 times faster than `terraform_data`", scenario{Platform: "easemob", Kind: many, N: 1000}, 1.0/3),
	{
		what: "5,000 users in one `chat_users` are planned in one go",
		check: func(r *results) (string, bool, error) {
			m := r.find(scenario{Platform: "easemob", Kind: many, N: thousands, LatencyMS: usual})
			if m == nil {
				return "", false, errNotMeasured
			}
			plan := m.Operations["plan"]
			return fmt.Sprintf("%.1f s, %d requests", plan.Seconds, plan.Requests), m.Failure == "", nil
		},
	},
}

// fileBars are those of files of users, on a machine with two cores and at no latency.
func fileBars() []bar {
	var all []bar
	for _, p := range []struct {
		platform                    string
		apply, plan, register, page int
	}{
		{"easemob", 120, 40, 60, 100},
		{"jmessage", 60, 20, 500, 500},
	} {
		const n = 100_000
		largest := scenario{Platform: p.platform, Kind: file, N: n}
		tenth := scenario{Platform: p.platform, Kind: file, N: n / 10}
		on := "100,000 users of a file on " + titles[p.platform] + ": "
		all = append(all,
			seconds("apply", fmt.Sprintf("%sapply within %d s", on, p.apply), largest, p.apply),
			seconds("plan", fmt.Sprintf("%splan within %d s", on, p.plan), largest, p.plan),
			kindRequests("apply", register, fmt.Sprintf("%sat most %d registering calls", on, n/p.register+n/p.register/100), largest, n/p.register+n/p.register/100),
			kindRequests("plan", readUsers, fmt.Sprintf("%sat most %d pages a plan", on, n/p.page+5), largest, n/p.page+5),
			bar{what: on + "Terraform and the provider below 600 MB each", check: func(r *results) (string, bool, error) {
				m := r.find(largest)
				if m == nil {
					return "", false, errNotMeasured
				}
				most := max(m.Operations["apply"].MemoryMB, m.Operations["plan"].MemoryMB)
				return fmt.Sprintf("%d MB", most), m.Failure == "" && 0 < most && most < 600, nil
			}},
			bar{what: on + "plan at most 12 times as long as of 10,000", check: func(r *results) (string, bool, error) {
				m, small := r.find(largest), r.find(tenth)
				if m == nil || small == nil {
					return "", false, errNotMeasured
				}
				ratio := m.Operations["plan"].Seconds / small.Operations["plan"].Seconds
				return fmt.Sprintf("%.1f times", ratio), m.Failure+small.Failure == "" && ratio <= 12, nil
			}},
		)
	}
	return all
}

// seconds bounds the time.
func seconds(operation, what string, s scenario, most int) bar {
	return bar{what: what, check: func(r *results) (string, bool, error) {
		m := r.find(s)
		if m == nil {
			return "", false, errNotMeasured
		}
		took := m.Operations[operation].Seconds
		return fmt.Sprintf("%.1f s", took), m.Failure == "" && took <= float64(most), nil
	}}
}

// planRequests bounds all requests of a plan.
func planRequests(what string, s scenario, most int) bar {
	return bar{what: what, check: func(r *results) (string, bool, error) {
		m := r.find(s)
		if m == nil {
			return "", false, errNotMeasured
		}
		plan := m.Operations["plan"]
		return fmt.Sprintf("%d: %s", plan.Requests, plan.byKind()), m.Failure == "" && plan.Requests <= most, nil
	}}
}

// kindRequests bounds the requests of one kind.
func kindRequests(operation, kind, what string, s scenario, most int) bar {
	return bar{what: what, check: func(r *results) (string, bool, error) {
		m := r.find(s)
		if m == nil {
			return "", false, errNotMeasured
		}
		n := m.Operations[operation].Kinds[kind]
		return fmt.Sprint(n), m.Failure == "" && n <= most, nil
	}}
}

// against bounds the time relative to terraform_data.
func against(operation, what string, s scenario, most float64) bar {
	return bar{what: what, check: func(r *results) (string, bool, error) {
		m := r.find(s)
		if m == nil || r.find(scenario{Kind: floor, N: s.N}) == nil {
			return "", false, errNotMeasured
		}
		ratio := r.ratio(*m, operation)
		if ratio == 0 || m.Failure != "" {
			return "failed", false, nil
		}
		got := fmt.Sprintf("%.2f times as long", ratio)
		if most < 1 {
			got = fmt.Sprintf("%.1f times faster", 1/ratio)
		}
		return got, ratio <= most, nil
	}}
}

// neverSlower compares everything that was measured with bulk on and off.
func neverSlower(r *results) (string, bool, error) {
	compared := 0
	var slower []string
	for _, on := range r.Measurements {
		single := on.scenario
		single.Single = true
		off := r.find(single)
		if on.Single || off == nil {
			continue
		}
		if on.Failure != "" || off.Failure != "" {
			slower = append(slower, on.title()+" failed")
			continue
		}
		for _, op := range operations {
			compared++
			ours, theirs := on.Operations[op.name].Seconds, off.Operations[op.name].Seconds
			if ours > theirs*(1+noisePart)+noiseSeconds {
				slower = append(slower, fmt.Sprintf("%s of %s: %.1f s, without %.1f s", op.name, on.title(), ours, theirs))
			}
		}
	}
	if compared == 0 && len(slower) == 0 {
		return "", false, errNotMeasured
	}
	if len(slower) > 0 {
		return strings.Join(slower, "; "), false, nil
	}
	return fmt.Sprintf("in none of %d comparisons", compared), true, nil
}

// bars is what became of the bars, in Markdown.
func (r *results) bars() string {
	var b strings.Builder
	b.WriteString("The goals that the provider has to meet:\n\n| goal | measured | met |\n|---|---|---|\n")
	for _, bar := range append(theBars, fileBars()...) {
		got, met, err := bar.check(r)
		verdict := "no"
		switch {
		case err != nil:
			got, verdict = err.Error(), ""
		case met:
			verdict = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", bar.what, got, verdict)
	}
	return b.String()
}
