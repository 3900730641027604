package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"

	"streetbook/assets"
)

// installation is a PostgreSQL server that has PostGIS.
type installation struct {
	major int
	bin   string
	env   []string // what its programs need besides the usual
}

// command is what a person may run where the program may not install.
const command = "sudo apt-get install postgresql postgresql-postgis"

// find picks the newest installation: of the system, or unpacked into dir.
func find(dir string) (installation, error) {
	var found []installation
	for _, root := range []string{"", filepath.Join(dir, unpackedDir)} {
		bins, err := filepath.Glob(root + "/usr/lib/postgresql/*/bin")
		if err != nil {
			return installation{}, err
		}
		for _, bin := range bins {
			major, err := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
			if err != nil {
				continue
			}
			extension := fmt.Sprintf("%s/usr/share/postgresql/%d/extension/postgis.control", root, major)
			if there(extension) && there(filepath.Join(bin, "postgres")) && there(filepath.Join(bin, "initdb")) {
				in := installation{major: major, bin: bin}
				if root != "" {
					in.env = unpackedEnv(root)
				}
				found = append(found, in)
			}
		}
	}
	if len(found) == 0 {
		return installation{}, errors.New("no PostgreSQL server with PostGIS is installed")
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].major > found[j].major })
	return found[0], nil
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// install gets a server: from the system's packages where this user may install
// them, otherwise unpacked into the data folder.
func install(ctx context.Context, o Options) (installation, error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return installation{}, assets.Errorf(assets.Unsupported, "postgis", "未找到带 PostGIS 的 PostgreSQL，此系统也没有 apt-get；请用系统的软件包安装后重试",
			"there is no PostgreSQL with PostGIS, and this system has no apt-get: install both from its packages and start again")
	}
	// Several programs may find nothing at the same moment, the tests of several
	// packages among them; apt's own lists have a lock that nobody waits for.
	unlock, err := lockInstall()
	if err != nil {
		return installation{}, err
	}
	defer unlock()
	if in, err := find(o.Dir); err == nil {
		return in, nil
	}
	if prefix, ok := privilege(ctx); ok {
		err = installPackages(ctx, prefix, o)
	} else {
		err = unpack(ctx, o)
	}
	if err != nil {
		return installation{}, assets.Errorf(assets.Unsupported, "postgis", "无法安装 PostgreSQL 与 PostGIS（%s）；请运行：%s",
			"PostgreSQL with PostGIS could not be installed (%s); run: %s", err, command)
	}
	return find(o.Dir)
}

// lockInstall waits until no other program of this user installs.
func lockInstall() (unlock func() error, err error) {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("streetbook-install-%d.lock", os.Geteuid()))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

// privilege says how to become root: not at all, with sudo, or never.
func privilege(ctx context.Context) (prefix []string, ok bool) {
	if os.Geteuid() == 0 {
		return nil, true
	}
	if exec.CommandContext(ctx, "sudo", "-n", "true").Run() == nil {
		return []string{"sudo", "-n"}, true
	}
	return nil, false
}

// installPackages runs apt-get. Debian would make and start a cluster of its
// own on port 5432 beside ours, so that is turned off first, for this
// installation.
func installPackages(ctx context.Context, prefix []string, o Options) error {
	o.Progress(assets.Text{ZH: "正在从系统软件源安装 PostgreSQL 与 PostGIS（约半分钟）……", EN: "Installing PostgreSQL and PostGIS from the system's packages (about half a minute) …"})
	const script = `set -e
mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/streetbook.conf
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 update -qq
apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends postgresql postgresql-postgis`
	args := append(prefix, "/bin/sh", "-c", script)
	return runQuietly(ctx, nil, "", args...)
}

// runQuietly runs a program and reports the end of what it said if it fails.
func runQuietly(ctx context.Context, env []string, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	if env != nil {
		cmd.Env = append(os.Environ(), env...)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("%s: %w: %s", filepath.Base(args[0]), err, strings.Join(lines[max(0, len(lines)-3):], "; "))
	}
	return nil
}
