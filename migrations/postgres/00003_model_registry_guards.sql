-- What may not happen, whoever writes.

-- +goose Up

-- A release is what it was published as; a SHA-256 that is missing may be
-- filled in once. Which status may follow which (an INSERT may have any):
--
--   from      to
--   inactive  active, testing, failed
--   testing   active, inactive, failed
--   active    inactive, failed
--   failed    active, inactive, testing
--
-- active -> testing is refused: a release that serves is no candidate, and
-- the slip would leave the strategy without one. failed -> active is the way
-- back once the cause is mended (a damaged file copied anew): an operator has
-- to ask for it, and the gate checks the release again before it serves.
-- +goose StatementBegin
CREATE FUNCTION model_registry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed text;
BEGIN
    IF OLD.status = 'active' AND NEW.status = 'testing' THEN
        RAISE EXCEPTION 'model_registry: an active release cannot become testing, make it inactive first' USING ERRCODE = 'check_violation';
    END IF;
    changed := CASE
        WHEN NEW.id            IS DISTINCT FROM OLD.id            THEN 'id'
        WHEN NEW.strategy_name IS DISTINCT FROM OLD.strategy_name THEN 'strategy_name'
        WHEN NEW.version       IS DISTINCT FROM OLD.version       THEN 'version'
        WHEN NEW.model_path    IS DISTINCT FROM OLD.model_path    THEN 'model_path'
        WHEN NEW.rule_path     IS DISTINCT FROM OLD.rule_path     THEN 'rule_path'
        WHEN NEW.rule_params   IS DISTINCT FROM OLD.rule_params   THEN 'rule_params'
        WHEN NEW.feature_set   IS DISTINCT FROM OLD.feature_set   THEN 'feature_set'
        WHEN NEW.golden_path   IS DISTINCT FROM OLD.golden_path   THEN 'golden_path'
        WHEN NEW.config        IS DISTINCT FROM OLD.config        THEN 'config'
        WHEN OLD.model_sha256  IS NOT NULL AND NEW.model_sha256  IS DISTINCT FROM OLD.model_sha256  THEN 'model_sha256'
        WHEN OLD.rule_sha256   IS NOT NULL AND NEW.rule_sha256   IS DISTINCT FROM OLD.rule_sha256   THEN 'rule_sha256'
        WHEN OLD.golden_sha256 IS NOT NULL AND NEW.golden_sha256 IS DISTINCT FROM OLD.golden_sha256 THEN 'golden_sha256'
    END;
    IF changed IS NOT NULL THEN
        RAISE EXCEPTION 'model_registry: % of a published release cannot change, publish a new version', changed USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER model_registry_guard BEFORE UPDATE ON model_registry
    FOR EACH ROW EXECUTE FUNCTION model_registry_guard();

-- +goose StatementBegin
CREATE FUNCTION model_registry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM model_registry_events WHERE registry_id = OLD.id AND to_status = 'active') THEN
        RAISE EXCEPTION 'model_registry: a release that was ever active cannot be deleted' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER model_registry_kept BEFORE DELETE ON model_registry
    FOR EACH ROW EXECUTE FUNCTION model_registry_kept();

-- +goose StatementBegin
CREATE FUNCTION model_registry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: % is refused, the history cannot be changed', TG_TABLE_NAME, TG_OP USING ERRCODE = 'check_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER model_registry_not_emptied BEFORE TRUNCATE ON model_registry
    FOR EACH STATEMENT EXECUTE FUNCTION model_registry_refuse();
CREATE TRIGGER model_registry_events_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON model_registry_events
    FOR EACH STATEMENT EXECUTE FUNCTION model_registry_refuse();
CREATE TRIGGER model_registry_state_kept BEFORE INSERT OR DELETE OR TRUNCATE ON model_registry_state
    FOR EACH STATEMENT EXECUTE FUNCTION model_registry_refuse();

-- Events and the state are written by the triggers of model_registry alone,
-- that is at the second level of triggers.
CREATE TRIGGER model_registry_events_true BEFORE INSERT ON model_registry_events
    FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION model_registry_refuse();
CREATE TRIGGER model_registry_state_true BEFORE UPDATE ON model_registry_state
    FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION model_registry_refuse();
