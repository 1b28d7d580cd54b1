# The program describes its API, the web app is built by that, the program is built with the web app inside (cgo, for
# SQLite), and the last stage holds the program and nothing to log in with.
FROM golang:1.26-bookworm AS source
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=1 go run ./cmd/fieldcare openapi > /openapi.json

FROM node:20-bookworm AS web
WORKDIR /web
COPY assets/web/package.json assets/web/package-lock.json assets/web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY assets/web .
COPY --from=source /openapi.json .
RUN npm run types && npm run build

FROM source AS build
COPY --from=web /web/dist/app assets/web/dist/app
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
