package host

import (
	"context"
	"fmt"

	"edgesignal/host/token"
)

// openTokens opens AUTH_TOKENS_FILE; nil = there is none.
func openTokens(name string) (*token.File, error) {
	if name == "" {
		return nil, nil
	}
	f, err := token.Open(name)
	if err != nil {
		return nil, fmt.Errorf("AUTH_TOKENS_FILE: %w", err)
	}
	return f, nil
}

func (h *Host) watchTokens(ctx context.Context) {
	h.tokensRead(h.tokens.List())
	h.tokens.Watch(ctx, h.tokensRead, func(err error) {
		h.log.Error("token file not used; the tokens read before count on", "error", err)
	})
}

func (h *Host) tokensRead(l *token.List) {
	if l.Len() == 0 {
		h.log.Warn("the token file has no tokens: nobody is let in")
		return
	}
	h.log.Info("tokens read", "tokens", l.Len())
}
