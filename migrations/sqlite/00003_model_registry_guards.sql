-- What may not happen, whoever writes.

-- +goose Up

-- A release is what it was published as. A SHA-256 that is missing may be
-- filled in once.
-- +goose StatementBegin
CREATE TRIGGER model_registry_immutable BEFORE UPDATE OF
    id, strategy_name, version, model_path, model_sha256, rule_path, rule_sha256, rule_params,
    feature_set, golden_path, golden_sha256, config ON model_registry
BEGIN
    SELECT CASE
        WHEN NEW.id IS NOT OLD.id
            THEN RAISE(ABORT, 'model_registry: id cannot change')
        WHEN NEW.strategy_name IS NOT OLD.strategy_name
            THEN RAISE(ABORT, 'model_registry: strategy_name of a published release cannot change')
        WHEN NEW.version IS NOT OLD.version
            THEN RAISE(ABORT, 'model_registry: version of a published release cannot change')
        WHEN NEW.model_path IS NOT OLD.model_path
            THEN RAISE(ABORT, 'model_registry: model_path of a published release cannot change, publish a new version')
        WHEN OLD.model_sha256 IS NOT NULL AND NEW.model_sha256 IS NOT OLD.model_sha256
            THEN RAISE(ABORT, 'model_registry: model_sha256, once recorded, cannot change, publish a new version')
        WHEN NEW.rule_path IS NOT OLD.rule_path
            THEN RAISE(ABORT, 'model_registry: rule_path of a published release cannot change, publish a new version')
        WHEN OLD.rule_sha256 IS NOT NULL AND NEW.rule_sha256 IS NOT OLD.rule_sha256
            THEN RAISE(ABORT, 'model_registry: rule_sha256, once recorded, cannot change, publish a new version')
        WHEN NEW.rule_params IS NOT OLD.rule_params
            THEN RAISE(ABORT, 'model_registry: rule_params of a published release cannot change, publish a new version')
        WHEN NEW.feature_set IS NOT OLD.feature_set
            THEN RAISE(ABORT, 'model_registry: feature_set of a published release cannot change, publish a new version')
        WHEN NEW.golden_path IS NOT OLD.golden_path
            THEN RAISE(ABORT, 'model_registry: golden_path of a published release cannot change, publish a new version')
        WHEN OLD.golden_sha256 IS NOT NULL AND NEW.golden_sha256 IS NOT OLD.golden_sha256
            THEN RAISE(ABORT, 'model_registry: golden_sha256, once recorded, cannot change, publish a new version')
        WHEN NEW.config IS NOT OLD.config
            THEN RAISE(ABORT, 'model_registry: config of a published release cannot change, publish a new version')
    END;
END;
-- +goose StatementEnd

-- Which status may follow which (an INSERT may have any):
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
CREATE TRIGGER model_registry_transition BEFORE UPDATE OF status ON model_registry
WHEN OLD.status = 'active' AND NEW.status = 'testing'
BEGIN
    SELECT RAISE(ABORT, 'model_registry: an active release cannot become testing, make it inactive first');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER model_registry_kept BEFORE DELETE ON model_registry
WHEN EXISTS (SELECT 1 FROM model_registry_events WHERE registry_id = OLD.id AND to_status = 'active')
BEGIN
    SELECT RAISE(ABORT, 'model_registry: a release that was ever active cannot be deleted');
END;
-- +goose StatementEnd

-- INSERT OR REPLACE and UPDATE OR REPLACE delete the rows that are in the way
-- without a word to any DELETE trigger (recursive_triggers is off unless a
-- connection asks for it). Such a row shows as one whose last event says that
-- it is there, and which is not.
-- +goose StatementBegin
CREATE TRIGGER model_registry_insert_replaces_none AFTER INSERT ON model_registry
WHEN EXISTS (SELECT 1 FROM model_registry_events AS e
             WHERE e.strategy_name = NEW.strategy_name AND e.to_status IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM model_registry AS r WHERE r.id = e.registry_id)
               AND NOT EXISTS (SELECT 1 FROM model_registry_events AS l WHERE l.registry_id = e.registry_id AND l.to_status IS NULL))
BEGIN
    SELECT RAISE(ABORT, 'model_registry: a release cannot be replaced, publish a new version');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER model_registry_update_replaces_none AFTER UPDATE OF status ON model_registry
WHEN EXISTS (SELECT 1 FROM model_registry_events AS e
             WHERE e.strategy_name = NEW.strategy_name AND e.to_status IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM model_registry AS r WHERE r.id = e.registry_id)
               AND NOT EXISTS (SELECT 1 FROM model_registry_events AS l WHERE l.registry_id = e.registry_id AND l.to_status IS NULL))
BEGIN
    SELECT RAISE(ABORT, 'model_registry: a release cannot be replaced, deactivate it first');
END;
-- +goose StatementEnd

-- The last event of a row always ends where the row stands. An event can thus
-- only be written in the course of a change: one made up by hand would have
-- to lead from the row's status to the row's status.
-- +goose StatementBegin
CREATE TRIGGER model_registry_events_true BEFORE INSERT ON model_registry_events
WHEN NEW.from_status IS NOT (SELECT to_status FROM model_registry_events
                             WHERE registry_id = NEW.registry_id ORDER BY id DESC LIMIT 1)
  OR NEW.to_status IS NOT (SELECT status FROM model_registry WHERE id = NEW.registry_id)
BEGIN
    SELECT RAISE(ABORT, 'model_registry_events: events are written by the database, in the course of a change');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER model_registry_events_kept_as_written BEFORE UPDATE ON model_registry_events
BEGIN
    SELECT RAISE(ABORT, 'model_registry_events: the history cannot be changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER model_registry_events_kept BEFORE DELETE ON model_registry_events
BEGIN
    SELECT RAISE(ABORT, 'model_registry_events: the history cannot be deleted');
END;
-- +goose StatementEnd
