package assets

import (
	"errors"
	"fmt"
	"strings"

	"streetbook/geo"
)

// Code is the kind of an Error. The list is closed: web maps each to a status.
type Code string

const (
	Invalid         Code = "invalid"         // a value is wrong; Field says which
	Unauthenticated Code = "unauthenticated" // sign in first
	Forbidden       Code = "forbidden"       // signed in, without the right
	NotFound        Code = "not_found"       // nothing there, or nothing the asker may know of
	Conflict        Code = "conflict"        // a key is taken, or the state does not allow it
	Stale           Code = "stale"           // the object moved on since the writer saw it
	Unmatched       Code = "unmatched"       // a write that does not say what its writer saw
	Reused          Code = "op_reused"       // an op came again with another body
	Throttled       Code = "throttled"       // too many attempts; later it will be heard again
	TooLarge        Code = "too_large"       // over a stated limit
	Unsupported     Code = "unsupported"     // understood, and not offered
	NotYet          Code = "not_yet"         // it refers to what has not arrived: send it again later
	Gone            Code = "gone"            // what was deleted stays deleted
	Full            Code = "full"            // there is no room left to store it
)

// Error is a failure a person can act on. Anything that is not an Error is a
// fault of the program or its surroundings and is shown only as "internal".
type Error struct {
	Code  Code
	Field string // the parameter, member or column at fault; "" if none
	Text  Text
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Text.EN
	}
	return e.Field + ": " + e.Text.EN
}

// Errorf makes an Error from a Chinese and an English format that take the
// same arguments in the same order.
func Errorf(code Code, field, zh, en string, args ...any) *Error {
	return &Error{Code: code, Field: field, Text: Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
}

// Errors are several faults found in one input, so that all can be mended at once.
type Errors []*Error

func (e Errors) Error() string {
	s := make([]string, len(e))
	for i, x := range e {
		s[i] = x.Error()
	}
	return strings.Join(s, "; ")
}

// Err returns nil when there is no fault, so that callers can `return faults.Err()`.
func (e Errors) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// ErrorCode returns the code of the first Error in err's chain, or "" if err
// is not of the domain.
func ErrorCode(err error) Code {
	var list Errors
	if errors.As(err, &list) && len(list) > 0 {
		return list[0].Code
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// FromGeo makes an Error of a place's fault.
func FromGeo(f *geo.Fault) *Error {
	return &Error{Code: Invalid, Field: f.Path, Text: Text{ZH: f.ZH, EN: f.EN}}
}
