-- Nothing to do here: SQLite has no roles, whoever may write the file may do
-- everything. The number belongs to the rights of migrations/postgres.

-- +goose Up
SELECT 1;
