package settings

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// Reader has the command line's parser note what is wrong with settings, which
// are the flags with a tag "allowed", instead of stopping at the first.
type Reader struct {
	mappers []*mapper
}

// Option hands the reader to the parser.
func (r *Reader) Option() kong.Option {
	return kong.PostBuild(func(k *kong.Kong) error {
		return kong.Visit(k.Model.Node, func(node kong.Visitable, next kong.Next) error {
			if flag, ok := node.(*kong.Flag); ok && flag.Tag.Has("allowed") {
				m := &mapper{flag: flag}
				flag.Mapper = m
				r.mappers = append(r.mappers, m)
			}
			return next(nil)
		})
	})
}

// Faults returns what is wrong with a command line that was parsed to ctx with
// err: err itself, and every setting of the command that cannot be used.
func (r *Reader) Faults(ctx *kong.Context, err error) error {
	var faults Faults
	if err != nil {
		faults = append(faults, err)
	}
	var parsed *kong.ParseError
	if errors.As(err, &parsed) {
		ctx = parsed.Context
	}
	if ctx == nil {
		return faults.Err()
	}
	given, of := map[*kong.Flag]bool{}, map[*kong.Flag]bool{}
	for _, step := range ctx.Path {
		given[step.Flag] = true
		for _, flag := range step.Flags {
			of[flag] = true
		}
	}
	for _, m := range r.mappers {
		fault := m.otherwise
		if given[m.flag] {
			fault = m.given
		}
		if of[m.flag] && fault != nil {
			faults = append(faults, fault)
		}
	}
	return faults.Err()
}

// mapper reads one setting. The environment is read even where a flag is given,
// which then decides.
type mapper struct {
	flag             *kong.Flag
	given, otherwise *Fault // of the flag; of the environment or the default
}

// Decode implements kong.Mapper.
func (m *mapper) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	text := "true" // --debug
	if target.Kind() != reflect.Bool || ctx.Scan.Peek().Type == kong.FlagValueToken {
		token, err := ctx.Scan.PopValue("value")
		if err != nil {
			return err
		}
		text = fmt.Sprint(token.Value)
	}
	var fault *Fault
	if err := set(target, text, m.flag.Tag); err != nil {
		name := "--" + m.flag.Name
		if len(m.flag.Tag.Envs) > 0 {
			name = m.flag.Tag.Envs[0]
		}
		fault = &Fault{name, Masked(text), m.flag.Tag.Get("allowed")}
		if m.flag.Tag.Has("secret") || strings.Contains(text, "@") && fault.Value == text { // there may be a password in it
			fault.Value = ""
		}
	}
	if target.Addr().Pointer() == m.flag.Target.Addr().Pointer() {
		m.otherwise = fault
	} else {
		m.given = fault
	}
	return nil
}
