package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"edgesignal/host/text"
)

// say writes to a terminal, or to what somebody will show on one. The format is
// ours; every text among the arguments is made visible, for others may have
// written it: notes, names, what a rule says of itself, messages of hosts.
func say(w io.Writer, format string, args ...any) error {
	shown := make([]any, len(args))
	for i, a := range args {
		shown[i] = visible(a)
	}
	_, err := fmt.Fprintf(w, format, shown...)
	return err
}

func visible(a any) any {
	switch v := a.(type) {
	case error:
		return text.Visible(v.Error())
	case fmt.Stringer:
		return text.Visible(v.String())
	case []string:
		return text.Visible(fmt.Sprint(v))
	}
	switch v := reflect.ValueOf(a); {
	case v.Kind() == reflect.String:
		return text.Visible(v.String())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return text.Visible(string(v.Bytes()))
	}
	return a
}

// sayJSON writes v as JSON, and what a terminal would obey as escapes in it.
func sayJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false) // people read this in a terminal
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(text.VisibleJSON(b.Bytes()))
	return err
}

// visibleJSON writes lines of JSON as sayJSON does.
type visibleJSON struct{ io.Writer }

func (w visibleJSON) Write(line []byte) (int, error) {
	if _, err := w.Writer.Write(text.VisibleJSON(line)); err != nil {
		return 0, err
	}
	return len(line), nil
}
