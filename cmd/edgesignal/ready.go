package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// readyCmd is for those who start hosts and have no curl: container images,
// units, pipelines.
type readyCmd struct {
	Port uint16        `env:"PORT" default:"8001" allowed:"a port from 0 to 65535" help:"Port of a host on this machine."`
	URL  string        `name:"url" placeholder:"URL" help:"A host elsewhere: http://host:8001."`
	Wait time.Duration `placeholder:"TIME" help:"Ask until it is ready, and fail after this time: 30s."`
}

func (c *readyCmd) Validate() error {
	if c.Wait < 0 {
		return fmt.Errorf("--wait %s: a time above 0 is expected, such as 30s", c.Wait)
	}
	return nil
}

const (
	readyPatience = 5 * time.Second        // for one answer
	readyPause    = 200 * time.Millisecond // between two questions
)

func (c *readyCmd) Run(ctx context.Context, io streams) error {
	host := strings.TrimSuffix(c.URL, "/")
	if host == "" {
		host = fmt.Sprintf("http://127.0.0.1:%d", c.Port)
	}
	end := time.Now().Add(c.Wait)
	for {
		err := askReady(ctx, host+"/readyz")
		if err == nil {
			_, err = fmt.Fprintln(io.out, "ready")
			return err
		}
		if time.Now().Add(readyPause).After(end) {
			return fmt.Errorf("%s is not ready: %w", host, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(readyPause):
		}
	}
}

// askReady asks once; its error is the host's own word where it has one.
func askReady(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return err
	}
	var problem struct{ Code, Detail string }
	if json.Unmarshal(body, &problem) != nil || problem.Code == "" {
		return errors.New(answer.Status)
	}
	return fmt.Errorf("%s: %s", problem.Code, problem.Detail)
}
