-- What happened and when: the times in a row, and one event a status change,
-- written by triggers, so that plain SQL is recorded like any other change.

-- +goose Up
CREATE TABLE model_registry_events (
    id            INTEGER PRIMARY KEY AUTOINCREMENT, -- ascending in the order of the changes
    registry_id   INTEGER NOT NULL,                  -- model_registry.id; the row may be gone, its history stays
    strategy_name TEXT NOT NULL,
    version       TEXT NOT NULL,
    from_status   TEXT,                              -- NULL = the row was inserted
    to_status     TEXT,                              -- NULL = the row, never active, was deleted
    at            TEXT NOT NULL,
    actor         TEXT NOT NULL,                     -- '' = nobody said
    reason        TEXT NOT NULL,
    CHECK (from_status IS NOT to_status)
) STRICT;

CREATE INDEX model_registry_events_registry ON model_registry_events (registry_id);
CREATE INDEX model_registry_events_strategy ON model_registry_events (strategy_name);

-- Who makes the changes of a transaction, why, and when: a statement has no
-- place to say the first two, and the events of one transaction must bear one
-- time, or "what was active at time T" would have gaps. The program fills the
-- row first in its transaction and empties the table before it commits; others
-- leave it alone. Plain SQL is recorded without it: at the time of the
-- statement, an INSERT as made by its created_by, anything else by ''.
CREATE TABLE model_registry_context (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    actor  TEXT NOT NULL,
    reason TEXT NOT NULL,
    at     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

-- What the change that is under way is recorded with, one row.
CREATE VIEW model_registry_change (at, actor, reason) AS
SELECT coalesce(max(at), strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), max(actor), coalesce(max(reason), '')
FROM model_registry_context;

-- The times of a row. One that the statement itself does not set is set here,
-- so that plain SQL which knows the status column alone keeps a true record.
-- +goose StatementBegin
CREATE TRIGGER model_registry_times_inserted AFTER INSERT ON model_registry
BEGIN
    UPDATE model_registry SET
        created_at     = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
        activated_at   = CASE WHEN status = 'active' AND activated_at IS NULL THEN (SELECT at FROM model_registry_change)
                              ELSE strftime('%Y-%m-%dT%H:%M:%fZ', activated_at) END,
        deactivated_at = strftime('%Y-%m-%dT%H:%M:%fZ', deactivated_at)
    WHERE id = NEW.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER model_registry_times_status_changed AFTER UPDATE OF status ON model_registry
WHEN NEW.status <> OLD.status
BEGIN
    UPDATE model_registry SET activated_at = (SELECT at FROM model_registry_change)
    WHERE id = NEW.id AND NEW.status = 'active' AND NEW.activated_at IS OLD.activated_at;
    UPDATE model_registry SET deactivated_at = (SELECT at FROM model_registry_change)
    WHERE id = NEW.id AND OLD.status = 'active' AND NEW.deactivated_at IS OLD.deactivated_at;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER model_registry_times_in_one_form AFTER UPDATE OF created_at, activated_at, deactivated_at ON model_registry
WHEN NEW.created_at     IS NOT strftime('%Y-%m-%dT%H:%M:%fZ', NEW.created_at)
  OR NEW.activated_at   IS NOT strftime('%Y-%m-%dT%H:%M:%fZ', NEW.activated_at)
  OR NEW.deactivated_at IS NOT strftime('%Y-%m-%dT%H:%M:%fZ', NEW.deactivated_at)
BEGIN
    UPDATE model_registry SET
        created_at     = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
        activated_at   = strftime('%Y-%m-%dT%H:%M:%fZ', activated_at),
        deactivated_at = strftime('%Y-%m-%dT%H:%M:%fZ', deactivated_at)
    WHERE id = NEW.id;
END;
-- +goose StatementEnd

-- The events.
-- +goose StatementBegin
CREATE TRIGGER model_registry_inserted AFTER INSERT ON model_registry
BEGIN
    INSERT INTO model_registry_events (registry_id, strategy_name, version, from_status, to_status, at, actor, reason)
    SELECT NEW.id, NEW.strategy_name, NEW.version, NULL, NEW.status, at, coalesce(actor, NEW.created_by, ''), reason
    FROM model_registry_change;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER model_registry_status_changed AFTER UPDATE OF status ON model_registry
WHEN NEW.status <> OLD.status
BEGIN
    INSERT INTO model_registry_events (registry_id, strategy_name, version, from_status, to_status, at, actor, reason)
    SELECT NEW.id, NEW.strategy_name, NEW.version, OLD.status, NEW.status, at, coalesce(actor, ''), reason
    FROM model_registry_change;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER model_registry_deleted AFTER DELETE ON model_registry
BEGIN
    INSERT INTO model_registry_events (registry_id, strategy_name, version, from_status, to_status, at, actor, reason)
    SELECT OLD.id, OLD.strategy_name, OLD.version, OLD.status, NULL, at, coalesce(actor, ''), reason
    FROM model_registry_change;
END;
-- +goose StatementEnd
