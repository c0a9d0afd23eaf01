package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// crowdUsers is how many users are declared in a crowd.
const crowdUsers = 50

var (
	allPlatforms = []string{"easemob", "jmessage"}
	allKinds     = []string{each, many, file, contacts, members, team, crowd, floor}
)

// dimensions are what can be combined.
type dimensions struct {
	platforms, kinds      []string
	ns, latencies, limits []int
	// baseline measures everything with bulk off as well.
	baseline bool
}

// combine returns all combinations, first those that the others are compared with.
func (d dimensions) combine() []scenario {
	var all []scenario
	if slices.Contains(d.kinds, floor) {
		for _, n := range d.ns {
			all = append(all, scenario{Kind: floor, N: n})
		}
	}
	for _, platform := range d.platforms {
		for _, kind := range d.kinds {
			for _, n := range d.ns {
				for _, latency := range d.latencies {
					for _, limit := range d.limits {
						s := scenario{Platform: platform, Kind: kind, N: n, LatencyMS: latency, Limit: limit}
						switch kind {
						case floor:
							continue
						case crowd:
							s.N = crowdUsers
						}
						all = append(all, s)
						if d.baseline && kind != crowd && kind != file {
							s.Single = true
							all = append(all, s)
						}
					}
				}
			}
		}
	}
	return unique(all)
}

// unique keeps the first of those that are the same.
func unique(all []scenario) []scenario {
	var kept []scenario
	for _, s := range all {
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// everything is the full matrix. It takes hours.
func everything() []scenario {
	all := dimensions{
		platforms: allPlatforms, kinds: []string{each, many, contacts, crowd, floor}, ns: []int{100, 500, 1000},
		latencies: []int{0, 30, 200}, limits: []int{0, limited}, baseline: true,
	}.combine()
	all = append(all, fromFiles()...)
	for _, platform := range allPlatforms {
		for _, latency := range []int{0, 30, 200} {
			for _, limit := range []int{0, limited} {
				all = append(all, scenario{Platform: platform, Kind: many, N: thousands, LatencyMS: latency, Limit: limit})
			}
		}
	}
	return unique(append(all, bars()...))
}

// limited is the platform's limit if it has one, in calls a second; usual the
// latency if none is given, in milliseconds; thousands a number of
// users that only chat_users is measured with.
const (
	limited   = 10
	usual     = 30
	thousands = 5000
)

// whole varies one dimension at a time around 500 users on Easemob at the usual
// latency, and has whatever a bar needs. It is done in about half an hour.
func whole() []scenario {
	ours := []string{each, many, contacts}
	easemob, jmessage := allPlatforms[:1], allPlatforms[1:]
	// What is compared with terraform_data comes soon after it.
	all := append(dimensions{kinds: []string{floor}, ns: []int{100, 500, 1000}}.combine(), bars()...)
	for _, d := range []dimensions{
		// The number.
		{platforms: easemob, kinds: ours, ns: []int{100, 500}, latencies: []int{usual}, limits: []int{0}, baseline: true},
		{platforms: easemob, kinds: []string{each}, ns: []int{1000}, latencies: []int{usual}, limits: []int{0}, baseline: true},
		{platforms: easemob, kinds: []string{many, contacts}, ns: []int{1000}, latencies: []int{usual}, limits: []int{0}},
		{platforms: easemob, kinds: []string{many}, ns: []int{thousands}, latencies: []int{usual}, limits: []int{0}},
		// The latency.
		{platforms: easemob, kinds: ours, ns: []int{500}, latencies: []int{0, 200}, limits: []int{0}, baseline: true},
		// The limit, with bulk off in an application small enough to wait for.
		{platforms: easemob, kinds: ours, ns: []int{500}, latencies: []int{usual}, limits: []int{limited}},
		{platforms: easemob, kinds: ours, ns: []int{100}, latencies: []int{usual}, limits: []int{limited}, baseline: true},
		// The platform.
		{platforms: jmessage, kinds: ours, ns: []int{500}, latencies: []int{usual}, limits: []int{0}},
	} {
		all = append(all, d.combine()...)
	}
	return unique(append(all, fromFiles()...))
}

// fromFiles are the files of users, as large as Terraform's own values never get.
func fromFiles() []scenario {
	return dimensions{platforms: allPlatforms, kinds: []string{file}, ns: []int{1000, 10_000, 100_000}, latencies: []int{0, usual}, limits: []int{0}}.combine()
}

// bars are what the bars need that nothing else measures, at no latency.
func bars() []scenario {
	var all []scenario
	for _, d := range []dimensions{
		{platforms: allPlatforms, kinds: []string{each, many}, ns: []int{1000}, latencies: []int{0}, limits: []int{0}},
		{platforms: allPlatforms, kinds: []string{crowd}, ns: []int{crowdUsers}, latencies: []int{0}, limits: []int{0}},
		{platforms: allPlatforms, kinds: []string{contacts}, ns: []int{300}, latencies: []int{0}, limits: []int{0}},
		{platforms: allPlatforms, kinds: []string{members}, ns: []int{200}, latencies: []int{0}, limits: []int{0}},
		{platforms: allPlatforms, kinds: []string{team}, ns: []int{150}, latencies: []int{0}, limits: []int{0}},
	} {
		all = append(all, d.combine()...)
	}
	return all
}

// words reads a list and refuses what is not allowed.
func words(list string, allowed []string) ([]string, error) {
	all := strings.Split(list, ",")
	for _, word := range all {
		if !slices.Contains(allowed, word) {
			return nil, fmt.Errorf("it takes %s, with commas in between", strings.Join(allowed, ", "))
		}
	}
	return all, nil
}

// numbers reads a list of whole numbers that are not below least.
func numbers(list string, least int) ([]int, error) {
	var all []int
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < least {
			return nil, fmt.Errorf("it takes whole numbers from %d, with commas in between", least)
		}
		all = append(all, n)
	}
	return all, nil
}
