-- The hosts that say that they live. A host rewrites its own row with each
-- beat of its heart and removes it when it stops; one that fell silent is
-- removed by the others after a day.

-- +goose Up
CREATE TABLE model_registry_hosts (
    host            TEXT COLLATE "C" PRIMARY KEY, -- name:port
    started_at      TIMESTAMPTZ NOT NULL,         -- by the host's clock: another start is another process
    program_version TEXT NOT NULL DEFAULT '',
    seen_at         TIMESTAMPTZ NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),

    CONSTRAINT host_is_set          CHECK (host <> ''),
    CONSTRAINT started_at_is_a_time CHECK (isfinite(started_at)),
    CONSTRAINT seen_at_is_a_time    CHECK (isfinite(seen_at))
);
