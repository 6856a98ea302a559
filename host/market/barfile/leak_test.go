package barfile

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain: a decompressor may not leave a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
