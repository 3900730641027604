package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// server is one of those that are asked the same.
type server struct {
	name    string
	process *process // nil for one that runs elsewhere
	items   string   // URL templates; "" where it has none
	tiles   string
	item    string
}

// others are servers that were named on the command line.
type others []*server

// set returns what reads a flag NAME=VALUE.
func (list *others) set(value func(s *server, v string) error) func(string) error {
	return func(flag string) error {
		name, v, ok := strings.Cut(flag, "=")
		if !ok || name == "" {
			return fmt.Errorf("must be NAME=VALUE")
		}
		for _, s := range *list {
			if s.name == name {
				return value(s, v)
			}
		}
		s := &server{name: name}
		*list = append(*list, s)
		return value(s, v)
	}
}

func fill(template string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(template)
}

// process is a server's, on this machine, and the database's that it asks.
type process struct {
	pid        int
	postmaster string
}

// cpu is the time that a process and the database's processes have worked so
// far.
func (p *process) cpu() time.Duration {
	sum, _ := ticksOf(strconv.Itoa(p.pid))
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, e := range entries {
		if name := e.Name(); name[0] >= '0' && name[0] <= '9' {
			if ticks, parent := ticksOf(name); parent == p.postmaster {
				sum += ticks
			}
		}
	}
	return time.Duration(sum) * time.Second / 100
}

// memory is what a process keeps in memory, in MiB.
func (p *process) memory() int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kib >> 10
		}
	}
	return 0
}

// ticksOf is the CPU time of a process in hundredths of a second, which is what
// Linux counts in, and the number of its parent.
func ticksOf(pid string) (ticks int64, parent string) {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, ""
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, ""
	}
	for _, f := range fields[11:13] {
		n, _ := strconv.ParseInt(f, 10, 64)
		ticks += n
	}
	return ticks, fields[1]
}
