.PHONY: help run test soak check fuzz sanitize bench install images sbom release clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

run: ## nginx and the responder on https://127.0.0.1:8443, until Ctrl-C
	@scripts/run

test: ## every test, the real nginx among them
	@scripts/test

soak: ## the service tests in their long form: hundreds of kills, 20,000 bad records (some ten minutes)
	@scripts/soak

check: ## what CI runs: format, tests, release build, configuration
	@scripts/check

SECONDS ?= 60
fuzz: ## any bytes to each parser, a minute each; SECONDS=600 for longer
	@scripts/fuzz $(SECONDS)

sanitize: ## the unit tests under the thread and the address sanitizer
	@scripts/sanitize

bench: ## what it costs, and against the ceiling; prints tables (some nine minutes)
	@scripts/bench

PREFIX ?= /usr/local
install: ## programs and their completions below PREFIX=/usr/local
	@scripts/build-release
	@PREFIX=$(PREFIX) scripts/install

images: ## the container images imageswap-responder, imageswap-init and imageswap-verifier, with docker or podman
	@scripts/build-images

sbom: images ## what is in the images, as CycloneDX JSON: .build/sbom
	@scripts/sbom imageswap-responder:dev imageswap-init:dev imageswap-verifier:dev

release: ## all that a release has, in dist/VERSION: make release VERSION=1.2.3 (docs/release.md)
	@scripts/release "$(VERSION)" $(OPTIONS)

clean: ## away with all that was built, and the local CA
	rm -rf .build .build-* .run
