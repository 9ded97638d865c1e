# Plain `make` prints this list. Everything else is done by scripts/, which run without make, too.
.PHONY: help bench test simulate model mutants sanitize lint format clean
.DEFAULT_GOAL := help

COUNT ?= 1000000
SEED ?=
MUTANT ?=
ARGS ?=

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "VERBOSE=1 shows the output of builds and tests as it comes."

bench: ## Benchmark; SQLite in a temporary folder unless ARGS="--url … --clients 8,64" says otherwise
	@bash scripts/bench.sh $(ARGS)

test: ## Build and run all tests, then the examples
	@bash scripts/test.sh

simulate: ## Run the engine under the simulator: COUNT=1000000 changes of state, or SEED=… to repeat a script
	@bash scripts/simulate.sh "$(COUNT)" "$(SEED)"

model: ## Check the model of the lock-free half exhaustively, and that each weakening of it is noticed
	@bash scripts/model.sh

mutants: ## Remove one defence at a time and see its test fail; MUTANT=name for a single one
	@bash scripts/mutants.sh $(MUTANT)

sanitize: ## Engine and SQLite under ThreadSanitizer and AddressSanitizer; ARGS=thread for one of them
	@bash scripts/sanitize.sh $(ARGS)

lint: ## Format, layering, forbidden constructs: what can be told without building
	@bash scripts/lint.sh

format: ## Put the formatting right
	@bash scripts/format.sh

clean: ## Remove everything that was built
	@rm -rf .build .build-mutants .build-model .build-tsan .build-asan Examples/*/.build Benchmarks/.build
