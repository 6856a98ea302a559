package bucket

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// How long the role of a machine is asked for: outside a cloud its address
// does not answer.
const (
	roleConnect = time.Second
	roleTimeout = 5 * time.Second
)

// noneFor is how long the sources are left alone after none had anything.
const noneFor = 30 * time.Second

var errNoCredentials = errors.New("no credentials")

// credentials returns who asks: whom cfg names, else the first that the usual
// sources have.
func (cfg *Config) credentials() *credentials.Credentials {
	switch {
	case cfg.Anonymous:
		return credentials.NewStatic("", "", "", credentials.SignatureAnonymous)
	case cfg.AccessKey != "":
		return credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, cfg.SessionToken)
	}
	return credentials.New(&chain{sources: sources(cfg.Region)})
}

type origin struct {
	name string
	credentials.Provider
}

// sources are, in this order: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
// AWS_SESSION_TOKEN; the web identity of AWS_WEB_IDENTITY_TOKEN_FILE and
// AWS_ROLE_ARN; the profile AWS_PROFILE of the shared files
// (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE); the role of the container or
// the machine, unless AWS_EC2_METADATA_DISABLED is true.
func sources(region string) []origin {
	environment := origin{"the environment", &credentials.EnvAWS{}}
	files := origin{"the shared files", &credentials.FileAWSCredentials{}}
	role := &credentials.IAM{Region: region, Client: &http.Client{Timeout: roleTimeout, Transport: &http.Transport{
		DialContext:       (&net.Dialer{Timeout: roleConnect}).DialContext,
		DisableKeepAlives: true, // asked once an hour
	}}}
	switch {
	case os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE") != "":
		role.Endpoint = os.Getenv("AWS_ENDPOINT_URL_STS")
		return []origin{environment, {"the web identity", role}, files}
	case os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != "" || os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI") != "":
		return []origin{environment, files, {"the role of the container", role}}
	case strings.EqualFold(os.Getenv("AWS_EC2_METADATA_DISABLED"), "true"):
		return []origin{environment, files}
	}
	role.Endpoint = os.Getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT")
	return []origin{environment, files, {"the role of the machine", role}}
}

// chain takes the first source that has credentials. Unlike minio-go's it does
// not fall back to nobody: a request that was meant to be signed is not sent
// without.
type chain struct {
	sources []origin

	mu     sync.Mutex
	chosen credentials.Provider // nil = none yet
	none   error                // what the sources said when none had any
	asked  time.Time            // when they said it
}

// RetrieveWithCredContext implements credentials.Provider.
func (c *chain) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.none != nil && time.Since(c.asked) < noneFor {
		return credentials.Value{}, c.none
	}
	var why []string
	for _, s := range c.sources {
		v, err := s.RetrieveWithCredContext(cc)
		if err == nil && v.AccessKeyID != "" && v.SecretAccessKey != "" {
			c.chosen, c.none = s.Provider, nil
			return v, nil
		}
		why = append(why, s.name+": "+reason(err))
	}
	c.chosen, c.asked = nil, time.Now()
	c.none = fmt.Errorf("%w: %s", errNoCredentials, strings.Join(why, "; "))
	return credentials.Value{}, c.none
}

// Retrieve implements credentials.Provider.
func (c *chain) Retrieve() (credentials.Value, error) { return c.RetrieveWithCredContext(nil) }

// IsExpired implements credentials.Provider.
func (c *chain) IsExpired() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chosen == nil || c.chosen.IsExpired()
}

// reason returns what may be said of a source's error: a parser quotes the file, and
// an address can carry a token.
func reason(err error) string {
	var file *fs.PathError
	var address *url.Error
	var answer credentials.ErrorResponse
	switch {
	case err == nil:
		return "none, or half of a pair"
	case errors.As(err, &file):
		return file.Error()
	case errors.As(err, &address):
		return address.Err.Error()
	case errors.As(err, &answer) && answer.STSError.Code != "":
		return answer.STSError.Code
	}
	return "not usable"
}
