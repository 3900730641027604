package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestFleetRestored: a backup is made while the phones work and put back later,
// when the server has given receipts for what the backup does not hold. The phones
// notice the other life of the registry and offer everything again: it is there,
// once, or is reported to be still on its phone.
func TestFleetRestored(t *testing.T) {
	f := newFleet(t)
	f.backup = filepath.Join(dataFolder(t), "registry.tar")
	f.run()
	if f.left > *fleetOps/50 {
		t.Errorf("%d of %d operations have no place in the restored registry", f.left, *fleetOps)
	}
}

// back makes the backup, beside the serving program.
func (f *fleet) back() {
	if out, err := f.command("backup", f.backup, "--data", f.data).CombinedOutput(); err != nil {
		f.t.Fatalf("backup: %v %s", err, out)
	}
}

// restore ends server and database, and goes on with what the backup holds.
func (f *fleet) restore() {
	f.server.kill(f.t)
	data := filepath.Join(dataFolder(f.t), "data")
	out, err := f.command("restore", f.backup, "--data", data).CombinedOutput()
	if err != nil {
		f.t.Fatalf("restore: %v %s", err, out)
	}
	_, head, _ := strings.Cut(string(out), "\n"+fleetPlace+" ") // it says where each history ends
	if _, err := fmt.Sscan(head, &f.began); err != nil {
		f.t.Fatalf("restore: %v %s", err, out)
	}
	f.data = data
}

// hear notes which life of the registry answered. Another one than before does not
// have what came after its backup: the phone offers all that it ever did again,
// and reads the log anew.
func (p *handset) hear(epoch string) (other bool) {
	other = p.epoch != "" && p.epoch != epoch
	p.epoch = epoch
	if !other {
		return false
	}
	if p.backup == "" {
		p.t.Error("another life of the registry began, and nothing was restored")
	}
	p.outbox = nil
	for _, o := range p.journal {
		if o.receipt != nil {
			p.acknowledged.Add(-1)
		}
		o.receipt = nil
		p.outbox = append(p.outbox, o)
	}
	p.newest = nil
	p.copies, p.since, p.idle = map[string]*copied{}, 0, 0
	return true
}

// settle has the phones send until nothing moves any more, where a backup was put
// back: what one of them holds may be what another's was made from.
func (f *fleet) settle() {
	if f.backup == "" {
		return
	}
	for before := -1; before != f.waiting(); {
		before = f.waiting()
		f.each(func(p *handset) {
			for !p.follow() { // tells the epoch to those that had nothing left to send
				time.Sleep(50 * time.Millisecond)
			}
			p.idle = 0
			p.work()
		})
	}
	f.each(func(p *handset) {
		for _, s := range p.shots {
			if p.photos[s.hash] != nil {
				p.deliver(s)
			}
		}
	})
	f.each(func(p *handset) {
		for {
			if _, _, ok := p.post(p.letter(nil, len(p.outbox)), 0); ok {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	f.checkReported()
}

func (f *fleet) each(fn func(*handset)) {
	var wait sync.WaitGroup
	for _, p := range f.phones {
		wait.Go(func() { fn(p) })
	}
	wait.Wait()
}

// waiting is how many operations have no receipt.
func (f *fleet) waiting() (n int) {
	for _, p := range f.phones {
		n += len(p.outbox)
	}
	return n
}

// checkReported: the office sees how much is still on which phone.
func (f *fleet) checkReported() {
	var list struct {
		Devices []struct {
			Device string
			Unsent int `json:"unsent_ops"`
		}
	}
	f.must("/api/v1/devices?jurisdiction="+fleetPlace, &list)
	reported := map[string]int{}
	for _, d := range list.Devices {
		reported[d.Device] = d.Unsent
	}
	for n, p := range f.phones {
		if reported[p.device] != len(p.outbox) {
			f.t.Errorf("phone %d holds %d, the office sees %d", n, len(p.outbox), reported[p.device])
		}
	}
}
