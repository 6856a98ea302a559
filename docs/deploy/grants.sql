-- What each role of roles.sql may do in the registry, by psql as
-- edgesignal_owner, after every edgesignal migrate: a new version of the schema
-- may have tables that no role knows yet. Running it again changes nothing.
--
-- What no role may do, the owner's tables refuse besides: see
-- migrations/postgres/00003_model_registry_guards.sql.

\set ON_ERROR_STOP on
BEGIN;

-- Everybody reads everything; goose_db_version says whether program and schema fit.
GRANT SELECT ON model_registry, model_registry_events, model_registry_state,
    model_registry_observations, model_registry_hosts, goose_db_version
    TO edgesignal_publisher, edgesignal_host, edgesignal_reader;

-- A publisher adds releases and says which is active. Of a release that is
-- there it may change the status and what is said about it, never what it is.
GRANT INSERT ON model_registry TO edgesignal_publisher;
GRANT UPDATE (status, performance_metrics, notes) ON model_registry TO edgesignal_publisher;
GRANT EXECUTE ON FUNCTION model_registry_lock(), activate_model(text, text) TO edgesignal_publisher;

-- A host writes of a release only the digests that nobody recorded, and that
-- it failed. What it says of itself is its own.
GRANT UPDATE (model_sha256, rule_sha256, golden_sha256, feature_set_sha256) ON model_registry TO edgesignal_host;
GRANT EXECUTE ON FUNCTION model_registry_lock(), fail_model(text, text) TO edgesignal_host;
GRANT INSERT, UPDATE, DELETE ON model_registry_observations, model_registry_hosts TO edgesignal_host;

COMMIT;
