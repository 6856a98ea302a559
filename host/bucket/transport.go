package bucket

import (
	"context"
	"net"
	"net/http"
	"time"
)

const connectTimeout = 10 * time.Second

type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// transport returns net/http's with deadlines. A server that sends or takes nothing
// for idle is as good as gone; one that is slow is not.
func transport(dial dialer, idle time.Duration) *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &watched{conn, idle}, nil
		},
		TLSHandshakeTimeout: connectTimeout,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     idle,
		DisableCompression:  true, // an object stored with gzip's encoding is those bytes
	}
}

// watched is a connection that breaks when nothing moves on it. Both ways
// count: an answer is not late while the request is still being sent.
type watched struct {
	net.Conn
	idle time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	if err := w.SetDeadline(time.Now().Add(w.idle)); err != nil {
		return 0, err
	}
	return w.Conn.Read(p)
}

func (w *watched) Write(p []byte) (int, error) {
	if err := w.SetDeadline(time.Now().Add(w.idle)); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}
