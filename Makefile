# make run    builds, fills a demo into an empty database under ./data, and serves it
# make test   runs every test on SQLite and on PostgreSQL
# make check  format, vet, lint, and the tests under the race detector
# make bench  measures, as ratios within one run
.PHONY: run test check bench build

LINT := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

run: build
	FIELDCARE_DATA=$${FIELDCARE_DATA:-./data} ./bin/fieldcare serve --demo

build:
	go build -o bin/fieldcare ./cmd/fieldcare

test:
	./.ci/test

check:
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	go vet ./...
	go mod tidy -diff
	$(LINT) run ./...
	go test -race -count=1 ./...

bench:
	go test -run '^$$' -bench 'Submissions|BranchReport' -benchtime 1x -timeout 60m ./cmd/fieldcare
	go test -run '^$$' -bench Documents -benchtime 1x ./pdf
	go test -run '^$$' -bench Panel -benchtime 1x ./scheduling
