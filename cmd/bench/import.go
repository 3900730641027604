package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// few is what a registry holds before the first import.
const few = 1000

// quiet is how long readers ask before and after an import.
const quiet = 10 * time.Second

// imports measures what readers of a server notice while another program imports:
// into a registry that holds few assets, and into one that holds as many already.
func (w *town) imports(ctx context.Context, store *postgis.Store, url string, o options) error {
	postmaster, err := postmasterOf(o.dir)
	if err != nil {
		return err
	}
	c, err := startChild(url, postmaster, modeLive)
	if err != nil {
		return err
	}
	defer c.stop()
	s := w.server("live", c)
	fmt.Println("| 8 readers | requests | median | p99 | most | failed |\n|---|---|---|---|---|---|")
	held := few
	var memory []string
	for _, class := range classes[1:3] {
		idle := c.memory()
		readers, err := w.readers(ctx, store, s)
		if err != nil {
			return err
		}
		time.Sleep(quiet)
		begun, before := time.Now(), c.position.Load()
		commit := moved(ctx, store, before)
		if err := w.add(ctx, store, class, o.imported); err != nil {
			return err
		}
		committed := <-commit // before the importer gathers the table's figures
		position, err := store.Position(ctx)
		if err != nil {
			return err
		}
		for c.position.Load() < position {
			if time.Since(committed) > 5*time.Minute {
				return fmt.Errorf("memory does not follow")
			}
			time.Sleep(5 * time.Millisecond)
		}
		loaded := time.Now()
		time.Sleep(quiet)
		peak := readers.stop()
		time.Sleep(quiet)
		memory = append(memory, fmt.Sprintf("| program's memory: idle with %d, most meanwhile, idle with %d | %d, %d, %d MiB |", held, held+o.imported, idle, peak, c.memory()))
		readers.row(fmt.Sprintf("before, with %d assets", held), time.Time{}, begun)
		readers.row(fmt.Sprintf("while %d are imported, %s", o.imported, committed.Sub(begun).Round(time.Second)), begun, committed)
		readers.row(fmt.Sprintf("until memory holds them, %s", loaded.Sub(committed).Round(100*time.Millisecond)), committed, loaded)
		readers.row("after", loaded, time.Now())
		held += o.imported
	}
	fmt.Print("\n| | |\n|---|---|\n")
	for _, text := range memory {
		fmt.Println(text)
	}
	return nil
}

// moved tells when the registry went beyond a position.
func moved(ctx context.Context, store *postgis.Store, from int64) <-chan time.Time {
	at := make(chan time.Time, 1)
	go func() {
		for ctx.Err() == nil {
			if n, err := store.Position(ctx); err == nil && n > from {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		at <- time.Now()
	}()
	return at
}

// add imports assets of a class as another program would, in one transaction.
func (w *town) add(ctx context.Context, store *postgis.Store, class string, n int) error {
	write, err := postgis.NewWrite("bench")
	if err != nil {
		return err
	}
	var refused *assets.Error
	job := postgis.ImportJob{Jurisdiction: place, Class: class, Source: "import-" + class, Refuse: func(_ int, fault *assets.Error) { refused = fault }}
	_, err = store.Import(ctx, write, job, w.rows(job, n))
	if err == nil && refused != nil {
		err = refused
	}
	return err
}

// asked is one request of a reader.
type asked struct {
	at     time.Time
	took   time.Duration
	failed bool
}

// readers ask a server all the time.
type readers struct {
	stopping chan struct{}
	wait     sync.WaitGroup
	mu       sync.Mutex
	list     []asked
	said     failures
	peak     int // of the server's memory, MiB
}

// readers begin to ask for lists of about 100 assets, tiles and single assets, each
// as if nobody had asked before.
func (w *town) readers(ctx context.Context, store *postgis.Store, s *server) (*readers, error) {
	r := &readers{stopping: make(chan struct{}), said: failures{}}
	known, err := some(ctx, store)
	if err != nil {
		return nil, err
	}
	for i := range 8 {
		own := &town{rand: rand.New(rand.NewPCG(uint64(i), 7)), assets: w.assets}
		r.wait.Go(func() { r.ask(own, known, s) })
	}
	r.wait.Go(func() {
		for !r.over() {
			r.peak = max(r.peak, s.process.memory())
			time.Sleep(50 * time.Millisecond)
		}
	})
	return r, nil
}

func (r *readers) over() bool {
	select {
	case <-r.stopping:
		return true
	default:
		return false
	}
}

func (r *readers) ask(w *town, known []placed, s *server) {
	for n := 0; !r.over(); n++ {
		p := w.point()
		side := 2 * half * math.Sqrt(100/1e6)
		url := fill(s.items, "{bbox}", fmt.Sprintf("%.7f,%.7f,%.7f,%.7f", p[0], p[1], p[0]+side, p[1]+side), "{limit}", "100")
		switch n % 3 {
		case 1:
			url = tileURL(s, tileAt(14+n%4, p))
		case 2:
			url = fill(s.item, "{id}", known[w.rand.IntN(len(known))].id.String())
		}
		begun := time.Now()
		_, err := fetch(url, "gzip")
		one := asked{begun, time.Since(begun), err != nil}
		r.mu.Lock()
		if r.list = append(r.list, one); err != nil {
			r.said.say("a reader", err)
		}
		r.mu.Unlock()
	}
}

// stop ends the asking and returns the most memory that the server took.
func (r *readers) stop() (peak int) {
	close(r.stopping)
	r.wait.Wait()
	slices.SortFunc(r.list, func(a, b asked) int { return cmp.Compare(a.took, b.took) })
	return r.peak
}

// row prints how requests that began in a span of time were answered.
func (r *readers) row(what string, from, to time.Time) {
	var took []time.Duration
	failed := 0
	for _, one := range r.list {
		if one.at.Before(from) || !one.at.Before(to) {
			continue
		}
		if took = append(took, one.took); one.failed {
			failed++
		}
	}
	if len(took) == 0 {
		fmt.Fprintf(os.Stderr, "%s: nothing was asked\n", what)
		return
	}
	median, p99 := quantiles(took)
	fmt.Printf("| %s | %d | %s | %s | %s | %d |\n", what, len(took), short(median), short(p99), short(took[len(took)-1]), failed)
}
