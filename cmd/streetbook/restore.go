package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"streetbook/assets"
	"streetbook/assets/blob"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/local"
)

type restoreCmd struct {
	databaseFlags
	File string `arg:"" help:"The backup." type:"path"`
}

// Run makes a registry of a backup where there is none. The whole file is read
// and checked before anything is touched. A private registry appears in its
// folder only when it is whole: a program killed before leaves none, which the
// next serve would otherwise furnish with the sample.
func (c restoreCmd) Run(r *run) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, _, err := read(file, checking); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if c.Database != "" {
		return c.restore(r, c.databaseFlags, file)
	}
	if list, err := os.ReadDir(c.Data); err == nil && len(list) > 0 {
		return assets.Errorf(assets.Conflict, "data", "%s 不是空目录，恢复不覆盖任何数据", "%s is not empty: restoring overwrites nothing", c.Data)
	}
	half := databaseFlags{Data: c.Data + ".half"}
	if err := half.remove(r); err != nil {
		return err
	}
	if err := c.restore(r, half, file); err != nil {
		return errors.Join(err, half.remove(r))
	}
	if err := os.Remove(c.Data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Rename(half.Data, c.Data)
}

// remove deletes a folder that a restore did not finish.
func (f databaseFlags) remove(r *run) error {
	return errors.Join(local.Remove(context.WithoutCancel(r.ctx), filepath.Join(f.Data, "postgis")), os.RemoveAll(f.Data))
}

// restore loads the database, compares it with what the backup says it holds,
// brings it to this program's schema, and puts the rest beside it.
func (c restoreCmd) restore(r *run, to databaseFlags, file io.Reader) error {
	db, err := to.connect(r)
	if err != nil {
		return err
	}
	store := blob.In(filepath.Join(to.Data, "blobs"))
	m, blobs, err := read(file, taking{
		dump: func(m manifest, dump io.Reader) error { return to.load(r, db, m, dump) },
		authority: func(both []byte) error {
			file := filepath.Join(to.Data, authorityFile)
			return writeSecret(filepath.Dir(file), file, both)
		},
		blob: func(from io.Reader, size int64) (string, error) {
			ref, err := store.Put(from, size)
			return ref.SHA256, err
		},
	})
	if err = errors.Join(err, db.close()); err != nil {
		return err
	}
	at := m.MadeAt.Format(time.RFC3339)
	r.say(assets.Text{ZH: fmt.Sprintf("已恢复 %s 的备份：各表行数、历史与备份一致，%d 个照片与文件的校验和相符。", at, blobs),
		EN: fmt.Sprintf("Restored the backup of %s: rows and histories are those of the backup, and so are the checksums of %d photos and documents.", at, blobs)})
	for _, head := range m.Heads {
		fmt.Fprintln(r.stdout, head)
	}
	return nil
}

// load fills an empty database and begins another epoch, so that phones offer
// again what they sent after the backup was made.
func (f databaseFlags) load(r *run, db *database, m manifest, dump io.Reader) error {
	empty, err := db.Empty(r.ctx)
	if err != nil {
		return err
	}
	if !empty {
		return assets.Errorf(assets.Conflict, "database", "数据库不是空的，恢复不覆盖任何数据", "the database is not empty: restoring overwrites nothing")
	}
	tools, err := f.tools(db)
	if err != nil {
		return err
	}
	if err := tools.Load(r.ctx, dump); err != nil {
		return err
	}
	if err := db.Frozen(r.ctx, m.compare); err != nil {
		return err
	}
	if err := upgrade(r.ctx, db.Store); err != nil {
		return err
	}
	id, err := db.Epoch(r.ctx)
	if err == nil {
		_, err = db.ContinueEpoch(r.ctx, id, "restored from the backup of "+m.MadeAt.Format(time.RFC3339))
	}
	return err
}

// compare refuses a registry that does not hold what the backup says.
func (m manifest) compare(_ string, holds postgis.Contents) error {
	for table, n := range m.Rows {
		if holds.Rows[table] != n {
			return notBackup(fmt.Sprintf("table %s has %d rows, %d were backed up", table, holds.Rows[table], n))
		}
	}
	if fmt.Sprint(holds.Heads) != fmt.Sprint(m.Heads) {
		return notBackup("the histories end elsewhere")
	}
	return nil
}

// taking is what becomes of the parts of a backup as they come.
type taking struct {
	dump      func(manifest, io.Reader) error
	authority func(both []byte) error
	blob      func(from io.Reader, size int64) (sum string, err error)
}

// checking reads everything and keeps nothing.
var checking = taking{
	dump:      func(_ manifest, from io.Reader) error { _, err := io.Copy(io.Discard, from); return err },
	authority: func([]byte) error { return nil },
	blob: func(from io.Reader, _ int64) (string, error) {
		sum := sha256.New()
		_, err := io.Copy(sum, from)
		return hex.EncodeToString(sum.Sum(nil)), err
	},
}

// read takes a backup in, and refuses one that is not whole: cut anywhere, or
// with a photo or document whose bytes do not have the sum that is its name.
func read(file io.Reader, t taking) (m manifest, blobs int, err error) {
	from := tar.NewReader(file)
	if m, err = readManifest(from); err != nil {
		return m, 0, err
	}
	h, err := from.Next()
	if err != nil || h.Name != dumpName {
		return m, 0, notBackup("the database is missing")
	}
	if err := t.dump(m, from); err != nil {
		return m, 0, cut(err)
	}
	for {
		if h, err = from.Next(); err != nil {
			return m, blobs, notBackup("it was cut")
		}
		switch h.Name {
		case endName:
			return m, blobs, readEnd(from, blobs)
		case authorityFile:
			var both []byte
			if both, err = io.ReadAll(from); err == nil {
				err = t.authority(both)
			}
		default:
			var sum string
			if sum, err = t.blob(from, h.Size); err == nil && blobsName+sum != h.Name {
				err = notBackup(h.Name + " has another checksum")
			}
			blobs++
		}
		if err != nil {
			return m, blobs, cut(err)
		}
	}
}

func readManifest(from *tar.Reader) (m manifest, err error) {
	h, err := from.Next()
	if err != nil || h.Name != manifestName {
		return m, notBackup("it does not begin with " + manifestName)
	}
	if err := json.NewDecoder(io.LimitReader(from, 1<<20)).Decode(&m); err != nil {
		return m, notBackup(err.Error())
	}
	if m.Format != backupFormat {
		return m, assets.Errorf(assets.Unsupported, "file", "备份格式 %d 不受支持，本程序读取格式 %d", "the backup has format %d, this program reads %d", m.Format, backupFormat)
	}
	return m, nil
}

func readEnd(from io.Reader, blobs int) error {
	text, err := io.ReadAll(from)
	if err == nil && string(text) != strconv.Itoa(blobs) {
		err = notBackup("photos or documents are missing")
	}
	return err
}

// cut says in words that a file ended too early.
func cut(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return notBackup("it was cut")
	}
	return err
}

func notBackup(why string) error {
	return assets.Errorf(assets.Invalid, "file", "不是完整的备份文件（%s）", "this is no whole backup: %s", why)
}
