-- What happened and when: the times in a row, and one event a status change,
-- written by triggers, so that plain SQL is recorded like any other change.

-- +goose Up
CREATE TABLE model_registry_events (
    id            BIGINT PRIMARY KEY,        -- model_registry_state.changes: ascending in the order of the commits
    registry_id   BIGINT NOT NULL,           -- model_registry.id; the row may be gone, its history stays
    strategy_name TEXT COLLATE "C" NOT NULL,
    version       TEXT COLLATE "C" NOT NULL,
    from_status   TEXT,                      -- NULL = the row was inserted
    to_status     TEXT,                      -- NULL = the row, never active, was deleted
    at            TIMESTAMPTZ NOT NULL,
    actor         TEXT NOT NULL,             -- '' = nobody said
    reason        TEXT NOT NULL,
    CHECK (from_status IS DISTINCT FROM to_status)
);

CREATE INDEX model_registry_events_registry ON model_registry_events (registry_id);
CREATE INDEX model_registry_events_strategy ON model_registry_events (strategy_name, id);

-- One row, which every transaction that changes a status locks first and
-- until it commits. So changes happen one after the other, ids of events
-- ascend in the order of the commits, and none is older than the one before.
CREATE TABLE model_registry_state (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    changes BIGINT NOT NULL,      -- how many events there are
    at      TIMESTAMPTZ NOT NULL, -- of the last one
    xid     XID8                  -- of the transaction that wrote it
);
INSERT INTO model_registry_state (one, changes, at) VALUES (1, 0, date_trunc('milliseconds', now()));

-- +goose StatementBegin
CREATE FUNCTION model_registry_lock() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM model_registry_state WHERE one = 1 FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'model_registry_state: its row is gone';
    END IF;
END $$;
-- +goose StatementEnd

-- The time of the changes of this transaction: one for all of them, or "what
-- was active at time T" would have gaps; taken once the lock is held, not at
-- the start of the transaction, and not before the last event, should the
-- clock have been set back.
-- +goose StatementBegin
CREATE FUNCTION model_registry_at() RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    t timestamptz;
BEGIN
    UPDATE model_registry_state SET
        at  = CASE WHEN xid = pg_current_xact_id() THEN at
                   ELSE greatest(at, date_trunc('milliseconds', clock_timestamp())) END,
        xid = pg_current_xact_id()
    WHERE one = 1 RETURNING at INTO STRICT t;
    RETURN t;
END $$;
-- +goose StatementEnd

-- Before the statement locks any row of model_registry: the order that keeps
-- two transactions from waiting for each other.
-- +goose StatementBegin
CREATE FUNCTION model_registry_begin_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM model_registry_lock();
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER model_registry_begin_change BEFORE INSERT OR UPDATE OF status OR DELETE ON model_registry
    FOR EACH STATEMENT EXECUTE FUNCTION model_registry_begin_change();

-- The times of a row. One that the statement itself does not set is set here,
-- so that plain SQL which knows the status column alone keeps a true record.
-- +goose StatementBegin
CREATE FUNCTION model_registry_times() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status = 'active' AND NEW.activated_at IS NULL THEN
            NEW.activated_at := model_registry_at();
        END IF;
    ELSIF NEW.status <> OLD.status THEN
        IF NEW.status = 'active' AND NEW.activated_at IS NOT DISTINCT FROM OLD.activated_at THEN
            NEW.activated_at := model_registry_at();
        END IF;
        IF OLD.status = 'active' AND NEW.deactivated_at IS NOT DISTINCT FROM OLD.deactivated_at THEN
            NEW.deactivated_at := model_registry_at();
        END IF;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER model_registry_times BEFORE INSERT OR UPDATE OF status ON model_registry
    FOR EACH ROW EXECUTE FUNCTION model_registry_times();

-- The events. Who made the changes of a transaction and why is what it said
-- first, if it did:
--
--   SELECT set_config('edgesignal.actor', 'ann', true), set_config('edgesignal.reason', 'better', true);
--
-- An INSERT without it was made by its created_by. NOTIFY only wakes hosts
-- up: what they read is model_registry_state.
-- +goose StatementBegin
CREATE FUNCTION model_registry_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor   text := coalesce(current_setting('edgesignal.actor', true), '');
    reason  text := coalesce(current_setting('edgesignal.reason', true), '');
    time    timestamptz;
    number  bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.status = OLD.status THEN
        RETURN NULL;
    END IF;
    time := model_registry_at();
    UPDATE model_registry_state SET changes = changes + 1 WHERE one = 1 RETURNING changes INTO STRICT number;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO model_registry_events VALUES
            (number, NEW.id, NEW.strategy_name, NEW.version, NULL, NEW.status, time, coalesce(nullif(actor, ''), NEW.created_by, ''), reason);
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO model_registry_events VALUES
            (number, NEW.id, NEW.strategy_name, NEW.version, OLD.status, NEW.status, time, actor, reason);
    ELSE
        INSERT INTO model_registry_events VALUES
            (number, OLD.id, OLD.strategy_name, OLD.version, OLD.status, NULL, time, actor, reason);
    END IF;
    PERFORM pg_notify('edgesignal_registry', '');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER model_registry_record AFTER INSERT OR UPDATE OF status OR DELETE ON model_registry
    FOR EACH ROW EXECUTE FUNCTION model_registry_record();

-- Makes one release the active one of its strategy, or raises and changes
-- nothing. Down before up: no moment has two.
-- +goose StatementBegin
CREATE FUNCTION activate_model(strategy text, release text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    was text;
BEGIN
    PERFORM model_registry_lock();
    SELECT status INTO was FROM model_registry WHERE strategy_name = strategy AND version = release;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'model_registry: there is no release % %', strategy, release USING ERRCODE = 'no_data_found';
    END IF;
    IF was = 'active' THEN
        RETURN;
    END IF;
    UPDATE model_registry SET status = 'inactive' WHERE strategy_name = strategy AND status = 'active';
    UPDATE model_registry SET status = 'active' WHERE strategy_name = strategy AND version = release;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'model_registry: there is no release % % any more', strategy, release USING ERRCODE = 'no_data_found';
    END IF;
END $$;
-- +goose StatementEnd
