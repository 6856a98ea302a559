package mlflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"edgesignal/host/release"
)

// get asks path of the REST API and reads the JSON that comes. what names, in
// messages, the thing that was asked for.
func (c *Client) get(ctx context.Context, what, path string, query url.Values, into any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, fmt.Errorf("no whole answer within %v", callTimeout))
	defer cancel()
	res, err := c.do(ctx, what, path, query)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return c.fault(ctx, err)
	}
	if len(b) > maxAnswer {
		return fmt.Errorf("%s: the answer for %s has more than %d bytes", c, what, maxAnswer)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: the answer for %s is not MLflow's JSON: %w", c, what, err)
	}
	return nil
}

// do sends one GET and returns its answer if that is a 200.
func (c *Client) do(ctx context.Context, what, path string, query url.Values) (*http.Response, error) {
	u := *c.base
	u.Path += "/api/2.0/" + path
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	if c.username != "" { // the order of MLflow's own client
		req.SetBasicAuth(c.username, c.password)
	} else if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, c.fault(ctx, err)
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer res.Body.Close()
	return nil, c.refusal(what, res)
}

// fault returns what err of a call says: the server is out of reach, unless the
// caller gave up.
func (c *Client) fault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = context.Cause(ctx)
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: %w", c, err)}
}

// refusal returns the error that an answer other than 200 stands for.
func (c *Client) refusal(what string, res *http.Response) error {
	var said struct {
		Code    string `json:"error_code"`
		Message string `json:"message"`
		Detail  any    `json:"detail"`
	}
	b, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // what came of it is enough for a message
	if json.Unmarshal(b, &said) == nil && said.Message == "" {
		said.Message, _ = said.Detail.(string)
	}
	answer := fmt.Errorf("%s: asked for %s, it answers %d %s %.300q", c, what, res.StatusCode, http.StatusText(res.StatusCode), said.Message)
	switch status := res.StatusCode; {
	case said.Code == "RESOURCE_DOES_NOT_EXIST",
		// so MLflow answers for an alias of a model that it does have
		said.Code == "INVALID_PARAMETER_VALUE" && strings.HasPrefix(said.Message, "Registered model alias ") && strings.HasSuffix(said.Message, " not found."):
		return fmt.Errorf("%s has no %s: %w", c, what, release.ErrNotFound)
	case status == http.StatusTooManyRequests || status >= 500:
		return &release.Unavailable{Part: release.PartStore, Err: answer}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Errorf("%w: it does not take MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD", answer)
	case status >= 300 && status < 400:
		to := "elsewhere"
		if u, err := res.Location(); err == nil {
			to = "to " + u.Scheme + "://" + u.Host
		}
		return fmt.Errorf("%s: asked for %s, it redirects %s: MLFLOW_TRACKING_URI must name the server itself", c, what, to)
	}
	return answer
}
