package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"streetbook/assets"
)

// unpackedDir holds the packages of an ordinary user, below the data folder.
const unpackedDir = "packages"

// unpack fetches the server's packages with everything they depend on and
// unpacks them into the data folder. It needs no rights: apt is given lists
// and a cache of its own, and an empty record of installed packages, so that it
// names every dependency.
func unpack(ctx context.Context, o Options) error {
	o.Progress(assets.Text{ZH: "没有安装权限：正在把 PostgreSQL 与 PostGIS 解包到数据目录（约 440 MB）……", EN: "No right to install: unpacking PostgreSQL and PostGIS into the data folder (about 440 MB) …"})
	apt, err := newPrivateApt(filepath.Join(o.Dir, "apt"))
	if err != nil {
		return err
	}
	if err := apt.run(ctx, "update"); err != nil {
		return err
	}
	if err := apt.run(ctx, "--download-only", "--no-install-recommends", "install", "postgresql", "postgresql-postgis"); err != nil {
		return err
	}
	archives, err := filepath.Glob(filepath.Join(apt.dir, "cache", "archives", "*.deb"))
	if err != nil {
		return err
	}
	if len(archives) == 0 {
		return errors.New("apt-get fetched nothing")
	}
	// Unpacked beside and renamed at the end: a start that is cut off leaves
	// nothing that looks finished.
	half := filepath.Join(o.Dir, unpackedDir+".half")
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	if err := os.MkdirAll(half, 0o755); err != nil {
		return err
	}
	for _, archive := range archives {
		if err := runQuietly(ctx, nil, "", "dpkg-deb", "-x", archive, half); err != nil {
			return err
		}
	}
	if err := linkExtensions(half); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(o.Dir, unpackedDir)); err != nil {
		return err
	}
	if err := os.Rename(half, filepath.Join(o.Dir, unpackedDir)); err != nil {
		return err
	}
	return os.RemoveAll(apt.dir)
}

// privateApt is apt-get with all its state in one folder.
type privateApt struct{ dir string }

func newPrivateApt(dir string) (privateApt, error) {
	for _, d := range []string{"lists/partial", "cache/archives/partial", "dpkg"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return privateApt{}, err
		}
	}
	return privateApt{dir}, os.WriteFile(filepath.Join(dir, "dpkg", "status"), nil, 0o644)
}

func (a privateApt) run(ctx context.Context, args ...string) error {
	base := []string{"apt-get", "-y", "-q",
		"-o", "Dir::State=" + a.dir, "-o", "Dir::State::lists=" + filepath.Join(a.dir, "lists"),
		"-o", "Dir::State::status=" + filepath.Join(a.dir, "dpkg", "status"),
		"-o", "Dir::Cache=" + filepath.Join(a.dir, "cache"), "-o", "APT::Sandbox::User=",
		"-o", "Debug::NoLocking=true", "-o", "Dir::Log=" + a.dir}
	return runQuietly(ctx, []string{"DEBIAN_FRONTEND=noninteractive"}, a.dir, append(base, args...)...)
}

// linkExtensions does what the packages' scripts would have done: Debian's
// postgis-3.control is reached as postgis.control through an alternative.
func linkExtensions(root string) error {
	controls, err := filepath.Glob(root + "/usr/share/postgresql/*/extension/postgis*-3.control")
	if err != nil {
		return err
	}
	if len(controls) == 0 {
		return errors.New("the packages hold no postgis.control")
	}
	for _, control := range controls {
		link := strings.TrimSuffix(control, "-3.control") + ".control"
		if there(link) {
			continue
		}
		if err := os.Symlink(filepath.Base(control), link); err != nil {
			return err
		}
	}
	return nil
}

// unpackedEnv lets the unpacked programs find their libraries and PROJ its
// tables.
func unpackedEnv(root string) []string {
	triplet := map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[runtime.GOARCH]
	lib := filepath.Join(root, "usr/lib", triplet)
	libraries := []string{lib, filepath.Join(root, "lib", triplet)}
	// BLAS and LAPACK, which PostGIS's raster part needs, lie in folders that an
	// alternative would link.
	for _, pattern := range []string{"blas", "lapack"} {
		if d := filepath.Join(lib, pattern); there(d) {
			libraries = append(libraries, d)
		}
	}
	return []string{
		fmt.Sprintf("LD_LIBRARY_PATH=%s", strings.Join(libraries, ":")),
		"PROJ_DATA=" + filepath.Join(root, "usr/share/proj"), "PROJ_LIB=" + filepath.Join(root, "usr/share/proj"),
		"GDAL_DATA=" + filepath.Join(root, "usr/share/gdal"),
	}
}
