package bucket

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"

	"edgesignal/host/release"
	"edgesignal/host/text"
)

// fault says what an error of minio-go means for whoever asked for where.
func fault(ctx context.Context, where string, err error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var answer minio.ErrorResponse
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.As(err, &answer):
		return answered(where, answer)
	case errors.As(err, &untrusted), errors.Is(err, errNoCredentials), errors.Is(err, http.ErrSchemeMismatch):
		return refused(where, err.Error())
	}
	return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: %w", where, err)}
}

// passing are answers that another time need not have.
var passing = map[string]bool{
	"ConditionalRequestConflict": true, "OperationAborted": true, // another writer is at it
	"SlowDown": true, "SlowDownRead": true, "SlowDownWrite": true, "Throttling": true, "ThrottlingException": true,
	"RequestLimitExceeded": true, "RequestThrottled": true, "RequestTimeout": true, "InternalError": true, "ServiceUnavailable": true,
}

func answered(where string, a minio.ErrorResponse) error {
	switch {
	case a.Code == minio.NoSuchBucket:
		// 404 too, and it is not the object that is missing.
	case a.StatusCode == http.StatusNotFound, a.StatusCode == http.StatusMethodNotAllowed: // 405: the version is a mark of removal
		return fmt.Errorf("%s: %w", where, release.ErrNotFound)
	case a.StatusCode == http.StatusPreconditionFailed:
		return fmt.Errorf("%s: %w", where, release.ErrConflict)
	case passing[a.Code], a.StatusCode == http.StatusRequestTimeout, a.StatusCode == http.StatusTooManyRequests,
		a.StatusCode >= 500 && a.StatusCode != http.StatusNotImplemented:
		return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: %s", where, words(a))}
	}
	return refused(where, words(a))
}

func refused(where, why string) error {
	return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: %w: %s", where, release.ErrRefused, why)}
}

// words returns what the storage said, on one line, no longer than need be.
func words(a minio.ErrorResponse) string {
	return text.Clip(strings.Join(strings.Fields(fmt.Sprintf("%d %s: %s", a.StatusCode, a.Code, a.Error())), " "), 300)
}

// missing reports whether the bucket itself is missing: the answer to a HEAD does
// not say which of the two is.
func (c *Client) missing(ctx context.Context, bucket string) bool {
	there, err := c.core.BucketExists(ctx, bucket)
	return err == nil && !there
}
