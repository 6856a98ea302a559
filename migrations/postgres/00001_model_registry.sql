-- The releases that exist, one row each.

-- +goose Up
CREATE TABLE model_registry (
    id                   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    strategy_name        TEXT COLLATE "C" NOT NULL,
    version              TEXT COLLATE "C" NOT NULL,
    mlflow_run_id        TEXT,
    mlflow_experiment_id TEXT,
    model_path           TEXT NOT NULL,
    status               TEXT NOT NULL DEFAULT 'inactive',
    performance_metrics  JSONB, -- an object
    config               JSONB, -- an object
    created_at           TIMESTAMPTZ NOT NULL DEFAULT date_trunc('milliseconds', now()),
    activated_at         TIMESTAMPTZ, -- when it last became active; NULL = never
    deactivated_at       TIMESTAMPTZ, -- when it last ceased to be active; NULL = never
    created_by           TEXT,
    notes                TEXT,

    -- What makes the release reproducible.
    model_sha256         TEXT, -- NULL = not recorded yet
    rule_path            TEXT, -- NULL = the stock rule
    rule_sha256          TEXT, -- NULL = not recorded yet, or the stock rule
    rule_params          JSONB, -- an object; NULL = the host's defaults
    feature_set          TEXT NOT NULL DEFAULT 'alpha158',
    golden_path          TEXT, -- NULL = no golden file
    golden_sha256        TEXT, -- NULL = not recorded yet, or no golden file

    UNIQUE (strategy_name, version),

    CONSTRAINT strategy_name_is_set CHECK (strategy_name <> ''),
    CONSTRAINT version_is_set       CHECK (version <> ''),
    CONSTRAINT model_path_is_set    CHECK (model_path <> ''),
    CONSTRAINT feature_set_is_set   CHECK (feature_set <> ''),
    CONSTRAINT status_is_known      CHECK (status IN ('active', 'inactive', 'testing', 'failed')),

    CONSTRAINT performance_metrics_is_a_json_object CHECK (jsonb_typeof(performance_metrics) = 'object'),
    CONSTRAINT config_is_a_json_object              CHECK (jsonb_typeof(config) = 'object'),
    CONSTRAINT rule_params_is_a_json_object         CHECK (jsonb_typeof(rule_params) = 'object'),

    CONSTRAINT model_sha256_is_64_hex_digits  CHECK (model_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT rule_sha256_is_64_hex_digits   CHECK (rule_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT golden_sha256_is_64_hex_digits CHECK (golden_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT golden_sha256_has_a_path       CHECK (golden_sha256 IS NULL OR coalesce(golden_path, '') <> ''),

    -- Years of four digits, which keeps infinity out too.
    CONSTRAINT created_at_is_a_date     CHECK (created_at >= '1000-01-01 00:00Z' AND created_at < '9999-12-31 00:00Z'),
    CONSTRAINT activated_at_is_a_date   CHECK (activated_at >= '1000-01-01 00:00Z' AND activated_at < '9999-12-31 00:00Z'),
    CONSTRAINT deactivated_at_is_a_date CHECK (deactivated_at >= '1000-01-01 00:00Z' AND deactivated_at < '9999-12-31 00:00Z')
);

-- At most one active release a strategy.
CREATE UNIQUE INDEX model_registry_one_active ON model_registry (strategy_name) WHERE status = 'active';
