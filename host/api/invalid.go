package api

import (
	"fmt"

	"edgesignal/host/rule"
)

// maxFieldErrors is how many fields one answer lists.
const maxFieldErrors = 50

// fieldErrors collects all that is wrong with a request's fields.
type fieldErrors struct {
	list []fieldError
	more int
}

func (f *fieldErrors) add(field, format string, args ...any) {
	if len(f.list) == maxFieldErrors {
		f.more++
		return
	}
	f.list = append(f.list, fieldError{field, fmt.Sprintf(format, args...)})
}

// err returns nil when nothing was added.
func (f *fieldErrors) err() error {
	if len(f.list) == 0 {
		return nil
	}
	detail := f.list[0].Field + ": " + f.list[0].Message
	if n := len(f.list) + f.more - 1; n > 0 {
		detail = fmt.Sprintf("%s (and %d more)", detail, n)
	}
	return &requestError{code: invalid, detail: detail, errors: f.list}
}

// paramErrors names the parameters as the request does.
func paramErrors(e *rule.ParamsError) []fieldError {
	list := make([]fieldError, len(e.Fields))
	for i, f := range e.Fields {
		list[i] = fieldError{"params", f.Message}
		if f.Field != "" {
			list[i].Field += "." + f.Field
		}
	}
	return list
}
