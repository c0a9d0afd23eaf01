package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
)

// results are a run of the benchmark.
type results struct {
	Machine      string        `json:"machine"`
	Measurements []measurement `json:"measurements"`
}

// machine says how large this machine is and what ran on it.
func machine(terraform string) string {
	text := fmt.Sprintf("%s/%s, %d cores, ", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if gib := memory(); gib > 0 {
		text += fmt.Sprintf("%d GiB of memory, ", gib)
	}
	return text + fmt.Sprintf("Go %s, %s", runtime.Version()[len("go"):], terraform)
}

var memTotal = regexp.MustCompile(`^MemTotal:\s+(\d+) kB`)

// memory is the memory of this machine in GiB, or 0 if it is not known.
func memory() int {
	file, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer func() { _ = file.Close() }() // nothing was written
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if found := memTotal.FindStringSubmatch(lines.Text()); found != nil {
			kib, err := strconv.Atoi(found[1])
			if err != nil {
				return 0
			}
			return (kib + 1<<19) >> 20
		}
	}
	return 0
}

// find returns the measurement of a scenario, or nil if there is none.
func (r *results) find(s scenario) *measurement {
	for i := range r.Measurements {
		if r.Measurements[i].scenario == s {
			return &r.Measurements[i]
		}
	}
	return nil
}

// failures is how many scenarios could not be measured.
func (r *results) failures() int {
	n := 0
	for _, m := range r.Measurements {
		if m.Failure != "" {
			n++
		}
	}
	return n
}

// ratio compares an operation with the same on as many terraform_data. It is 0
// where those were not measured.
func (r *results) ratio(m measurement, operation string) float64 {
	compared := r.find(scenario{Kind: floor, N: m.N})
	if compared == nil || compared.Failure != "" || m.Kind == floor {
		return 0
	}
	return m.Operations[operation].Seconds / compared.Operations[operation].Seconds
}

// save writes the results for tools/plot.
func (r *results) save(name string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o600)
}
