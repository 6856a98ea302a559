package mlflow

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// proxied is the scheme of artifacts that the tracking server itself gives out.
const proxied = "mlflow-artifacts"

// join returns the path of the artifact rel under root, an artifact URI that MLflow
// answered with, in a form that a Fetcher reads: file:///abs/path,
// s3://bucket/key or mlflow-artifacts:/path.
func (c *Client) join(root, rel string) (string, error) {
	u, err := url.Parse(root)
	if err != nil {
		return "", fmt.Errorf("%s: answers with an artifact location that is not a URI", c)
	}
	shown := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return "", fmt.Errorf("%s: artifacts at %s with a user, a query, a fragment or no slash: not supported", c, shown)
	}
	if strings.HasPrefix(u.Path, "/") && path.Clean(u.Path) != "/"+strings.Trim(u.Path, "/") {
		return "", fmt.Errorf("%s: artifacts at %s: not a clean path", c, shown)
	}
	at := path.Join(u.Path, rel)
	switch u.Scheme {
	case "", "file":
		if u.Host != "" && u.Host != "localhost" || !strings.HasPrefix(u.Path, "/") {
			return "", fmt.Errorf("%s: artifacts at %q: a folder of the tracking server's own; an absolute one, mounted here too, is expected", c, shown)
		}
		return (&url.URL{Scheme: "file", Path: at}).String(), nil
	case "s3":
		// MLflow's keys are not escaped, whatever a reader of URLs makes of them.
		if u.Host == "" || strings.Contains(root, "%") {
			return "", fmt.Errorf("%s: artifacts at %s: not supported: s3://bucket/prefix without %% is expected", c, shown)
		}
		return "s3://" + u.Host + "/" + strings.TrimPrefix(at, "/"), nil
	case proxied:
		if u.Host != "" && u.Host != c.base.Host {
			return "", fmt.Errorf("%s: artifacts at %s, another server than that of MLFLOW_TRACKING_URI: not supported", c, shown)
		}
		return proxied + ":/" + strings.TrimPrefix(at, "/"), nil
	}
	return "", fmt.Errorf("%s: artifacts at %s: not supported: file:///, s3:// and %s:/ are", c, shown, proxied)
}
