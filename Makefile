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

.PHONY: t
t: ## run the test classes T, compiled by plain javac: make t T=AccountRingTest
	@test -n "$(T)" || { echo "which? make t T=AccountRingTest" >&2; exit 2; }
	@MAVEN_OPTS="-XX:TieredStopAtLevel=1 $$MAVEN_OPTS" $(MVN) -q -Pquick test -Dtest='$(T)' && echo "$(T) passed"

.PHONY: test
test: ## run all tests that need no jar
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
