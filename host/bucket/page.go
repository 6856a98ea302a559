package bucket

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"edgesignal/host/text"
)

// maxPage bounds one page of a listing: 1,000 keys of 1,024 bytes, each byte of
// them escaped, with what is said of each.
const maxPage = 8 << 20

// honest is a transport that lets a page of a listing through only where it is
// one. minio-go decodes whatever comes with status 200, and what it does not
// find there it takes for a last page without keys: an <Error>, or the HTML
// of a proxy that wants a password.
type honest struct{ next http.RoundTripper }

func (h honest) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := h.next.RoundTrip(r)
	if err != nil || r.Method != http.MethodGet || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	asked := r.URL.Query()
	if asked.Get("list-type") != "2" {
		return resp, nil
	}
	page, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	resp.Body.Close()
	switch {
	case err != nil:
		return nil, err
	case len(page) > maxPage:
		return nil, fmt.Errorf("a page of the listing has more than %d bytes", maxPage)
	}
	if err := checkPage(page, asked); err != nil {
		return nil, fmt.Errorf("the answer is no listing: %w", err)
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(page)), int64(len(page))
	return resp, nil
}

// checkPage returns nil for a page that answers what was asked.
func checkPage(page []byte, asked url.Values) error {
	d := xml.NewDecoder(bytes.NewReader(page))
	var root xml.StartElement
	for root.Name.Local == "" {
		t, err := d.Token()
		if err != nil {
			return errors.New("it is not XML")
		}
		if e, ok := t.(xml.StartElement); ok {
			root = e
		}
	}
	if root.Name.Local != "ListBucketResult" {
		return fmt.Errorf("it is <%s>", text.Clip(root.Name.Local, 40))
	}
	var p struct {
		Prefix, EncodingType, IsTruncated, NextContinuationToken string
	}
	if err := d.DecodeElement(&p, &root); err != nil {
		return errors.New("it breaks off, or is damaged")
	}
	if p.EncodingType == "url" {
		if plain, err := url.QueryUnescape(p.Prefix); err == nil {
			p.Prefix = plain
		}
	}
	switch token := asked.Get("continuation-token"); {
	case p.IsTruncated != "true" && p.IsTruncated != "false":
		return errors.New("it does not say whether more follows")
	case p.Prefix != asked.Get("prefix"):
		return errors.New("it is of another prefix")
	case p.IsTruncated == "true" && token != "" && p.NextContinuationToken == token:
		return errors.New("it says that it follows itself")
	}
	return nil
}
