# Thin on purpose: what a command means is in scripts/ and CMakePresets.json.
MAKEFLAGS += --no-print-directory
JOBS ?= $(shell nproc)
.DEFAULT_GOAL := build
.PHONY: build test check demo bench fuzz cover mutate docs format clean help

# $(call configure_and_build,PRESET[,TARGET...])
define configure_and_build
@cmake --preset $(1) >/dev/null
@cmake --build --preset $(1) -j $(JOBS) $(if $(2),--target $(2))
endef

build: ## the library and the program, optimised, in build/release
	@scripts/packages build
	$(call configure_and_build,release)

test: ## build and run every test; BROWSER=no spares the download of one
	@scripts/packages test
	@[ "$(BROWSER)" = no ] || scripts/packages --optional browser
	$(call configure_and_build,dev)
	@scripts/test dev -j $(JOBS)

check: ## everything a change must pass, without the long tests
	@scripts/packages check
	@scripts/check

demo: ## the main job, on real traffic
	@scripts/packages demo
	$(call configure_and_build,release,lull_program echo_buffers)
	@scripts/demo

bench: ## measure; figures are printed, never asserted
	@scripts/packages bench
	$(call configure_and_build,release)
	@bench/run

fuzz: ## every fuzz target for FUZZ_SECONDS (60)
	@scripts/packages fuzz
	@scripts/fuzz

cover: ## run the tests and print line coverage per folder
	@scripts/packages test
	@scripts/cover

mutate: ## break the closing code in one place after the other: does a test notice?
	@scripts/packages test
	@scripts/mutate

docs: ## write anew what the program prints of itself: docs/knobs.md
	@scripts/packages build
	$(call configure_and_build,release,lull_program)
	@build/release/lull knobs --markdown >docs/knobs.md

format: ## put every source file into the one format
	@scripts/packages format
	@scripts/sources | xargs clang-format -i

clean: ## remove everything that was built
	@rm -rf build

help: ## this list
	@sed -n 's/^\([a-z]*\):.* ## /make \1	/p' Makefile | expand -t 14
