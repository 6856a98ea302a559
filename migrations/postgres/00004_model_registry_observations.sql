-- What each host last said of each strategy: what it should serve, what it
-- serves, and how its last load went. A host rewrites its own rows and nobody
-- else's. No key into model_registry: a host may be told to serve a strategy
-- that has no release yet.

-- +goose Up
CREATE TABLE model_registry_observations (
    strategy_name   TEXT COLLATE "C" NOT NULL,
    host            TEXT COLLATE "C" NOT NULL, -- name:port
    desired_version TEXT,                      -- NULL = the registry names no active release, or was not read yet
    serving_version TEXT,                      -- NULL = nothing serves
    release_digest  TEXT,                      -- of what serves
    serving_since   TIMESTAMPTZ,
    outcome         TEXT NOT NULL,             -- of the last load
    detail          TEXT NOT NULL DEFAULT '',  -- why; '' = all is well
    report          JSON,                      -- an object, the gate's report; NULL = none. Not JSONB, which has no \u0000
    at              TIMESTAMPTZ NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),

    PRIMARY KEY (strategy_name, host),

    CONSTRAINT strategy_name_is_set   CHECK (strategy_name <> ''),
    CONSTRAINT host_is_set            CHECK (host <> ''),
    CONSTRAINT desired_version_is_set CHECK (desired_version <> ''),
    CONSTRAINT serving_version_is_set CHECK (serving_version <> ''),
    CONSTRAINT what_serves_is_whole   CHECK
        ((serving_version IS NULL) = (release_digest IS NULL) AND (serving_version IS NULL) = (serving_since IS NULL)),
    CONSTRAINT release_digest_is_sha256 CHECK (release_digest ~ '^sha256:[0-9a-f]{64}$'),
    CONSTRAINT outcome_is_known       CHECK (outcome IN ('activated', 'unchanged', 'rejected', 'unavailable', 'none')),
    CONSTRAINT detail_is_short        CHECK (octet_length(detail) <= 4096),
    CONSTRAINT report_is_short        CHECK (octet_length(report::text) <= 262144),
    CONSTRAINT report_is_a_json_object CHECK (json_typeof(report) = 'object'),
    CONSTRAINT serving_since_is_a_time CHECK (isfinite(serving_since)),
    CONSTRAINT at_is_a_time            CHECK (isfinite(at))
);
