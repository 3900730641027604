package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// handset is one of the fleet: an outbox that forgets nothing, and a copy of the
// registry that follows the feed.
type handset struct {
	*fleet
	device   string
	dated    bool // its app is of before epochs: it says only what its own edits set
	random   *rand.Rand
	outbox   []*fleetOp // not answered for good yet, in order
	journal  []*fleetOp // everything it ever did
	copies   map[string]*copied
	since    int64
	photos   map[string][]byte // by hash: what it is to prove it sent
	shots    []shot            // the same, in order, with what they are of
	epoch    string            // the life of the registry that it last heard of
	refusal  string            // of a photo, the last
	refusals int
	newest   *fleetReceipt // of the life that it last heard of
	idle     int           // how often it sent since something was answered for good
}

// shot is a photo as it is announced.
type shot struct {
	announcement []byte
	hash         string
	bytes        []byte
}

// copied is an asset as a phone last heard of it.
type copied struct {
	version int
	deleted bool
	after   json.RawMessage
}

func newHandset(f *fleet, n int) *handset {
	return &handset{fleet: f, device: newUUID(), dated: n%4 == 3, random: rand.New(rand.NewPCG(*fleetSeed, uint64(n))), copies: map[string]*copied{}, photos: map[string][]byte{}}
}

// work does this phone's share, and ends when every operation has its receipt.
func (p *handset) work() {
	share := *fleetOps / len(p.phones)
	for len(p.journal) < share || len(p.outbox) > 0 {
		if len(p.journal) < share {
			for range 1 + p.random.IntN(min(12, share-len(p.journal))) {
				p.act()
			}
		}
		if chance(p.random, 0.7) || len(p.journal) >= share {
			p.flush()
		}
		if chance(p.random, 0.3) {
			p.follow()
		}
		if f := p.fleet; f.backup != "" && len(p.journal) >= share && p.idle > 40 {
			return // what is left waits for others, or for ever
		}
	}
}

// act does one thing: something new, or an edit of what this phone or others made.
func (p *handset) act() {
	id := p.pick()
	switch {
	case id == "" || chance(p.random, 0.3):
		p.create()
	case chance(p.random, 0.06):
		p.change(id, "delete", nil)
	default:
		p.change(id, "update", p.fields())
	}
}

func (p *handset) pick() string {
	if chance(p.random, 0.45) { // what everybody edits
		p.pool.mu.Lock()
		defer p.pool.mu.Unlock()
		if n := len(p.pool.ids); n > 0 {
			return p.pool.ids[p.random.IntN(min(n, 12))]
		}
	}
	var own []string
	for _, o := range p.journal {
		if o.Kind == "create" && o.Noun == "asset" {
			own = append(own, o.ID)
		}
	}
	if len(own) == 0 {
		return ""
	}
	return own[p.random.IntN(len(own))]
}

// fields are one to three that change, to values that nobody else uses.
func (p *handset) fields() map[string]string {
	sets := map[string]string{}
	for range 1 + p.random.IntN(3) {
		name := []string{"name", "attributes.owner", "attributes.department", "condition", "geometry"}[p.random.IntN(5)]
		sets[name] = unique(p.random)
		switch name {
		case "condition":
			sets[name] = []string{"good", "fair", "poor", "dangerous"}[p.random.IntN(4)]
		case "geometry":
			sets[name] = strconv.FormatFloat(float64(113730000+p.random.IntN(40000))/1e6, 'f', -1, 64)
		}
	}
	return sets
}

// said writes the model's fields as an operation's value has them.
func said(sets map[string]string) map[string]any {
	value, attributes := map[string]any{}, map[string]any{}
	for name, text := range sets {
		switch name {
		case "attributes.owner", "attributes.department":
			attributes[name[len("attributes."):]] = text
		case "geometry":
			value[name] = map[string]any{"type": "Point", "coordinates": []any{json.Number(text), 34.755}}
		default:
			value[name] = text
		}
	}
	if len(attributes) > 0 {
		value["attributes"] = attributes
	}
	return value
}

func (p *handset) create() {
	sets := p.fields()
	sets["name"], sets["condition"] = unique(p.random), "good"
	if sets["geometry"] == "" {
		sets["geometry"] = "113.74" + strconv.Itoa(1+p.random.IntN(8))
	}
	o := &fleetOp{Noun: "asset", Kind: "create", ID: newUUID(), sets: sets, Value: said(sets)}
	o.Value["class"] = "0118"
	p.put(o)
	if chance(p.random, 0.3) {
		p.photograph(o.ID)
	}
}

// change edits an asset that the phone knows: as the server told it, or with its
// own edits on top that were not answered yet.
func (p *handset) change(id, kind string, sets map[string]string) {
	base, known := 1, p.copies[id]
	if known != nil {
		base = known.version
	}
	o := &fleetOp{Noun: "asset", Kind: kind, ID: id, sets: sets, was: map[string]string{}, Value: said(sets)}
	for _, before := range p.outbox {
		if before.ID != id {
			continue
		}
		o.After = before.Op
		if before.Kind == "delete" {
			return // it is gone from this phone's map
		}
		if before.Kind == "update" {
			maps.Copy(o.was, before.sets)
		}
	}
	if known == nil && o.After == "" && !p.made(id) || known != nil && known.deleted && o.After == "" {
		return // not on this phone's map
	}
	for _, before := range p.journal { // a receipt tells more than the feed so far
		if before.ID == id && before.receipt != nil {
			base = max(base, before.receipt.Version)
		}
	}
	if known == nil || known.version < base { // the phone must have seen what it edits
		if p.follow(); p.copies[id] == nil || p.copies[id].deleted {
			return
		}
		base = p.copies[id].version
	}
	o.Base = base
	if !p.dated {
		p.name(o)
	}
	if len(o.was) > 0 {
		o.Was = said(o.was)
	}
	p.put(o)
}

// name says which life of the registry told the base of an edit, and what the
// phone showed of each field that it sets.
func (p *handset) name(o *fleetOp) {
	var shown map[string]string
	if known := p.copies[o.ID]; known != nil {
		o.Epoch, shown = p.epoch, flat(known.after)
	} else {
		shown = p.journal[p.creation(o.ID)].sets
	}
	for field := range o.sets {
		if _, set := o.was[field]; !set && shown[field] != "" {
			o.was[field] = shown[field]
		}
	}
}

func (p *handset) made(id string) bool { return p.creation(id) >= 0 }

// creation is where in the journal an asset was made, -1 where another phone made it.
func (p *handset) creation(id string) int {
	return slices.IndexFunc(p.journal, func(o *fleetOp) bool { return o.Kind == "create" && o.ID == id })
}

func (p *handset) put(o *fleetOp) {
	// Clocks of phones are wrong by up to 400 days.
	o.Op, o.At = newUUID(), time.Now().Add(time.Duration(p.random.IntN(800*24)-400*24)*time.Hour).UTC().Format(time.RFC3339Nano)
	p.outbox, p.journal = append(p.outbox, o), append(p.journal, o)
}

// flush sends what is in the outbox once, over a network that loses, doubles and
// disorders.
func (p *handset) flush() {
	if len(p.outbox) == 0 {
		return
	}
	first := 0
	if p.idle > 2 { // what waits for another phone must not keep the rest waiting
		first = p.random.IntN(len(p.outbox))
	}
	batch := slices.Clone(p.outbox[first:min(len(p.outbox), first+1+p.random.IntN(20))])
	if chance(p.random, 0.1) {
		p.random.Shuffle(len(batch), func(i, k int) { batch[i], batch[k] = batch[k], batch[i] })
	}
	if chance(p.random, 0.1) && len(p.journal) > 0 { // one from long ago comes late once more
		batch = append(batch, p.journal[p.random.IntN(len(p.journal))])
		p.late.Add(1)
	}
	p.sent.Add(1)
	body := p.letter(batch, max(0, len(p.outbox)-len(batch)))
	if chance(p.random, 0.1) { // it never leaves
		p.lost.Add(1)
		return
	}
	if chance(p.random, 0.1) { // it travels twice, and both at once
		p.doubled.Add(1)
		twin := make(chan struct{})
		go func() { defer close(twin); p.post(body, len(batch)) }()
		defer func() { <-twin }()
	}
	p.idle++
	results, epoch, ok := p.post(body, len(batch))
	if !ok {
		time.Sleep(50 * time.Millisecond)
		return
	}
	p.hear(epoch)
	if chance(p.random, 0.1) { // the answer is lost
		p.lost.Add(1)
		return
	}
	for i, r := range results {
		p.answered(batch[i], r)
	}
}

// letter is a batch of operations, with how many stay behind and the newest receipt.
func (p *handset) letter(batch []*fleetOp, behind int) []byte {
	if batch == nil {
		batch = []*fleetOp{}
	}
	said := map[string]any{"device": p.device, "jurisdiction": fleetPlace, "ops": batch, "unsent": map[string]any{"ops": behind, "photos": 0}}
	if r := p.newest; r != nil && !p.dated {
		said["seen"] = map[string]any{"epoch": p.epoch, "seq": r.Seq, "op": r.Op}
	}
	body, err := json.Marshal(said)
	if err != nil {
		p.t.Error(err)
	}
	return body
}

// post sends a batch of n operations.
func (p *handset) post(body []byte, n int) (results []fleetReceipt, epoch string, ok bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	status, _, answer, err := p.request(ctx, "POST", "/api/v1/sync", body)
	if err != nil || status >= 500 || status == 429 {
		return nil, "", false
	}
	var a struct {
		Epoch   string
		Results []fleetReceipt
	}
	if err := json.Unmarshal(answer, &a); err != nil || status != 200 || len(a.Results) != n {
		p.t.Errorf("%d %s", status, answer)
		return nil, "", false
	}
	return a.Results, a.Epoch, true
}

// answered takes a receipt; what is not answered for good stays in the outbox.
func (p *handset) answered(o *fleetOp, r fleetReceipt) {
	if r.Outcome == "refused" {
		switch r.Problem.Type {
		case "/problems/not_yet":
			p.notYet.Add(1)
		case "/problems/busy", "/problems/internal", "/problems/conflict":
		default:
			p.t.Errorf("%+v refused: %+v", o, r.Problem)
		}
		return
	}
	if r.Op != o.Op || r.ID != o.ID {
		p.t.Errorf("receipt %+v of %+v", r, o)
	}
	if o.receipt != nil {
		if r.Outcome != "already" || r.Version != o.receipt.Version || r.Seq != o.receipt.Seq {
			p.t.Errorf("another receipt: %+v, first %+v", r, o.receipt)
		}
		return
	}
	o.receipt, p.idle = &r, 0
	if p.newest == nil || r.Seq > p.newest.Seq {
		p.newest = &r
	}
	p.acknowledged.Add(1)
	if r.Outcome == "merged" {
		p.merged.Add(1)
	}
	if o.Kind == "create" {
		p.pool.add(o.ID)
	}
	p.outbox = slices.DeleteFunc(p.outbox, func(x *fleetOp) bool { return x == o })
}

// follow reads the feed on.
func (p *handset) follow() bool {
	for {
		status, _, body, err := p.request(context.Background(), "GET", "/api/v1/changes?jurisdiction="+fleetPlace+"&limit=500&since="+strconv.FormatInt(p.since, 10), nil)
		if err != nil || status != 200 {
			return false
		}
		var page struct {
			Epoch   string
			Changes []struct {
				Seq     int64
				Noun    string
				ID      string
				Version int
				Kind    string
				After   json.RawMessage
			}
			Next int64
		}
		if err := json.Unmarshal(body, &page); err != nil {
			p.t.Error(err)
			return false
		}
		if p.hear(page.Epoch) {
			continue // from the beginning: it is another log
		}
		for _, c := range page.Changes {
			if c.Seq != p.since+1 {
				p.t.Errorf("the feed jumps from %d to %d", p.since, c.Seq)
			}
			p.since = c.Seq
			if c.Noun == "asset" {
				p.copies[c.ID] = &copied{c.Version, c.Kind == "delete", c.After}
			}
		}
		if len(page.Changes) < 500 {
			return true
		}
	}
}

// photograph sends a photo of an asset until its receipt is there; whatever is
// cut on the way goes on from where the server is.
func (p *handset) photograph(asset string) {
	side := func() int { return 60 + int(float64(*fleetPhoto-60)*math.Pow(p.random.Float64(), 3)) } // few are large
	img := image.NewGray(image.Rect(0, 0, side(), side()))
	for i := range img.Pix {
		img.Pix[i] = byte(p.random.Uint32())
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		p.t.Error(err)
		return
	}
	sum := sha256.Sum256(b.Bytes())
	hash := hex.EncodeToString(sum[:])
	p.photos[hash] = b.Bytes()
	announcement, err := json.Marshal(map[string]any{"sha256": hash, "size": b.Len(), "media_type": "image/jpeg", "noun": "asset", "id": asset})
	if err != nil {
		p.t.Error(err)
	}
	s := shot{announcement, hash, b.Bytes()}
	p.shots = append(p.shots, s)
	p.deliver(s)
}

// deliver sends a photo until it is there. What is refused again and again is a
// fault; a server that is not there is not.
func (p *handset) deliver(s shot) {
	for p.refusals = 0; p.refusals < 2000; {
		if p.upload(s.announcement, s.hash, s.bytes) {
			return
		}
		p.flush() // the asset may not have arrived
		if p.backup != "" {
			p.follow() // or be gone with what came after the backup
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.t.Errorf("a photo never arrived: %s: %s", s.announcement, p.refusal)
}

func (p *handset) upload(announcement []byte, hash string, b []byte) bool {
	status, _, body, err := p.request(context.Background(), "POST", "/api/v1/photos", announcement)
	if status == 410 { // somebody deleted the asset: there is nothing to show
		delete(p.photos, hash)
		return true
	}
	var s struct {
		Upload  string
		Offset  int
		Receipt *struct{ SHA256 string }
	}
	if err != nil || status > 201 || json.Unmarshal(body, &s) != nil {
		if err == nil {
			p.refusal = fmt.Sprintf("%d %s", status, body)
			p.refusals++
		}
		return false
	}
	if s.Receipt != nil {
		return s.Receipt.SHA256 == hash
	}
	rest := b[s.Offset:]
	ctx := context.Background()
	if chance(p.random, 0.4) { // cut somewhere
		rest = rest[:p.random.IntN(len(rest)+1)]
	}
	_, _, _, _ = p.request(ctx, "PATCH", s.Upload, rest, "Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.Itoa(s.Offset)) // the next announcement tells what arrived
	return false
}
