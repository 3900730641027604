// Command streetbook is the program: flags, environment, signals and wiring.
// What it does is in the packages it wires together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"streetbook/assets"
)

// version is set by release builds with -ldflags "-X main.version=…".
var version = "dev"

// cli is the command line. Every flag can also be given in the environment, as
// STREETBOOK_ and the flag's name.
type cli struct {
	Serve        serveCmd        `cmd:"" help:"Serve the registry: map, OGC API, tiles."`
	Migrate      migrateCmd      `cmd:"" help:"Bring the database to this program's schema."`
	Import       importCmd       `cmd:"" help:"Add the rows of a GeoJSON or CSV file as assets of one class."`
	Export       exportCmd       `cmd:"" help:"Write a collection to a .geojson or .csv file."`
	Jurisdiction jurisdictionCmd `cmd:"" help:"Make room for another place."`
	User         userCmd         `cmd:"" help:"Make and change accounts."`
	Token        tokenCmd        `cmd:"" help:"Make and revoke keys for programs."`
	Epoch        epochCmd        `cmd:"" help:"Say which life of the database this is, or begin another after a restore."`
	Backup       backupCmd       `cmd:"" help:"Write database, photos and documents to one file."`
	Restore      restoreCmd      `cmd:"" help:"Make a registry of a backup, where there is none."`
	Verify       verifyCmd       `cmd:"" help:"Prove that the history was not edited."`
	Version      versionCmd      `cmd:"" help:"Print the version."`
}

// run is what every verb is given.
type run struct {
	ctx    context.Context
	stdout io.Writer // results alone
	stderr io.Writer // progress, logs, complaints
	lang   string    // of what is said to the person at the terminal
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// Main runs the command line and returns the exit status: 0 done, 1 it failed,
// 2 the command line is wrong.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("streetbook"), kong.Description("Streetbook (街道家底): the facility registry of a city subdistrict."),
		kong.DefaultEnvars("STREETBOOK"), kong.Writers(stdout, stderr), kong.Exit(func(code int) { exit = code }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(stderr, "streetbook:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if exit >= 0 { // --help was asked for
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "streetbook: %v\n(streetbook --help lists the verbs and flags)\n", err)
		return 2
	}
	r := &run{ctx: ctx, stdout: stdout, stderr: stderr, lang: terminalLanguage()}
	if err := command.Run(r); err != nil {
		r.complain(err)
		return 1
	}
	return 0
}

// say tells the person at the terminal something.
func (r *run) say(t assets.Text) { fmt.Fprintln(r.stderr, t.In(r.lang)) }

// complain says why a verb failed, every fault on a line of its own.
func (r *run) complain(err error) {
	var list assets.Errors
	var one *assets.Error
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = assets.Errors{one}
	default:
		fmt.Fprintln(r.stderr, "streetbook:", err)
		return
	}
	for _, e := range list {
		field := ""
		if e.Field != "" {
			field = e.Field + ": "
		}
		fmt.Fprintf(r.stderr, "streetbook: %s%s\n", field, e.Text.In(r.lang))
	}
}

// terminalLanguage follows the locale of the terminal: Chinese where it is
// Chinese, otherwise English, which every terminal can show.
func terminalLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "zh") {
				return "zh-CN"
			}
			return "en"
		}
	}
	return "en"
}

type versionCmd struct{}

func (versionCmd) Run(r *run) error {
	fmt.Fprintln(r.stdout, "streetbook", version, commit())
	return nil
}

// commit is the revision the program was built from, "" if that is not known.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
