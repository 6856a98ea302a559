-- What lets each role have no more than it needs (docs/deploy/grants.sql):
-- the history and its count are written by the functions of the triggers as
-- the owner of the schema, so that nobody else needs the right to; and a host
-- marks a release as failed by a function, without the right to any status.

-- +goose Up

-- Marks a release as failed, or raises. One that has failed already stays as
-- it is. Who and why is what the transaction said; see model_registry_record.
-- +goose StatementBegin
CREATE FUNCTION fail_model(strategy text, release text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM model_registry_lock();
    UPDATE model_registry SET status = 'failed' WHERE strategy_name = strategy AND version = release AND status <> 'failed';
    IF NOT FOUND AND NOT EXISTS (SELECT 1 FROM model_registry WHERE strategy_name = strategy AND version = release) THEN
        RAISE EXCEPTION 'model_registry: there is no release % %', strategy, release USING ERRCODE = 'no_data_found';
    END IF;
END $$;
-- +goose StatementEnd

-- A function that runs as its owner looks names up in the system's schema and
-- in this one, and last of all among the caller's temporary tables: else a
-- caller could put a table of its own before model_registry_events. What a
-- caller may not do itself it may not do by calling these either.
-- +goose StatementBegin
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY['model_registry_lock()', 'model_registry_at()', 'model_registry_begin_change()', 'model_registry_times()',
        'model_registry_record()', 'model_registry_kept()', 'fail_model(text, text)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, %I, pg_temp', f, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END $$;
-- +goose StatementEnd
