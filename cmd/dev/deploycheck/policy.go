package deploycheck

import (
	"context"
	"os"

	"github.com/minio/pkg/v3/policy"
)

// The bucket of docs/deploy.
const bucket = "edgesignal"

// bucketPolicy reads a policy that is attached to the bucket, as MinIO does.
func bucketPolicy(_ context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = policy.ParseBucketPolicyConfig(f, bucket)
	return err
}

// userPolicy reads a policy that is attached to a user, as MinIO does; AWS has
// the same form.
func userPolicy(_ context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = policy.ParseConfig(f)
	return err
}
