// Package mlflow finds the bytes that an id of MLflow names, by asking its
// tracking server over REST: runs:/<run_id>/<path>, models:/<name>/<version or
// alias>, models:/<name>@<alias> and models:/m-<id>.
package mlflow

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config is how the tracking server is reached. The names in the texts of
// errors are MLflow's own settings.
type Config struct {
	TrackingURI string // http:// or https://, maybe with user, password and a path before /api
	Token       string // sent as a bearer token where there is no user
	Username    string
	Password    string
}

// Limits of one call. Nothing of a tracking server is believed beyond them.
const (
	callTimeout     = 15 * time.Second
	downloadTimeout = 5 * time.Minute
	maxAnswer       = 8 << 20  // bytes; a run answers with all its parameters and metrics
	maxUnsized      = 64 << 20 // bytes of an artifact whose length is not said
)

// Client asks one tracking server. It is safe for concurrent use.
type Client struct {
	base                      *url.URL // without credentials
	token, username, password string
	http                      *http.Client
}

// New checks the configuration; it does not call.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.TrackingURI)
	if err != nil {
		return nil, errors.New("MLFLOW_TRACKING_URI: not a URL") // the error of Parse has the text, and with it a password
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("MLFLOW_TRACKING_URI %s: the address of a tracking server is expected, http://host:port or https://host", u.Redacted())
	}
	client := &Client{token: c.Token, username: c.Username, password: c.Password}
	if client.username == "" && u.User != nil {
		client.username = u.User.Username()
		client.password, _ = u.User.Password()
	}
	if (client.username == "") != (client.password == "") {
		return nil, errors.New("MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD: one of them is set, both or none are expected")
	}
	for _, s := range []struct{ setting, value string }{
		{"TOKEN", c.Token}, {"USERNAME", client.username}, {"PASSWORD", client.password},
	} {
		if strings.ContainsFunc(s.value, control) {
			return nil, fmt.Errorf("MLFLOW_TRACKING_%s has a line break or another control character", s.setting)
		}
	}
	u.User = nil
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	client.base = u
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true // a release is loaded now and then: no connection to keep
	transport.DisableCompression = true
	transport.ResponseHeaderTimeout = callTimeout
	client.http = &http.Client{
		Transport: transport,
		// A redirect would take the credentials along, or lose them.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return client, nil
}

// String returns the server's address, without credentials.
func (c *Client) String() string { return "MLflow at " + c.base.String() }

func control(r rune) bool { return r < ' ' || r == 0x7f }
