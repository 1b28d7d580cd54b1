# make web    builds the web app, which the program then embeds
# make run    builds both, fills a demo into an empty database under ./data, and serves it
# make test   runs every test on SQLite and on PostgreSQL, those of the web app, and the app in a browser
# make check  format, vet, lint, and the tests under the race detector
# make bench  measures, as ratios within one run
# make bench-web  measures the web app on a slow phone, beside a plain page of the same questions
# make fuzz   looks for input that breaks the operations on focus groups and their invitations
.PHONY: run test check bench bench-web build web types fuzz

LINT := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

WEB := assets/web
# Not gofmt's own search: packages of npm have Go files too.
GO_FILES = $$(git ls-files --cached --others --exclude-standard '*.go')

run: web build
	FIELDCARE_DATA=$${FIELDCARE_DATA:-./data} ./bin/fieldcare serve --demo

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	npm ci --prefix $(WEB) --no-audit --no-fund

# The types of the API are those that the program itself describes.
types: $(WEB)/node_modules/.package-lock.json
	go run ./cmd/fieldcare openapi > $(WEB)/openapi.json
	npm run --prefix $(WEB) types

web: types
	npm run --prefix $(WEB) build

build:
	go build -o bin/fieldcare ./cmd/fieldcare

test:
	./.ci/test

check: types
	@test -z "$$(gofmt -l $(GO_FILES))" || { echo "not formatted:"; gofmt -l $(GO_FILES); exit 1; }
	npm run --prefix $(WEB) lint
	npm run --prefix $(WEB) check
	go vet ./...
	go mod tidy -diff
	$(LINT) run ./...
	go test -race -count=1 -timeout 40m ./...

bench:
	go test -run '^$$' -bench 'Submissions|ComingBack|BranchReport|Answers|Invitations' -benchtime 1x -timeout 60m ./cmd/fieldcare
	go test -run '^$$' -bench Documents -benchtime 1x ./pdf
	go test -run '^$$' -bench Panel -benchtime 1x ./scheduling

bench-web: web build
	FIELDCARE_PROGRAM=$(CURDIR)/bin/fieldcare npm run --prefix $(WEB) bench

# What a request runs through differs from time to time (jobs, groups of writes), so that Go would seek a smaller input
# that runs through the same until its minute is over, instead of trying others.
fuzz:
	go test ./handlers -run '^$$' -fuzz FuzzFocusGroups -fuzztime 90s -fuzzminimizetime 1x
	go test ./handlers -run '^$$' -fuzz FuzzRSVP -fuzztime 30s -fuzzminimizetime 1x
