-- The releases that exist, one row each.
--
-- The file must stay readable for the sqlite3 shell of Debian 12 (3.40), so
-- that an operator can look and help himself: STRICT tables are fine, and
-- RAISE takes nothing but a literal message.

-- +goose Up
CREATE TABLE model_registry (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, not even after a DELETE
    strategy_name        TEXT NOT NULL,
    version              TEXT NOT NULL,
    mlflow_run_id        TEXT,
    mlflow_experiment_id TEXT,
    model_path           TEXT NOT NULL,
    status               TEXT NOT NULL DEFAULT 'inactive',
    performance_metrics  TEXT, -- a JSON object
    config               TEXT, -- a JSON object
    created_at           TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    activated_at         TEXT, -- when it last became active; NULL = never
    deactivated_at       TEXT, -- when it last ceased to be active; NULL = never
    created_by           TEXT,
    notes                TEXT,

    -- What makes the release reproducible.
    model_sha256         TEXT, -- NULL = not recorded yet
    rule_path            TEXT, -- NULL = the stock rule
    rule_sha256          TEXT, -- NULL = not recorded yet, or the stock rule
    rule_params          TEXT, -- a JSON object; NULL = the host's defaults
    feature_set          TEXT NOT NULL DEFAULT 'alpha158',
    golden_path          TEXT, -- NULL = no golden file
    golden_sha256        TEXT, -- NULL = not recorded yet, or no golden file

    UNIQUE (strategy_name, version),

    CONSTRAINT strategy_name_is_set CHECK (strategy_name <> ''),
    CONSTRAINT version_is_set       CHECK (version <> ''),
    CONSTRAINT model_path_is_set    CHECK (model_path <> ''),
    CONSTRAINT feature_set_is_set   CHECK (feature_set <> ''),
    CONSTRAINT status_is_known      CHECK (status IN ('active', 'inactive', 'testing', 'failed')),

    -- CASE, because json_type raises on what is not JSON.
    CONSTRAINT performance_metrics_is_a_json_object CHECK
        (CASE WHEN json_valid(performance_metrics) THEN json_type(performance_metrics) = 'object' ELSE performance_metrics IS NULL END),
    CONSTRAINT config_is_a_json_object CHECK
        (CASE WHEN json_valid(config) THEN json_type(config) = 'object' ELSE config IS NULL END),
    CONSTRAINT rule_params_is_a_json_object CHECK
        (CASE WHEN json_valid(rule_params) THEN json_type(rule_params) = 'object' ELSE rule_params IS NULL END),

    CONSTRAINT model_sha256_is_64_hex_digits  CHECK (length(model_sha256) = 64 AND model_sha256 NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT rule_sha256_is_64_hex_digits   CHECK (length(rule_sha256) = 64 AND rule_sha256 NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT golden_sha256_is_64_hex_digits CHECK (length(golden_sha256) = 64 AND golden_sha256 NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT golden_sha256_has_a_path       CHECK (golden_sha256 IS NULL OR coalesce(golden_path, '') <> ''),

    -- Times may be written in any form of a date, or a date and time, that
    -- SQLite reads; triggers bring them to RFC 3339 in UTC with
    -- milliseconds. The pattern keeps out a bare number or time of day.
    CONSTRAINT created_at_is_a_date CHECK
        (created_at GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*' AND strftime('%Y', created_at) IS NOT NULL),
    CONSTRAINT activated_at_is_a_date CHECK (activated_at IS NULL OR
        (activated_at GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*' AND strftime('%Y', activated_at) IS NOT NULL)),
    CONSTRAINT deactivated_at_is_a_date CHECK (deactivated_at IS NULL OR
        (deactivated_at GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*' AND strftime('%Y', deactivated_at) IS NOT NULL))
) STRICT;

-- At most one active release a strategy.
CREATE UNIQUE INDEX model_registry_one_active ON model_registry (strategy_name) WHERE status = 'active';
