//go:build !race

package gate

const defaultAddressSpace = 4 << 30
