-- What each host last said of each strategy: what it should serve, what it
-- serves, and how its last load went. A host rewrites its own rows and nobody
-- else's. No key into model_registry: a host may be told to serve a strategy
-- that has no release yet.

-- +goose Up
CREATE TABLE model_registry_observations (
    strategy_name   TEXT NOT NULL,
    host            TEXT NOT NULL,            -- name:port
    desired_version TEXT,                     -- NULL = the registry names no active release, or was not read yet
    serving_version TEXT,                     -- NULL = nothing serves
    release_digest  TEXT,                     -- of what serves
    serving_since   TEXT,
    outcome         TEXT NOT NULL,            -- of the last load
    detail          TEXT NOT NULL DEFAULT '', -- why; '' = all is well
    report          TEXT,                     -- a JSON object, the gate's report; NULL = none
    at              TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),

    PRIMARY KEY (strategy_name, host),

    CONSTRAINT strategy_name_is_set   CHECK (strategy_name <> ''),
    CONSTRAINT host_is_set            CHECK (host <> ''),
    CONSTRAINT desired_version_is_set CHECK (desired_version <> ''),
    CONSTRAINT serving_version_is_set CHECK (serving_version <> ''),
    CONSTRAINT what_serves_is_whole   CHECK
        ((serving_version IS NULL) = (release_digest IS NULL) AND (serving_version IS NULL) = (serving_since IS NULL)),
    CONSTRAINT release_digest_is_sha256 CHECK
        (release_digest GLOB 'sha256:*' AND length(release_digest) = 71 AND substr(release_digest, 8) NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT outcome_is_known       CHECK (outcome IN ('activated', 'unchanged', 'rejected', 'unavailable', 'none')),

    -- Bytes: length() of a TEXT counts characters.
    CONSTRAINT detail_is_short CHECK (length(CAST(detail AS BLOB)) <= 4096),
    CONSTRAINT report_is_short CHECK (length(CAST(report AS BLOB)) <= 262144),

    -- CASE, because json_type raises on what is not JSON.
    CONSTRAINT report_is_a_json_object CHECK
        (CASE WHEN json_valid(report) THEN json_type(report) = 'object' ELSE report IS NULL END),

    -- One form of time, RFC 3339 in UTC with milliseconds: hosts alone write here.
    CONSTRAINT serving_since_is_a_time CHECK (serving_since IS NULL OR serving_since IS strftime('%Y-%m-%dT%H:%M:%fZ', serving_since)),
    CONSTRAINT at_is_a_time            CHECK (at IS strftime('%Y-%m-%dT%H:%M:%fZ', at))
) STRICT;
