# Short names. Every recipe is in cmd/dev or cmd/edgesignal: Go is all they need.
.DEFAULT_GOAL := help
.PHONY: help demo test quick full lint check bench rules build

help: ## what there is to make
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST)

demo: ## serve the demo on port 8001
	go run ./cmd/edgesignal demo

quick: ## the tests while writing: no server, no race detector, cached results
	go run ./cmd/dev test --quick

test: ## install what the tests need and run them
	go run ./cmd/dev test

full: ## what test leaves out: all of the corpus, GOAMD64=v3, arm64, each benchmark once
	go run ./cmd/dev test --full

lint: ## the pinned golangci-lint
	go run ./cmd/dev lint

check: ## what CI asks for beyond the tests; uncommitted changes are allowed
	go run ./cmd/dev check --allow-dirty

bench: ## the benchmarks
	go run ./cmd/dev bench

rules: ## build the stock rules
	go run ./cmd/dev rules build

build: ## the static binary, bin/edgesignal
	go run ./cmd/dev build
