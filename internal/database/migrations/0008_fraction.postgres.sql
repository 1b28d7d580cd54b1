-- +goose Up
-- The exact score of the current revision, such as 4/5; NULL is no score. Means over many visits need no other part of
-- the document that a score is kept in.
ALTER TABLE evaluations ADD COLUMN fraction TEXT;
UPDATE evaluations SET fraction = r.score::json -> 'score' ->> 'fraction'
    FROM revisions r WHERE r.evaluation_id = evaluations.id AND r.number = evaluations.revision;
