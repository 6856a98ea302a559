-- The hosts that say that they live. A host rewrites its own row with each
-- beat of its heart and removes it when it stops; one that fell silent is
-- removed by the others after a day.

-- +goose Up
CREATE TABLE model_registry_hosts (
    host            TEXT NOT NULL PRIMARY KEY, -- name:port
    started_at      TEXT NOT NULL,             -- by the host's clock: another start is another process
    program_version TEXT NOT NULL DEFAULT '',
    seen_at         TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),

    CONSTRAINT host_is_set CHECK (host <> ''),

    -- One form of time, RFC 3339 in UTC with milliseconds: hosts alone write here.
    CONSTRAINT started_at_is_a_time CHECK (started_at IS strftime('%Y-%m-%dT%H:%M:%fZ', started_at)),
    CONSTRAINT seen_at_is_a_time    CHECK (seen_at IS strftime('%Y-%m-%dT%H:%M:%fZ', seen_at))
) STRICT;
