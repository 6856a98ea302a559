package settings

import (
	"encoding"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
)

// tags are those of a setting's field, as reflect or the command line's parser
// has them.
type tags interface {
	Get(key string) string
	Has(key string) bool
}

type structTag struct{ reflect.StructTag }

func (t structTag) Has(key string) bool { _, ok := t.Lookup(key); return ok }

// set reads a setting's text into its field.
func set(field reflect.Value, text string, t tags) error {
	if u, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	number, err := 0.0, error(nil)
	switch field.Kind() {
	case reflect.String:
		if text == "" && !t.Has("unset") {
			return errForm
		}
		field.SetString(text)
		return nil
	case reflect.Bool:
		var on bool
		on, err = strconv.ParseBool(text)
		field.SetBool(on)
		return err
	case reflect.Int, reflect.Int64:
		var v int64
		v, err = strconv.ParseInt(text, 10, field.Type().Bits())
		field.SetInt(v)
		number = float64(v)
	case reflect.Uint16:
		var v uint64
		v, err = strconv.ParseUint(text, 10, 16)
		field.SetUint(v)
		number = float64(v)
	case reflect.Float64:
		number, err = strconv.ParseFloat(text, 64)
		field.SetFloat(number)
	default:
		return fmt.Errorf("a setting cannot be of type %s", field.Type())
	}
	if err != nil {
		return err
	}
	return within(number, t)
}

// within holds a number against its bounds; no number is within any.
func within(v float64, t tags) error {
	low, high := t.Get("min"), t.Get("max")
	for _, b := range []struct {
		text string
		ok   func(bound float64) bool
	}{{low, func(b float64) bool { return v >= b }}, {high, func(b float64) bool { return v <= b }}} {
		if b.text == "" {
			continue
		}
		bound, err := strconv.ParseFloat(b.text, 64)
		if err != nil {
			return err
		}
		if !b.ok(bound) {
			return errForm
		}
	}
	return nil
}

// each calls f for every setting of a struct, embedded ones included.
func each(v reflect.Value, f func(field reflect.Value, t structTag)) {
	for i := range v.NumField() {
		switch t := (structTag{v.Type().Field(i).Tag}); {
		case t.Has("embed"):
			each(v.Field(i), f)
		case t.Has("env"):
			f(v.Field(i), t)
		}
	}
}

// Defaults returns what holds where nothing is said.
func Defaults() Settings {
	var s Settings
	each(reflect.ValueOf(&s).Elem(), func(field reflect.Value, t structTag) {
		if !t.Has("default") {
			return
		}
		if err := set(field, t.Get("default"), t); err != nil {
			panic(fmt.Sprintf("the default of %s: %v", t.Get("env"), err)) // a test reads them all
		}
	})
	return s
}

// Logged returns every setting for the log, secrets masked.
func (s *Settings) Logged() slog.Attr {
	var list []any
	each(reflect.ValueOf(s).Elem(), func(field reflect.Value, t structTag) {
		name, _, _ := strings.Cut(t.Get("env"), ",")
		text := Masked(fmt.Sprint(field.Interface()))
		switch {
		case text == "" && t.Has("unset"):
			text = "(" + t.Get("unset") + ")"
		case t.Has("secret"):
			text = "xxxxx"
		}
		list = append(list, name, text)
	})
	return slog.Group("config", list...)
}
