//go:build race

package gate

const defaultAddressSpace = -1
