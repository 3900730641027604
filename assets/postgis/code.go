package postgis

import (
	"context"
	"fmt"
	"strings"

	"streetbook/assets"
)

// codes gives out component codes within one write. Serials are counted per
// division and class, so the counters are kept under the code of the division
// itself; they are locked until the write ends, which makes them gapless.
type codes struct {
	division string
	lengths  assets.CodeLengths
	counters map[string]*counter
	missing  int64 // assets left without a code because the serials were used up
}

type counter struct {
	first, last int64
	taken       map[string]bool // codes above last that came from elsewhere
}

func openCodes(ctx context.Context, l *ledger) (*codes, error) {
	c := &codes{division: l.jurisdiction[:6], counters: map[string]*counter{}}
	err := l.tx.QueryRow(ctx, `select code_lengths from jurisdiction where code = $1`, l.jurisdiction).Scan(&c.lengths)
	return c, err
}

// ledgerKey is where the counters of a division stand.
func (c *codes) ledgerKey() string { return c.division + "000" }

// open locks the counter of a class.
func (c *codes) open(ctx context.Context, l *ledger, class string) error {
	n := &counter{taken: map[string]bool{}}
	err := l.tx.QueryRow(ctx, `insert into class_serial (jurisdiction, class, last) values ($1, $2, 0)
		on conflict (jurisdiction, class) do update set last = class_serial.last returning last`, c.ledgerKey(), class).Scan(&n.last)
	if err != nil {
		return err
	}
	n.first = n.last
	c.counters[class] = n
	prefix := c.prefix(class)
	rows, err := l.tx.Query(ctx, `select code from asset where jurisdiction = $1 and code > $2 and code < $3`,
		l.jurisdiction, fmt.Sprintf("%s%0*d", prefix, c.lengths.Serial, n.last), prefix+":")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			return err
		}
		n.taken[code] = true
	}
	return rows.Err()
}

// prefix is what every code of the class begins with.
func (c *codes) prefix(class string) string {
	code, _ := c.lengths.Format(c.division, class, 1)
	return strings.TrimSuffix(code, code[len(code)-c.lengths.Serial:])
}

// keep notes a code that an asset brings, so that it is not given to another.
// It reports whether the code is free as far as this write and the counters know.
func (c *codes) keep(a assets.Asset) bool {
	n := c.counters[a.Class]
	if a.Code == "" {
		return true
	}
	if n.taken[a.Code] {
		return false
	}
	n.taken[a.Code] = true
	return true
}

// give gives an asset without a code the next one of its class. When the
// serials of the class are used up it stays without.
func (c *codes) give(a *assets.Asset) {
	n := c.counters[a.Class]
	for a.Code == "" {
		code, ok := c.lengths.Format(c.division, a.Class, n.last+1)
		if !ok {
			c.missing++
			return
		}
		n.last++
		if !n.taken[code] {
			a.Code = code
		}
	}
}

// close moves the counters.
func (c *codes) close(ctx context.Context, l *ledger) error {
	for class, n := range c.counters {
		if n.last == n.first {
			continue
		}
		if _, err := l.tx.Exec(ctx, `update class_serial set last = $3 where jurisdiction = $1 and class = $2`, c.ledgerKey(), class, n.last); err != nil {
			return err
		}
	}
	return nil
}
