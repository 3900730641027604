package postgis

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"streetbook/assets"
)

// IsOverload reports whether err says that the database had no time or no
// connection for the question, so that asking again later makes sense.
func IsOverload(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "57014", "55P03", "53300", "53400", "53100", "53200": // cancelled, lock, connections, disk, memory
			return true
		}
	}
	return IsAway(err) || errors.Is(err, context.DeadlineExceeded)
}

// IsAway reports whether err says that the database cannot be reached, or that the
// connection to it broke.
func IsAway(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "57P01" || pg.Code == "57P02" || pg.Code == "57P03" // shut down, crashed, starting
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// explain turns a lock that did not come free, and the violation of a named
// constraint, into an error a person can act on. Everything else is returned as it is.
func explain(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	if pg.Code == "55P03" { // lock_timeout: the head of the chain is held for as long as an import takes
		return assets.Errorf(assets.Conflict, "jurisdiction", "此辖区正在被另一项写入（例如导入）占用，请稍后再试", "another write to this jurisdiction, such as an import, is under way: try again later")
	}
	switch pg.ConstraintName {
	case "jurisdiction_pkey":
		return assets.Errorf(assets.Conflict, "code", "此辖区已存在", "this jurisdiction exists already")
	case "asset_code_taken", "segment_code_taken", "area_code_taken":
		return assets.Errorf(assets.Conflict, "code", "编码已被占用", "this code is taken")
	case "project_code_taken":
		return assets.Errorf(assets.Conflict, "code", "项目编号已被占用", "this code is taken by another project")
	case "entry_voucher_taken":
		return assets.Errorf(assets.Conflict, "voucher", "此凭证已经入账", "this voucher is booked already")
	case "entry_reversed_once":
		return assets.Errorf(assets.Conflict, "id", "此分录已被冲销", "this entry is reversed already")
	case "department_code_taken":
		return assets.Errorf(assets.Conflict, "code", "部门编码已被占用", "this code is taken by another department")
	case "department_name_taken":
		return assets.Errorf(assets.Conflict, "name", "部门名称已被占用", "this name is taken by another department")
	case "photo_once":
		return assets.Errorf(assets.Conflict, "sha256", "此对象已有这张照片", "the object has this photo already")
	case "photo_original":
		return assets.Errorf(assets.Conflict, "original_of", "此照片已有另一张原图", "the photo has another original already")
	case "asset_source_taken":
		return assets.Errorf(assets.Conflict, "source_id", "此来源编号已存在", "this source id exists already")
	case "area_boundary_once":
		return assets.Errorf(assets.Conflict, "level", "辖区边界已存在", "the jurisdiction has a boundary already")
	case "class_code_taken":
		return assets.Errorf(assets.Conflict, "code", "此类别编码已存在", "this class code exists already")
	case "account_name_taken":
		return assets.Errorf(assets.Conflict, "name", "此账号已存在", "this account exists already")
	case "asset_pkey", "segment_pkey", "area_pkey", "conflict_pkey", "inspection_pkey", "walk_pkey", "photo_pkey", "project_pkey", "entry_pkey", "class_pkey", "basemap_pkey", "account_pkey", "department_pkey", "token_pkey":
		return assets.Errorf(assets.Conflict, "id", "此 id 已存在", "this id exists already")
	}
	return err
}

func notFound(noun string) error {
	return assets.Errorf(assets.NotFound, "id", "没有这个对象（%s）", "no such %s", noun)
}
