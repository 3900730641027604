package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"streetbook/assets"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
)

// writes measures how long a commit takes to the memory of another program, to a
// client that listens to a server, and until that client has the tile anew. They
// are timed one after the other, so that each has the machine to itself.
func (w *town) writes(ctx context.Context, store *postgis.Store, url string, s *server, c *child, known []placed) error {
	var memory, heard, drawn []time.Duration
	head, err := store.Head(ctx, place)
	if err != nil {
		return err
	}
	other, err := postgis.Open(ctx, url, postgis.Options{})
	if err != nil {
		return err
	}
	defer other.Close()
	l := live.Start(other, live.Options{})
	for l.Moment(ctx, nil) == nil {
		time.Sleep(time.Millisecond)
	}
	for _, a := range known[:len(known)/4] {
		begun, err := w.turn(ctx, store, a)
		if err != nil {
			return err
		}
		for head++; l.Moment(ctx, map[string]int64{place: head}) == nil; {
			if time.Since(begun) > time.Minute {
				return fmt.Errorf("memory does not follow")
			}
		}
		memory = append(memory, time.Since(begun))
	}
	l.Stop()
	events, err := listen(ctx, c.url)
	if err != nil {
		return err
	}
	for _, a := range known[:len(known)/4] {
		begun, err := w.turn(ctx, store, a)
		if err != nil {
			return err
		}
		for head++; ; {
			seq, ok := <-events
			if !ok {
				return fmt.Errorf("the events ended")
			}
			if seq == head {
				break
			}
		}
		heard = append(heard, time.Since(begun))
		if _, err := fetch(tileURL(s, tileAt(14, a.at)), "gzip"); err != nil {
			return err
		}
		drawn = append(drawn, time.Since(begun))
	}
	for _, of := range []struct {
		what string
		took []time.Duration
	}{{"the memory of another program", memory}, {"a client that listens", heard}, {"that client, with the changed tile of zoom 14", drawn}} {
		median, p99 := quantiles(of.took)
		line(fmt.Sprintf("from commit to %s: median, p99 of %d", of.what, len(of.took)), "%s, %s", short(median), short(p99))
	}
	return nil
}

// turn changes the condition of an asset and returns when that was committed.
func (w *town) turn(ctx context.Context, store *postgis.Store, a placed) (time.Time, error) {
	write, err := postgis.NewWrite("bench")
	if err != nil {
		return time.Time{}, err
	}
	target := postgis.Target{Collection: assets.CollectionAssets, Jurisdiction: place, ID: a.id, Match: assets.AnyVersion}
	_, err = store.ReviseAsset(ctx, write, target, func(a *assets.Asset) error {
		next := assets.Conditions[0]
		if a.Condition == next {
			next = assets.Conditions[1]
		}
		a.Condition = next
		return nil
	})
	return time.Now(), err
}

// listen returns the numbers of the changes that a server tells.
func listen(ctx context.Context, url string) (<-chan int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/v1/events?jurisdiction="+place, nil)
	if err != nil {
		return nil, err
	}
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		return nil, err
	}
	events, ready := make(chan int64), make(chan struct{})
	go func() {
		defer res.Body.Close()
		defer close(events)
		lines, first := bufio.NewScanner(res.Body), true
		for lines.Scan() {
			text, ok := strings.CutPrefix(lines.Text(), "id: ")
			if !ok {
				continue
			}
			seq, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return
			}
			if first { // says where it begins
				first = false
				close(ready)
				continue
			}
			events <- seq
		}
	}()
	select {
	case <-ready:
		return events, nil
	case <-time.After(time.Minute):
		return nil, fmt.Errorf("nothing is told")
	}
}
