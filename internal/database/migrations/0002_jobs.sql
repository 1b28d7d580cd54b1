-- +goose Up
CREATE TABLE jobs (
    id TEXT PRIMARY KEY
);
