# Two stages: one builds (cgo, for SQLite), the other holds the program and nothing to log in with.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=1 go build -trimpath -ldflags="-s -w" -o /out/fieldcare ./cmd/fieldcare && mkdir /out/data

FROM gcr.io/distroless/base-debian12:nonroot
COPY --from=build /out/fieldcare /usr/local/bin/fieldcare
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV FIELDCARE_DATA=/data FIELDCARE_ADDR=:8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s CMD ["/usr/local/bin/fieldcare", "health"]
ENTRYPOINT ["/usr/local/bin/fieldcare"]
CMD ["serve"]
