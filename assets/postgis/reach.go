package postgis

import (
	"context"
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"
)

// Limits of waiting for a network that swallows what it is given: nobody says that
// the database is gone, and TCP by itself would believe in it for a quarter of an hour.
const (
	lookTime    = time.Second            // of reading the heads, a few rows
	reachTime   = 700 * time.Millisecond // of a new connection, when that took longer
	dialTime    = 3 * time.Second        // until the database's host answers
	unheardTime = time.Minute            // of what was sent and not received, or a window that stays shut
)

// dialer makes connections that break when nothing more comes through, whether
// something is on its way or not. How long the database thinks does not matter, and
// one that takes nothing in for a while, as when its disk stalls, has a minute
// (TCP_USER_TIMEOUT counts a shut window too, tcp(7)).
func dialer() *net.Dialer {
	return &net.Dialer{Timeout: dialTime, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3},
		Control: func(network, _ string, c syscall.RawConn) (err error) {
			if network == "unix" {
				return nil
			}
			set := func(fd uintptr) {
				err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(unheardTime.Milliseconds()))
			}
			if fault := c.Control(set); fault != nil {
				return fault
			}
			return err
		}}
}

// Look is Heads for whoever asks again and again. Where they take long it asks for a
// new connection, and if there is none either, the error is one of which IsAway holds;
// a database that is only busy lets in, and is waited for.
func (s *Store) Look(ctx context.Context) ([]Head, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		heads []Head
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		heads, err := s.Heads(ctx)
		answers <- answer{heads, err}
	}()
	select {
	case a := <-answers:
		return a.heads, a.err
	case <-time.After(lookTime):
	}
	reached := make(chan error, 1)
	go func() { reached <- s.reach(ctx) }()
	for {
		select {
		case a := <-answers:
			return a.heads, a.err
		case err := <-reached:
			if reached = nil; IsAway(err) {
				return nil, err
			}
		}
	}
}

// reach opens a connection outside the pool, which may be full of dead ones.
func (s *Store) reach(ctx context.Context) error {
	patient, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	conn, err := pgx.ConnectConfig(patient, s.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	return conn.Close(patient)
}
