package main

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"streetbook/assets"
	"streetbook/assets/blob"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/local"
)

// A backup is one tar: what it holds, the database, then every photo and document,
// which any tar can take out again, and how many these were.
const (
	backupFormat  = 1
	manifestName  = "manifest.json"
	dumpName      = "database.dump"
	endName       = "end" // the number of blobs: a tar that was cut between two files is no backup
	blobsName     = "blobs/"
	authorityFile = "tls/authority.pem" // what phones trust, where the program certifies itself
)

// manifest says what a backup holds.
type manifest struct {
	Format  int       `json:"format"`
	Program string    `json:"program"`
	MadeAt  time.Time `json:"made_at"`
	postgis.Contents
}

type backupCmd struct {
	databaseFlags
	File string `arg:"" help:"The file to make, such as streetbook.tar. One that is there is never overwritten." type:"path"`
}

// Run writes database, photos and documents as they are at one moment to a file,
// which is there only when it is whole. The program may serve meanwhile.
func (c backupCmd) Run(r *run) (err error) {
	half, err := os.OpenFile(c.File+".half", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, half.Close()) }()
	if err := syscall.Flock(int(half.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return assets.Errorf(assets.Conflict, "file", "另一个备份正在写入 %s", "another backup is being written to %s", c.File)
	}
	defer func() {
		if gone := os.Remove(half.Name()); !errors.Is(gone, os.ErrNotExist) { // it is, once it has its name
			err = errors.Join(err, gone)
		}
	}()
	if _, err := os.Lstat(c.File); err == nil {
		return assets.Errorf(assets.Conflict, "file", "%s 已存在，备份不覆盖任何文件", "%s is there already: a backup overwrites nothing", c.File)
	}
	if err := half.Truncate(0); err != nil { // what a killed backup left
		return err
	}
	db, err := c.open(r)
	if err != nil {
		return err
	}
	err = db.Frozen(r.ctx, func(snapshot string, holds postgis.Contents) error {
		return c.write(r, db, half, snapshot, manifest{backupFormat, version, time.Now().UTC().Truncate(time.Second), holds})
	})
	if err = errors.Join(err, db.close()); err != nil {
		return err
	}
	if err := half.Sync(); err != nil {
		return err
	}
	if err := os.Rename(half.Name(), c.File); err != nil {
		return err
	}
	fmt.Fprintln(r.stdout, c.File)
	return nil
}

// write puts the blobs last: the database names only what was there before.
func (c backupCmd) write(r *run, db *database, to io.Writer, snapshot string, m manifest) error {
	w := tar.NewWriter(to)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := addText(w, manifestName, m.MadeAt, text); err != nil {
		return err
	}
	if err := c.addDump(r, db, w, snapshot, m.MadeAt); err != nil {
		return err
	}
	if err := addFrom(w, authorityFile, m.MadeAt, filepath.Join(c.Data, authorityFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	n := 0
	err = blob.In(filepath.Join(c.Data, "blobs")).Each(func(ref blob.Ref, f *os.File) error {
		n++
		return addFile(w, blobsName+ref.SHA256, m.MadeAt, ref.Size, func(w io.Writer) error { _, err := io.CopyN(w, f, ref.Size); return err })
	})
	if err != nil {
		return err
	}
	if err := errors.Join(addText(w, endName, m.MadeAt, []byte(strconv.Itoa(n))), w.Close()); err != nil {
		return err
	}
	r.say(assets.Text{ZH: fmt.Sprintf("已备份：%d 张表，%d 个照片与文件。", len(m.Rows), n), EN: fmt.Sprintf("Backed up: %d tables, %d photos and documents.", len(m.Rows), n)})
	return nil
}

// addDump dumps beside the backup first, because a tar says how long a file is
// before it begins.
func (c backupCmd) addDump(r *run, db *database, w *tar.Writer, snapshot string, at time.Time) (err error) {
	dump, err := os.CreateTemp(filepath.Dir(c.File), ".streetbook-dump-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dump.Close(), os.Remove(dump.Name())) }()
	tools, err := c.tools(db)
	if err != nil {
		return err
	}
	if err := tools.Dump(r.ctx, dump, snapshot, postgis.Passing); err != nil {
		return err
	}
	return addFrom(w, dumpName, at, dump.Name())
}

// tools are those for the database that is open.
func (f databaseFlags) tools(db *database) (*local.Tools, error) {
	if db.server == nil {
		return local.ToolsFor("", f.Database)
	}
	return local.ToolsFor(filepath.Join(f.Data, "postgis"), db.server.URL())
}

func addFrom(w *tar.Writer, name string, at time.Time, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return addFile(w, name, at, info.Size(), func(w io.Writer) error { _, err := io.CopyN(w, f, info.Size()); return err })
}

func addText(w *tar.Writer, name string, at time.Time, text []byte) error {
	return addFile(w, name, at, int64(len(text)), func(w io.Writer) error { _, err := w.Write(text); return err })
}

func addFile(w *tar.Writer, name string, at time.Time, size int64, fill func(io.Writer) error) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: at}); err != nil {
		return err
	}
	return fill(w)
}
