package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"streetbook/assets"
	"streetbook/assets/blob"
	"streetbook/assets/exchange"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
	"streetbook/assets/web"
	"streetbook/static"
)

type serveCmd struct {
	databaseFlags
	Listen    string `help:"Address to listen on." default:"127.0.0.1:8080"`
	PublicURL string `help:"The address people use, when a proxy stands before the program: https://host/path." name:"public-url"`
	Anonymous string `help:"What visitors without an account may see: the map (no persons), or nothing." enum:"map,off" default:"map"`
	TLS       string `help:"\"self\": serve TLS with a certificate of an own authority, kept in the data folder." name:"tls" enum:"off,self" default:"off"`
	TLSCert   string `help:"Certificate chain to serve TLS with, PEM." name:"tls-cert" type:"path"`
	TLSKey    string `help:"Private key of the certificate, PEM." name:"tls-key" type:"path"`
	Live      string `help:"Answer the map from memory, following every change; or ask PostGIS each time. The answers are the same." enum:"on,off" default:"on"`
	Memory    int64  `help:"Most that the registry in memory may take, in MiB. A larger one is answered by PostGIS." name:"live-memory" default:"1024"`
	Tiles     int64  `help:"Most that drawn tiles in memory may take, in MiB." name:"live-tiles" default:"64"`
	Sample    string `help:"Load the sample registry when the registry is empty." enum:"on,off" default:"on"`
}

// Run serves until the context ends.
func (c serveCmd) Run(r *run) (err error) {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	defer listener.Close()
	log := slog.New(slog.NewTextHandler(r.stderr, nil))
	db, err := c.open(r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	if err := c.furnish(r, db.Store); err != nil {
		return err
	}
	secured, err := c.secure(r, listener)
	if err != nil {
		return err
	}
	memory := c.hold(db.Store, log)
	if memory != nil {
		defer memory.Stop()
	}
	server, err := web.New(db.Store, static.Files, web.Config{PublicURL: c.PublicURL, Anonymous: c.Anonymous == "map",
		Secure: secured.scheme == "https" || strings.HasPrefix(c.PublicURL, "https://"), Authority: secured.authority,
		Live: memory, Blobs: blob.In(filepath.Join(c.Data, "blobs")), Log: log, Version: version, Commit: commit()})
	if err != nil {
		return err
	}
	fmt.Fprintf(r.stdout, "Streetbook: %s://%s/\n", secured.scheme, listener.Addr())
	ctx, cancel := context.WithCancelCause(r.ctx)
	defer cancel(nil)
	if db.server != nil {
		go func() {
			select {
			case <-ctx.Done():
			case <-db.server.Done():
				cancel(errors.New("the private database stopped; see its log in the data folder"))
			}
		}()
	}
	if err := server.Serve(ctx, secured.listener); err != nil {
		return err
	}
	if cause := context.Cause(ctx); r.ctx.Err() == nil && cause != nil {
		return cause
	}
	return nil
}

// hold begins to load the registry into memory, if that is wanted.
func (c serveCmd) hold(store *postgis.Store, log *slog.Logger) *live.Live {
	if c.Live == "off" {
		return nil
	}
	debug.SetGCPercent(live.GCPercent)
	return live.Start(store, live.Options{Memory: c.Memory << 20, Tiles: c.Tiles << 20, Log: log})
}

// furnish puts into the registry what it must hold before anybody comes: the
// first account and, if it is empty, the sample.
func (c serveCmd) furnish(r *run, store *postgis.Store) error {
	if err := firstAdmin(r, store); err != nil {
		return err
	}
	if c.Sample == "off" {
		return nil
	}
	return loadSample(r, store, blob.In(filepath.Join(c.Data, "blobs")))
}

// firstAdmin makes the account admin when there is no account. The password is
// printed before it is stored: a program killed in between prints another one at
// the next start, while the reverse order could leave one that nobody knows.
func firstAdmin(r *run, store *postgis.Store) error {
	has, err := store.HasAccounts(r.ctx)
	if has || err != nil {
		return err
	}
	password, generated := os.Getenv("STREETBOOK_ADMIN_PASSWORD"), false
	if password == "" {
		password, generated = assets.GeneratePassword(), true
	}
	if generated {
		fmt.Fprintf(r.stdout, "admin password (shown once): %s\n", password)
	}
	w, err := postgis.NewWrite("streetbook")
	if err != nil {
		return err
	}
	added, err := store.AddFirstAdmin(r.ctx, w, assets.Account{Name: "admin", DisplayName: "管理员", Password: assets.HashPassword(password)})
	if err == nil && generated && !added {
		fmt.Fprintln(r.stdout, "(another start was faster; the password that it printed is the one)")
	}
	return err
}

// loadSample puts the sample registry into an empty one, its documents first: a
// program killed in between leaves documents that nobody names, never names
// without a document.
func loadSample(r *run, store *postgis.Store, blobs *blob.Store) error {
	list, err := store.Jurisdictions(r.ctx)
	if err != nil || len(list) > 0 {
		return err
	}
	r.say(assets.Text{ZH: "登记库为空，正在载入示例数据（祭城路街道，示意）……", EN: "The registry is empty: loading the sample (祭城路街道, schematic) …"})
	sample, err := exchange.Sample()
	if err != nil {
		return err
	}
	for _, document := range exchange.SampleDocuments() {
		if _, err := blobs.Put(bytes.NewReader(document), int64(len(document))); err != nil {
			return err
		}
	}
	w, err := postgis.NewWrite("sample")
	if err != nil {
		return err
	}
	err = store.AddRegistry(r.ctx, w, *sample)
	if assets.ErrorCode(err) == assets.Conflict { // another program that starts at the same moment was faster
		return nil
	}
	return err
}
