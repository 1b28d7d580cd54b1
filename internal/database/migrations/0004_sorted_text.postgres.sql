-- +goose Up
-- SQLite sorts text by its bytes. Here text that lists are sorted and paged by does the same, whatever the cluster's
-- language: the order of a list is then one and the same on both, and in every installation.
ALTER TABLE users ALTER COLUMN email TYPE TEXT COLLATE "C", ALTER COLUMN folded TYPE TEXT COLLATE "C";
ALTER TABLE branches
    ALTER COLUMN code TYPE TEXT COLLATE "C",
    ALTER COLUMN folded TYPE TEXT COLLATE "C",
    ALTER COLUMN name TYPE TEXT COLLATE "C",
    ALTER COLUMN region TYPE TEXT COLLATE "C";
ALTER TABLE checklists ALTER COLUMN folded TYPE TEXT COLLATE "C", ALTER COLUMN title TYPE TEXT COLLATE "C";
