# Plain `make` prints this list. Everything else is done by scripts/, which run without make, too.
.PHONY: help install uninstall bench bench-all bench-engine bench-micro bench-peers test simulate soak fuzz model mutants sanitize lint format clean
.DEFAULT_GOAL := help

COUNT ?= 1000000
SEED ?=
PART ?= machine
ROWS ?= 10000000
MUTANT ?=
ARGS ?=
PREFIX ?= /usr/local

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "VERBOSE=1 shows the output of builds and tests as it comes."

bench: ## Benchmark, with a page of charts; SQLite in a temporary folder unless ARGS="--url … --clients 8,64" says otherwise
	@bash scripts/bench.sh $(ARGS)

bench-all: ## SQLite, PostgreSQL and MariaDB side by side, on servers of its own; what a handshake costs; takes minutes
	@bash scripts/bench-all.sh $(ARGS)

bench-engine: ## The engine alone, over connections to nothing: speed, fairness, memory, instructions; takes minutes
	@bash scripts/bench-engine.sh $(ARGS)

bench-micro: ## Single operations of the engine under ordo-one/benchmark; ARGS="--filter lease"
	@bash scripts/bench-micro.sh $(ARGS)

bench-peers: ## The same workloads for pools in other languages, in turn with ours; installs them (Debian)
	@bash scripts/bench-peers.sh $(ARGS)

install: ## Install the command line with its man page and completions: PREFIX=/usr/local
	@bash scripts/install.sh install "$(PREFIX)"

uninstall: ## Take away what make install PREFIX=/usr/local has installed
	@bash scripts/install.sh uninstall "$(PREFIX)"

test: ## Build and run all tests, then the examples
	@bash scripts/test.sh

simulate: ## Run the engine under the simulator: PART=machine or shell, COUNT=1000000 changes of state, or a script's SEED=…
	@bash scripts/simulate.sh "$(COUNT)" "$(SEED)" "$(PART)"

soak: ## Long runs against real servers: COUNT=1000000 questions for foreign answers (SEED=…), ROWS=10000000 streamed
	@bash scripts/soak.sh "$(COUNT)" "$(SEED)" "$(ROWS)"

fuzz: ## COUNT=1000000 damaged files and URLs for the configuration of pools (SEED=…): no crash, and no secret shown
	@bash scripts/fuzz.sh "$(COUNT)" "$(SEED)"

model: ## Check the model of the lock-free half exhaustively, and that each weakening of it is noticed
	@bash scripts/model.sh

mutants: ## Remove one defence at a time and see its test fail; MUTANT=name for a single one
	@bash scripts/mutants.sh $(MUTANT)

sanitize: ## Engine and drivers under Thread- and AddressSanitizer, weakened orderings; ARGS=thread, address or orderings
	@bash scripts/sanitize.sh $(ARGS)

lint: ## Format, layering, forbidden constructs: what can be told without building
	@bash scripts/lint.sh

format: ## Put the formatting right
	@bash scripts/format.sh

clean: ## Remove everything that was built
	@rm -rf .build .build-mutants .build-model .build-tsan .build-asan .build-orderings Examples/*/.build Benchmarks/.build \
		Benchmarks/Micro/.build
