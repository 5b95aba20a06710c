.DEFAULT_GOAL := help
MVN := ./mvnw -B

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## stream a chat through the gateway from a stand-in upstream
	./scripts/demo

.PHONY: jar
jar: ## build target/qwen2api.jar without tests
	$(MVN) -q -DskipTests package

.PHONY: run
run: jar ## run the gateway with ./.env
	java -jar target/qwen2api.jar

.PHONY: test
test: ## run the tests that need no jar
	$(MVN) test

.PHONY: check
check: ## everything that must hold: tests, layout, format, the jar itself
	$(MVN) verify

.PHONY: format
format: ## format the sources
	$(MVN) -q spotless:apply

.PHONY: clean
clean: ## remove what was built
	$(MVN) -q clean
