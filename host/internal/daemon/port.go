package daemon

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// Port returns one of 127.0.0.1 that nobody uses. It is none of those that the
// system gives to connections: a server that is killed finds it free when it
// starts again.
func Port() (port int, err error) {
	for range 100 {
		port = 15000 + rand.IntN(17000)
		ln, failed := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if failed == nil {
			return port, ln.Close()
		}
		err = errors.Join(err, failed)
	}
	return 0, err
}
