# A thin front to CMake and the test scripts. `make help` lists what there is.
.DEFAULT_GOAL := build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

deps: ## install what building needs (as root; else prints the one line to run)
	@scripts/install-deps build

build: deps ## build opsh (build/release/opsh)
	@cmake --preset release >/dev/null && cmake --build --preset release -j $(JOBS)

run: ## build, then open opsh on the current context, or offer a cluster
	@scripts/run

demo: ## the todo stack on a real cluster, deployed by opsh, and something broken to ask about
	@scripts/demo

test: ## everything: units, golden tables, terminal scenes, real cluster, all again under ASan+UBSan
	@scripts/test

test-images: ## the Dockerfiles that opsh drafts, built and run (make test does it when their inputs changed)
	@scripts/test-images

bench: build ## figures: start-up, overhead, memory, understanding
	@scripts/bench

fuzz: ## every fuzz target for ten minutes (FUZZ_SECONDS to change)
	@scripts/fuzz

format: ## clang-format over the sources
	@git ls-files '*.c' '*.h' | xargs clang-format -i

tidy: ## clang-tidy over the sources
	@cmake --preset dev >/dev/null && git ls-files 'src/*.c' | xargs clang-tidy -p build/dev --quiet

clean: ## remove the build folder (caches of the sandbox stay)
	@rm -rf build

.PHONY: help deps build run demo test test-images bench fuzz format tidy clean
